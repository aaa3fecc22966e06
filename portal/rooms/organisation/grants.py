"""授权: roles of the whole college, which show more than a unit's own items (SPEC §7.7).

安全保密管理员 proposes and takes away, 系统管理员 confirms, neither for one of the two
(decision 0112).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from portal.audit.administrative import Editor, columns, note
from portal.audit.words import role_label
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Account, Appointment, Person, RoleGrant, Unit
from portal.models.organisation import ONE_OF_THE_COLLEGE
from portal.rooms.organisation.keeping import GRANTER, KEEPER, begin, finish, refuse, within_reach
from portal.rooms.organisation.taking_back import never, undo
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role

DAY = timedelta(days=1)
ROLES = {
    role: role_label(role)
    for role in (
        Role.SECRETARY.value,
        Role.PRESIDENT.value,
        Role.OFFICE_LEADER.value,
        Role.OFFICE_HEAD.value,
        Role.OFFICE_STAFF.value,
        Role.DISCIPLINE.value,
        Role.HR.value,
        Role.CONF_OFFICER.value,
        Role.ARCHIVIST.value,
        "school_leader_viewer",
    )
}
"""What is granted by two: everything that reaches beyond one's own unit."""
OWN = "不能为系统管理员或安全保密管理员本人授权。"
SOLE = "该角色由一人担任，请为接任者提出授权，原任自接任前一日终止。"


@dataclass(frozen=True)
class Wanted:
    """A grant to be asked for. `title` is the post as it is printed."""

    person: Person
    unit: Unit | None
    role: str
    title: str
    valid_from: date
    valid_to: date | None
    reason: str


def propose(editor: Editor, wanted: Wanted) -> None:
    """提出授权. Unmet where it cannot be, or is there already."""
    if not begin(editor, GRANTER):
        return
    within_reach(wanted.valid_from, editor.day, "valid_from")
    _check(wanted)
    made = RoleGrant(
        person_id=wanted.person.id,
        unit_id=wanted.unit.id if wanted.unit else None,
        role=wanted.role,
        post=wanted.title,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        reason=wanted.reason,
        proposed_by_id=editor.account_id,
        proposed_at=editor.instant,
    )
    db.session.add(made)
    note(editor, "propose_grant", made, wanted.person.name, reason=wanted.reason)
    finish()


def withdraw(editor: Editor, public_id: uuid.UUID) -> None:
    """撤回 what was not decided yet."""
    if begin(editor, GRANTER):
        _decide(editor, _open(public_id), "withdrawn", "withdraw_grant", "")
        finish()


def decline(editor: Editor, public_id: uuid.UUID, reason: str) -> None:
    """不同意."""
    if begin(editor, KEEPER):
        _decide(editor, _open(public_id), "declined", "decline_grant", reason)
        finish()


def confirm(editor: Editor, public_id: uuid.UUID) -> None:
    """确认: an appointment from its first day on, today at the earliest; of a role that one holds
    alone, the one before ends the day before."""
    if not begin(editor, KEEPER):
        return
    grant = _open(public_id)
    wanted = _wanted(grant)
    _check(wanted)
    since = max(grant.valid_from, editor.day)
    if grant.valid_to is not None and grant.valid_to < since:
        raise Unmet("授权期限已过，请撤回后重新提出。")
    for row in _held_alone(grant.role, since):
        if row.valid_from >= since:
            raise Unmet(f"已登记自{long_date(row.valid_from)}起由他人任{ROLES[grant.role]}。")
        before, row.valid_to = columns(row), since - DAY
        about = db.session.get_one(Person, row.person_id).name
        note(editor, "end_appointment", row, about, before=before, reason=grant.reason)
    made = Appointment(
        person_id=grant.person_id,
        unit_id=grant.unit_id,
        post=grant.post,
        role=grant.role,
        valid_from=since,
        valid_to=grant.valid_to,
    )
    db.session.add(made)
    note(editor, "appoint", made, wanted.person.name, reason=grant.reason)
    _decide(editor, grant, "confirmed", "confirm_grant", "")
    finish()


def revoke(editor: Editor, public_id: uuid.UUID, reason: str) -> None:
    """收回, at once: yesterday was the last day; one that begins today or later never held. A role
    that one holds alone goes to a successor instead, unless it has not begun: then its former
    holder keeps it."""
    if not begin(editor, GRANTER):
        return
    row = db.session.scalars(
        select(Appointment)
        .where(Appointment.public_id == public_id, Appointment.role.in_(ROLES))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.valid_to is not None and row.valid_to < editor.day:
        raise Unmet("该授权已终止。")
    if row.valid_from > editor.day:
        undo(editor, row, "revoke_grant", reason)
    elif row.role in ONE_OF_THE_COLLEGE:
        raise Unmet(SOLE)
    elif row.valid_from == editor.day:
        never(editor, row, "revoke_grant", reason)
    else:
        before, row.valid_to = columns(row), editor.day - DAY
        about = db.session.get_one(Person, row.person_id).name
        note(editor, "revoke_grant", row, about, before=before, reason=reason)
    finish()


def held(day: date) -> Sequence[Any]:
    """Who has which of these roles, today or later: Appointment, Person and Unit."""
    order = {role: place for place, role in enumerate(ROLES)}
    rows = db.session.execute(
        select(Appointment, Person, Unit)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Unit, Unit.id == Appointment.unit_id)
        .where(
            Appointment.role.in_(ROLES),
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day),
        )
        .order_by(Person.sort_no, Appointment.valid_from)
    ).all()
    return sorted(rows, key=lambda row: order[row.Appointment.role])


def proposals(*states: str) -> Sequence[Any]:
    """Grants in these states, the newest first: RoleGrant, Person and Unit."""
    return db.session.execute(
        select(RoleGrant, Person, Unit)
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.state.in_(states))
        .order_by(RoleGrant.id.desc())
        .limit(50)
    ).all()


def _check(wanted: Wanted) -> None:
    if wanted.role not in ROLES:
        raise refuse("role", "请选择全校性角色。")
    if not wanted.person.active:
        raise refuse("person", "该人员已停用。")
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        raise refuse("valid_to", "截止日期早于起始日期。")
    if wanted.role in ONE_OF_THE_COLLEGE and wanted.valid_to is not None:
        raise refuse("valid_to", "该角色由接任者接替，不填写截止日期。")
    holder = select(Account.id).where(
        Account.person_id == wanted.person.id, Account.kind.in_((KEEPER, GRANTER))
    )
    if db.session.scalar(holder) is not None:
        raise refuse("person", OWN)
    same = select(Appointment.id).where(
        Appointment.person_id == wanted.person.id,
        Appointment.role == wanted.role,
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= wanted.valid_from),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise refuse("person", "该人员已有这一角色。")


def _held_alone(role: str, since: date) -> Sequence[Appointment]:
    if role not in ONE_OF_THE_COLLEGE:
        return ()
    return db.session.scalars(
        select(Appointment).where(
            Appointment.role == role,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= since),
        )
    ).all()


def _wanted(grant: RoleGrant) -> Wanted:
    return Wanted(
        db.session.get_one(Person, grant.person_id),
        db.session.get(Unit, grant.unit_id) if grant.unit_id else None,
        grant.role,
        grant.post,
        grant.valid_from,
        grant.valid_to,
        grant.reason,
    )


def _open(public_id: uuid.UUID) -> RoleGrant:
    found = db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.public_id == public_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    if found.state != "proposed":
        raise Unmet("该授权申请已处理，请查看最新情况。")
    return found


def _decide(editor: Editor, grant: RoleGrant, state: str, act: str, reason: str) -> None:
    before, about = columns(grant), db.session.get_one(Person, grant.person_id).name
    grant.state, grant.decided_by_id, grant.decided_at = state, editor.account_id, editor.instant
    note(editor, act, grant, about, before=before, reason=reason)
