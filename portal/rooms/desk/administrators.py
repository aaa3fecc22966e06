"""The desks of the three administrators: what waits for them and what stands out of order, as
numbers alone; nothing of an item (SPEC §1.3). Each number is a query of the page it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import url_for

from portal.accounts import standing
from portal.accounts.routes import secret_key
from portal.audit import checking, counting
from portal.clock import Clock, shanghai_day, shanghai_instant
from portal.messages import deliveries
from portal.rooms.desk.desks import Tile
from portal.rulebook import working_calendar
from portal.rulebook.scope import view_as_administrator

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=6)
"""From the first of seven days to the last."""


def tiles_of(kind: str, clock: Clock) -> list[Tile]:
    """The tiles of an administrator of this kind."""
    view_as_administrator(kind, clock)
    return _TILES[kind](clock)


def _grants() -> Tile:
    return Tile("待确认授权", standing.grants_waiting(), "", url_for("grants.page"))


def _userids() -> Tile:
    return Tile("待确认渠道账号", standing.userids_waiting(), "", url_for("userids.page"))


def _of_security(_clock: Clock) -> list[Tile]:
    key, now = secret_key(), datetime.now(UTC)
    strangers = standing.strangers(key, now)
    locked = standing.how_many(standing.LOCKED, key, now)
    return [
        _grants(),
        _userids(),
        _accounts("待发放初始口令", standing.WAITING, key, now),
        _accounts("已锁定账号", standing.LOCKED, key, now, urgent=locked > 0),
        _accounts(
            "近30分钟登录失败",
            standing.FAILED,
            key,
            now,
            note=f"另有{strangers}个不存在的登录名" if strangers else "",
        ),
    ]


def _accounts(
    label: str, state: str, key: bytes, now: datetime, *, note: str = "", urgent: bool = False
) -> Tile:
    number = standing.how_many(state, key, now)
    return Tile(label, number, note, url_for("access.page", state=state), urgent)


def _of_audit(clock: Clock) -> list[Tile]:
    """The days are the log's own: seven of what is rare, today of signing in, which is kept by real
    time."""
    today = clock.today()
    begin, end = shanghai_instant(today - WEEK), shanghai_instant(today + DAY)
    last = checking.last()
    wrong = sum((last.found or {}).values()) if last is not None else 0
    entered = counting.sign_ins(shanghai_instant(today) - clock.shift, end - clock.shift)
    return [
        Tile("核验异常", wrong, checking.said(), url_for("auditing.page"), urgent=wrong > 0),
        _log("管理操作", "admin", counting.admin_acts(begin, end), clock),
        _log("敏感事项查看", "views", counting.views(begin, end), clock),
        Tile(
            "今日登录",
            entered,
            "",
            url_for("auditing.page", log="sessions", since=today, until=today),
        ),
    ]


def _log(label: str, name: str, number: int, clock: Clock) -> Tile:
    today = clock.today()
    href = url_for("auditing.page", log=name, since=today - WEEK, until=today)
    return Tile(label, number, "近7天", href)


def _of_system(clock: Clock) -> list[Tile]:
    now = clock.now()
    counts = deliveries.counts_by_state()
    lost, lately = counts.get("given_up", 0), deliveries.undelivered(now)
    year = working_calendar.missing_year(shanghai_day(now))
    return [
        _grants(),
        Tile(
            "未送达消息",
            lost,
            f"近{deliveries.SHOWN_FOR.days}天{lately}条" if lost else "",
            url_for("deliveries.page", state="given_up"),
            urgent=lately > 0,
        ),
        Tile("待重试消息", counts.get("failed", 0), "", url_for("deliveries.page", state="failed")),
        Tile(
            "待录入节假日表",
            int(year is not None),
            f"{year}年" if year else "",
            url_for("calendar_admin.page", year=year),
        ),
    ]


_TILES: Final[Mapping[str, Callable[[Clock], list[Tile]]]] = {
    "sys_admin": _of_system,
    "sec_admin": _of_security,
    "auditor": _of_audit,
}
