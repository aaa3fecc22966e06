"""发放初始口令, 解除锁定, 结束会话, 停用账号: each one transaction with its entry in the log.

The password that is handed over is made here, shown once and kept nowhere; its owner must set
another before anything else. Real time counts, not the demo's clock, as everywhere with passwords.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select, update

from portal.accounts import lockout, passwords, phones
from portal.accounts.enrolment import ADMINISTRATOR_KINDS
from portal.audit.administrative import Editor, columns, hold, is_done, note
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Account, Person, SignInSession
from portal.rulebook.refusals import Unmet

KEEPER: Final = "sec_admin"
"""Whose account keeps passwords (SPEC §1.3, `sys.security`)."""
ALPHABETS: Final = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")
"""Without signs that are taken for one another when they are read aloud or from paper."""
LENGTH: Final = 14
OWN: Final = "本人的口令请在“修改密码”中更改。"
ON_SERVER: Final = "管理员账号的口令在服务器上更改，以保持三员分立。"
CLOSED_THERE: Final = "管理员账号在服务器上停用和恢复，以保持三员分立。"
ONCE: Final = "本次口令已发放，只显示一次；需要时请重新发放。"


def new_password() -> str:
    """One that meets the rules, read from paper without doubt."""
    while True:
        signs = "".join(secrets.choice("".join(ALPHABETS)) for _ in range(LENGTH))
        if all(set(signs) & set(alphabet) for alphabet in ALPHABETS):
            return signs


def hand_password(editor: Editor, username: str, reason: str, *, key: bytes) -> str:
    """Give an account a new password and return it; sessions end, a lock goes. Unmet for the
    administrators' own accounts: whoever holds two of them would be alone."""
    _begin(editor)
    account = account_of(username)
    if account.id == editor.account_id:
        raise Unmet(OWN)
    if account.kind in ADMINISTRATOR_KINDS:
        raise Unmet(ON_SERVER)
    if is_done(editor):
        raise Unmet(ONCE)
    made, before = new_password(), columns(account)
    former = [account.password_hash, *account.former_hashes]
    account.former_hashes = former[: passwords.REMEMBERED - 1]
    account.password_hash = passwords.hash_password(made)
    account.password_changed_at = datetime.now(UTC)
    account.must_change = True
    note(editor, "hand_password", account, _about(account), before=before, reason=reason)
    _end_sessions(account)
    lockout.clear(lockout.name_digest(key, account.username))
    db.session.commit()
    return made


def unlock(editor: Editor, username: str, reason: str, *, key: bytes) -> None:
    """Forget the wrong tries under a name."""
    if not _begin(editor):
        return
    account = account_of(username)
    lockout.clear(lockout.name_digest(key, account.username))
    _note(editor, "unlock", account, reason)


def end_sessions(editor: Editor, username: str, reason: str) -> None:
    """End every session of an account, on all devices; a telephone that was bound (it may be lost)
    does not come back by itself."""
    if not _begin(editor):
        return
    account = account_of(username)
    _end_sessions(account)
    _note(editor, "end_sessions", account, reason)


def set_active(editor: Editor, username: str, active: bool, reason: str) -> None:
    """停用 or 恢复 an account; its person stays. One's own is kept, and so are the other
    administrators': nobody rids himself of who watches him."""
    if not _begin(editor):
        return
    account = account_of(username)
    if account.id == editor.account_id:
        raise Unmet("不能停用本人的账号。")
    if account.kind in ADMINISTRATOR_KINDS:
        raise Unmet(CLOSED_THERE)
    if account.active == active:
        raise Unmet("账号状态已变化，请查看最新情况。")
    before, account.active = columns(account), active
    if not active:
        _end_sessions(account)
    act = "reopen_account" if active else "close_account"
    note(editor, act, account, _about(account), before=before, reason=reason)
    db.session.commit()


def account_of(username: str) -> Account:
    """The account with this name, fresh. NotFound if there is none."""
    found = db.session.scalars(
        select(Account)
        .where(Account.username == username)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _begin(editor: Editor) -> bool:
    if editor.kind != KEEPER:
        raise NotOffered("账号和口令由安全保密管理员管理。")
    hold("access")
    return not is_done(editor)


def _note(editor: Editor, act: str, account: Account, reason: str) -> None:
    kept: dict[str, Any] = columns(account)
    note(editor, act, account, _about(account), before=kept, reason=reason)
    db.session.commit()


def _about(account: Account) -> str:
    return f"{db.session.get_one(Person, account.person_id).name}（{account.username}）"


def _end_sessions(account: Account) -> None:
    """The sessions, and the bindings of telephones: on one a new session begins silently."""
    now = datetime.now(UTC)
    phones.unbind_all(account.id, now)
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
