"""任职: person × unit × post × role, from day to day; one head a unit (SPEC §1.4).

A post that somebody takes over ends the day before for whoever held it; nothing is deleted.
Roles of the whole college are granted, not entered here (decision 0112).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from portal.audit.administrative import Editor, columns, note
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Appointment, Person, Unit
from portal.rooms.organisation.bearing import DAY, Outlook, bearing_of, has_head, heads_work
from portal.rooms.organisation.keeping import begin, finish, not_of_oneself, refuse, within_reach
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role

HEAD = Role.UNIT_HEAD.value
ROLES = {
    HEAD: "单位负责人",
    "unit_head_party": "党总支书记",
    Role.UNIT_DEPUTY.value: "单位副职",
    Role.LIAISON.value: "督办联络员",
    "handler": "承办人",
    "school_leader": "校领导",
}
"""What is entered by one administrator alone: what is held in a unit, and being 校领导."""
WITHOUT_UNIT = frozenset({"school_leader"})
MOST_LIAISONS = 2


@dataclass(frozen=True)
class Post:
    """One appointment to be entered. `valid_to` None: until further notice."""

    person: Person
    unit: Unit | None
    title: str
    role: str
    is_primary: bool
    acting_head: bool
    valid_from: date
    valid_to: date | None


def check(post: Post, day: date) -> None:
    """Unmet if the post by itself, or beside those that stand, cannot be."""
    within_reach(post.valid_from, day, "valid_from")
    if post.role not in ROLES:
        raise refuse("role", "该角色由安全保密管理员授予。")
    if not post.person.active:
        raise Unmet("该人员已停用。")
    if post.valid_to is not None and post.valid_to < post.valid_from:
        raise refuse("valid_to", "截止日期早于起始日期。")
    _check_unit(post)
    if post.role == HEAD and post.valid_to is not None:
        raise refuse("valid_to", "单位负责人由接任者接替，不填写截止日期。")
    if post.acting_head and post.role == HEAD:
        raise refuse("acting_head", "单位负责人本人不需注明主持工作。")
    if post.acting_head:
        _check_acting(post)
    if post.role == Role.LIAISON.value:
        _check_liaisons(post)
    later = [row for row in _same(post) if row.valid_from > post.valid_from]
    if post.role == HEAD:
        later += [row for row in _heads(post) if row.valid_from > post.valid_from]
    if later:
        said = f"已登记自{long_date(later[0].valid_from)}起的同一任职，请先更改。"
        raise refuse("valid_from", said)


def outlook(post: Post, day: date) -> Outlook:
    """What the post moves. Unmet as `check` says."""
    check(post, day)
    who, role = post.person.name, ROLES[post.role]
    where = post.unit.short_name if post.unit else "学校"
    to = f"至{long_date(post.valid_to)}" if post.valid_to else ""
    acting = "，主持工作" if post.acting_head else ""
    main = "主要任职" if post.is_primary else "兼任"
    lines = [
        f"{who}自{long_date(post.valid_from)}起{to}任{where}{role}（{post.title}，{main}）{acting}。"
    ]
    lines += [
        f"{name}的{where}单位负责人任职至{long_date(post.valid_from - DAY)}止。"
        for name in _replaced(post)
    ]
    if post.is_primary and _main(post):
        lines.append(f"{who}的其他任职自该日起为兼任。")
    if post.unit is not None and (post.role == HEAD or post.acting_head):
        lines.append(heads_work(post.unit))
    return Outlook(tuple(lines))


def appoint(editor: Editor, post: Post) -> None:
    """Enter a post; who held it alone before ends the day before."""
    if begin(editor):
        enter_post(editor, post)
        finish()


def enter_post(editor: Editor, post: Post) -> None:
    """`appoint` in the turn and the transaction of the caller."""
    not_of_oneself(editor, post.person.id)
    check(post, editor.day)
    ending = [row for row in _same(post) if row.valid_from <= post.valid_from]
    if post.role == HEAD:
        ending += [row for row in _heads(post) if row not in ending]
    continued = [row for row in _same(post) if _outlives(row, post)]
    rests = [(row, row.valid_to) for row in continued]
    for row in ending:
        _end_before(editor, row, post)
    if post.is_primary:
        for row in _main(post):
            _from_then(editor, row, post.valid_from, is_primary=False)
    _add(editor, post)
    for row, valid_to in rests:
        after = (post.valid_to or post.valid_from) + DAY
        _add(editor, _as_it_was(post, row, after, valid_to))


def end_outlook(row: Appointment, unit: Unit | None, last_day: date) -> Outlook:
    """What ends with a post. Unmet if nobody would head the unit's open work."""
    _check_end(row, unit, last_day)
    who = db.session.get_one(Person, row.person_id).name
    lines = [f"{who}的{row.post}（{ROLES[row.role]}）任职至{long_date(last_day)}止。"]
    if unit is not None and (row.role == HEAD or row.acting_head):
        lines.append(heads_work(unit))
    return Outlook(tuple(lines))


def end_appointment(
    editor: Editor, row: Appointment, unit: Unit | None, last_day: date, reason: str
) -> None:
    """The last day of a post; may be put again while it is not over."""
    if not begin(editor):
        return
    not_of_oneself(editor, row.person_id)
    within_reach(last_day, editor.day, "last_day")
    if row.valid_to is not None and row.valid_to < editor.day:
        raise Unmet("该任职已终止，需要时请重新登记任职。")
    _check_end(row, unit, last_day)
    before, row.valid_to = columns(row), last_day
    name = db.session.get_one(Person, row.person_id).name
    note(editor, "end_appointment", row, name, before=before, reason=reason)
    finish()


def appointment_of(person_id: int, public_id: uuid.UUID) -> Appointment:
    """One of a person's posts that is entered here. NotFound for any other."""
    found = db.session.scalars(
        select(Appointment)
        .where(
            Appointment.public_id == public_id,
            Appointment.person_id == person_id,
            Appointment.role.in_(ROLES),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _check_end(row: Appointment, unit: Unit | None, last_day: date) -> None:
    if last_day < row.valid_from:
        raise refuse("last_day", "截止日期早于起始日期。")
    _check_followed(row, last_day)
    heads = row.role == HEAD or row.acting_head
    if unit is None or not heads or has_head(unit.id, last_day + DAY, without=row.id):
        return
    items = bearing_of(unit.id).items
    if items:
        raise Unmet(
            f"{unit.short_name}尚有{items}项在办事项，请先登记接任的负责人或主持工作的人员。"
        )


def _check_followed(row: Appointment, last_day: date) -> None:
    """What was ended before may last longer than it said, but not into what follows it."""
    other, of_unit = Appointment, Appointment.unit_id.is_not_distinct_from(row.unit_id)
    same: list[Any] = [(other.person_id == row.person_id) & (other.role == row.role) & of_unit]
    if row.role == HEAD:
        same.append((other.role == HEAD) & of_unit)
    if row.acting_head:
        same.append(other.acting_head & of_unit)
    if row.is_primary:
        same.append((other.person_id == row.person_id) & other.is_primary)
    begins = db.session.scalar(
        select(func.min(other.valid_from)).where(
            other.id != row.id, other.valid_from.between(row.valid_from, last_day), or_(*same)
        )
    )
    if begins is not None:
        said = f"已登记自{long_date(begins)}起的后续任职，截止日期应早于该日。"
        raise refuse("last_day", said)


def _check_unit(post: Post) -> None:
    if post.unit is None:
        if post.role not in WITHOUT_UNIT:
            raise refuse("unit", "请选择单位。")
        return
    first, last = post.unit.valid_from, post.unit.valid_to
    if post.valid_from < first or (last and (post.valid_to or date.max) > last):
        raise refuse("unit", "任职期间该单位尚未设立或已撤销。")


def _check_acting(post: Post) -> None:
    others = select(Appointment.id).where(
        Appointment.acting_head,
        Appointment.unit_id == (post.unit.id if post.unit else None),
        Appointment.person_id != post.person.id,
        *_meets(post),
    )
    if db.session.scalar(others.limit(1)) is not None:
        raise refuse("acting_head", "该单位在此期间已有主持工作的人员，请先终止。")


def _check_liaisons(post: Post) -> None:
    others = select(func.count(Appointment.person_id.distinct())).where(
        Appointment.role == Role.LIAISON.value,
        Appointment.unit_id == (post.unit.id if post.unit else None),
        Appointment.person_id != post.person.id,
        *_meets(post),
    )
    if (db.session.scalar(others) or 0) >= MOST_LIAISONS:
        raise refuse("role", f"每个单位的督办联络员不超过{MOST_LIAISONS}名。")


def _meets(post: Post) -> tuple[Any, ...]:
    """Rows that have a day in common with the post."""
    begins = Appointment.valid_from <= post.valid_to if post.valid_to else None
    lasts = or_(Appointment.valid_to.is_(None), Appointment.valid_to >= post.valid_from)
    return (lasts,) if begins is None else (lasts, begins)


def _rows(post: Post, *where: Any) -> list[Appointment]:
    return list(
        db.session.scalars(
            select(Appointment).where(*where, *_meets(post)).order_by(Appointment.valid_from)
        )
    )


def _same(post: Post) -> list[Appointment]:
    """The same person in the same role of the same unit."""
    unit_id = post.unit.id if post.unit else None
    return _rows(
        post,
        Appointment.person_id == post.person.id,
        Appointment.role == post.role,
        Appointment.unit_id.is_not_distinct_from(unit_id),
    )


def _heads(post: Post) -> list[Appointment]:
    unit_id = post.unit.id if post.unit else None
    return _rows(post, Appointment.role == HEAD, Appointment.unit_id == unit_id)


def _main(post: Post) -> list[Appointment]:
    """The person's other main posts in that time."""
    same = {row.id for row in _same(post)}
    rows = _rows(post, Appointment.person_id == post.person.id, Appointment.is_primary)
    return [row for row in rows if row.id not in same]


def _replaced(post: Post) -> list[str]:
    """Who would not be head of the unit any more."""
    if post.role != HEAD:
        return []
    ids = {row.person_id for row in _heads(post)} - {post.person.id}
    return list(db.session.scalars(select(Person.name).where(Person.id.in_(ids))))


def _outlives(row: Appointment, post: Post) -> bool:
    """Whether a row goes on after a post that is limited."""
    if post.valid_to is None or row.person_id != post.person.id:
        return False
    return row.valid_to is None or row.valid_to > post.valid_to


def _end_before(editor: Editor, row: Appointment, post: Post) -> None:
    """End a row the day before; one that begins on the same day becomes the new one's own."""
    if row.valid_from == post.valid_from:
        said = "该日已登记同一任职，请从次日起登记，或先终止。"
        raise refuse("valid_from", said)
    before, row.valid_to = columns(row), post.valid_from - DAY
    about = db.session.get_one(Person, row.person_id).name
    note(editor, "end_appointment", row, about, before=before)


def _from_then(editor: Editor, row: Appointment, day: date, **changes: Any) -> None:
    """Change a row from a day on: what was before stays as it was."""
    before = columns(row)
    about = db.session.get_one(Person, row.person_id).name
    if row.valid_from >= day:
        for name, value in changes.items():
            setattr(row, name, value)
        note(editor, "appoint", row, about, before=before)
        return
    kept = {name: getattr(row, name) for name in _COPIED} | changes
    rest = Appointment(**kept, valid_from=day, valid_to=row.valid_to)
    row.valid_to = day - DAY
    note(editor, "end_appointment", row, about, before=before)
    db.session.add(rest)
    note(editor, "appoint", rest, about)


_COPIED = ("person_id", "unit_id", "post", "role", "is_primary", "acting_head")


def _as_it_was(post: Post, row: Appointment, day: date, valid_to: date | None) -> Post:
    """What a row says, from a later day on."""
    return replace(
        post,
        title=row.post,
        is_primary=row.is_primary,
        acting_head=row.acting_head,
        valid_from=day,
        valid_to=valid_to,
    )


def _add(editor: Editor, post: Post) -> None:
    made = Appointment(
        person_id=post.person.id,
        unit_id=post.unit.id if post.unit else None,
        post=post.title,
        role=post.role,
        is_primary=post.is_primary,
        acting_head=post.acting_head,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
    )
    db.session.add(made)
    note(editor, "appoint", made, post.person.name)
