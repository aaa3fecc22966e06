"""编号管理 as tests read it: its tables, its log, its counters."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import (
    NumberAct,
    NumberSequence,
    Person,
)
from tests.conftest import ANCHOR
from tests.filing import WORD
from tests.pages import Page

HEAD, STAFF = "杨思源", "何玉萍"
POSTS = ("/numbers/offline", "/numbers/void", "/numbers/start", "/numbers/history")
TODAY = ANCHOR.isoformat()


def numbered(seq: int, **columns: Any) -> dict[str, Any]:
    """A filed item's columns."""
    given = {"doc_word": WORD, "doc_year": 2026, "doc_seq": seq, "filed_on": ANCHOR}
    return {"state": "filed", **given, **columns}


def row_of(page: Page, sequence: str) -> dict[str, str]:
    """The row of a sequence in 编号连续性检查, by its column heads."""
    table = page.soup.find("div", attrs={"aria-label": "编号连续性检查"}).find("table")
    heads = [cell.get_text(strip=True) for cell in table.select("thead th")]
    for row in table.select("tbody tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        if cells[0] == sequence:
            return dict(zip(heads, cells, strict=True))
    raise AssertionError(f"no {sequence} in the check")


def table_of(page: Page, label: str) -> list[list[str]]:
    """The rows of a table of the page."""
    box = page.soup.find("div", attrs={"aria-label": label})
    rows = box.select("tbody tr") if box else []
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all("td")] for row in rows]


def acts(college: Flask) -> list[tuple[str, str]]:
    """The log: act and actor, oldest first."""
    with college.app_context():
        rows = db.session.execute(
            select(NumberAct.act, Person.name)
            .join(Person, Person.id == NumberAct.actor_id)
            .order_by(NumberAct.id)
        )
        return [(row.act, row.name) for row in rows]


def counter(college: Flask, year: int = 2026, word: str = WORD) -> int:
    """The last number given out."""
    with college.app_context():
        return db.session.scalar(select(NumberSequence.value).filter_by(word=word, year=year)) or 0
