"""What administrators do, in a log of its own: chained by the database, append-only (等保 8.1.4.3).

Acts on items are events; these are of no item. Whoever writes a row of units, persons, posts,
portfolios, accounts or grants calls `note` in the same transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select

from portal.extensions import db
from portal.models import AdminAct
from portal.models.base import Base

ACTS: Final[Mapping[str, str]] = {
    "add_unit": "新增单位",
    "change_unit": "修改单位信息",
    "end_unit": "撤销单位",
    "merge_unit": "并入其他单位",
    "add_person": "新增人员",
    "change_person": "修改人员信息",
    "disable_person": "停用人员",
    "enable_person": "恢复人员",
    "appoint": "登记任职",
    "end_appointment": "终止任职",
    "cancel_appointment": "撤销任职",
    "restore_appointment": "恢复任职",
    "assign_portfolio": "调整分管分工",
    "reorder": "调整排序",
    "open_account": "开通账号",
    "open_display": "开通大屏账号",
    "close_account": "停用账号",
    "reopen_account": "恢复账号",
    "hand_password": "发放初始口令",
    "unlock": "解除登录锁定",
    "end_sessions": "结束登录会话",
    "propose_grant": "提出授权",
    "withdraw_grant": "撤回授权申请",
    "confirm_grant": "确认授权",
    "decline_grant": "不同意授权",
    "revoke_grant": "收回授权",
    "propose_userid": "登记渠道账号",
    "withdraw_userid": "撤回渠道账号",
    "confirm_userid": "确认渠道账号",
    "decline_userid": "不同意渠道账号",
    "export_log": "导出审计日志",
    "ask_check": "核验审计日志",
}
"""Every act of an administrator, as people read it."""
SECRET: Final = frozenset({"id", "password_hash", "former_hashes"})
BEGINNING: Final = "0" * 64
CHANGED_MEANWHILE: Final = "打开以后内容已由他人更改，请核对最新内容后重新填写。"


class Editor(NamedTuple):
    """Who acts, when and from where, and the key of the form that makes it one act."""

    account_id: int
    kind: str
    instant: datetime
    day: date
    address: str
    key: uuid.UUID


def columns(row: Base) -> dict[str, Any]:
    """A row as the log keeps it: all columns but keys and secrets, days and moments in ISO form."""
    return {
        column.name: _plain(getattr(row, column.name))
        for column in row.__table__.columns
        if column.name not in SECRET
    }


def note(
    editor: Editor,
    act: str,
    row: Any,
    about: str,
    *,
    before: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Keep what the act made of a row: `before` are its columns as they were (of a new row none);
    only what differs is kept. The caller commits."""
    db.session.flush()
    was, now = before or {}, columns(row)
    differs = [name for name, value in now.items() if name not in was or was[name] != value]
    db.session.add(
        AdminAct(
            key=editor.key,
            account_id=editor.account_id,
            at=editor.instant,
            act=act,
            subject=row.__table__.name,
            subject_id=row.id,
            about=about,
            before={name: was[name] for name in differs if name in was},
            after={name: now[name] for name in differs},
            reason=reason,
            address=editor.address,
        )
    )
    db.session.flush()


def is_done(editor: Editor) -> bool:
    """Whether the form with this key was acted on already: a second click does nothing."""
    found = select(AdminAct.id).where(
        AdminAct.key == editor.key, AdminAct.account_id == editor.account_id
    )
    return db.session.scalar(found.limit(1)) is not None


def hold(what: str) -> None:
    """Acts of one kind wait for one another, so that each sees what the one before has done."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"admin-{what}"))))


def broken_links() -> list[int]:
    """The positions of the log at which it is not as it was written: changed, moved or cut."""
    digest: ColumnElement[str] = literal_column("admin_act_digest(admin_act)")
    before = func.lag(AdminAct.digest, 1, BEGINNING).over(order_by=AdminAct.position)
    place = func.row_number().over(order_by=AdminAct.position)
    rows = select(
        AdminAct.position, AdminAct.digest, digest.label("counted"), AdminAct.previous,
        before.label("before"), place.label("place"),
    ).subquery()  # fmt: skip
    wrong = (
        (rows.c.digest != rows.c.counted)
        | (rows.c.previous != rows.c.before)
        | (rows.c.position != rows.c.place)
    )
    return list(db.session.scalars(select(rows.c.position).where(wrong).order_by(rows.c.position)))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else _text(value)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
