"""The item's light dates, stored when an act changes what they follow from (SPEC §3.5).

The plan of an issued item is what is stored: its due day and its instalments as rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice

from sqlalchemy import Select, delete, func, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Change, Feedback, FeedbackPoint, Item, PhoneRecord
from portal.rulebook import deadlines, lights, policy, working_calendar

POINTS_AHEAD = 2


def plan_of(item: Item, base: date) -> deadlines.Plan:
    """The plan of the item as issued on `base`, by the policy it was filed under.

    A notice issued again after 调整承办单位 keeps its due day (SPEC §3.2). Raises DeadlineError.
    """
    edition = policy.of(item.policy_version)
    level, calendar = edition.level(item.level), working_calendar.current()
    if item.due_effective is not None:
        due = item.due_effective
        return deadlines.dated(level, base, due, due, calendar, policy=edition)
    return deadlines.plan(
        level,
        base,
        calendar,
        days=item.deadline_days,
        explicit=item.deadline_date,
        open_ended=item.deadline_kind == "open",
        policy=edition,
    )


def counts_from(item: Item) -> date:
    """The day from which the present plan counts: 交办, or the last 恢复督办.

    Instalments before it belong to what was. ValueError if the item is not issued.
    """
    if item.issued_on is None:
        raise ValueError("an item that is not issued has no plan")
    reopened = db.session.scalar(
        select(func.max(Change.ended_at)).where(
            Change.item_id == item.id, Change.kind == "reopen", Change.state == "agreed"
        )
    )
    return max(item.issued_on, shanghai_day(reopened)) if reopened else item.issued_on


def run_to(item: Item, due: date | None, points: Iterable[date], *, ahead: date) -> None:
    """The lights run to `due` (None: 长期); instalments from `ahead` on that nobody has reported on
    give way to `points`, but for those promised by telephone."""
    days = set(points)
    item.due = due
    db.session.execute(
        delete(FeedbackPoint).where(
            FeedbackPoint.item_id == item.id,
            FeedbackPoint.due >= ahead,
            FeedbackPoint.due.not_in(days),
            ~FeedbackPoint.promised,
            FeedbackPoint.id.not_in(_spoken_of(item)),
            FeedbackPoint.id.not_in(_reported(item)),
        ),
        execution_options={"synchronize_session": False},
    )
    # What stays is the same instalment: its report counts, and nobody is reminded of it twice.
    there = select(FeedbackPoint.due).where(
        FeedbackPoint.item_id == item.id, FeedbackPoint.due >= ahead
    )
    _add(item, sorted(days - set(db.session.scalars(there))))
    if due is None:
        _grow(item, since=ahead)
    refresh(item)


def promise(item: Item, day: date) -> FeedbackPoint:
    """SPEC §2.13: a written report promised by telephone for a day is an instalment of its own; if
    the plan still asks for one on that day anyway, it is that one."""
    found = db.session.scalars(
        select(FeedbackPoint)
        .where(
            FeedbackPoint.item_id == item.id,
            FeedbackPoint.due == day,
            FeedbackPoint.id.not_in(_reported(item)),
        )
        .order_by(FeedbackPoint.seq)
        .limit(1)
    ).one_or_none()
    if found is not None:
        return found
    made = FeedbackPoint(item_id=item.id, seq=_next_seq(item), due=day, promised=True)
    db.session.add(made)
    refresh(item)
    return made


def forgive(item: Item, since: date, until: date) -> None:
    """Instalments from `since` to before `until` that nobody reported on are not owed: the unit had
    handed in its closing, and that was being judged."""
    db.session.execute(
        delete(FeedbackPoint).where(
            FeedbackPoint.item_id == item.id,
            FeedbackPoint.due >= since,
            FeedbackPoint.due < until,
            FeedbackPoint.id.not_in(_reported(item)),
        ),
        execution_options={"synchronize_session": False},
    )


def refresh(item: Item) -> None:
    """Set `due`, `yellow_from` and `red_from` from the dates that hold now, the stored plan and the
    confirmed reports.

    An open-ended item (长期) gets its next two instalments as rows on the way.
    """
    if item.issued_on is None:
        return
    edition, base = policy.of(item.policy_version), counts_from(item)
    due = item.due_reset or item.due_effective
    if due is None:
        _grow(item, since=base)
    elif due != item.due:
        _go_on(item, base, due)
    yellow = deadlines.yellow_from(base, due, edition) if due else None
    plan = deadlines.Plan(base, due, due, (), yellow, (), provisional=False)
    dates = lights.light_dates(plan, _unmet(item, base), policy=edition)
    item.due, item.yellow_from, item.red_from = dates
    db.session.flush()


def _go_on(item: Item, base: date, due: date) -> None:
    """第十八条: with a later date the plan goes on in the same step; what is past stands."""
    edition = policy.of(item.policy_version)
    level = edition.level(item.level)
    plan = deadlines.dated(level, base, due, due, working_calendar.current(), policy=edition)
    last = _last(item) or base
    _add(item, [day for day in plan.points if day > last])


def _unmet(item: Item, base: date) -> list[date]:
    """The instalments that no report sent on answers, nor one they were merged into."""
    answered = set(db.session.scalars(_reported(item).where(Feedback.confirmed_at.is_not(None))))
    points = db.session.execute(
        select(FeedbackPoint.id, FeedbackPoint.due, FeedbackPoint.merged_into_id)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= base)
        .order_by(FeedbackPoint.due)
    )
    return [row.due for row in points if not answered & {row.id, row.merged_into_id}]


def _grow(item: Item, *, since: date) -> None:
    """第十八条（四）: two instalments of a long-running item stand open at any time."""
    ahead = db.session.scalars(
        select(FeedbackPoint.id).where(
            FeedbackPoint.item_id == item.id,
            FeedbackPoint.due >= since,
            ~FeedbackPoint.promised,
            FeedbackPoint.id.not_in(_reported(item)),
        )
    ).all()
    last = _last(item)
    level = policy.of(item.policy_version).level(item.level)
    coming = (
        day
        for day in deadlines.open_points(level, counts_from(item), working_calendar.current())
        if day >= since and (last is None or day > last)
    )
    _add(item, islice(coming, max(0, POINTS_AHEAD - len(ahead))))


def _last(item: Item) -> date | None:
    """The last instalment of the plan by level."""
    return db.session.scalar(
        select(func.max(FeedbackPoint.due)).where(
            FeedbackPoint.item_id == item.id, ~FeedbackPoint.promised
        )
    )


def _spoken_of(item: Item) -> Select[int | None]:
    """The instalments that were promised by telephone, those of the plan among them."""
    return select(PhoneRecord.point_id).where(
        PhoneRecord.item_id == item.id, PhoneRecord.point_id.is_not(None)
    )


def _reported(item: Item) -> Select[int | None]:
    """The instalments on which a report was written."""
    return select(Feedback.point_id).where(
        Feedback.item_id == item.id, Feedback.point_id.is_not(None)
    )


def _add(item: Item, points: Iterable[date]) -> None:
    db.session.add_all(
        FeedbackPoint(item_id=item.id, seq=seq, due=day)
        for seq, day in enumerate(points, start=_next_seq(item))
    )
    db.session.flush()


def _next_seq(item: Item) -> int:
    last = db.session.scalar(
        select(func.max(FeedbackPoint.seq)).where(FeedbackPoint.item_id == item.id)
    )
    return (last or 0) + 1
