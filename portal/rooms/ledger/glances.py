"""The quick look below a row of the ledger: what the item's page would say first, and no more than
it says to this viewer."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from portal.filters import as_day
from portal.item.extensions import requests_of
from portal.item.reports import plan_of
from portal.item.urges import urges_of
from portal.models import Item
from portal.rooms.ledger.beside import told_of
from portal.rulebook.scope import Viewer


class Look(NamedTuple):
    """The latest report sent on (None: none yet) with its day and words, the plan in numbers, the
    last request for more time and the last notice of 催办, each in a line, empty without one."""

    reported_on: date | None
    progress: str
    percent: int | None
    expected: int
    reported: int
    missing: int
    extension: str
    urged: str


def glance_at(viewer: Viewer, item: Item) -> Look:
    """What the quick look says of an item."""
    plan = plan_of(viewer, item, ())
    told = next(iter(told_of(viewer, [item.id], {"reports"})))
    report = told.beside.reports.get(item.id) if told.whole else None
    return Look(
        reported_on=as_day(report.confirmed_at) if report and report.confirmed_at else None,
        progress=report.progress if report else "",
        percent=report.percent if report else None,
        expected=plan.expected,
        reported=plan.reported,
        missing=plan.missing if item.lit else 0,
        extension=_extension(viewer, item),
        urged=_urged(viewer, item),
    )


def _extension(viewer: Viewer, item: Item) -> str:
    requests = requests_of(viewer, item, ())
    return f"{requests[0].title}，{requests[0].state}" if requests else ""


def _urged(viewer: Viewer, item: Item) -> str:
    urges = urges_of(viewer, item)
    if urges is None:
        return ""
    latest = urges.notices[0]
    return "，".join(part for part in (latest.title, latest.state) if part)
