"""A holiday table as people have it: read forgivingly, wrong days named by their line."""

from __future__ import annotations

from datetime import date

import pytest

from portal.rooms.calendar.checking import NOTHING, apart, span_problems, year_problems
from portal.rooms.calendar.reading import BROKEN, NO_DATE, NO_NAME, Line, read
from portal.rooms.calendar.tables import with_year, year_csv, year_json, year_text
from portal.rulebook.workdays import from_data, shipped

NOTICE_2026 = """来源：国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天，9月20日（周日）、10月10日（周六）上班。"""
"""As the State Council words it."""
YEARS = ["2023", "2024", "2025", "2026"]


def test_the_notice_as_it_is_worded() -> None:
    """Pasted as it stands it is the table that the portal has."""
    found = read(NOTICE_2026, 2026)
    assert found.wrong == year_problems(found.lines, 2026) == []
    made = with_year(shipped(), 2026, found.lines, found.source)
    assert made["national"]["2026"] == shipped()["national"]["2026"]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("written", [year_text, year_csv, year_json])
def test_what_is_exported_can_be_read_again(year: str, written: object) -> None:
    """Text, CSV and JSON of every table we have; 元旦 of the next year too (2023)."""
    assert callable(written)
    table = shipped()["national"][year]
    found = read(written(table), int(year))
    assert found.wrong == year_problems(found.lines, int(year)) == []
    again = with_year(shipped(), int(year), found.lines, found.source)
    assert from_data(again) == from_data(shipped())


def test_a_whole_calendar_file_gives_the_year_asked_for() -> None:
    import json

    found = read(json.dumps(shipped()), 2025)
    assert {line.start.year for line in found.lines} == {2025}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("元旦 1月1日至3日\n五一放假", f"第2行：{NO_DATE}"),
        ("1月1日至3日", f"第1行：{NO_NAME}"),
        ("劳动节 4月31日", "第1行：没有2027年4月31日这一天"),
        ("元旦 1日至3日", "第1行：“1日至3日”没有写明月份"),
        ("类型,名称,开始,结束\n节假日,元旦,2027-01-01,2027-01-03\n假日,春节,2027-02-06,",
         f"第3行：{BROKEN}"),
        ("类型,名称,开始,结束\n节假日,元旦,2027-01-01,一月三日", f"第2行：{BROKEN}"),
        ('{"holidays": [', f"第1行：{BROKEN}"),
        ('{"holidays": []}', f"{BROKEN}：'makeup_workdays'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(text: str, said: str) -> None:
    assert [str(one) for one in read(text, 2027).wrong] == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", [NOTHING]),
        ("调休上班 1月9日", [NOTHING]),
        ("元旦 1月1日至3日\n补休 1月3日", ["第2行：2027年1月3日与第1行“元旦”重复"]),
        ("春节 2月12日至2月6日", ["第1行：“春节”结束日期早于开始日期，跨年的请写明年份"]),
        ("元旦 1月1日至3日\n1月4日上班",
         ["第2行：2027年1月4日是周一，本来就是工作日，调休上班应为周六或周日"]),
        ("元旦 1月1日至3日\n1月2日上班",
         ["第2行：2027年1月2日在第1行“元旦”的假期内，不能又是调休上班"]),
        ("元旦 1月1日\n1月9日上班\n1月9日上班", ["第3行：2027年1月9日与第2行“调休上班”重复"]),
        ("元旦 2028年1月1日", ["第1行：“元旦”的2028年1月1日不在2027年"]),
        ("春节 2026年12月31日至2027年1月2日", ["第1行：“春节”的2026年12月31日不在2027年"]),
        ("元旦 2026年12月31日至2027年1月2日", []),
        ("国庆节 10月1日至31日", ["第1行：“国庆节”共31天，请核对起止日期"]),
        ("元旦 1月1日\n一 1月3日至2日\n二 2026年6月1日", [
            "第2行：“一”结束日期早于开始日期，跨年的请写明年份",
            "第3行：“二”的2026年6月1日不在2027年",
        ]),
    ],
)  # fmt: skip
def test_days_that_may_not_stand(text: str, said: list[str]) -> None:
    """Overlaps, the same day twice, a make-up day that is none, a day of another year."""
    found = read(text, 2027)
    assert found.wrong == []
    assert [str(one) for one in year_problems(found.lines, 2027)] == said


def _lines(text: str) -> list[Line]:
    found = read(text, None)
    assert found.wrong == []
    return found.lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("甲 2027年3月1日至7月11日\n乙 2027年7月1日至8月1日",
         ["第2行：“乙”与第1行“甲”的日期重叠"]),
        ("甲 2027年3月1日至2月1日", ["第1行：“甲”结束日期早于开始日期"]),
        ("甲 1027年3月1日至7月1日", ["第1行：“甲”请核对起止日期"]),
        ("甲 2027年1月1日至6月30日\n乙 2027年7月2日至12月31日",
         ["第2行：“乙”与“甲”之间有空档，督办期应前后相接"]),
    ],
)  # fmt: skip
def test_spans_that_may_not_stand(text: str, said: list[str]) -> None:
    assert [str(one) for one in span_problems(_lines(text), "督办期", tiled=True)] == said


def test_a_line_of_ones_own_names_its_year() -> None:
    (wrong,) = read("寒假 1月18日至2月28日", None).wrong
    assert str(wrong) == "第1行：“1月18日至2月28日”没有写明年份"


def test_a_day_lies_in_a_term_or_a_vacation() -> None:
    terms = _lines("第一学期 2026年8月31日至2027年1月17日")
    (wrong,) = apart(terms, _lines("2027年寒假 2027年1月17日至2月28日"))
    assert str(wrong) == "第1行：“2027年寒假”与学期“第一学期”的日期重叠"
    assert apart(terms, _lines("2027年寒假 2027年1月18日至2月28日")) == []


def test_iso_days_and_full_width_signs() -> None:
    found = read("元旦　2027-01-01至2027/1/3\n调休上班：１月９日", 2027)
    assert [(line.start, line.end) for line in found.lines] == [
        (date(2027, 1, 1), date(2027, 1, 3)),
        (date(2027, 1, 9), date(2027, 1, 9)),
    ]
