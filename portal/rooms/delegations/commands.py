"""设置授权 and taking it back (SPEC §1.5): each one transaction."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from portal import turns
from portal.clock import shanghai_day, shanghai_instant
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Delegation, Person
from portal.rulebook import delegating, policy
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.delegating import Kind, Offices
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

LAST_MOMENT = time(23, 59, 59)
NOT_HELD = "您当前没有可以授出的职权；受托代办的事项不能再次授权。"
GIVER_HOLDS_NOT = "授权人当前没有所选职权；受托代办的事项不能再次授权。"
TAKERS = {
    "AB角": "受托人应为校领导。",
    "主持工作": "受托人应为授权人所在单位的副职或党总支书记。",
    "委托联络员": "受托人应为授权人所在单位的督办联络员。",
}
SEVERAL_UNITS = (
    "授权人负责多个单位，受托人应在各单位均任副职或党总支书记；"
    "只主持其中一个单位工作的，请由系统管理员登记任职。"
)


class Wanted(NamedTuple):
    """What a form says: a row of `delegating.KINDS`, the two persons, first and last day, why.
    Without `giver_id` whoever sends it gives."""

    kind: Kind
    giver_id: int | None
    taker_id: int
    first: date
    last: date
    reason: str


def may_record(viewer: Viewer) -> bool:
    """党政办 types in what a leader or a head gave on paper (roles.json: delegate R)."""
    return Role.OFFICE_STAFF.value in viewer.roles and viewer.person_id is not None


def give(viewer: Viewer, wanted: Wanted, key: uuid.UUID) -> Delegation:
    """The delegation; the same form twice is one. Unmet says what does not hold, field by field;
    NotOffered: somebody else's, by who types in nothing for others."""
    giver_id = wanted.giver_id or _own(viewer)
    if giver_id != viewer.person_id and not may_record(viewer):
        raise NotOffered("授权由本人设置，或由党政办按书面授权登记。", wanted.kind.article)
    # Two windows of one giver are looked at one after the other: neither sees half of the other.
    turns.once(key)
    turns.wait_for(f"delegation {giver_id}")
    earlier = db.session.scalars(select(Delegation).where(Delegation.key == key)).one_or_none()
    if earlier is not None:
        return earlier
    day = viewer.moment.day
    giver = delegating.offices_of(giver_id, day)
    refused = together([*_persons(viewer, wanted, giver_id, giver), *_period(wanted, day)])
    if refused is not None:
        raise refused
    given = Delegation(
        key=key,
        from_id=giver_id,
        to_id=wanted.taker_id,
        kind=wanted.kind.kind,
        scope=wanted.kind.scope,
        roles=delegating.lent_by(wanted.kind, giver),
        starts_at=max(shanghai_instant(wanted.first), viewer.moment.instant),
        ends_at=shanghai_instant(wanted.last, LAST_MOMENT),
        reason=wanted.reason,
        created_by_id=_own(viewer),
        created_at=viewer.moment.instant,
    )
    overlapping = _overlapping(given)
    if overlapping is not None:
        raise overlapping
    db.session.add(given)
    db.session.commit()
    return given


def revoke(viewer: Viewer, public_id: uuid.UUID) -> None:
    """撤销授权, at once: by who gave it, or by 党政办. Of one that has ended nothing changes.
    NotFound for everybody else."""
    given = db.session.scalars(
        select(Delegation).where(Delegation.public_id == public_id).with_for_update()
    ).one_or_none()
    if given is None or not may_revoke(viewer, given):
        raise NotFound
    if given.revoked_at is None and given.ends_at > viewer.moment.instant:
        given.revoked_at = viewer.moment.instant
        given.revoked_by_id = viewer.person_id
    db.session.commit()


def may_revoke(viewer: Viewer, given: Delegation) -> bool:
    """Whoever gave it, and 党政办 on a leader's word."""
    return given.from_id == viewer.person_id or may_record(viewer)


def _own(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise NotOffered(NOT_HELD)
    return viewer.person_id


def _persons(viewer: Viewer, wanted: Wanted, giver_id: int, giver: Offices) -> list[Unmet]:
    kind, refused = wanted.kind, []
    if kind not in delegating.may_give(giver) or not delegating.is_there(giver_id):
        said = NOT_HELD if giver_id == viewer.person_id else GIVER_HOLDS_NOT
        refused.append(Unmet(said, article=kind.article, fields={"kind": said}))
    if wanted.taker_id == giver_id:
        said = "受托人不能是授权人本人。"
        refused.append(Unmet(said, article=kind.article, fields={"taker": said}))
    else:
        taker = delegating.offices_of(wanted.taker_id, viewer.moment.day)
        there = delegating.is_there(wanted.taker_id)
        if not there or not delegating.may_take(kind, giver, taker):
            said = TAKERS[kind.kind]
            if kind.id == "acting" and len(giver.in_units(Role.UNIT_HEAD.value)) > 1:
                said = SEVERAL_UNITS
            refused.append(Unmet(said, article=kind.article, fields={"taker": said}))
    return refused


def _period(wanted: Wanted, day: date) -> list[Unmet]:
    article, longest = wanted.kind.article, policy.CURRENT.limit(wanted.kind.limit)
    if wanted.first < day:
        said = "起始日期不能早于今天。"
        return [Unmet(said, article=article, fields={"first": said})]
    if wanted.last < wanted.first:
        said = "截止日期不能早于起始日期。"
        return [Unmet(said, article=article, fields={"last": said})]
    if wanted.last > wanted.first + timedelta(days=longest - 1):
        said = f"{wanted.kind.kind}授权每次不超过{longest}天。"
        return [Unmet(said, article=article, fields={"last": said})]
    return []


def _overlapping(given: Delegation) -> Unmet | None:
    """What the giver has lent already in the same role and time."""
    found = db.session.execute(
        select(Delegation, Person.name)
        .join(Person, Person.id == Delegation.to_id)
        .where(
            Delegation.from_id == given.from_id,
            Delegation.revoked_at.is_(None),
            Delegation.roles.overlap(given.roles),
            Delegation.starts_at < given.ends_at,
            Delegation.ends_at > given.starts_at,
            # Several liaisons may be entrusted at once.
            or_(Delegation.kind != "委托联络员", Delegation.to_id == given.to_id),
        )
        .order_by(Delegation.starts_at)
        .limit(1)
    ).first()
    if found is None:
        return None
    other, name = found
    until = long_date(shanghai_day(other.ends_at))
    said = f"已授权{name}（{other.scope}）至{until}，同一职权不能重复授权，请先撤销或另选日期。"
    return Unmet(said, fields={"first": said})
