"""Tables of drafts for tests: rows by the labels of their columns."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from portal.clock import Clock
from portal.extensions import db
from portal.rulebook.scope import Viewer, view_as
from tests.pages import Page, get, send, values_of
from tests.people import emp_no_of
from tests.workbooks.books import written

UPLOAD = "/items/import"
PLAIN: dict[str, Any] = {
    "事项": "冬季供暖保障",
    "承办单位": "后勤国资处、保卫处",
    "完成时限": "15天",
    "办理要求": "完成供暖设备检修和试运行。",
    "事项来源": "院长办公会",
}


def table(
    *rows: Mapping[str, Any],
    more: Callable[[Workbook, Worksheet], None] | None = None,
) -> bytes:
    """A workbook of drafts; each row stands for PLAIN with what it says otherwise."""
    full = [{**PLAIN, **row} for row in rows]
    heads = list(dict.fromkeys(label for row in full for label in row))
    cells = [[row.get(label) for label in heads] for row in full]
    return written([heads, *cells], more, sheet="督办事项")


def upload(client: FlaskClient, content: bytes, name: str = "事项.xlsx", **typed: object) -> Page:
    """Hand in a file on the page of 批量导入."""
    return sent(client, get(client, UPLOAD).form(UPLOAD), content, name, **typed)


def sent(client: FlaskClient, form: Tag, content: bytes, name: str, **typed: object) -> Page:
    """Hand in a file on the form of an import."""
    data = {**values_of(form), "declared": "y", "files": (io.BytesIO(content), name), **typed}
    return send(client, str(form["action"]), data)


def shown(client: FlaskClient, content: bytes) -> tuple[str, Page]:
    """The address and the page of a file that was handed in."""
    answer = upload(client, content)
    assert answer.status == 303, answer.text
    address = answer.location or ""
    return address, get(client, address)


def results(page: Page) -> list[str]:
    """The column 结果 of the preview, row by row."""
    return [
        " ".join(cell.get_text(" ").split())
        for cell in page.soup.select("table.db-workbook td[data-label=结果]")
    ]


def column(page: Page, label: str) -> list[str]:
    """Another column of the preview."""
    cells = page.soup.select(f"table.db-workbook td[data-label={label}]")
    return [cell.get_text().strip() for cell in cells]


@contextmanager
def viewing(app: Flask, who: str) -> Iterator[Viewer]:
    """Within the application, reading as a person."""
    emp_no = emp_no_of(app, who)
    with app.app_context():
        from portal.models import Person

        person_id = db.session.query(Person.id).filter_by(emp_no=emp_no).scalar()
        clock: Clock = app.extensions["portal.clock"]
        yield view_as(person_id, clock)
