"""第十六条（四）: what a unit has missed, and whether it may be urged for it.

An item overdue and not handed in, or two periodic reports missed; of a co-unit its own date, or
the lead unit has asked 党政办 (第八条). A reason that was accepted covers everything missed until
then: only a further date counts again (SPEC §2.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import (
    Feedback,
    FeedbackPoint,
    Item,
    ItemUnit,
    UrgeNotice,
    UrgeQuestion,
)
from portal.models.urge import RUNNING
from portal.rulebook import policy
from portal.rulebook.numbering import Number
from portal.rulebook.stored_lights import counts_from
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
    if item.state != "in_progress" or item.blue:
        return {}
    busy, covered = already_urged(item), _covered(item)
    shares = db.session.scalars(
        select(ItemUnit)
        .where(ItemUnit.item_id == item.id, ItemUnit.state == "received")
        .order_by(ItemUnit.role.desc(), ItemUnit.id)
    ).all()
    found = {}
    for share in shares:
        if share.role == "former" or share.unit_id in busy:
            continue
        missed = missed_by(item, share, today, covered=covered.get(share.unit_id))
        if missed is not None:
            found[share.unit_id] = missed
    return found


def already_urged(item: Item) -> set[int]:
    """The units, by id, to which a notice is running."""
    running = select(UrgeNotice.unit_id).where(
        UrgeNotice.item_id == item.id, UrgeNotice.state.in_(RUNNING)
    )
    return set(db.session.scalars(running))


def missed_by(
    item: Item, share: ItemUnit, today: date, *, covered: date | None = None
) -> Missed | None:
    """What a unit has missed today; None if nothing that it may be urged for."""
    if share.role == "lead":
        edition = policy.of(item.policy_version)
        return judge_lead(
            item.due,
            unreported(item),
            today,
            covered=covered,
            least=edition.limit("urge_missed"),
        )
    asked = db.session.scalar(
        select(ItemUnit.coordination_since).where(
            ItemUnit.item_id == item.id, ItemUnit.role == "lead"
        )
    )
    asked_on = shanghai_day(asked) if asked else None
    return judge_co(share.inner_due, asked_on, today, covered=covered)


def unreported(item: Item) -> list[Point]:
    """The instalments of the present plan that no report sent on answers, as the lights count."""
    answered = set(
        db.session.scalars(
            select(Feedback.point_id).where(
                Feedback.item_id == item.id,
                Feedback.point_id.is_not(None),
                Feedback.confirmed_at.is_not(None),
            )
        )
    )
    points = db.session.scalars(
        select(FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= counts_from(item))
        .order_by(FeedbackPoint.seq)
    )
    return [
        Point(row.seq, row.due, row.title if row.promised else "")
        for row in points
        if not answered & {row.id, row.merged_into_id}
    ]


def _covered(item: Item) -> dict[int, date]:
    """By unit the day of the last accepted reason."""
    rows = db.session.execute(
        select(UrgeQuestion.unit_id, func.max(UrgeQuestion.ruled_at))
        .where(UrgeQuestion.item_id == item.id, UrgeQuestion.state == "accepted")
        .group_by(UrgeQuestion.unit_id)
    )
    return {unit_id: shanghai_day(at) for unit_id, at in rows if at is not None}


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


def drawn_up(item: Item, unit_id: int) -> int:
    """How many notices to this unit were issued and not voided."""
    return db.session.scalars(
        select(func.count())
        .select_from(UrgeNotice)
        .where(
            UrgeNotice.item_id == item.id,
            UrgeNotice.unit_id == unit_id,
            UrgeNotice.doc_seq.is_not(None),
            UrgeNotice.state != "ug_void",
        )
    ).one()


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
