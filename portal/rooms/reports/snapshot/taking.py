"""Taking a snapshot: everything a brief counts, once, as of a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Date, cast, func, select

from portal import figures
from portal.clock import SHANGHAI
from portal.documents.render import DocumentError
from portal.extensions import db
from portal.figures import By, Figure, Period, Scope, past
from portal.figures.ledger import digest_of as ledger_digest
from portal.models import (
    Closure,
    Comment,
    Event,
    Extension,
    Feedback,
    Item,
    PhoneRecord,
    Standing,
    Unit,
)
from portal.rooms.reports.snapshot.balance import balance_of, stood
from portal.rooms.reports.snapshot.lists import Items, good_items, ledger, unfinished, urged
from portal.rulebook import policy
from portal.rulebook.scope import Viewer, visible

UNBALANCED: Final = (
    "取数核对不一致：期初在办加本期新增减去办结、免办、作废不等于期末在办，请联系系统管理员。"
)
OFFICIAL: Final = Scope(By.UNIT, official=True)


class Taken(NamedTuple):
    """What was counted, the items it counts, and its digest."""

    data: dict[str, Any]
    item_ids: list[int]
    sha256: str


def take(viewer: Viewer, first: date, last: date, as_of: date) -> Taken:
    """Count a period as of a day, which is its last one or, while it runs, today's. With a day that
    is over goes the 校验值 of its 时点台账: what it hashes to now it hashes to for ever.

    DocumentError if what came in and went out does not make what is left.
    """
    found = stood(viewer, first, as_of)
    balance = balance_of(found)
    if not balance.holds:
        raise DocumentError(UNBALANCED)
    items = Items(viewer, found, as_of)
    counted = figures.of(viewer, Period(first, last), as_of, OFFICIAL)
    data = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "as_of": as_of.isoformat(),
        "ledger_digest": ledger_digest(as_of) if as_of < viewer.moment.day else "",
        "figures": _figures(viewer, counted, first, as_of),
        "balance": balance._asdict(),
        "done": _done(viewer, first, as_of),
        "good_units": _good_units(counted),
        "good_items": good_items(items, first),
        "late_reports": _by_unit(counted, "feedback"),
        "late_shares": _by_unit(counted, "shared_on_time"),
        "ledger": ledger(items),
        "unfinished": unfinished(items),
        "urged": urged(items, first),
    }
    return Taken(data, [item.id for item in items.all], digest_of(data))


def digest_of(data: Mapping[str, Any]) -> str:
    """The SHA-256 of what was counted, however the database keeps it."""
    plain = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _figures(viewer: Viewer, counted: figures.Figures, first: date, until: date) -> dict[str, Any]:
    whole = counted.of()
    closed, due, on_time = whole["closed"], whole["due_closed"], whole["on_time"]
    return {
        "filed": whole["filed"].part,
        "by_category": _by_category(viewer, first, until),
        "issued": closed.whole or 0,
        "closed": closed.part,
        "closed_rate": _rate(closed),
        "due": due.whole or 0,
        "due_closed": due.part,
        "due_rate": _rate(due),
        "on_time": on_time.part,
        "on_time_rate": _rate(on_time),
        "pending": whole["pending"].part,
        "feedback_rate": _rate(whole["feedback"]),
        "overdue": whole["overdue"].part,
        "extended": whole["extended"].part,
        "exempted": _exempted(viewer, first, until),
        "urged": whole["urged"].part,
        "urged_items": whole["items_urged"].part,
        "inspected": _acts(viewer, first, until, "record_inspection"),
    }


def _rate(figure: Figure) -> str | None:
    return None if figure.value is None else figure.printed


def _by_category(viewer: Viewer, first: date, until: date) -> list[list[Any]]:
    """As 立项数 is counted, of which they are the parts: of a day that is over as it stood."""
    known: Any = Item
    query = _ordinary(viewer, Item)
    if until < viewer.moment.day:
        known = Standing
        query = (
            visible(viewer, Standing)
            .join(Item, Item.id == Standing.item_id)
            .where(
                past.stood(until),
                Item.classification != "sensitive",
                Standing.classification != "sensitive",
            )
        )
    rows = db.session.execute(
        query.where(known.filed_on.between(first, until), known.state != "void")
        .with_only_columns(Item.category, func.count().label("n"))
        .group_by(Item.category)
    )
    found = {row.category: row.n for row in rows}
    return [[row.label, found.get(row.id, 0)] for row in policy.CURRENT.categories]


def _exempted(viewer: Viewer, first: date, until: date) -> int:
    given = _of_items(viewer, Extension).where(
        Extension.kind == "exempt",
        Extension.state == "approved",
        _day(Extension.decided_at).between(first, until),
    )
    return _count(given.with_only_columns(Extension.item_id).distinct())


def _acts(viewer: Viewer, first: date, until: date, *acts: str) -> int:
    """How often one of these acts was done on the items."""
    done = _of_items(viewer, Event).where(Event.act.in_(acts), Event.day.between(first, until))
    return _count(done.with_only_columns(Event.id))


def _done(viewer: Viewer, first: date, until: date) -> dict[str, int]:
    """What 主要做法 tells of: how often the office, leaders and units did what."""

    def within(model: Any, moment: Any) -> int:
        rows = _of_items(viewer, model).where(_day(moment).between(first, until))
        return _count(rows.with_only_columns(model.id))

    return {
        "issued": _acts(viewer, first, until, "issue", "issue_first"),
        "reports": within(Feedback, Feedback.confirmed_at),
        "comments": within(Comment, Comment.given_at),
        "calls": within(PhoneRecord, PhoneRecord.called_at),
        "closings": within(Closure, Closure.handed_in_at),
    }


def _good_units(counted: figures.Figures) -> list[str]:
    """Units all of whose items that were due were closed in time, with nothing overdue, no notice
    and no instalment missed: in the official order, with no figure (SPEC §6.2: no ranking)."""
    good = []
    for unit_id in counted.owners:
        of = counted.of(unit_id)
        due, on_time, told = of["due_closed"], of["on_time"], of["feedback"]
        met = bool(due.whole) and on_time.part == due.whole and told.part == (told.whole or 0)
        if met and not of["overdue"].part and not of["urged"].part:
            good.append(unit_id)
    return [name for _unit_id, name in _units(good)]


def _by_unit(counted: figures.Figures, key: str) -> list[dict[str, Any]]:
    """Units that missed some of what was due by a rate, in the official order: how many."""
    missed = {
        unit_id: (figure.whole or 0) - figure.part
        for unit_id in counted.owners
        if (figure := counted.of(unit_id)[key]).part < (figure.whole or 0)
    }
    return [
        {"unit": name, "unit_id": unit_id, "missed": missed[unit_id]}
        for unit_id, name in _units(list(missed))
    ]


def _units(ids: list[int]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Unit.id, Unit.short_name).where(Unit.id.in_(ids)).order_by(Unit.sort_no, Unit.id)
    )
    return [(row.id, row.short_name) for row in rows]


def _ordinary(viewer: Viewer, model: Any) -> Any:
    return visible(viewer, model).where(Item.classification != "sensitive")


def _of_items(viewer: Viewer, model: Any) -> Any:
    return _ordinary(viewer, model).join(Item, Item.id == model.item_id)


def _day(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone(SHANGHAI.key, moment), Date)


def _count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
