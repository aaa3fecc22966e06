"""The annexed lists of a brief and what its narrative is drafted from, as plain rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.clock import SHANGHAI
from portal.extensions import db
from portal.item.lights import HANDED_IN
from portal.models import Closure, Extension, Feedback, Item, Person, Unit, UrgeNotice
from portal.rooms.reports.snapshot.balance import OPEN, Stood
from portal.rulebook import policy
from portal.rulebook.item_texts import category_text, due_now, limit_text, number_of
from portal.rulebook.numbering import Number
from portal.rulebook.scope import Viewer, visible

Row = dict[str, Any]
PROGRESS: Final = 60
"""Characters of 进展情况 in the list."""
CAUSE: Final = 80
"""Characters of a cause as the unit stated it."""
OUTCOMES: Final = {
    "ug_issued": "待签收", "ug_signed": "落实中", "ug_replied": "已回复", "ug_met": "已按期办结",
    "ug_unmet": "限期内未办结",
}  # fmt: skip
BATCH: Final = 500


class Items:
    """The items of a period with the names that their lines need, read in batches."""

    def __init__(self, viewer: Viewer, found: Stood, as_of: date) -> None:
        self.viewer, self.found, self.as_of = viewer, found, as_of
        self.all = sorted(self._read(), key=_order)
        self.units = {
            row.id: row.short_name for row in db.session.execute(select(Unit.id, Unit.short_name))
        }
        self.leaders = _names({item.responsible_leader_id for item in self.all})

    def _read(self) -> Iterable[Item]:
        ids = sorted(self.found.at_end)
        for begin in range(0, len(ids), BATCH):
            batch = visible(self.viewer, Item).where(
                Item.id.in_(ids[begin : begin + BATCH]), Item.classification != "sensitive"
            )
            yield from db.session.scalars(batch)

    @property
    def open(self) -> list[Item]:
        """Those that were 在办 at the end."""
        return [item for item in self.all if self.found.at_end[item.id] in OPEN]

    def late(self, item: Item) -> bool:
        """Whether its day has passed and nobody has handed in."""
        due = due_now(item)
        waits = self.found.at_end[item.id] in HANDED_IN
        return due is not None and due < self.as_of and not waits


def ledger(items: Items) -> list[Row]:
    """附件1: every item that was 在办 at some time of the period, with its state at the end."""
    return [
        {
            "number": _number(item),
            "title": item.title,
            "category": category_text(item),
            "level": policy.of(item.policy_version).level(item.level).label,
            "unit": items.units[item.lead_unit_id],
            "leader": items.leaders[item.responsible_leader_id],
            "issued_on": _iso(item.issued_on),
            "due": limit_text(item),
            "state": policy.CURRENT.state(items.found.at_end[item.id]).label,
        }
        for item in items.all
    ]


def unfinished(items: Items) -> list[Row]:
    """附件2: what is 在办 at the end, with how it stands by the lead unit's last report."""
    told = _last_reports(items.viewer, [item.id for item in items.open], items.as_of)
    causes = causes_of(items)
    return [
        {
            "number": _number(item),
            "title": item.title,
            "unit": items.units[item.lead_unit_id],
            "unit_id": item.lead_unit_id,
            "due": _iso(due_now(item)),
            "days_over": _days_over(items, item),
            "progress": _cut(told[item.id].progress, PROGRESS) if item.id in told else "",
            "cause": causes.get(item.id, ""),
        }
        for item in items.open
    ]


def urged(items: Items, first: date) -> list[Row]:
    """附件3: the notices issued in the period."""
    by_id = {item.id: item for item in items.all}
    rows = db.session.scalars(
        visible(items.viewer, UrgeNotice)
        .join(Item, Item.id == UrgeNotice.item_id)
        .where(
            Item.classification != "sensitive",
            UrgeNotice.issued_on.between(first, items.as_of),
            UrgeNotice.state != "ug_void",
        )
        .order_by(UrgeNotice.doc_year, UrgeNotice.doc_seq)
    ).all()
    others = {row.item_id for row in rows} - by_id.keys()
    by_id |= {item.id: item for item in _items(items.viewer, others)}
    return [
        {
            "number": str(Number(row.doc_word or "", row.doc_year or 0, row.doc_seq or 0)),
            "title": by_id[row.item_id].title,
            "unit": items.units[row.unit_id],
            "issued_on": _iso(row.issued_on),
            "limit": _iso(row.limit_on),
            "outcome": OUTCOMES[row.state],
        }
        for row in rows
    ]


def causes_of(items: Items) -> dict[int, str]:
    """Why late items are late, in the words of their own units: the latest request for more time,
    else 存在问题 of the last report that names any."""
    late = [item.id for item in items.open if items.late(item)]
    asked = db.session.execute(
        visible(items.viewer, Extension)
        .where(Extension.item_id.in_(late), Extension.reason != "")
        .order_by(Extension.item_id, Extension.id.desc())
        .ext(distinct_on(Extension.item_id))
        .with_only_columns(Extension.item_id, Extension.reason)
    )
    found = {row.item_id: _cut(row.reason, CAUSE) for row in asked}
    for item_id, report in _last_reports(items.viewer, late, items.as_of, troubled=True).items():
        found.setdefault(item_id, _cut(report.problems, CAUSE))
    return found


def good_items(items: Items, first: date, most: int = 8) -> list[Row]:
    """Items closed in the period before their day, in the order of their numbers."""
    ended = [item for item in items.all if items.found.at_end[item.id] not in OPEN]
    rows = db.session.execute(
        visible(items.viewer, Closure)
        .where(
            Closure.item_id.in_([item.id for item in ended]),
            Closure.outcome == "accepted",
            Closure.on_time.is_(True),
            Closure.completed_on.between(first, items.as_of),
        )
        .with_only_columns(Closure.item_id, func.max(Closure.completed_on).label("day"))
        .group_by(Closure.item_id)
    )
    done = {row.item_id: row.day for row in rows}
    early = [
        item
        for item in ended
        if item.id in done and (due := due_now(item)) is not None and done[item.id] < due
    ]
    return [{"title": item.title, "unit": items.units[item.lead_unit_id]} for item in early[:most]]


def _last_reports(
    viewer: Viewer, ids: Collection[int], until: date, *, troubled: bool = False
) -> Mapping[int, Feedback]:
    """The last report of each lead unit that its head sent on until a day."""
    day = func.date(func.timezone(SHANGHAI.key, Feedback.confirmed_at))
    query = (
        visible(viewer, Feedback)
        .join(Item, (Item.id == Feedback.item_id) & (Item.lead_unit_id == Feedback.unit_id))
        .where(Feedback.item_id.in_(ids), day <= until)
    )
    if troubled:
        query = query.where(Feedback.problems != "")
    query = query.order_by(Feedback.item_id, Feedback.confirmed_at.desc(), Feedback.id.desc())
    return {
        row.item_id: row for row in db.session.scalars(query.ext(distinct_on(Feedback.item_id)))
    }


def _items(viewer: Viewer, ids: Collection[int]) -> list[Item]:
    return list(db.session.scalars(visible(viewer, Item).where(Item.id.in_(ids))))


def _names(ids: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _order(item: Item) -> tuple[bool, int, int, int]:
    """By number; what has none yet comes last."""
    return (item.doc_seq is None, item.doc_year or 0, item.doc_seq or 0, item.id)


def _number(item: Item) -> str:
    number = number_of(item)
    return str(number) if number else ""


def _days_over(items: Items, item: Item) -> int:
    due = due_now(item)
    return (items.as_of - due).days if due is not None and items.late(item) else 0


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _cut(text: str, most: int) -> str:
    """The text in one line, not longer than `most` characters."""
    line = "".join(text.split("\n")).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"
