"""What the pages of every import answer: the files they give out, and what a preview shows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final, NamedTuple

from flask import Response, send_file

from portal.workbooks.columns import Book, Column, Row, Table
from portal.workbooks.template import remarks_of, template, with_remarks

TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN: Final = 200
"""Rows of a preview; those with something to mend come first, the file names them all."""


class Preview(NamedTuple):
    """A table as its page shows it: `columns` in which something stands, `rows` the first of all,
    the wrong ones before the others, each with its remarks."""

    table: Table
    columns: Sequence[Column]
    rows: Sequence[tuple[Row, str]]

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.table.rows)


def preview(book: Book, table: Table) -> Preview:
    """What the page of a table shows."""
    sound = [row for row in table.rows if row.sound]
    rows = [*table.wrong, *sound][:SHOWN]
    columns = [
        column
        for column in book.columns
        if any(row.shown(column.name) or column.name in row.problems for row in rows)
    ]
    return Preview(table, columns, [(row, remarks_of(book, row)) for row in rows])


def template_file(book: Book) -> Response:
    """The template as a download."""
    return _file(template(book), f"{book.title}模板.xlsx")


def remarks_file(book: Book, table: Table) -> Response:
    """The table with its column 问题说明 as a download."""
    return _file(with_remarks(book, table), f"{book.title}问题说明.xlsx")


def _file(content: bytes, name: str) -> Response:
    answer = send_file(io.BytesIO(content), mimetype=TYPE, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
