"""Dates and numbers as the office writes them: Jinja filters, Shanghai days throughout."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from portal.clock import SHANGHAI

WEEKDAYS = "一二三四五六日"
TAG_OR_DATE = re.compile(r"<[^>]*>|(?P<date>(?:\d{4}年)?\d{1,2}月\d{1,2}日)")


def as_day(value: date | datetime) -> date:
    """The Shanghai day of a date or an aware instant."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(SHANGHAI).date()
    return value


def short_date(value: date | datetime, today: date | None = None) -> str:
    """11月24日; with the year when it differs from today's (without `today` it never shows)."""
    day = as_day(value)
    if today is not None and day.year != as_day(today).year:
        return full_date(day)
    return f"{day.month}月{day.day}日"


def full_date(value: date | datetime) -> str:
    """2026年11月3日."""
    day = as_day(value)
    return f"{day.year}年{day.month}月{day.day}日"


def weekday(value: date | datetime) -> str:
    """周二."""
    return f"周{WEEKDAYS[as_day(value).weekday()]}"


def clock_time(value: datetime) -> str:
    """10:20, in Shanghai."""
    return value.astimezone(SHANGHAI).strftime("%H:%M")


def full_time(value: datetime) -> str:
    """2026年11月23日 10:20, in Shanghai."""
    return f"{full_date(value)} {clock_time(value)}"


def time_or_day(value: datetime) -> str:
    """The same; of midnight, by which a paper's day is kept, the day alone."""
    return full_date(value) if clock_time(value) == "00:00" else full_time(value)


def watermark_line(name: str, username: str, at: datetime) -> str:
    """SPEC §7.6: name, 工号, time, across pages and at the head of copies."""
    return f"{name}　{username}　{full_time(at)}"


def remaining(due: date, today: date) -> str:
    """余7天, 今天到期, 逾期3天: natural days to the due day."""
    days = (as_day(due) - as_day(today)).days
    if days == 0:
        return "今天到期"
    return f"余{days}天" if days > 0 else f"逾期{-days}天"


def unbroken(text: str) -> Markup:
    """The text with its dates kept on one line; what stands inside tags stays as it is."""
    return Markup(TAG_OR_DATE.sub(_kept_together, escape(text)))  # noqa: S704 - escaped, or Markup


def _kept_together(found: re.Match[str]) -> str:
    return f'<span class="db-day">{found[0]}</span>' if found["date"] else found[0]


def short_number(number: str) -> str:
    """The 文号 without its 代字, as lists show it: 〔2026〕18号."""
    bracket = number.find("〔")
    return number[bracket:] if bracket > 0 else number


def file_size(size: int) -> str:
    """186 KB, 1.3 MB from bytes."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / (1024 * 1024):.1f} MB"


def at_most_99(count: int) -> str:
    """The number of a bubble: 99, and 「99+」 beyond."""
    return "99+" if count > 99 else str(count)


def init_filters(app: Flask) -> None:
    """Register every function above as a filter of its own name."""
    for function in (
        short_date,
        full_date,
        weekday,
        clock_time,
        full_time,
        remaining,
        short_number,
        file_size,
        unbroken,
        at_most_99,
    ):
        app.add_template_filter(function)
