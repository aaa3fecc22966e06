"""/numbers/history/items: 历史事项导入 as people meet it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from portal.errors import NotFound
from portal.item.offices import offices_of
from portal.models import Item
from portal.rooms.numbers.forms import words
from portal.rooms.numbers.past.checking import check, fields_of, outlook, past_of
from portal.rooms.numbers.past.columns import book
from portal.rooms.numbers.register import said
from portal.rooms.numbers.routes import blueprint
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.registration import history
from portal.web import viewer
from portal.workbooks.columns import Book, Row, Table
from portal.workbooks.import_pages import ImportPages
from portal.workbooks.importing import Kind, register

__all__ = ["HISTORY", "PAGES", "blueprint"]


def _book(reader: Viewer) -> Book:
    return book(reader, words()[:1])  # 代字 of the items: a 催办通知单 is no matter


def make(reader: Viewer, row: Row, key: uuid.UUID) -> Item:
    """The archived item of one row; who uploaded the table declared that it holds no secret."""
    return history.enter(
        reader,
        fields_of(row),
        past_of(row),
        Intent(seen=None, key=key),
        declared=True,
        facts={"row": row.place},
    )


HISTORY: Final = register(Kind("history", _book, check, make))


def must_be_head() -> None:
    """As with other numbers that nobody else looks at again: 党政办主任's alone."""
    if Role.OFFICE_HEAD not in offices_of(viewer()):
        raise NotFound


def _beside(table: Table) -> Mapping[str, Any]:
    return {"plan": outlook(viewer(), table), "runs_said": said}


PAGES: Final = ImportPages(
    kind=HISTORY,
    address="/numbers/history/items",
    name="history_items",
    title="历史事项导入",
    note="启用本系统以前已办结归档的事项，文号按纸质台账",
    back=("page", "返回编号管理"),
    follows="导入后为已归档的历史事项，文号和日期不再改变，不通知任何人。",
    done="均为已归档的历史事项。",
    must=must_be_head,
    beside=_beside,
    beside_template="rooms/numbers/_outlook_table.html",
)
PAGES.add_to(blueprint)
