"""An entry of the administrators' log in words: which column was what and is what now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from portal.audit.administrative import ACTS
from portal.extensions import db
from portal.models import Account, AdminAct, Person, Unit
from portal.models.organisation import NEVER
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.roles import LABELS

COLUMNS: Final[Mapping[str, str]] = {
    "code": "代码",
    "name": "名称",
    "short_name": "简称",
    "aliases": "别名",
    "kind": "类别",
    "sort_no": "排序",
    "rank_no": "校领导排名",
    "pinyin": "读音",
    "initials": "拼音首字母",
    "valid_from": "起始日期",
    "valid_to": "截止日期",
    "merged_into_id": "并入单位",
    "emp_no": "工号",
    "phone": "手机号",
    "email": "邮箱",
    "wecom_userid": "企业微信账号",
    "dingtalk_userid": "钉钉账号",
    "active": "在用",
    "person_id": "人员",
    "unit_id": "单位",
    "leader_id": "校领导",
    "post": "职务",
    "role": "角色",
    "is_primary": "主要任职",
    "acting_head": "主持工作",
    "username": "登录名",
    "password_changed_at": "口令更新时间",
    "must_change": "首次登录须改口令",
    "state": "状态",
    "field": "渠道",
    "userid": "渠道账号",
    "filters": "导出范围",
    "lines": "行数",
}
OTHER_ROLES: Final[Mapping[str, str]] = {
    "unit_head_party": "党总支书记",
    "school_leader": "校领导",
    "school_leader_viewer": "其他校领导、党委委员",
    "handler": "承办人",
}
STATES: Final[Mapping[str, str]] = {
    "proposed": "待确认",
    "confirmed": "已确认",
    "declined": "不同意",
    "withdrawn": "已撤回",
    "revoked": "已收回",
}
KINDS: Final[Mapping[str, str]] = {
    "person": "个人账号",
    "sys_admin": "系统管理员账号",
    "sec_admin": "安全保密管理员账号",
    "auditor": "安全审计员账号",
    "display": "大屏账号",
}
OMITTED: Final = frozenset({"public_id", "key", "account_id", "proposed_by_id", "decided_by_id"})
"""Columns that say nothing to a reader, or what the entry says already."""
NOTHING: Final = "无"


class Changed(NamedTuple):
    """A column in words, before and after; `before` is empty of a row that was new."""

    label: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """「截止日期：无改为2026年11月23日」, of a new row 「截止日期：2026年11月23日」."""
        return f"{self.label}：{f'{self.before}改为' if self.before else ''}{self.after}"


class Entry(NamedTuple):
    """One act as people read it."""

    at: datetime
    who: str
    act: str
    about: str
    changed: tuple[Changed, ...]
    reason: str
    address: str
    position: int


def role_label(role: str) -> str:
    """A role as people call it, whether the rule-book's or one that only posts have."""
    known = {one.value: label for one, label in LABELS.items()}
    return OTHER_ROLES.get(role) or known.get(role, role)


def entries(rows: Iterable[AdminAct]) -> list[Entry]:
    """The rows in words, in their order."""
    rows = list(rows)
    names = _Names(rows)
    return [
        Entry(
            row.at,
            names.accounts.get(row.account_id, ""),
            ACTS.get(row.act, row.act),
            row.about,
            tuple(_changed(row, names)),
            row.reason,
            row.address,
            row.position,
        )
        for row in rows
    ]


class _Names:
    """What the ids in the rows stand for, asked once."""

    def __init__(self, rows: list[AdminAct]) -> None:
        ids = _ids(rows, ("person_id", "leader_id"))
        units = _ids(rows, ("unit_id", "merged_into_id"))
        accounts = {row.account_id for row in rows}
        self.people = dict(
            db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
        )
        self.units = dict(
            db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units))).all()
        )
        self.accounts = dict(
            db.session.execute(
                select(Account.id, Person.name)
                .join(Person, Person.id == Account.person_id)
                .where(Account.id.in_(accounts))
            ).all()
        )


def _ids(rows: list[AdminAct], columns: tuple[str, ...]) -> set[int]:
    found = {said.get(name) for row in rows for said in (row.before, row.after) for name in columns}
    return {one for one in found if isinstance(one, int)}


def _changed(row: AdminAct, names: _Names) -> Iterable[Changed]:
    for column in sorted({*row.before, *row.after} - OMITTED, key=_order):
        before = _said(column, row.before[column], names) if column in row.before else ""
        after = _said(column, row.after.get(column), names)
        if after != (before or NOTHING):
            yield Changed(COLUMNS.get(column, column), before, after)


def _order(column: str) -> int:
    return [*COLUMNS].index(column) if column in COLUMNS else len(COLUMNS)


def _said(column: str, value: Any, names: _Names) -> str:
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if column in ("person_id", "leader_id"):
        return names.people.get(value, NOTHING)
    if column in ("unit_id", "merged_into_id"):
        return names.units.get(value, NOTHING)
    return _plain(column, value)


def _plain(column: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    if column == "role":
        return role_label(value)
    if column in ("valid_from", "valid_to"):
        if value == NEVER.isoformat():
            return "未生效"
        return long_date(date.fromisoformat(value))
    words = {"state": STATES, "kind": KINDS, "field": COLUMNS}.get(column, {})
    return words.get(str(value), str(value))
