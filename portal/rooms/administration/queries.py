"""What each of the three administrators keeps, how it stands, and where: numbers alone, nothing of
an item (SPEC §1.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from flask import url_for
from sqlalchemy import func, select

from portal.accounts import standing
from portal.accounts.passwords import UNUSABLE
from portal.audit import checking
from portal.config import Settings
from portal.extensions import db
from portal.messages import deliveries
from portal.messages.channels import WAYS, configured
from portal.models import Account, Person, Unit
from portal.rulebook import working_calendar


class Kept(NamedTuple):
    """One thing to keep: its name, how it stands, its page ("": it has none, and `state` says how
    it is done)."""

    name: str
    state: str
    href: str = ""


def kept_by(kind: str, settings: Settings, now: datetime) -> list[Kept]:
    """What an administrator of this kind keeps. KeyError for a kind that is none."""
    return _KEPT[kind](settings, now)


def _by_sys_admin(settings: Settings, now: datetime) -> list[Kept]:
    calendar, sent = url_for("calendar_admin.page"), url_for("deliveries.page")
    return [
        *_organisation(),
        Kept("授权", _grants(), url_for("grants.page")),
        Kept("渠道账号", _userids(), url_for("userids.page")),
        Kept("工作日历", f"第{working_calendar.in_force().number}版在用", calendar),
        Kept("消息渠道", _channels(settings), sent),
        Kept("消息发送", _deliveries(now), sent),
    ]


def _by_sec_admin(_settings: Settings, _now: datetime) -> list[Kept]:
    return [
        Kept("账号和口令", _accounts(), url_for("access.page")),
        Kept("授权", _grants(), url_for("grants.page")),
        Kept("渠道账号", _userids(), url_for("userids.page")),
    ]


def _by_auditor(_settings: Settings, _now: datetime) -> list[Kept]:
    return [Kept("审计日志", checking.said(), url_for("auditing.page"))]


def _organisation() -> list[Kept]:
    """单位、人员、分管分工, as many as there are."""
    units = db.session.scalar(select(func.count(Unit.id)).where(Unit.valid_to.is_(None)))
    people = db.session.scalar(select(func.count(Person.id)).where(Person.active))
    leaders = db.session.scalar(
        select(func.count(Person.id)).where(Person.active, Person.rank_no.is_not(None))
    )
    return [
        Kept("单位", f"{units}个", url_for("organisation.unit_list")),
        Kept("人员和任职", f"在用{people}人", url_for("organisation.person_list")),
        Kept("分管分工", f"校领导{leaders}人", url_for("organisation.portfolios")),
    ]


def _accounts() -> str:
    waiting = select(func.count(Account.id)).where(
        Account.active, Account.password_hash == UNUSABLE
    )
    return f"待发放初始口令{db.session.scalar(waiting)}个"


def _grants() -> str:
    return f"待确认{standing.grants_waiting()}项"


def _userids() -> str:
    return f"待确认{standing.userids_waiting()}项"


def _channels(settings: Settings) -> str:
    on = configured(settings)
    names = "、".join(way.label for way in WAYS.values() if way.name in on)
    return f"已启用{names}" if names else "均未启用，消息只在站内显示"


def _deliveries(now: datetime) -> str:
    failed, waits = deliveries.undelivered(now), deliveries.to_be_tried()
    return f"近{deliveries.SHOWN_FOR.days}天未送达{failed}条，待重试{waits}条"


_KEPT: Final[Mapping[str, Callable[[Settings, datetime], list[Kept]]]] = {
    "sys_admin": _by_sys_admin,
    "sec_admin": _by_sec_admin,
    "auditor": _by_auditor,
}
