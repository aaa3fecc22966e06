"""/ and /todo: the desk, and everything that waits."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

from portal.extensions import db
from portal.item import timeline
from portal.item.batches import batches_among
from portal.item.counts import light_counts
from portal.item.lights import shows
from portal.item.lines import lines, read_lines
from portal.item.offices import DRAFTS, offices_of
from portal.models import Item
from portal.navigation import is_leader
from portal.rooms.desk import tray
from portal.rulebook import working_calendar
from portal.rulebook.item_texts import number_of
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.web import viewer

blueprint = Blueprint("desk", __name__)
ON_DESK = 8
LATEST = 8
URGENT = 5
READING = "阅示"


@blueprint.get("/")
def home() -> str:
    """工作台: the queues, the top of 待办, the lights, what happened last."""
    if g.get("viewer") is None:
        return render_template("rooms/desk/administrator.html")
    reader = viewer()
    offices = offices_of(reader)
    tasks = tray.tasks_of(reader)
    counts = light_counts(reader)
    page = "rooms/desk/leader.html" if is_leader(offices) else "rooms/desk/home.html"
    return render_template(
        page,
        today=reader.moment.day,
        queues=tray.queues(reader, tasks),
        tasks=tasks[:ON_DESK],
        task_count=len(tasks),
        counts=counts,
        running=sum(counts.values()),
        urgent=_urgent(reader),
        latest=_latest(reader),
        may_draft=bool(offices & DRAFTS),
        missing=working_calendar.missing_year(reader.moment.day)
        if Role.OFFICE_HEAD in offices
        else None,
    )


@blueprint.get("/todo")
def todo() -> str:
    """待办, or only its table when the page refreshes it by itself."""
    reader = viewer()
    tasks = tray.tasks_of(reader)
    word = request.args.get("word", "")
    chosen = word if word in {task.word for task in tasks} else ""
    # Not every request of HTMX: an act may lead here in place, to the whole page.
    part = request.args.get("part") == "1"
    return render_template(
        "rooms/desk/_todo.html" if part else "rooms/desk/todo.html",
        today=reader.moment.day,
        tasks=[task for task in tasks if not chosen or task.word == chosen],
        tabs=tray.tabs(tasks, chosen),
        chosen=chosen,
        task_count=len(tasks),
        batches=batches_among(reader, {task.line.item_id for task in tasks}),
        may_list=Role.OFFICE_STAFF in offices_of(reader),
        to_read=sum(task.word == READING for task in tasks),
        to_sign=sum(task.signs and task.word != READING for task in tasks),
        part=part,
    )


def _urgent(reader: Viewer) -> list[object]:
    """For leaders: what is late or soon due, latest first."""
    today = reader.moment.day
    query = (
        lines(reader)
        .where(shows("red", today) | shows("yellow", today))
        .order_by(Item.due.nulls_last(), Item.id)
        .limit(URGENT)
    )
    return list(read_lines(db.session.execute(query), today))


def _latest(reader: Viewer) -> list[dict[str, object]]:
    return [
        {
            "day": event.day,
            "said": f"{actor}　{timeline.title_of(event.act)}",
            "title": item.title,
            "public_id": item.public_id,
            "number": number_of(item),
        }
        for event, item, actor in timeline.latest(reader, LATEST)
    ]
