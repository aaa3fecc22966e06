"""人员: entered, mended, 停用 and 恢复; the order of the leaders (SPEC §1.6, §8.6, §8.8).

Nobody is deleted: who leaves is 停用, after everything is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import or_, select, update

from portal.accounts import phones
from portal.accounts.enrolment import ADMINISTRATOR_KINDS
from portal.accounts.passwords import UNUSABLE
from portal.accounts.pinyin import SEPARATOR, initials, stored_readings
from portal.accounts.queries import DISPLAY
from portal.audit.administrative import Editor, columns, note
from portal.extensions import db
from portal.models import Account, Appointment, Person, SignInSession
from portal.models.organisation import ONE_OF_THE_COLLEGE
from portal.rooms.organisation import userids
from portal.rooms.organisation.bearing import units_headed, units_led
from portal.rooms.organisation.keeping import as_seen, begin, finish, person_of, refuse
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.handover import in_hand, not_handed_over
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Role, in_force

LAST = 9999


@dataclass(frozen=True)
class PersonFields:
    """What is kept of a person. `readings` is empty where the portal shall read the name; `rank` is
    the place among 校领导, None for all others (SPEC §8.6)."""

    name: str
    readings: tuple[str, ...]
    rank: int | None
    sort_no: int
    phone: str
    email: str
    wecom_userid: str
    dingtalk_userid: str

    @property
    def userids(self) -> dict[str, str]:
        """The ids of channels, by column."""
        return {field: getattr(self, field) for field in userids.FIELDS}


def add_person(editor: Editor, emp_no: str, given: PersonFields) -> None:
    """A new person, whose ids of channels wait to be confirmed. Unmet if the 工号 or one of them is
    taken."""
    if begin(editor):
        enter_person(editor, emp_no, given)
        finish()


def enter_person(editor: Editor, emp_no: str, given: PersonFields) -> None:
    """`add_person` in the turn and the transaction of the caller."""
    if db.session.scalar(select(Person.id).where(Person.emp_no == emp_no)) is not None:
        raise refuse("emp_no", "该工号已登记。")
    _free(given.userids, None)
    made = Person(emp_no=emp_no, **_values(given))
    db.session.add(made)
    note(editor, "add_person", made, made.name)
    userids.ask(editor, made, given.userids)
    _rank(editor, made, given.rank)


def change_person(editor: Editor, emp_no: str, given: PersonFields, shown: str) -> None:
    """Mend what is kept; documents keep the name of their day, and an id of a channel that is new
    waits to be confirmed."""
    if not begin(editor):
        return
    person = person_of(emp_no)
    as_seen(person, shown)
    before = columns(person)
    for name, value in _values(given).items():
        setattr(person, name, value)
    if columns(person) != before:
        note(editor, "change_person", person, person.name, before=before)
    userids.ask(editor, person, given.userids)
    _rank(editor, person, given.rank)
    finish()


def may_leave(person: Person, editor: Editor) -> None:
    """Unmet while something hangs on the person: items, a unit, a field, an office of one only; or
    while one of the administrators would lose his account by it."""
    watches = select(Account.id).where(
        Account.person_id == person.id, Account.kind.in_(ADMINISTRATOR_KINDS), Account.active
    )
    if db.session.scalar(watches) is not None:
        raise Unmet("该人员持有管理员账号，请先在服务器上停用该账号。")
    left = not_handed_over(in_hand(person.id))
    if left:
        raise Unmet(f"{left}，请先办理交接。", article="8")
    led = units_led(person.id, editor.day)
    if led:
        named = "、".join(unit.short_name for unit in led)
        raise Unmet(f"仍分管或联系{named}，请先调整分管分工。")
    headed = units_headed(person.id, editor.day)
    if headed:
        named = "、".join(unit.short_name for unit in headed)
        raise Unmet(f"仍是{named}的负责人，请先登记接任的负责人。")
    alone = db.session.scalars(
        select(Appointment.role).where(
            Appointment.person_id == person.id,
            Appointment.role.in_(ONE_OF_THE_COLLEGE),
            in_force(Appointment, editor.day),
        )
    ).first()
    if alone is not None:
        raise Unmet(f"仍任{LABELS[Role(alone)]}，请先登记接任人员。")


def disable_person(editor: Editor, emp_no: str, reason: str) -> None:
    """停用: posts end today, sessions and bound telephones at once. Unmet as `may_leave` says."""
    if not begin(editor):
        return
    person = person_of(emp_no)
    if not person.active:
        raise Unmet("该人员已停用。")
    may_leave(person, editor)
    _end_posts(editor, person, reason)
    before, person.active = columns(person), False
    note(editor, "disable_person", person, person.name, before=before, reason=reason)
    own = select(Account.id).where(Account.person_id == person.id)
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id.in_(own), SignInSession.ended_at.is_(None))
        .values(ended_at=editor.instant)
    )
    for account_id in db.session.scalars(own).all():
        phones.unbind_all(account_id, datetime.now(UTC))
    finish()


def enable_person(editor: Editor, emp_no: str, reason: str) -> None:
    """恢复: signs in again; posts are entered anew."""
    if not begin(editor):
        return
    person = person_of(emp_no)
    if person.active:
        raise Unmet("该人员未停用。")
    _free({field: getattr(person, field) for field in userids.FIELDS}, person.id)
    before = columns(person)
    person.active, person.rank_no = True, None
    note(editor, "enable_person", person, person.name, before=before, reason=reason)
    finish()


def open_account(editor: Editor, emp_no: str) -> None:
    """An account by the 工号, without a password yet: 安全保密管理员 hands one over."""
    if not begin(editor):
        return
    person = person_of(emp_no)
    held = select(Account.id).where(Account.person_id == person.id, Account.kind == "person")
    taken = select(Account.id).where(Account.username == person.emp_no)
    if not person.active or db.session.scalar(held) or db.session.scalar(taken):
        raise Unmet("该人员已停用，或已有账号。")
    account = Account(
        username=person.emp_no,
        person_id=person.id,
        password_hash=UNUSABLE,
        password_changed_at=editor.instant,
        must_change=True,
    )
    db.session.add(account)
    note(editor, "open_account", account, person.name)
    finish()


def open_display(editor: Editor, emp_no: str, username: str) -> None:
    """An account for a screen on a wall, kept by a person, without a password yet (decision 0164).
    Unmet if the name is taken or looks like a 工号 of somebody."""
    if not begin(editor):
        return
    person = person_of(emp_no)
    if not person.active:
        raise Unmet("该人员已停用，请另选保管人。")
    taken = select(Account.id).where(Account.username == username)
    emp_nos = select(Person.id).where(Person.emp_no == username)
    if db.session.scalar(taken) or db.session.scalar(emp_nos):
        raise refuse("username", "该登录名已被使用，请另取一个。")
    account = Account(
        username=username,
        kind=DISPLAY,
        person_id=person.id,
        password_hash=UNUSABLE,
        password_changed_at=editor.instant,
        must_change=True,
    )
    db.session.add(account)
    note(editor, "open_display", account, f"{username}，由{person.name}保管")
    finish()


def _end_posts(editor: Editor, person: Person, reason: str) -> None:
    posts = db.session.scalars(
        select(Appointment).where(
            Appointment.person_id == person.id,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to > editor.day),
        )
    ).all()
    for post in posts:
        if post.valid_from > editor.day:
            said = f"已登记自{long_date(post.valid_from)}起任{post.post}，请先更改。"
            raise Unmet(said)
        before, post.valid_to = columns(post), editor.day
        note(editor, "end_appointment", post, person.name, before=before, reason=reason)


def _values(given: PersonFields) -> dict[str, object]:
    pinyin, letters = stored_readings(given.name)
    if given.readings:
        pinyin = SEPARATOR.join(given.readings)
        letters = SEPARATOR.join(dict.fromkeys(initials(one) for one in given.readings))
    return {
        "name": given.name,
        "pinyin": pinyin,
        "initials": letters,
        "sort_no": given.sort_no,
        "phone": given.phone,
        "email": given.email,
    }


def _free(given: Mapping[str, str], own: int | None) -> None:
    for field, userid in given.items():
        said = userids.holder_of(field, userid, own)
        if said:
            raise refuse(field, said)


def _rank(editor: Editor, person: Person, rank: int | None) -> None:
    """Put the person at a place among 校领导, or take it away; the others follow without a gap."""
    leaders = list(
        db.session.scalars(
            select(Person)
            .where(Person.rank_no.is_not(None), Person.active, Person.id != person.id)
            .order_by(Person.rank_no)
        )
    )
    if rank is not None:
        leaders.insert(max(rank, 1) - 1, person)
    wanted = {one.id: place for place, one in enumerate(leaders, start=1)}
    moved = [one for one in {*leaders, person} if one.rank_no != wanted.get(one.id)]
    before = {one.id: columns(one) for one in moved}
    for one in moved:  # a place is free before another takes it
        one.rank_no = None
    db.session.flush()
    for one in sorted(moved, key=lambda one: one.id):
        one.rank_no = wanted.get(one.id)
        note(editor, "reorder", one, one.name, before=before[one.id])
