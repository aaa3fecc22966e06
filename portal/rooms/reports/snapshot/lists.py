"""The annexed lists of a brief and what its narrative is drafted from, as plain rows.

Units, days and lights are those of the day that was counted (decision 0173); words are today's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.clock import SHANGHAI, shanghai_day
from portal.extensions import db
from portal.figures.past import stood
from portal.item.lights import HANDED_IN
from portal.models import Closure, Extension, Feedback, Item, Person, Standing, Unit, UrgeNotice
from portal.rooms.reports.snapshot.balance import OPEN, Stood
from portal.rulebook import policy
from portal.rulebook.deadline_texts import deadline_text
from portal.rulebook.item_texts import category_text
from portal.rulebook.numbering import Number
from portal.rulebook.scope import Viewer, visible

Row = dict[str, Any]
PROGRESS: Final = 60
"""Characters of 进展情况 in the list."""
CAUSE: Final = 80
"""Characters of a cause as the unit stated it."""
NOTHING: Final = ("无", "暂无", "目前无", "没有")
"""How 存在问题 begins that names none."""
OUTCOMES: Final = {
    "ug_issued": "待签收", "ug_signed": "落实中", "ug_replied": "已回复", "ug_met": "已按期办结",
    "ug_unmet": "限期内未办结",
}  # fmt: skip
BATCH: Final = 500


class Items:
    """The items of a period with the names that their lines need, read in batches."""

    def __init__(self, viewer: Viewer, found: Stood, as_of: date) -> None:
        self.viewer, self.found, self.as_of = viewer, found, as_of
        self.then: dict[int, Standing] = {}
        self.all = sorted(self._read(), key=self._order)
        self.units = {
            row.id: row.short_name for row in db.session.execute(select(Unit.id, Unit.short_name))
        }
        self.leaders = _names({self.of(item).responsible_leader_id for item in self.all})

    def _read(self) -> Iterable[Item]:
        ids = sorted(self.found.at_end)
        for begin in range(0, len(ids), BATCH):
            part = ids[begin : begin + BATCH]
            if self.as_of < self.viewer.moment.day:
                past = visible(self.viewer, Standing).where(
                    Standing.item_id.in_(part), stood(self.as_of)
                )
                self.then |= {row.item_id: row for row in db.session.scalars(past)}
            yield from db.session.scalars(
                visible(self.viewer, Item).where(
                    Item.id.in_(part), Item.classification != "sensitive"
                )
            )

    def of(self, item: Item) -> Item | Standing:
        """What says how the item stood: its row of that day; the item itself if the day is today's,
        or if it is from before such rows were kept."""
        return self.then.get(item.id, item)

    def due(self, item: Item) -> date | None:
        """The day that held then."""
        then = self.of(item)
        return then.due_reset or then.due_effective

    def unit_id(self, item: Item) -> int:
        """The lead unit of then."""
        then = self.of(item)
        return then.unit_id if isinstance(then, Standing) else then.lead_unit_id

    def number(self, item: Item) -> str:
        """Its number; empty before it had one."""
        then = self.of(item)
        if then.doc_seq is None:
            return ""
        return str(Number(then.doc_word or "", then.doc_year or 0, then.doc_seq))

    def _order(self, item: Item) -> tuple[bool, int, int, int]:
        """By number; what had none yet comes last."""
        then = self.of(item)
        return (then.doc_seq is None, then.doc_year or 0, then.doc_seq or 0, item.id)

    @property
    def open(self) -> list[Item]:
        """Those that were 在办 at the end."""
        return [item for item in self.all if self.found.at_end[item.id] in OPEN]

    def late(self, item: Item) -> bool:
        """Whether its day has passed, nobody has handed in and nothing is asked for that keeps it
        blue (SPEC §3.5)."""
        due = self.due(item)
        waits = self.found.at_end[item.id] in HANDED_IN or self.of(item).blue
        return due is not None and due < self.as_of and not waits


def ledger(items: Items) -> list[Row]:
    """附件1: every item that was 在办 at some time of the period, with its state at the end."""
    return [
        {
            "number": items.number(item),
            "title": item.title,
            "category": category_text(item),
            "level": policy.of(item.policy_version).level(items.of(item).level).label,
            "unit": items.units[items.unit_id(item)],
            "leader": items.leaders[items.of(item).responsible_leader_id],
            "issued_on": _iso(items.of(item).issued_on),
            "due": _limit(items, item),
            "state": policy.CURRENT.state(items.found.at_end[item.id]).label,
        }
        for item in items.all
    ]


def unfinished(items: Items) -> list[Row]:
    """附件2: what is 在办 at the end, with how it stands by the lead unit's last report."""
    told = _last_reports(items, items.open)
    causes = causes_of(items)
    return [
        {
            "number": items.number(item),
            "title": item.title,
            "unit": items.units[items.unit_id(item)],
            "unit_id": items.unit_id(item),
            "due": _iso(items.due(item)),
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
            or_(UrgeNotice.state != "ug_void", _day(UrgeNotice.ended_at) > items.as_of),
        )
        .order_by(UrgeNotice.doc_year, UrgeNotice.doc_seq)
    ).all()
    # As 发出催办通知单 is counted (SPEC §6.2): not of what was voided.
    rows = [row for row in rows if items.found.at_end.get(row.item_id) != "void"]
    others = {row.item_id for row in rows} - by_id.keys()
    by_id |= {item.id: item for item in _items(items.viewer, others)}
    return [
        {
            "number": str(Number(row.doc_word or "", row.doc_year or 0, row.doc_seq or 0)),
            "title": by_id[row.item_id].title,
            "unit": items.units[row.unit_id],
            "issued_on": _iso(row.issued_on),
            "limit": _iso(row.limit_on),
            "outcome": OUTCOMES[_state(row, items.as_of)],
        }
        for row in rows
    ]


def causes_of(items: Items) -> dict[int, str]:
    """Why late items are late, in the words of their own units: the latest request for more time,
    else 存在问题 of the last report that names any."""
    late = [item for item in items.open if items.late(item)]
    asked = db.session.execute(
        visible(items.viewer, Extension)
        .where(
            Extension.item_id.in_([item.id for item in late]),
            Extension.reason != "",
            _day(Extension.applied_at) <= items.as_of,
        )
        .order_by(Extension.item_id, Extension.id.desc())
        .ext(distinct_on(Extension.item_id))
        .with_only_columns(Extension.item_id, Extension.reason)
    )
    found = {row.item_id: _cut(row.reason, CAUSE) for row in asked}
    for item_id, report in _last_reports(items, late, troubled=True).items():
        if not report.problems.startswith(NOTHING):
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
        if item.id in done and (due := items.due(item)) is not None and done[item.id] < due
    ]
    return [
        {"title": item.title, "unit": items.units[items.unit_id(item)]} for item in early[:most]
    ]


def _last_reports(
    items: Items, wanted: Collection[Item], *, troubled: bool = False
) -> Mapping[int, Feedback]:
    """The last report of each lead unit that its head sent on until the day."""
    lead = {item.id: items.unit_id(item) for item in wanted}
    query = visible(items.viewer, Feedback).where(
        Feedback.item_id.in_(lead), _day(Feedback.confirmed_at) <= items.as_of
    )
    if troubled:
        query = query.where(Feedback.problems != "")
    query = query.order_by(
        Feedback.item_id, Feedback.unit_id, Feedback.confirmed_at.desc(), Feedback.id.desc()
    ).ext(distinct_on(Feedback.item_id, Feedback.unit_id))
    return {
        row.item_id: row for row in db.session.scalars(query) if lead[row.item_id] == row.unit_id
    }


def _items(viewer: Viewer, ids: Collection[int]) -> list[Item]:
    return list(db.session.scalars(visible(viewer, Item).where(Item.id.in_(ids))))


def _names(ids: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _limit(items: Items, item: Item) -> str:
    """`item_texts.limit_text`, of then."""
    return deadline_text(
        policy.of(item.policy_version).level(items.of(item).level),
        due=items.due(item) or item.deadline_date,
        days=item.deadline_days,
        open_ended=item.deadline_kind == "open",
    )


def _state(notice: UrgeNotice, at: date) -> str:
    """Where a notice that was issued by a day stood at its end."""
    if notice.ended_at is not None and shanghai_day(notice.ended_at) <= at:
        return notice.state
    if notice.replied_at is not None and shanghai_day(notice.replied_at) <= at:
        return "ug_replied"
    signed = notice.received_at or (notice.receipt_by if notice.deemed else None)
    return "ug_signed" if signed is not None and shanghai_day(signed) <= at else "ug_issued"


def _day(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone(SHANGHAI.key, moment), Date)


def _days_over(items: Items, item: Item) -> int:
    due = items.due(item)
    return (items.as_of - due).days if due is not None and items.late(item) else 0


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _cut(text: str, most: int) -> str:
    """The text in one line, not longer than `most` characters."""
    line = "".join(text.split("\n")).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"
