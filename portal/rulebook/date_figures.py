"""Figures of dates as offices write them, 「30」「三十」「二〇二六」, and the ends of months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

NUMBER: Final = "(?:[0-9]{1,4}|[〇零○一二两三四五六七八九十百廿卅]{1,5})"
"""A regular expression for what `figure` reads."""
WEEKDAYS: Final = "一二三四五六日"
_DIGITS: Final = {
    **{sign: value for value, sign in enumerate("〇一二三四五六七八九")},
    "零": 0, "○": 0, "两": 2,
}  # fmt: skip
_TENS: Final = {"十": 10, "百": 100}


def figure(text: str) -> int:
    """「30」, 「三十」 and 「卅」 are 30, 「二〇二六」 is 2026. `text` matches NUMBER."""
    if text.isdecimal():
        return int(text)
    spelt = text.replace("廿", "二十").replace("卅", "三十")
    if not set(spelt) & set(_TENS):
        return int("".join(str(_DIGITS[sign]) for sign in spelt))
    total, held = 0, 0
    for sign in spelt:
        if sign in _TENS:
            total, held = total + (held or 1) * _TENS[sign], 0
        else:
            held = _DIGITS[sign]
    return total + held


def month_end(year: int, month: int) -> date:
    """The last day of a month. ValueError if there is no such month."""
    return date(year, month, monthrange(year, month)[1])


def shifted(day: date, months: int) -> tuple[int, int]:
    """Year and month, some months after those of a day."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1
