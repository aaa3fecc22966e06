"""/ and /todo: the desk, and everything that waits; the lists its numbers lead to."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import Select

from portal import guides
from portal.errors import NotFound
from portal.filters import full_date, weekday
from portal.item import timeline
from portal.item.batches import batches_among
from portal.item.counts import light_counts
from portal.item.offices import DRAFTS, offices_of
from portal.navigation import is_leader, note_waiting
from portal.posts import posts_of
from portal.rooms.desk import administrators, area, desks, people, queues, tray, week
from portal.rooms.desk import month as months
from portal.rulebook import working_calendar
from portal.rulebook.briefs.rights import count_waiting
from portal.rulebook.item_texts import number_of
from portal.rulebook.keys import EVERYONES_BUSINESS
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.rulebook.tray import board
from portal.web import clock, page_asked, to, viewer

blueprint = Blueprint("desk", __name__)
ON_DESK = 8
LATEST = 6
READING = "阅示"
FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Of the days that have a list: there is none before, and no day after the last one of all."""


@blueprint.get("/")
def home() -> str:
    """工作台: what waits first, then what one looks after, by post."""
    if g.get("viewer") is None:
        return _administrator()
    reader = viewer()
    offices = offices_of(reader)
    posts = posts_of(offices)
    first, heaps = board(reader, ON_DESK)
    task_count = sum(heap.rows for heap in heaps.values())
    note_waiting(task_count)
    counts = light_counts(reader)
    large = is_leader(offices)
    return render_template(
        "rooms/desk/leader.html" if large else "rooms/desk/home.html",
        today=reader.moment.day,
        groups=desks.groups_of(reader, posts, heaps),
        tasks=tray.tasks_of(reader, [tray.key_of(row) for row in first]),
        task_count=task_count,
        counts=counts,
        running=sum(counts.values()),
        week=week.week_of(reader, (week.DUE,) if large else tuple(week.KINDS)),
        kinds=week.KINDS,
        latest=_latest(reader),
        may_draft=bool(offices & DRAFTS),
        guides=guides.unread(current_user.account_id, [post.name for post in posts]),
        **_of_post(reader, offices),
    )


def _of_post(reader: Viewer, offices: frozenset[Role]) -> dict[str, Any]:
    """The cards that a post alone has."""
    found: dict[str, Any] = {"people": people.own_people(reader)}
    if Role.OFFICE_HEAD in offices:
        found["missing"] = working_calendar.missing_year(reader.moment.day)
    if "leader" in {post.name for post in posts_of(offices)}:
        found["briefs"] = count_waiting(reader)
        found["urgent"] = area.urgent(reader)
        found["instructions"] = area.instructions(reader)
        both = Role.RESPONSIBLE_LEADER in offices and EVERYONES_BUSINESS in reader.keys
        found["own_area"] = current_user.username if both else ""
    return found


def _administrator() -> str:
    kind = current_user.kind
    return render_template(
        "rooms/desk/administrator.html",
        today=clock().today(),
        tiles=administrators.tiles_of(kind, clock()),
        guides=guides.unread(current_user.account_id, [kind]),
    )


@blueprint.post("/guides/<name>/dismissal")
def put_away(name: str) -> Response:
    """不再显示: the guide leaves the desk and stays in 帮助."""
    if name not in guides.GUIDES:
        raise NotFound
    guides.put_away(current_user.account_id, name, clock().now())
    return to(url_for("desk.home"))


@blueprint.get("/todo")
def todo() -> str:
    """待办, or only its table when the page refreshes it by itself."""
    reader = viewer()
    keys = tray.keys_of(reader)
    note_waiting(len(keys))
    given = dict.fromkeys(request.args.getlist("word"))
    chosen = [word for word in given if word in tray.words()]
    asked = [key for key in keys if not chosen or key.word in chosen]
    pages = max(1, -(-len(asked) // tray.PAGE))
    page = min(page_asked(), pages)
    first = (page - 1) * tray.PAGE
    # Not every request of HTMX: an act may lead here in place, to the whole page.
    part = request.args.get("part") == "1"
    return render_template(
        "rooms/desk/_todo.html" if part else "rooms/desk/todo.html",
        today=reader.moment.day,
        tasks=tray.tasks_of(reader, asked[first : first + tray.PAGE]),
        page=page,
        pages=pages,
        first=first + 1,
        asked=len(asked),
        tabs=tray.tabs(keys, chosen),
        chosen=chosen,
        task_count=len(keys),
        batches=batches_among(reader, {key.item_id for key in asked}),
        may_list=Role.OFFICE_STAFF in offices_of(reader),
        to_read=sum(key.word == READING for key in keys),
        to_sign=sum(key.signs and key.word != READING for key in keys),
        briefs=count_waiting(reader),
        part=part,
    )


@blueprint.get("/queues/<name>")
def queue(name: str) -> str:
    """A list that a tile counts. NotFound for who has no such tile."""
    reader = viewer()
    if name not in desks.lists_of(posts_of(offices_of(reader))):
        raise NotFound
    asked = queues.QUEUES[name]
    return _list(asked.rows(reader), asked.label, asked.says, asked.since, asked.nothing)


@blueprint.get("/month")
def month() -> str:
    """日历: the month of the address (「?month=2026-11」), or this one."""
    reader = viewer()
    first = months.first_of(request.args.get("month", ""), reader.moment.day)
    return render_template(
        "rooms/desk/month.html", today=reader.moment.day, month=months.month_of(reader, first)
    )


@blueprint.get("/days/<day>")
def on_day(day: str) -> str:
    """What a day of this week, or any other, brings."""
    chosen, said = _day(day)
    rows = week.on_day(viewer(), chosen)
    return _list(rows, "本日到期和应报", said, "日期", "当天没有到期、应反馈的事项。")


@blueprint.get("/days/<day>/reports")
def reports_on(day: str) -> str:
    """What is to be reported on a day (第十八条)."""
    chosen, said = _day(day)
    rows = months.reports_on(viewer(), chosen)
    return _list(rows, "本日应报", said, "应报", "当天没有应报送的反馈。")


def _day(given: str) -> tuple[date, str]:
    """A day of an address and its words. NotFound if it is none."""
    try:
        chosen = date.fromisoformat(given)
    except ValueError:
        raise NotFound from None
    if not FIRST_YEAR <= chosen.year <= LAST_YEAR:
        raise NotFound
    return chosen, f"{full_date(chosen)}　{weekday(chosen)}"


@blueprint.get("/people/<emp_no>/items")
def person(emp_no: str) -> str:
    """What one of one's own people handles."""
    name, rows = people.items_of(viewer(), emp_no)
    return _list(rows, f"{name}承办的事项", "本单位在办事项", "到期", "没有承办中的事项。")


@blueprint.get("/instructions")
def instructions() -> str:
    """我的批示, with what became of each. NotFound for who gives none."""
    reader = viewer()
    if "leader" not in {post.name for post in posts_of(offices_of(reader))}:
        raise NotFound
    return render_template(
        "rooms/desk/instructions.html",
        today=reader.moment.day,
        instructions=area.instructions(reader, area.MOST),
    )


def _list(rows: Select[Any], label: str, says: str, since: str, nothing: str) -> str:
    reader = viewer()
    asked = request.args.get("page", 1, type=int)
    found = queues.find(reader, rows, max(1, min(asked, queues.MOST_PAGES)))
    return render_template(
        "rooms/desk/queue.html",
        today=reader.moment.day,
        label=label,
        says=says,
        since=since,
        nothing=nothing,
        found=found,
        page_size=queues.PAGE,
        page_href=lambda number: f"{request.path}?page={number}",
    )


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
