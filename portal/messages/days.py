"""The days a person has to keep: due days and feedback days of the items that are theirs to see to,
read through the person's own scope at the moment of reading (第十八条, SPEC §7.3).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, or_, select

from portal.extensions import db
from portal.item.instalments import instalment, span_of
from portal.models import Feedback, FeedbackPoint, Item, ItemMember, ItemUnit
from portal.rulebook import knowledge
from portal.rulebook.item_texts import due_now, number_of
from portal.rulebook.scope import Viewer, visible

MOST_ITEMS: Final = 500
BACK: Final = timedelta(days=60)
"""What was missed longer ago is nobody's next day any more; the ledger has it."""
OWED: Final = ("todo", "missing")


class Day(NamedTuple):
    """One day to keep. `uid` stays the same whatever the day is moved to; `changed_at` and
    `version` say that it was. `address`: path of the page it is about."""

    uid: str
    on: date
    summary: str
    note: str
    address: str
    changed_at: datetime
    version: int


def days_of(viewer: Viewer) -> list[Day]:
    """Due days and feedback days of the viewer's own and his units' open items, earliest first."""
    items = db.session.scalars(
        visible(viewer, Item)
        .where(Item.lit, Item.blue.is_(False), Item.issued_on.is_not(None), _theirs(viewer))
        .order_by(Item.due.nulls_last(), Item.id)
        .limit(MOST_ITEMS)
    ).all()
    found = [_due(item, day) for item in items if (day := due_now(item)) is not None]
    points, answered = _plans(viewer, [item.id for item in items])
    for item in items:
        found += _reports(viewer, item, points.get(item.id, []), answered)
    return sorted(found, key=lambda day: (day.on, day.uid))


def _theirs(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer works on it, his unit does, or he is the leader in charge of it."""
    units = [key for key in viewer.keys if key > 0]
    worked = select(ItemMember.item_id).where(
        ItemMember.person_id == viewer.person_id, ItemMember.role != "former"
    )
    of_units = select(ItemUnit.item_id).where(
        ItemUnit.unit_id.in_(units), ItemUnit.role != "former"
    )
    leads = Item.responsible_leader_id == viewer.person_id
    return or_(Item.id.in_(worked), Item.id.in_(of_units), leads)


def _plans(
    viewer: Viewer, item_ids: Sequence[int]
) -> tuple[Mapping[int, list[FeedbackPoint]], Mapping[int, Feedback]]:
    """The instalments by item, and the reports sent on by the instalment they answer."""
    points: dict[int, list[FeedbackPoint]] = {}
    wanted = visible(viewer, FeedbackPoint).where(FeedbackPoint.item_id.in_(item_ids))
    for point in db.session.scalars(wanted.order_by(FeedbackPoint.seq)):
        points.setdefault(point.item_id, []).append(point)
    reports = db.session.scalars(
        visible(viewer, Feedback).where(
            Feedback.item_id.in_(item_ids),
            Feedback.point_id.is_not(None),
            Feedback.confirmed_at.is_not(None),
        )
    )
    return points, {report.point_id: report for report in reports if report.point_id is not None}


def _reports(
    viewer: Viewer,
    item: Item,
    points: Sequence[FeedbackPoint],
    answered: Mapping[int, Feedback],
) -> list[Day]:
    """The instalments still owed; none for who knows of a co-unit's part alone."""
    if not points or (_hidden(item) and knowledge.part_of(item, viewer.person_id)):
        return []
    span = span_of(item, viewer.moment.day)
    by_id = {point.id: point for point in points}
    owed = [
        (point.seq, one)
        for point in points
        if (one := instalment(point, by_id, answered, span)).kind in OWED
        and one.due > viewer.moment.day - BACK
        and one.word != "不再报送"
    ]
    return [
        _day(item, f"feedback-{_key(item)}-{seq}", one.due, "反馈", f"（{one.title}）")
        for seq, one in owed
    ]


def _due(item: Item, day: date) -> Day:
    return _day(item, f"due-{_key(item)}", day, "办结")


def _day(item: Item, uid: str, on: date, what: str, which: str = "") -> Day:
    """Of a sensitive item neither number nor title: calendars are copied to telephones."""
    if _hidden(item):
        summary, note, address = f"1项督办事项应{what}", "请登录系统查看。", "/todo"
    else:
        number = number_of(item)
        summary = f"应{what}：{item.title}{which}"
        note, address = str(number) if number else "", f"/items/{item.public_id}"
    return Day(uid, on, summary, note, address, item.state_since, item.version)


def _key(item: Item) -> str:
    """What calendars know an item by; of a sensitive one nothing that leads to its page."""
    if not _hidden(item):
        return str(item.public_id)
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, b"calendar " + item.public_id.bytes, "sha256").hex()[:32]


def _hidden(item: Item) -> bool:
    return item.classification == "sensitive"
