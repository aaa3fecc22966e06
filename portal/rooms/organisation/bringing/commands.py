"""Bringing in a table: everything that was shown or nothing, in one transaction.

The file waits with the portal until it is confirmed (`workbooks.keeping`); it is read anew then,
and only what was shown is brought in.
"""

from __future__ import annotations

import io
from typing import Final

from sqlalchemy import func, select

from portal.audit.administrative import Editor
from portal.extensions import db
from portal.models import KeptWorkbook, Person, Unit
from portal.rooms.organisation import queries
from portal.rooms.organisation.bringing.books import UNITS, people_book, units_book
from portal.rooms.organisation.bringing.checking import (
    MOST_ROWS,
    check_people,
    check_units,
    post_of,
)
from portal.rooms.organisation.keeping import begin, finish, person_of
from portal.rooms.organisation.people import PersonFields, enter_person
from portal.rooms.organisation.posts import enter_post
from portal.rooms.organisation.units import UnitFields, enter_unit
from portal.rulebook.refusals import Unmet
from portal.workbooks import keeping, tables
from portal.workbooks.columns import Book, Row, Table
from portal.workbooks.importing import CHANGED, NOTHING_NEW
from portal.workbooks.refusal import WorkbookRefused

TOO_MANY: Final = f"每次不超过{MOST_ROWS}行，请拆分后重新上传。"


def book_of(purpose: str, editor: Editor) -> Book:
    """The declaration of a table, with the units of today."""
    if purpose == UNITS:
        return units_book(editor.day)
    return people_book(queries.units_left(editor.day), editor.day)


def read(purpose: str, editor: Editor, content: bytes) -> Table:
    """A file's table, checked. WorkbookRefused or FileRefused with a sentence."""
    table = tables.read(io.BytesIO(content), book_of(purpose, editor))
    if len(table.rows) > MOST_ROWS:
        raise WorkbookRefused(TOO_MANY)
    if purpose == UNITS:
        check_units(table)
    else:
        check_people(table, editor.day)
    return table


def confirm(purpose: str, editor: Editor, kept: KeptWorkbook, shown: str) -> int:
    """Bring in the rows that were shown; how many. Unmet if it would be others by now."""
    content = kept.content
    if not begin(editor):
        return 0
    table = read(purpose, editor, content)
    if table.digest != shown:
        raise Unmet(CHANGED)
    if not table.new:
        raise Unmet(NOTHING_NEW)
    for row in table.new:
        try:
            _enter(purpose, editor, row)
        except Unmet as refused:
            raise Unmet(f"第{row.place}行：{refused.reason}") from refused
    keeping.forget(editor.account_id, purpose)
    finish()
    return len(table.new)


def _enter(purpose: str, editor: Editor, row: Row) -> None:
    given = row.values
    if purpose == UNITS:
        last = db.session.scalar(select(func.max(Unit.sort_no))) or 0
        fields = UnitFields(
            given["name"], given["short_name"], given["aliases"], given["kind"], last + 1
        )
        enter_unit(editor, given["code"].upper(), fields, given["valid_from"])
        return
    emp_no = given["emp_no"]
    if db.session.scalar(select(Person.id).where(Person.emp_no == emp_no)) is None:
        enter_person(editor, emp_no, _person(row))
    if given["role"]:
        enter_post(editor, post_of(row, person_of(emp_no)))


def _person(row: Row) -> PersonFields:
    given = row.values
    return PersonFields(
        given["name"],
        given["readings"],
        None,
        given["sort_no"],
        given["phone"],
        given["email"],
        given["wecom_userid"],
        given["dingtalk_userid"],
    )
