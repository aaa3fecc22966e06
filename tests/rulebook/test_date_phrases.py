"""SPEC §8.1: time limits in the forty forms that minutes and Excel tables use."""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook import date_phrases
from portal.rulebook.date_phrases import NotADeadline
from portal.rulebook.deadline_texts import deadline_text, long_date
from portal.rulebook.periods import Period
from portal.rulebook.policy import CURRENT

TODAY = date(2026, 11, 23)
"""A Monday."""
SAMPLE = json.loads(
    (Path(__file__).parents[1] / "data" / "minutes_sample.json").read_text(encoding="utf-8")
)
OPEN = Period("open", None, None)


def _days(count: int) -> Period:
    return Period("days", count, None)


def _on(text: str) -> Period:
    return Period("date", None, date.fromisoformat(text))


def _expected(expect: str | dict[str, int]) -> Period:
    if isinstance(expect, str):
        return _on(expect)
    return OPEN if "long_term" in expect else _days(expect["days"])


@pytest.mark.parametrize("case", SAMPLE["date_phrases"], ids=lambda case: case["text"])
def test_the_sample(case: dict[str, str]) -> None:
    """Each phrase of the sample means what it expects, and none of them is in doubt."""
    found = date_phrases.read(case["text"], TODAY)
    assert found == (case["text"], _expected(case["expect"]), "")


DATES = {
    "2026-11-23": ("今天",),
    "2026-11-24": ("明日",),
    "2026-11-25": ("后天前",),
    "2026-11-27": ("周五前", "本周内"),
    "2026-11-29": ("本周末", "星期日"),
    "2026-11-30": ("2026年11月30日", "2026-11-30", "2026/11/30", "2026-11-30 00:00:00",
        "20261130", "26年11月30日", "２０２６年１１月３０日前", " 11 月 30 日 前 ",
        "二〇二六年十一月三十日", "十一月三十日前", "11.30", "11月30号之前",
        "请于11月30日前完成", "截至2026年11月30日", "11月30日（周一）前", "11月20日至30日",
        "30日前", "本月30日", "本月底", "月内"),
    "2026-12-02": ("下周三",),
    "2026-12-04": ("下周",),
    "2026-12-05": ("12/5", "2026年11月20日至12月5日", "次月5日前", "由后勤处负责，12月5日前完成"),
    "2026-12-07": ("下下周一",),
    "2026-12-10": ("下月10日",),
    "2026-12-15": ("下月中",),
    "2026-12-20": ("12月中旬",),
    "2026-12-23": ("12月廿三日",),
    "2026-12-31": ("下月底前", "12月底前", "12月", "12月份内", "2026.12", "今年年底", "年内",
        "下半年", "四季度末"),
    "2027-01-05": ("2026年12月20日—1月5日",),
    "2027-01-10": ("明年1月上旬",),
    "2027-01-15": ("明年1月15日",),
    "2027-03-31": ("明年3月底前", "2027年第一季度"),
    "2027-06-30": ("明年上半年", "持续推进，至2027年6月底前完成"),
    "2027-12-31": ("2027年底前", "明年底", "2027年"),
    "2028-02-29": ("2028年2月底",),
}  # fmt: skip
SPANS = {
    2: ("48小时内", "30小时"),
    7: ("自交办之日起7天", "即日起一周内"),
    10: ("自下达之日起十日内",),
    14: ("两周内",),
    15: ("15天", "15天内", "十五日内", "半个月内"),
    21: ("三个星期",),
    30: ("1个月", "在一个月内完成"),
    90: ("三个月内",),
    100: ("一百天",),
    180: ("半年内",),
    365: ("一年内",),
}  # fmt: skip
ALWAYS = (
    "长期", "长期坚持", "长期推进，每月报告进展", "持续", "持续推进落实", "常态化开展", "常年坚持",
    "长期（每30天反馈）", "长期性工作",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "day"), [(typed, day) for day, forms in DATES.items() for typed in forms]
)
def test_a_date(typed: str, day: str) -> None:
    assert date_phrases.read(typed, TODAY).period == _on(day)


@pytest.mark.parametrize(
    ("typed", "days"), [(typed, days) for days, forms in SPANS.items() for typed in forms]
)
def test_days(typed: str, days: int) -> None:
    assert date_phrases.read(typed, TODAY).period == _days(days)


@pytest.mark.parametrize("typed", ALWAYS)
def test_no_end(typed: str) -> None:
    assert date_phrases.read(typed, TODAY).period == OPEN


DOUBTS = {
    "3月底前": "2026年3月31日已过；如为2027年，请写明年份。",
    "11月22日": "2026年11月22日已过；如为2027年，请写明年份。",
    "2026年3月31日": "2026年3月31日已过，请核对。",
    "本月20日": "2026年11月20日已过，请核对。",
    "11月30日（周二）": "2026年11月30日是周一，与所写星期不符，请核对。",
}


@pytest.mark.parametrize("typed", DOUBTS)
def test_a_doubt(typed: str) -> None:
    """What has passed is read and asked back, with the year it may mean."""
    assert date_phrases.read(typed, TODAY).doubt == DOUBTS[typed]


REFUSED = {
    "": "请填写完成时限。",
    "　": "请填写完成时限。",
    "尽快": "无法识别“尽快”，请写明日期（如2026年11月30日）、天数（如15天）或“长期”。",
    "每月底前": "无法识别“每月底前”，请写明日期（如2026年11月30日）、天数（如15天）或“长期”。",
    "2026年2月30日": "“2026年2月30日”中的日期不存在，请核对。",
    "13月5日": "“13月5日”中的日期不存在，请核对。",
    "12月前": "“12月前”可有两种理解，请写明日期。",
    "15日": "“15日”可有两种理解，请写明日期。",
    "5个工作日内": "办理时限按自然日计算，请将工作日换算为天数，或写明日期。",
    "半天": "“半天”不能换算为天数，请写明日期。",
    "11月30日前初稿，12月底前定稿": "写有多个时限（11月30日前、12月底前），请只写一个。",
    "长" * 81: "完成时限超过80个字，请只写时限。",
}


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_none(typed: str) -> None:
    with pytest.raises(NotADeadline) as refused:
        date_phrases.read(typed, TODAY)
    assert refused.value.reason == REFUSED[typed]


def test_limits_in_running_text() -> None:
    """Of the sample's minutes the four limits; neither the day it was held nor 「2027年」."""
    found = date_phrases.find(SAMPLE["minutes_text"], TODAY)
    assert [phrase.period for phrase in found] == [
        _on("2026-11-27"), _on("2026-12-20"), _days(30), OPEN,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "11月20日召开会议",
        "每月底前报送",
        "每周五前报告",
        "长期以来",
        "上半年工作总结",
        "每30天内反馈1次",
    ],
)
def test_no_limit_in_running_text(text: str) -> None:
    assert date_phrases.find(text, TODAY) == []


@given(st.dates(TODAY, date(2036, 12, 31)))
def test_what_the_portal_prints_is_read(day: date) -> None:
    """「2026年11月24日前」 of an exported ledger comes back as that day."""
    printed = f"{long_date(day)}前"
    assert date_phrases.read(printed, TODAY) == (printed, Period("date", None, day), "")


def test_the_limits_of_annex_1_are_read() -> None:
    """「自交办之日起15天」 and 「长期（每30天反馈）」."""
    read = [date_phrases.read(deadline_text(level), TODAY).period for level in CURRENT.levels]
    assert read == [
        OPEN if level.default_days is None else _days(level.default_days)
        for level in CURRENT.levels
    ]


@given(
    st.text(
        "0123456789一二十百〇年月日周前内底末个半上下本明至-./(),持续长期季度旬工作起", max_size=20
    )
)
def test_no_words_break_it(words: str) -> None:
    """Either a limit or a reason, never another error."""
    with contextlib.suppress(NotADeadline):
        assert date_phrases.read(words, TODAY).period.kind in ("date", "days", "open")
    date_phrases.find(words, TODAY)


def test_the_week_before_is_past() -> None:
    friday = TODAY + timedelta(days=4)
    assert date_phrases.read("周三", friday).doubt == "2026年11月25日已过，请核对。"
