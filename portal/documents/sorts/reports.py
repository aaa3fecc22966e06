"""Which 反馈报告 an item has, and which of them a person may have (第十六条（五）, SPEC §5.6).

Of each report that was handed in: the lead unit's to 党政办公室, a co-unit's to the lead unit. One
that was sent back is none until it is handed in again. Whoever marks a report as read by opening
it has no sheet of it before, so that nobody reads it past the log.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, or_

from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Feedback, Item, Unit
from portal.rulebook.offers import offered
from portal.rulebook.scope import Viewer, visible

REPORT: Final = "feedback"
LABEL: Final = "反馈报告"
TO_OFFICE: Final = ("fb_submitted", "fb_read")
TO_LEAD: Final = ("fb_lead", "fb_merged")
READING: Final = "read_feedback"
MOST_DIGITS: Final = 4


def kind_of(seq: int) -> str:
    """The kind of the report with this number."""
    return f"{REPORT}-{seq}"


def concerns(kind: str) -> bool:
    """Whether it is one: `feedback-<n>`."""
    return _number_of(kind) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    return {kind: _label(_number_of(kind) or 0) for kind in kinds}


def _number_of(kind: str) -> int | None:
    form, _dash, number = kind.partition("-")
    if form != REPORT or not (number.isascii() and number.isdecimal()):
        return None
    found = int(number) if len(number) <= MOST_DIGITS else 0
    return found if found and str(found) == number else None


def _label(seq: int, unit: str = "") -> str:
    return f"{LABEL}（第{seq}期{f'，{unit}' if unit else ''}）"


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The reports this person may have, in their order; a co-unit's with its name."""
    rows = db.session.execute(
        visible(viewer, Feedback)
        .join(Unit, Unit.id == Feedback.unit_id)
        .add_columns(Unit.short_name)
        .where(Feedback.item_id == item.id, Feedback.state.in_((*TO_OFFICE, *TO_LEAD)))
        .order_by(Feedback.seq)
    ).all()
    closed = _closed(viewer, item, [row.Feedback for row in rows])
    found = [(row.Feedback, row.short_name) for row in rows if row.Feedback.id not in closed]
    acts = _last_acts(viewer, item, [report.id for report, _unit in found])
    return {
        kind_of(report.seq or 0): Listed(
            _label(report.seq or 0, unit if report.state in TO_LEAD else ""), acts[report.id]
        )
        for report, unit in found
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """As of when it was handed in; it is its unit's. NotFound as `report_of`."""
    return _standing(viewer, item, report_of(viewer, item, kind))


def in_hand(viewer: Viewer, item: Item, kind: str) -> Standing:
    """The same, read or not: whoever holds it on paper is told whether it still stands."""
    return _standing(viewer, item, _handed_in(viewer, item, kind))


def _standing(viewer: Viewer, item: Item, report: Feedback) -> Standing:
    return Standing(_last_acts(viewer, item, [report.id])[report.id], report.unit_id)


def report_of(viewer: Viewer, item: Item, kind: str) -> Feedback:
    """The report that the kind prints. NotFound: there is none, or not for this person yet."""
    found = _handed_in(viewer, item, kind)
    if _closed(viewer, item, [found]):
        raise NotFound
    return found


def _handed_in(viewer: Viewer, item: Item, kind: str) -> Feedback:
    found = db.session.scalars(
        visible(viewer, Feedback).where(
            Feedback.item_id == item.id,
            Feedback.seq == _number_of(kind),
            Feedback.state.in_((*TO_OFFICE, *TO_LEAD)),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _closed(viewer: Viewer, item: Item, reports: Collection[Feedback]) -> set[int]:
    """The reports that this person has yet to open, which is reading them."""
    if all(report.state != TO_OFFICE[0] for report in reports):
        return set()
    return {offer.subject.id for offer in offered(viewer, item, among=(READING,))}


def _last_acts(viewer: Viewer, item: Item, reports: Collection[int]) -> dict[int, int]:
    """By report the last event that changed what it says: handed in, or its entry corrected."""
    if not reports:
        return {}
    rows = db.session.execute(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            Event.subject == Feedback.__tablename__,
            Event.subject_id.in_(reports),
            or_(
                Event.to_state.in_((TO_OFFICE[0], TO_LEAD[0])),
                Event.facts.has_key("report"),
            ),
        )
        .with_only_columns(Event.subject_id, func.max(Event.id))
        .group_by(Event.subject_id)
    )
    return {report: last for report, last in rows if report is not None}
