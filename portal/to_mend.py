"""What an administrator is to see to, a line on each of his pages (N18, SPEC §3.3, §8.15).

The administrators' accounts belong to no person of the college and have no inbox.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import url_for

from portal.audit import checking
from portal.clock import shanghai_day
from portal.messages import deliveries
from portal.rulebook import working_calendar


class Line(NamedTuple):
    """What is missing or went wrong, and the link to where it is mended."""

    text: str
    link: str
    href: str


def lines_for(kind: str, now: datetime) -> list[Line]:
    """Of the kind of account that is signed in; 安全保密管理员 has none."""
    if kind == "auditor":
        return _broken()
    if kind != "sys_admin":
        return []
    found = []
    year = working_calendar.missing_year(shanghai_day(now))
    if year is not None:
        address = url_for("calendar_admin.page", year=year)
        said = f"{year}年节假日表尚未维护，国务院办公厅发布放假安排后请及时录入。"
        found.append(Line(said, f"录入{year}年节假日表", address))
    failed = deliveries.undelivered(now)
    if failed:
        said = f"近{deliveries.SHOWN_FOR.days}天有{failed}条站外消息未送达。"
        found.append(Line(said, "查看原因", url_for("deliveries.page", state="given_up")))
    return found


def _broken() -> list[Line]:
    """What the last check of the log found."""
    found = checking.last()
    if found is None or not found.found:
        return []
    total = sum(found.found.values())
    return [Line(f"审计日志核验发现{total}处异常。", "查看", url_for("auditing.page"))]
