"""The demo's date moves on by a day or a week, and the clock's rules run (design: demo mode).

All processes of the demo read the same row, before each request and each job.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock

from flask import Blueprint, Flask, Response, current_app, flash, request
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.clock import Clock
from portal.errors import NotOffered
from portal.extensions import db
from portal.filters import full_date
from portal.models.demo import DemoDate
from portal.queue import enqueue_rule
from portal.web import to, viewer

STEPS = {"1": 1, "7": 7}
"""What the buttons move on by, in days."""
MOST = 3660
RULES = (
    "deem_receipts", "end_supplements", "expire_oral", "open_reviews", "follow_urging",
    "follow_rectifying", "recount_deadlines", "remind",
)  # fmt: skip
"""The rows of the schedule that a moved date may make due."""

blueprint = Blueprint("demo", __name__)
_FOLLOWING = Lock()


def init_days(app: Flask) -> None:
    """Follow the stored date in every request and job of the demo."""
    app.register_blueprint(blueprint)
    app.extensions["portal.before_job"] = follow
    app.extensions["portal.demo_days"] = 0
    # Before the request is bound to its viewer, whose day it decides.
    app.before_request_funcs.setdefault(None, []).insert(0, follow)


def follow() -> None:
    """Move this process's clock on to the stored date; of requests at once only one does."""
    clock: Clock = current_app.extensions["portal.clock"]
    with _FOLLOWING:
        followed: int = current_app.extensions["portal.demo_days"]
        stored = days_on()
        clock.shift += timedelta(days=stored - followed)
        current_app.extensions["portal.demo_days"] = stored
    db.session.rollback()


def days_on() -> int:
    """How far the demo's date has moved, in days."""
    return db.session.scalar(select(DemoDate.days_on)) or 0


def move(days: int) -> None:
    """Move the date on; two clicks at once both count."""
    row = insert(DemoDate).values(id=1, days_on=days)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[DemoDate.id],
            set_={"days_on": func.least(DemoDate.days_on + days, MOST)},
        )
    )
    db.session.commit()


@blueprint.post("/demo/date")
def forward() -> Response:
    """前进一天 or 前进一周; then the clock's rules run."""
    viewer()
    step = STEPS.get(request.form.get("days", ""))
    if step is None:
        raise NotOffered("演示日期只能前进1天或7天。")
    move(step)
    follow()
    for rule in RULES:
        enqueue_rule(rule)
    clock: Clock = current_app.extensions["portal.clock"]
    flash(f"演示日期已前进到{full_date(clock.today())}", "toast")
    return to("/")
