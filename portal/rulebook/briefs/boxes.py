"""The signature boxes of a brief: one run from 送审 to the release, 退回 or 撤回."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from portal.extensions import db
from portal.models import Brief, BriefBox
from portal.rulebook.briefs.table import STEPS, steps_of
from portal.rulebook.roles import Capacity
from portal.rulebook.scope import Viewer, visible


def begin(viewer: Viewer, brief: Brief) -> None:
    """Lay out the boxes of a new run."""
    run = (db.session.scalar(_runs(viewer, brief)) or 0) + 1
    db.session.add_all(
        BriefBox(
            brief_id=brief.id, run=run, position=position, step=step.step, role=role.value,
            state="waiting",
        )
        for position, step in enumerate(steps_of(brief))
        for role in step.roles
    )  # fmt: skip
    db.session.flush()


def run_of(viewer: Viewer, brief: Brief) -> list[BriefBox]:
    """The boxes of the latest run, in the order they are signed."""
    latest = db.session.scalar(_runs(viewer, brief))
    return list(
        db.session.scalars(
            visible(viewer, BriefBox)
            .where(BriefBox.brief_id == brief.id, BriefBox.run == latest)
            .order_by(BriefBox.position, BriefBox.id)
        )
    )


def sign(
    box: BriefBox, viewer: Viewer, capacity: Capacity, opinion: str, state: str = "agreed"
) -> None:
    """Put a decision into a box."""
    box.state, box.opinion = state, opinion
    box.person_id, box.on_behalf_of_id = viewer.person_id, capacity.on_behalf_of_id
    box.decided_at = viewer.moment.instant
    db.session.flush()


def advance(viewer: Viewer, brief: Brief) -> str:
    """Open the first step that is not signed; the state that the brief takes."""
    left = [box for box in run_of(viewer, brief) if box.state in ("waiting", "open")]
    if not left:
        return "released"
    for box in left:
        if box.position == left[0].position:
            box.state = "open"
    db.session.flush()
    return next(step.state for step in STEPS if step.step == left[0].step)


def drop(viewer: Viewer, brief: Brief) -> None:
    """End the run: nothing of it waits for a signature any more; what was signed stays on file."""
    for box in run_of(viewer, brief):
        if box.state in ("waiting", "open"):
            box.state = "dropped"
    db.session.flush()


def _runs(viewer: Viewer, brief: Brief) -> Select[Any]:
    of_brief = visible(viewer, BriefBox).where(BriefBox.brief_id == brief.id)
    return select(func.max(of_brief.with_only_columns(BriefBox.run).subquery().c.run))
