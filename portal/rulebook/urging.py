"""第十六条（四）: what a unit has missed, and whether it may be urged for it.

An item overdue and not handed in, or two periodic reports missed; of a co-unit its own date, or
the lead unit has asked 党政办 (第八条). A reason that was accepted covers everything missed until
then: only a further date counts again (SPEC §2.8).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import FeedbackPoint, Item, ItemUnit, UrgeNotice, UrgeQuestion
from portal.models.urge import RUNNING
from portal.rulebook import policy
from portal.rulebook.numbering import Number
from portal.rulebook.owed import owed
from portal.rulebook.urge_texts import GROUNDS, Ground, missed_text, requirement_text


class Point(NamedTuple):
    """An instalment: its place in the plan and its day; `named`, what it is called where that is
    not by its place (a report promised by telephone)."""

    seq: int
    due: date
    named: str = ""


@dataclass(frozen=True)
class Missed:
    """Why a unit may be urged: the ground, the date that passed (overdue, inner), the instalments
    without a report, and the last day that was missed."""

    ground: Ground
    since: date | None
    points: tuple[Point, ...]
    last: date

    def text(self, today: date) -> str:
        """「逾期3天未办结，第2、3期反馈未报送」."""
        return missed_text(
            self.ground,
            since=self.since,
            today=today,
            points=[point.seq for point in self.points if not point.named],
            named=[point.named for point in self.points if point.named],
        )


def judge_lead(
    due: date | None,
    points: Sequence[Point],
    today: date,
    *,
    covered: date | None,
    least: int,
) -> Missed | None:
    """Of a lead unit: `due` is the day that holds now, `points` are those without a report.

    What was missed before `covered` is excused by itself; it counts along once something is not.
    None if the unit may not be urged.
    """
    missing = tuple(point for point in points if point.due < today)
    late = due if due is not None and due < today else None
    if late is not None and not (covered and late < covered):
        return Missed("overdue", late, missing, max([late, *(point.due for point in missing)]))
    new = [point.due for point in missing if not (covered and point.due < covered)]
    if len(missing) >= least and new:
        return Missed("reports", None, missing, max(new))
    return None


def judge_co(
    inner: date | None, asked_on: date | None, today: date, *, covered: date | None
) -> Missed | None:
    """Of a co-unit that has not handed in: its own date, and since when 党政办 is asked to see to
    it. None if it may not be urged."""
    if inner is not None and inner < today and not (covered and inner < covered):
        return Missed("inner", inner, (), inner)
    if asked_on is not None and not (covered and asked_on < covered):
        return Missed("asked", None, (), asked_on)
    return None


def urgeable(item: Item, today: date) -> dict[int, Missed]:
    """The units of an item that may be urged today, by id, with why: no notice of theirs is
    running and no accepted reason covers it."""
    return urgeable_among([item], today).get(item.id, {})


def urgeable_among(items: Iterable[Item], today: date) -> dict[int, dict[int, Missed]]:
    """The same of many items, by the item's id; four statements, however many there are."""
    open_ = {item.id: item for item in items if item.state == "in_progress" and not item.blue}
    if not open_:
        return {}
    told, busy, covered = _told(open_), _running(open_), _covered(open_)
    found: dict[int, dict[int, Missed]] = {}
    for id_, item in open_.items():
        for share in told.shares[id_]:
            whose = (id_, share.unit_id)
            if share.state != "received" or share.role == "former" or whose in busy:
                continue
            missed = _missed(item, share, told, today, covered.get(whose))
            if missed is not None:
                found.setdefault(id_, {})[share.unit_id] = missed
    return found


def already_urged(item: Item) -> set[int]:
    """The units, by id, to which a notice is running."""
    return {unit_id for _item, unit_id in _running([item.id])}


def missed_by(item: Item, share: ItemUnit, today: date) -> Missed | None:
    """What a unit has missed today; None if nothing that it may be urged for. What an accepted
    reason covers counts here, too."""
    return _missed(item, share, _told([item.id]), today, None)


def unreported(item: Item) -> list[Point]:
    """The instalments of the present plan that no report sent on answers, as the lights count."""
    return _told([item.id]).owed.get(item.id, [])


class _Told(NamedTuple):
    """By item: its units' shares, the lead unit's first, and the instalments of the present plan
    that no report sent on answers, as the lights count."""

    shares: Mapping[int, list[ItemUnit]]
    owed: Mapping[int, list[Point]]


def _told(item_ids: Collection[int]) -> _Told:
    shares: dict[int, list[ItemUnit]] = defaultdict(list)
    rows = select(ItemUnit).where(ItemUnit.item_id.in_(item_ids))
    for share in db.session.scalars(rows.order_by(ItemUnit.role.desc(), ItemUnit.id)):
        shares[share.item_id].append(share)
    points: dict[int, list[Point]] = defaultdict(list)
    unanswered = (
        select(FeedbackPoint)
        .join(Item, Item.id == FeedbackPoint.item_id)
        .where(FeedbackPoint.item_id.in_(item_ids), owed())
        .order_by(FeedbackPoint.seq)
    )
    for row in db.session.scalars(unanswered):
        named = row.title if row.promised else ""
        points[row.item_id].append(Point(row.seq, row.due, named))
    return _Told(shares, points)


def _missed(
    item: Item, share: ItemUnit, told: _Told, today: date, covered: date | None
) -> Missed | None:
    if share.role == "lead":
        least = policy.of(item.policy_version).limit("urge_missed")
        points = told.owed.get(item.id, [])
        return judge_lead(item.due, points, today, covered=covered, least=least)
    asked = next(
        (lead.coordination_since for lead in told.shares[item.id] if lead.role == "lead"), None
    )
    asked_on = shanghai_day(asked) if asked else None
    return judge_co(share.inner_due, asked_on, today, covered=covered)


def _running(item_ids: Collection[int]) -> set[tuple[int, int]]:
    """To which units of which items a notice is running."""
    rows = db.session.execute(
        select(UrgeNotice.item_id, UrgeNotice.unit_id).where(
            UrgeNotice.item_id.in_(item_ids), UrgeNotice.state.in_(RUNNING)
        )
    )
    return {(item_id, unit_id) for item_id, unit_id in rows}


def _covered(item_ids: Collection[int]) -> dict[tuple[int, int], date]:
    """By item and unit the day of the last accepted reason."""
    rows = db.session.execute(
        select(UrgeQuestion.item_id, UrgeQuestion.unit_id, func.max(UrgeQuestion.ruled_at))
        .where(UrgeQuestion.item_id.in_(item_ids), UrgeQuestion.state == "accepted")
        .group_by(UrgeQuestion.item_id, UrgeQuestion.unit_id)
    )
    return {(item_id, unit_id): shanghai_day(at) for item_id, unit_id, at in rows if at is not None}


def number_of_notice(notice: UrgeNotice) -> Number | None:
    """「阿职催办〔2026〕6号」, once it is issued."""
    if notice.doc_word is None or notice.doc_year is None or notice.doc_seq is None:
        return None
    return Number(notice.doc_word, notice.doc_year, notice.doc_seq)


def summary_text(numbers: Sequence[Number]) -> str:
    """催办情况 of annex 3: 「无」 or 「催办2次：阿职催办〔2026〕3号、5号」."""
    if not numbers:
        return "无"
    said: list[str] = []
    for place, number in enumerate(numbers):
        before = numbers[place - 1] if place else None
        same = before is not None and before[:2] == number[:2]
        said.append(f"{number.seq}号" if same else str(number))
    return f"催办{len(numbers)}次：{'、'.join(said)}"


def requirement_of(item: Item, notice: UrgeNotice) -> str:
    """办理要求 of annex 2."""
    return requirement_text(
        next(name for name in GROUNDS if name == notice.ground),
        limit_on=notice.limit_on,
        limit_days=notice.limit_days,
        reply_days=policy.of(item.policy_version).limit("urge_reply", item.level),
    )


def drawn_up_among(item_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """How many notices were issued and not voided, by item and unit; without any no entry."""
    rows = db.session.execute(
        select(UrgeNotice.item_id, UrgeNotice.unit_id, func.count().label("number"))
        .where(
            UrgeNotice.item_id.in_(item_ids),
            UrgeNotice.doc_seq.is_not(None),
            UrgeNotice.state != "ug_void",
        )
        .group_by(UrgeNotice.item_id, UrgeNotice.unit_id)
    )
    return {(row.item_id, row.unit_id): row.number for row in rows}


def drawn_up(item: Item, unit_id: int) -> int:
    """How many notices to this unit were issued and not voided."""
    return drawn_up_among([item.id]).get((item.id, unit_id), 0)


def counts_against(notice_state: str, reason_state: str) -> bool:
    """第二十五条（一）: whether a notice speaks against the unit.

    Its limit passed, and the unit gave no reason or one that was not accepted; what is not ruled
    on yet does not count.
    """
    return notice_state == "ug_unmet" and reason_state in ("refused", "unanswered")


def unmet_notices(item_ids: Iterable[int] | None = None) -> list[UrgeNotice]:
    """第二十五条（一）: the notices that speak against a unit, by the day their limit passed.

    Row-level security leaves out what the reader may not know of.
    """
    query = (
        select(UrgeNotice)
        .join(UrgeQuestion, UrgeQuestion.urge_id == UrgeNotice.id)
        .where(UrgeNotice.state == "ug_unmet", UrgeQuestion.state.in_(("refused", "unanswered")))
        .order_by(UrgeNotice.limit_on, UrgeNotice.id)
    )
    if item_ids is not None:
        query = query.where(UrgeNotice.item_id.in_(list(item_ids)))
    return list(db.session.scalars(query))
