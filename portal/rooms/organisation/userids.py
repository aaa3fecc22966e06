"""企业微信账号、钉钉账号: by them a person signs in and gets messages, so that no administrator
gives one alone (decision 0177). 系统管理员 enters and takes away, 安全保密管理员 confirms."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from portal.audit.administrative import Editor, columns, note
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Account, Person, UseridChange
from portal.rooms.organisation.keeping import GRANTER, KEEPER, begin, finish, refuse
from portal.rulebook.refusals import Unmet

FIELDS: Final[Mapping[str, str]] = {
    "wecom_userid": "企业微信账号",
    "dingtalk_userid": "钉钉账号",
}
"""The columns of a person, as people call them."""
SHOWN: Final = 50
OTHER_PERSON: Final = "登记人与确认人不能为同一人，请由另一名管理员办理。"


def holder_of(field: str, userid: str, own: int | None) -> str:
    """Whose this account is or is asked to be, as a sentence; "" if it is nobody else's: no two
    persons get the messages of one account."""
    if not userid:
        return ""
    holds = select(Person.name).where(
        getattr(Person, field) == userid, Person.active, Person.id != (own or 0)
    )
    name = db.session.scalars(holds).first()
    if name is not None:
        return f"该账号已登记在{name}名下。"
    asked = (
        select(Person.name)
        .join(UseridChange, UseridChange.person_id == Person.id)
        .where(
            UseridChange.state == "proposed",
            UseridChange.field == field,
            UseridChange.userid == userid,
            Person.id != (own or 0),
        )
    )
    name = db.session.scalars(asked).first()
    return f"该账号已为{name}登记，待确认。" if name is not None else ""


def ask(editor: Editor, person: Person, given: Mapping[str, str]) -> None:
    """In the turn of the caller: an account that is new waits to be confirmed, in place of one that
    waited; one that is taken away is gone at once. Unmet if it is another's."""
    for field in FIELDS:
        userid, waiting = given[field], _waiting_for(person, field)
        if userid == getattr(person, field) or (waiting is not None and waiting.userid == userid):
            continue
        said = holder_of(field, userid, person.id)
        if said:
            raise refuse(field, said)
        if waiting is not None:
            _decide(editor, waiting, "withdrawn", "withdraw_userid", "")
        if userid:
            made = UseridChange(
                person_id=person.id,
                field=field,
                userid=userid,
                proposed_by_id=editor.account_id,
                proposed_at=editor.instant,
            )
            db.session.add(made)
            note(editor, "propose_userid", made, person.name)
        else:
            _put(editor, person, field, "")


def withdraw(editor: Editor, wanted: Sequence[uuid.UUID]) -> None:
    """撤回 what was not decided yet."""
    if begin(editor, KEEPER):
        for row in _open(wanted):
            _decide(editor, row, "withdrawn", "withdraw_userid", "")
        finish()


def decline(editor: Editor, wanted: Sequence[uuid.UUID], reason: str) -> None:
    """不同意."""
    _by_another(
        editor, wanted, lambda row: _decide(editor, row, "declined", "decline_userid", reason)
    )


def confirm(editor: Editor, wanted: Sequence[uuid.UUID]) -> None:
    """确认: they are the persons' from now on, all of them or none. Unmet if one is another's by
    now, or its person has left."""
    _by_another(editor, wanted, lambda row: _confirm(editor, row))


def _confirm(editor: Editor, row: UseridChange) -> None:
    person = db.session.get_one(Person, row.person_id)
    if not person.active:
        raise Unmet(f"{person.name}已停用，请不同意该登记。")
    said = holder_of(row.field, row.userid, person.id)
    if said:
        raise Unmet(f"{person.name}的{FIELDS[row.field]}：{said}")
    _decide(editor, row, "confirmed", "confirm_userid", "")
    _put(editor, person, row.field, row.userid)


def rows(*states: str, person_id: int | None = None) -> Sequence[Any]:
    """UseridChange and Person of what stands so: what waits by person, else the newest first."""
    query = (
        select(UseridChange, Person)
        .join(Person, Person.id == UseridChange.person_id)
        .where(UseridChange.state.in_(states))
    )
    if person_id is not None:
        query = query.where(UseridChange.person_id == person_id)
    if states == ("proposed",):
        return db.session.execute(query.order_by(Person.sort_no, UseridChange.id)).all()
    return db.session.execute(query.order_by(UseridChange.id.desc()).limit(SHOWN)).all()


def _by_another(
    editor: Editor, wanted: Sequence[uuid.UUID], act: Callable[[UseridChange], None]
) -> None:
    if not begin(editor, GRANTER):
        return
    own = select(Account.person_id).where(Account.id == editor.account_id)
    for row in _open(wanted):
        asked = select(Account.person_id).where(Account.id == row.proposed_by_id)
        if db.session.scalar(own) == db.session.scalar(asked):
            raise Unmet(OTHER_PERSON)
        act(row)
    finish()


def _waiting_for(person: Person, field: str) -> UseridChange | None:
    return db.session.scalars(
        select(UseridChange).where(
            UseridChange.person_id == person.id,
            UseridChange.field == field,
            UseridChange.state == "proposed",
        )
    ).one_or_none()


def _open(wanted: Sequence[uuid.UUID]) -> Sequence[UseridChange]:
    if not wanted:
        raise refuse("chosen", "请选择要办理的账号。")
    found = db.session.scalars(
        select(UseridChange)
        .where(UseridChange.public_id.in_(wanted))
        .order_by(UseridChange.id)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(wanted)):
        raise NotFound
    if any(row.state != "proposed" for row in found):
        raise Unmet("所选账号中有的已处理，请查看最新情况。")
    return found


def _put(editor: Editor, person: Person, field: str, userid: str) -> None:
    before = columns(person)
    setattr(person, field, userid)
    note(editor, "change_person", person, person.name, before=before)


def _decide(editor: Editor, row: UseridChange, state: str, act: str, reason: str) -> None:
    before, about = columns(row), db.session.get_one(Person, row.person_id).name
    row.state, row.decided_by_id, row.decided_at = state, editor.account_id, editor.instant
    note(editor, act, row, about, before=before, reason=reason)
