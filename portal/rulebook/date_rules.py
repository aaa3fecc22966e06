"""The ways to write a time limit, one row each, and what each means; `date_phrases` reads by them.

A meaning is a date or a Period; ValueError for a date that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

from portal.rulebook.date_figures import NUMBER, WEEKDAYS, figure, month_end, shifted
from portal.rulebook.periods import Period

_BEFORE: Final = "(?:之前|以前|前|截止|为止|止)"
_WITHIN: Final = "(?:以内|之内|内)"
_END: Final = f"(?P<end>{_BEFORE}|{_WITHIN})"
_LEAD: Final = "(?:请|须|应|务必|务|力争|争取|确保|最迟|不晚于|不迟于|截至|截止到?|限|于|在|到|至)*"
_TAIL: Final = f"{_END}?(?:全部|按时)?(?:完成|办结|办理完毕|办毕|落实|到位|报送|上报|提交)*"
_YEAR: Final = f"(?:(?P<year>{NUMBER})年|(?P<other>今|本|当|明|次|后)年)"
_MONTH: Final = f"(?:{_YEAR}?(?P<month>{NUMBER})月份?|(?P<near>本|当|这个?|下个?|次)月)"
_DIGITS: Final = "(?P<month>[0-9]{1,2})"
_WEEK: Final = "(?P<week>本|这个?|下下|下个?)"
_SINCE: Final = "(?:自?(?:交办|下达|印发|发文|通知)之日起|自?即日起|接到通知后|收到通知后)"
_OPEN_VERBS: Final = (
    "推进|坚持|实施|开展|跟踪|抓好|落实|进行|推动|做好|执行|关注|保持|有效|任务|工作"
)


class NotADeadline(ValueError):
    """No single time limit; `reason` says in a sentence what to write instead."""

    def __init__(self, typed: str, reason: str) -> None:
        super().__init__(f"no time limit: {typed} ({reason})")
        self.reason = reason


Meaning = Callable[[re.Match[str], date], "date | Period"]


class Rule(NamedTuple):
    """A way to say it: as the whole of a cell, and as a part of running text."""

    whole: re.Pattern[str]
    part: re.Pattern[str]
    meaning: Meaning


def _rule(words: str, meaning: Meaning, *, plain: bool = False) -> Rule:
    """`plain`: in running text, too, the words need no 「前」 or 「内」 to be a limit."""
    needed = f"{_END}?" if plain else _END
    return Rule(
        re.compile(f"{_LEAD}(?:{words}){_TAIL}"), re.compile(f"(?:{words}){needed}"), meaning
    )


def _year(found: re.Match[str], today: date) -> int:
    """The year that is named, else that of `today`."""
    groups = found.groupdict()
    if groups.get("year"):
        year = figure(found["year"])
        return year + 2000 if year < 100 else year
    return today.year + {"明": 1, "次": 1, "后": 2}.get(groups.get("other") or "", 0)


def _month(found: re.Match[str], today: date) -> tuple[int, int]:
    groups = found.groupdict()
    if groups.get("month"):
        return _year(found, today), figure(found["month"])
    return shifted(today, 1 if groups.get("near") in ("下", "下个", "次") else 0)


def _day(found: re.Match[str], today: date) -> date:
    return date(*_month(found, today), figure(found["day"]))


def _lone_day(found: re.Match[str], today: date) -> date:
    """「15日前」 is a day of this month; 「15日」 may as well be fifteen days."""
    if not re.fullmatch(_BEFORE, found["end"] or ""):
        raise _ambiguous(found)
    return _day(found, today)


def _part_of_month(found: re.Match[str], today: date) -> date:
    year, month = _month(found, today)
    day = {"上旬": 10, "中旬": 20, "中": 15}.get(found["part"])
    return month_end(year, month) if day is None else date(year, month, day)


def _whole_month(found: re.Match[str], today: date) -> date:
    """「12月」 is its end; 「12月前」 may be that or the end of the month before."""
    if re.fullmatch(_BEFORE, found["end"] or ""):
        raise _ambiguous(found)
    return month_end(*_month(found, today))


def _part_of_year(found: re.Match[str], today: date) -> date:
    groups = found.groupdict()
    if groups.get("quarter"):
        return month_end(_year(found, today), figure(found["quarter"]) * 3)
    return month_end(_year(found, today), 6 if groups.get("half") == "上" else 12)


def _whole_year(found: re.Match[str], today: date) -> date:
    if re.fullmatch(_BEFORE, found["end"] or ""):
        raise _ambiguous(found)
    return month_end(_year(found, today), 12)


def _weekday(found: re.Match[str], today: date) -> date:
    """The week runs from Monday; 「本周内」 ends on its Friday, 「本周末」 is its Sunday."""
    monday = today - timedelta(days=today.weekday())
    weeks = {"下": 1, "下个": 1, "下下": 2}.get(found["week"] or "", 0)
    named = found["weekday"] or "五"
    index = 6 if named in "天末" else WEEKDAYS.index(named)
    return monday + timedelta(weeks=weeks, days=index)


_IN_DAYS: Final = {"天": 1, "日": 1, "周": 7, "个月": 30, "年": 365}
_HALF: Final = {"个月": 15, "年": 180}


def _span(found: re.Match[str], _today: date) -> Period:
    """第十八条 counts calendar days: a month is 30 of them, half a month 15."""
    count, unit = found["count"], found["unit"] or "周"
    if unit == "个工作日":
        reason = "办理时限按自然日计算，请将工作日换算为天数，或写明日期。"
        raise NotADeadline(found[0], reason)
    if unit == "小时":
        return Period("days", -(-figure(count) // 24), None)
    days = _HALF.get(unit) if count == "半" else figure(count) * _IN_DAYS[unit]
    if not days:
        raise NotADeadline(found[0], f"“{found[0]}”不能换算为天数，请写明日期。")
    return Period("days", days, None)


def _near_day(found: re.Match[str], today: date) -> date:
    return today + timedelta(days={"明": 1, "后": 2}.get(found["near_day"][0], 0))


def _open(_found: re.Match[str], _today: date) -> Period:
    return Period("open", None, None)


def _ambiguous(found: re.Match[str]) -> NotADeadline:
    return NotADeadline(found[0], f"“{found[0]}”可有两种理解，请写明日期。")


RULES: Final = (
    _rule(f"{_MONTH}(?P<day>{NUMBER})[日号]?", _day),
    _rule(f"(?P<year>[0-9]{{4}})(?P<sign>[-./]){_DIGITS}(?P=sign)(?P<day>[0-9]{{1,2}})", _day),
    _rule("(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _day),
    _rule(f"{_DIGITS}[-./](?P<day>[0-9]{{1,2}})", _day),
    _rule(f"(?P<count>{NUMBER})(?P<unit>日)(?={_WITHIN})", _span),
    _rule(f"{_SINCE}(?P<count>{NUMBER})(?P<unit>日)", _span),
    _rule(f"(?<![月0-9])(?P<day>{NUMBER})[日号]", _lone_day),
    _rule(f"{_MONTH}(?P<part>上旬|中旬|下旬|底|末)", _part_of_month, plain=True),
    _rule(f"{_MONTH}(?P<part>中)", _part_of_month),
    _rule("(?<!个)月(?P<part>底|末)", _part_of_month, plain=True),
    _rule(f"(?P<year>[0-9]{{4}})[-./]{_DIGITS}", _whole_month),
    _rule(_MONTH, _whole_month),
    _rule("(?<![个0-9])月(?=内)", _whole_month),
    _rule(f"(?:{_YEAR}年?|年)(?:底|末|终)", _part_of_year, plain=True),
    _rule(f"{_YEAR}?(?P<half>[上下])半年(?:底|末)?", _part_of_year),
    _rule(f"{_YEAR}?第?(?P<quarter>[1-4一二三四])季度(?:底|末)?", _part_of_year),
    _rule("(?P<year>[0-9]{4})年|(?P<other>今|本|当|明)年", _whole_year),
    _rule("(?<![0-9半一两])年(?=内)", _whole_year),
    _rule(f"{_WEEK}?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])", _weekday),
    _rule(f"{_WEEK}(?:周|星期|礼拜)(?P<weekday>)", _weekday),
    _rule(
        f"{_SINCE}?(?P<count>{NUMBER}|半)"
        "(?:(?P<unit>天|周(?![一二三四五六日天])|个月|年|小时|个工作日)|个?(?:星期|礼拜))",
        _span,
    ),
    _rule("(?P<near_day>即日|今天|今日|当天|当日|明天|明日|后天)起?", _near_day),
    _rule(
        f"(?:长期|持续|常年|常态化?)性?(?:(?:{_OPEN_VERBS})+|$|(?=[,;。、(]))(?:\\(.*\\))?",
        _open,
        plain=True,
    ),
)
"""In reading, the first that fits the whole; in running text, the leftmost, then the longest."""
