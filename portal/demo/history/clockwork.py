"""The clock's rules in the sample's history, at the moments at which they would have run."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.clock import shanghai_day, shanghai_instant
from portal.demo.history.act import Act
from portal.demo.history.stage import Stage
from portal.extensions import db
from portal.models import Inspection, Item, ItemUnit, Rectification, UrgeNotice, UrgeQuestion
from portal.rulebook import reviews
from portal.rulebook.chains import RUNNING
from portal.rulebook.scope import everything
from portal.steps.closing.clock import WITH_THE_UNIT, end_supplements
from portal.steps.inspection.clock import follow_rectifying
from portal.steps.issuing.clock import deem_receipts
from portal.steps.reviews.clock import open_reviews
from portal.steps.urging.clock import RUNNING as NOTICES
from portal.steps.urging.clock import follow_urging


def let_the_clock_act(stage: Stage, act: Act) -> None:
    """视同签收, 补正期满, 催办, 整改 and 年度评估 at the moments at which the scheduler would have
    found them, up to the act's day."""
    before, today = shanghai_day(stage.clock.now()), shanghai_day(act.at)
    if before == today:
        return
    due = {
        *_receipts(act), *_supplements(act), *_januaries(before, today), *_urging(act, before),
        *_points(act),
    }  # fmt: skip
    for moment in sorted(due):
        stage.clock.stand(moment)
        deem_receipts()
        end_supplements()
        open_reviews()
        follow_urging()
        follow_rectifying()


def _receipts(act: Act) -> list[datetime]:
    with everything(because="示例事项：到期的视同签收"):
        due = db.session.scalars(
            select(ItemUnit.receipt_by)
            .join(Item, Item.id == ItemUnit.item_id)
            .where(
                ItemUnit.state == "issued",
                ItemUnit.receipt_by <= act.at,
                Item.state.in_(RUNNING),
            )
            .distinct()
        ).all()
    return [moment for moment in due if moment is not None]


def _supplements(act: Act) -> list[datetime]:
    """The beginning of the day after each supplement's own date."""
    with everything(because="示例事项：到期的补正"):
        due = db.session.scalars(
            select(Item.supplement_due).where(
                Item.blue,
                Item.state.in_(WITH_THE_UNIT),
                Item.supplement_due < shanghai_day(act.at),
            )
        ).all()
    return [shanghai_instant(day + timedelta(days=1)) for day in due if day is not None]


def _urging(act: Act, before: date) -> list[datetime]:
    """Until when questions are answered and notices received; the beginning of the day after each
    limit, and of the next day for what was handed in."""
    with everything(because="示例事项：到期的催办"):
        asked = db.session.scalars(
            select(UrgeQuestion.answer_by)
            .join(UrgeNotice, UrgeNotice.id == UrgeQuestion.urge_id)
            .where(UrgeQuestion.state == "asked", UrgeNotice.state.not_in(("ug_met", "ug_void")))
        ).all()
        running = db.session.execute(
            select(UrgeNotice.receipt_by, UrgeNotice.limit_on).where(UrgeNotice.state.in_(NOTICES))
        ).all()
    moments = [*asked, *(row.receipt_by for row in running)]
    moments += [shanghai_instant(row.limit_on + timedelta(days=1)) for row in running]
    if running:
        moments.append(shanghai_instant(before + timedelta(days=1)))
    return [moment for moment in moments if moment <= act.at]


def _points(act: Act) -> list[datetime]:
    """The beginning of the day after each point of 整改意见 that nobody has replied to."""
    with everything(because="示例事项：到期的整改"):
        due = db.session.scalars(
            select(Rectification.due)
            .join(Inspection, Inspection.id == Rectification.inspection_id)
            .where(
                Rectification.state == "open",
                Rectification.due < shanghai_day(act.at),
                Inspection.state == "rectifying",
            )
        ).all()
    return [shanghai_instant(day + timedelta(days=1)) for day in due]


def _januaries(before: date, today: date) -> list[datetime]:
    """The beginning of each year between two days."""
    years = range(before.year + 1, today.year + 1)
    return [shanghai_instant(reviews.january(year).opens) for year in years]
