"""The desk of the system administrator: what stands out of order, as numbers alone; nothing of an
item (SPEC §1.3). What the other two keep has no count that a page of theirs shows."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from portal.clock import shanghai_day
from portal.messages import deliveries
from portal.rooms.desk.desks import Tile
from portal.rulebook import working_calendar


def tiles_of(kind: str, now: datetime) -> list[Tile]:
    """The tiles of an administrator of this kind; those without any have an index in 管理."""
    return _of_system(now) if kind == "sys_admin" else []


def _of_system(now: datetime) -> list[Tile]:
    counts = deliveries.counts_by_state()
    lost, lately = counts.get("given_up", 0), deliveries.undelivered(now)
    year = working_calendar.missing_year(shanghai_day(now))
    return [
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
