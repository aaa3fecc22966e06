"""时限计算: the dates are those of the worked examples, each with its reason and article."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from portal.rooms.calendar.calculator import Result, calculate
from portal.rulebook.periods import Period
from portal.rulebook.policy import CURRENT
from portal.rulebook.workdays import built_in
from tests.pages import get

As = Callable[[str], FlaskClient]


def result(level: int, start: str, days: int | None = None, due: str = "") -> Result:
    named = date.fromisoformat(due) if due else None
    kind = "days" if days else "date" if named else "open"
    period = Period(kind, days, named, "依据")
    return calculate(CURRENT.level(level), date.fromisoformat(start), period, built_in())


def said(found: Result, label: str) -> list[str]:
    one = next(row for row in found.findings if row.label == label)
    return [one.value, *one.reasons]


@pytest.mark.parametrize(
    ("asked", "label", "words"),
    [
        ((2, "2026-09-18", 15), "完成时限", [
            "2026年10月8日（周四）",
            "自2026年9月18日（周五）交办起，交办当日不计，第15天为2026年10月3日（周六）",
            "10月3日为国庆节，顺延至下一个工作日10月8日",
        ]),
        ((1, "2026-11-20", 1), "完成时限", [
            "2026年11月21日（周六）",
            "自2026年11月20日（周五）交办起，交办当日不计，第1天为2026年11月21日（周六）",
            "11月21日为周六，一级事项不因休息日顺延",
        ]),
        ((2, "2026-11-16", 7), "反馈日期", [
            "2026年11月20日（周五）",
            "每5天反馈1次，从交办之日起算，办结报告代替最后一次反馈",
            "第5天11月21日为周六，顺延将到完成时限当日或以后，提前至之前的工作日11月20日",
        ]),
        ((2, "2026-11-09", 15), "反馈日期", [
            "2026年11月16日（周一）、2026年11月19日（周四）",
            "每5天反馈1次，从交办之日起算，办结报告代替最后一次反馈",
            "第5天11月14日为周六，顺延至下一个工作日11月16日",
        ]),
        ((2, "2026-11-16", 7), "最迟申请延期", [
            "2026年11月18日（周三）24时前", "最迟应于办理时限到期前5天申请，按自然日计",
        ]),
        ((1, "2026-11-16", 3), "最迟申请延期", [
            "2026年11月18日（周三）24时前", "办理期不超过5天，最迟为到期前1天",
        ]),
        ((1, "2026-11-16", 1), "最迟申请延期", [
            "2026年11月17日（周二）12时前", "办理期不超过1天，最迟为到期当日12时",
        ]),
        ((1, "2026-11-16", 3), "临期（黄灯）", [
            "自2026年11月18日（周三）起",
            "办理期3天的30%，向上取整，最少1天、最多10天，为到期前1天",
        ]),
        ((3, "2026-12-10", 30), "完成时限", [
            "2027年1月11日（周一）（暂定）",
            "自2026年12月10日（周四）交办起，交办当日不计，第30天为2027年1月9日（周六）",
            "1月9日为周六，顺延至下一个工作日1月11日",
        ]),
    ],
)  # fmt: skip
def test_each_date_and_why(asked: tuple[int, str, int], label: str, words: list[str]) -> None:
    """Cases D01, D02, D05, D06, D07, D15, E04 to E06 of the worked examples."""
    assert said(result(*asked), label) == words


def test_a_named_date_stays_and_is_warned_of() -> None:
    """D14; in a vacation it is asked again."""
    found = result(3, "2026-11-16", due="2026-11-29")
    assert said(found, "完成时限") == [
        "2026年11月29日（周日）", "有明确要求的日期，按要求执行，遇休息日不顺延",
    ]  # fmt: skip
    assert found.warnings == ["该日为休息日"]
    winter = result(3, "2026-11-16", due="2027-02-01")
    assert winter.warnings[-1] == "完成时限在寒假期间（2027年1月18日—2月28日），请确认"


def test_open_ended() -> None:
    found = result(4, "2026-03-02")
    assert said(found, "完成时限")[0] == "长期"
    assert said(found, "反馈日期")[0].startswith("2026年4月1日（周三）、2026年5月6日（周三）")


def test_every_finding_names_an_article_that_is_there() -> None:
    from portal.rulebook import text

    for asked in ((1, "2026-11-20", 1), (2, "2026-11-09", 15), (3, "2026-11-09", 30)):
        for row in result(*asked).findings:
            assert text.ground_label(row.article)
            assert row.reasons


ADDRESSES = [
    ("", 200, "计算"),
    ("?level=2&start=2026-11-09&kind=days&days=15", 200, "2026年11月24日（周二）"),
    ("?level=2&start=2026-11-09&kind=days", 200, "2026年11月24日（周二）"),
    ("?level=4&start=2026-03-02&kind=open", 200, "长期"),
    ("?level=2&start=2026-11-09&kind=days&days=40", 200,
     "二级事项的办理时限为7至15天；其他时限请填写明确日期和依据。"),
    ("?level=2&start=2026-11-09&kind=open", 200, "仅四级事项可以设为长期。"),
    ("?level=2&start=2026-11-09&kind=date&date=2026-11-01", 200, "完成时限已过，请重新填写。"),
    ("?level=9&start=x&kind=y&days=-3&date=z", 200, "请填写交办日期。"),
    ("?start=0001-01-01", 200, "请填写交办日期。"),
]  # fmt: skip


def test_the_page_answers_whatever_is_asked(as_: As) -> None:
    """For everybody who is signed in, in the address, without a script."""
    assert get(as_("sysadmin01"), "/calendar/deadline").status == 200
    client = as_("邓涛")
    for address, status, words in ADDRESSES:
        page = get(client, f"/calendar/deadline{address}")
        assert (page.status, words in page.text) == (status, True), address
