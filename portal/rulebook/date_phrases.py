"""Time limits as offices write them: 「2026.11.30」「本周五前」「3月底前」「一周内」「长期」.

第十八条 knows days, a date and 长期; minutes and Excel tables have forty ways to say so. `read`
takes the words of a cell that holds a time limit, `find` looks for limits in running text. Pure:
the day that 「本周」 and 「年底」 are seen from is given.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from portal.rulebook.date_figures import NUMBER, WEEKDAYS, figure
from portal.rulebook.date_rules import RULES, NotADeadline, Rule
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.periods import Period

LONGEST: Final = 80
"""A cell with more characters than this holds more than a time limit."""
_CLOCK: Final = re.compile(r"[\sT]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_WEEKDAY_BESIDE: Final = re.compile(r"\((?:周|星期|礼拜)([一二三四五六日天])\)")
_FROM_TO: Final = re.compile(
    rf"(?:(?P<year>{NUMBER})年)?(?P<month>{NUMBER})月{NUMBER}[日号]?(?:至|到|[-—–~]+)"
    rf"(?P<rest>(?P<end_year>{NUMBER}年)?(?:(?P<end_month>{NUMBER})月)?(?P<end>{NUMBER}[日号].*))"
)
_REPEATED: Final = re.compile("每(?:个|隔|年|学年|学期|季度|月|周)?$")


class Phrase(NamedTuple):
    """The words, the time limit they mean, and what is to be asked back; empty: nothing.

    `period.basis` is always empty: the words do not say what the limit rests on.
    """

    typed: str
    period: Period
    doubt: str = ""


def read(typed: str, today: date) -> Phrase:
    """The one time limit that the words mean; a date that has passed is given with a doubt.

    Raises NotADeadline where there is none, more than one, or none that is certain.
    """
    plain = _plain(typed)
    if not plain:
        raise NotADeadline(typed, "请填写完成时限。")
    if len(plain) > LONGEST:
        raise NotADeadline(typed, f"完成时限超过{LONGEST}个字，请只写时限。")
    words = _last_day(_WEEKDAY_BESIDE.sub("", plain))
    for rule in RULES:
        found = rule.whole.fullmatch(words)
        if found is not None:
            phrase = _phrase(rule, found, today)
            return phrase._replace(typed=typed, doubt=phrase.doubt or _other_weekday(plain, phrase))
    return _only(typed, find(plain, today))


def find(text: str, today: date) -> list[Phrase]:
    """The time limits of running text, in its order; `typed` is as found, NFKC and unspaced.

    Only words that mean a limit: a date needs its 「前」 or 「内」; what is done 「每月底前」, or
    may be meant in two ways, is none.
    """
    plain, at, phrases = _plain(text), 0, []
    while (best := _first(plain, at)) is not None:
        rule, found = best
        at = found.end()
        if _REPEATED.search(plain, 0, found.start()):
            continue
        try:
            phrases.append(_phrase(rule, found, today))
        except NotADeadline:
            continue
    return phrases


def _first(plain: str, at: int) -> tuple[Rule, re.Match[str]] | None:
    """The leftmost match of all rules from a place on, the longest of several there."""
    matches = ((rule, rule.part.search(plain, at)) for rule in RULES)
    found = [(rule, match) for rule, match in matches if match is not None]
    return min(found, key=lambda pair: (pair[1].start(), -pair[1].end()), default=None)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    return "".join(_CLOCK.sub("", text).split())


def _last_day(words: str) -> str:
    """「11月20日至30日」 is due on 11月30日, 「2026年12月20日至1月5日」 in the next year."""
    found = _FROM_TO.fullmatch(words)
    if found is None or found["end_year"]:
        return found["rest"] if found else words
    month = found["end_month"] or found["month"]
    year = found["year"]
    if year and figure(month) < figure(found["month"]):
        year = str(figure(year) + 1)
    return f"{year}年{month}月{found['end']}" if year else f"{month}月{found['end']}"


def _phrase(rule: Rule, found: re.Match[str], today: date) -> Phrase:
    try:
        meant = rule.meaning(found, today)
    except NotADeadline:
        raise
    except (ValueError, OverflowError) as error:
        raise NotADeadline(found[0], f"“{found[0]}”中的日期不存在，请核对。") from error
    if isinstance(meant, Period):
        return Phrase(found[0], meant)
    return Phrase(found[0], Period("date", None, meant), _past(meant, today, found))


def _past(day: date, today: date, found: re.Match[str]) -> str:
    if day >= today:
        return ""
    groups = found.groupdict()
    if groups.get("month") and not (groups.get("year") or groups.get("other")):
        return f"{long_date(day)}已过；如为{day.year + 1}年，请写明年份。"
    return f"{long_date(day)}已过，请核对。"


def _other_weekday(plain: str, phrase: Phrase) -> str:
    beside, day = _WEEKDAY_BESIDE.search(plain), phrase.period.date
    if beside is None or day is None:
        return ""
    is_day = WEEKDAYS[day.weekday()]
    if beside[1].replace("天", "日") == is_day:
        return ""
    return f"{long_date(day)}是周{is_day}，与所写星期不符，请核对。"


def _only(typed: str, phrases: list[Phrase]) -> Phrase:
    """One limit, or an end beside 「持续推进」."""
    dated = [phrase for phrase in phrases if phrase.period.kind != "open"]
    found = dated or phrases[:1]
    if len(found) == 1:
        return found[0]._replace(typed=typed)
    if found:
        named = "、".join(phrase.typed for phrase in found)
        raise NotADeadline(typed, f"写有多个时限（{named}），请只写一个。")
    reason = f"无法识别“{typed.strip()}”，请写明日期（如2026年11月30日）、天数（如15天）或“长期”。"
    raise NotADeadline(typed, reason)


__all__ = ["LONGEST", "NotADeadline", "Phrase", "find", "read"]
