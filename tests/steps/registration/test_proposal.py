"""办理要素: what follows from the choices, on the page and as the part that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Portfolio
from tests.pages import Page, fill, get
from tests.steps.registration.pages import ENOUGH, NEW, leader_id, made, unit_id

As = Callable[[str], FlaskClient]
PART = "/items/new/proposal"


def facts(html: str) -> dict[str, str]:
    """Label → words of the rows; of the dates the label comes twice and the later one stays."""
    soup = Page(200, html).soup
    rows = soup.select("#proposal .db-fact") or soup.select(".db-fact")
    return {
        row.dt.get_text(strip=True): " ".join(row.dd.get_text(" ", strip=True).split())
        for row in rows
        if row.dt and row.dd
    }


def warnings(html: str) -> list[str]:
    soup = BeautifulSoup(html, "html.parser")
    return [line.get_text(strip=True) for line in soup.select(".db-notice-warn p")]


def proposed(client: FlaskClient, **choices: object) -> str:
    answer = client.get(PART, query_string={**choices}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("source", "category", "principal"),
    [
        ("leader_instruction", "批示类", "请选择作出批示的领导"),
        ("party_committee", "决策类", "党委书记向维岷"),
        ("president_meeting", "决策类", "院长三郎泽里"),
        ("special_meeting", "决策类", "党委书记向维岷、院长三郎泽里"),
        ("annual_plan", "重点工作类", "党委书记向维岷、院长三郎泽里"),
        ("routine", "其他事项类", "院长三郎泽里"),
        ("", "选择事项来源后确定", "选择事项来源后确定"),
    ],
)
def test_category_and_principal_follow_from_the_source(
    as_: As, source: str, category: str, principal: str
) -> None:
    """第十、十二条."""
    found = facts(proposed(as_("何玉萍"), source_type=source))
    assert found["类别"].startswith(category)
    assert found["审定人"].startswith(principal)


@pytest.mark.parametrize(
    ("unit", "source", "leader", "note"),
    [
        ("保卫处", "president_meeting", "坤清祥 党委委员、副院长", ""),
        ("计财处", "president_meeting", "三郎泽里 党委副书记、院长",
         "牵头单位由院长直接分管，审签与审定合并，一次签批"),
        ("计财处", "party_committee", "三郎泽里 党委副书记、院长", ""),
        ("计财处", "special_meeting", "三郎泽里 党委副书记、院长",
         "牵头单位由院长直接分管，审签与审定合并，一次签批"),
        ("计财处", "leader_instruction", "三郎泽里 党委副书记、院长", ""),
        ("组织人事部", "party_committee", "向维岷 党委书记",
         "牵头单位由党委书记直接分管，审签与审定合并，一次签批"),
        ("党政办", "president_meeting", "余茂春 党委副书记",
         "余茂春同为党政办分管领导，审签与审核合并，一次签批"),
    ],
)  # fmt: skip
def test_leader_of_the_lead_unit_and_merged_boxes(
    college: Flask, as_: As, unit: str, source: str, leader: str, note: str
) -> None:
    """第四条, SPEC §1.4: who signs later anyway signs once; not where the other principal does."""
    choices = {"lead_unit": unit_id(college, unit), "source_type": source}
    found = facts(proposed(as_("何玉萍"), **choices))["责任校领导"]
    assert found.startswith(leader)
    assert ("合并" in found) == bool(note)
    assert note in found


def test_what_the_preview_says_of_merging_is_what_the_chain_does(college: Flask, as_: As) -> None:
    """The page of the submitted item: 审签 of 计财处 has no turn of its own."""
    office = as_("何玉萍")
    for unit, next_state in (("计财处", "待党政办分管领导审核"), ("保卫处", "待分管领导审签")):
        choices = {"lead_unit": unit_id(college, unit), "source_type": "president_meeting"}
        merged = "合并" in proposed(office, **choices)
        address = made(office, {**ENOUGH, "lead_unit": choices["lead_unit"]})
        assert next_state in get(office, address).text
        assert merged == (next_state == "待党政办分管领导审核")


def test_another_responsible_leader_does_not_sign(college: Flask, as_: As) -> None:
    """第十二条: 审签 stays with the leader in charge of the lead unit."""
    choices = {
        "lead_unit": unit_id(college, "保卫处"),
        "responsible_leader": leader_id(college, "余茂春"),
    }
    found = facts(proposed(as_("何玉萍"), **choices))["责任校领导"]
    assert found.startswith("余茂春 党委副书记")
    assert "审签由分管校领导坤清祥办理" in found


@pytest.mark.parametrize(
    ("choices", "limit", "due", "points"),
    [
        ({"level": 1}, "自交办之日起3天 办理期间至少反馈1次", "2026年11月26日前", "11月25日"),
        ({"level": 2}, "自交办之日起15天 每5天反馈1次", "2026年12月8日前", "11月30日、12月3日"),
        ({"level": 3}, "自交办之日起30天 每10天反馈1次", "2026年12月23日前",
         "12月3日、12月14日"),
        ({"level": 2, "deadline_kind": "days", "deadline_days": 7}, "自交办之日起7天",
         "2026年11月30日前", "11月27日"),
        ({"level": 2, "deadline_days": 7}, "自交办之日起7天", "2026年11月30日前", "11月27日"),
        ({"level": 2, "deadline_kind": "date", "deadline_date": "2026-12-04"},
         "2026年12月4日前", "2026年12月4日前", "11月30日、12月3日"),
        ({"level": 4, "deadline_kind": "date", "deadline_date": "2026-12-31"},
         "2026年12月31日前 每30天反馈1次", "2026年12月31日前", "12月23日"),
    ],
)  # fmt: skip
def test_time_limit_in_words_and_if_it_were_issued_today(
    as_: As, choices: dict[str, object], limit: str, due: str, points: str
) -> None:
    """第十八条, on Monday 23 November 2026."""
    html = proposed(as_("何玉萍"), **choices)
    soup = BeautifulSoup(html, "html.parser")
    first, later = soup.select("dl")
    assert facts(str(first))["完成时限"].startswith(limit)
    assert facts(str(later))["完成时限"] == due
    assert facts(str(later))["反馈日期"] == points


def test_a_fourth_level_is_open_ended(as_: As) -> None:
    """第十八条（四）: no date, and nothing to warn of."""
    html = proposed(as_("何玉萍"), level=4)
    assert facts(html)["完成时限"].startswith("长期（每30天反馈）")
    assert "如今日交办" not in html
    assert warnings(html) == []


def test_many_feedback_days_are_counted(as_: As) -> None:
    html = proposed(as_("何玉萍"), level=2, deadline_kind="date", deadline_date="2026-12-31")
    assert facts(html)["反馈日期"] == "11月30日、12月3日、12月8日、12月14日等，共7次"


def test_co_units_have_an_earlier_date(college: Flask, as_: As) -> None:
    """第八条: two working days before the lead's."""
    html = proposed(as_("何玉萍"), level=2, co_units=unit_id(college, "学工部"))
    assert facts(html)["协办单位时限"] == "12月4日前"
    assert "协办单位时限" not in proposed(as_("何玉萍"), level=2)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"level": 2}, []),
        ({"level": 2, "deadline_date": "2026-11-29"}, [
            "该日为休息日", "办理期较短：最迟应于11月24日申请延期，交办后仅余1天，请确认",
        ]),
        ({"level": 1, "deadline_kind": "days", "deadline_days": 2}, [
            "办理期较短：最迟应于11月24日申请延期，交办后仅余1天，请确认",
        ]),
        ({"level": 2, "deadline_days": 7}, [
            "办理期较短：最迟应于11月25日申请延期，交办后仅余2天，请确认",
        ]),
        ({"level": 2, "deadline_days": 12}, ["期限最后一日为休息日，已顺延至下一工作日"]),
        ({"level": 3, "deadline_date": "2027-02-06"}, [
            "该日为休息日", "该年节假日表尚未维护，日期暂定",
            "完成时限在寒假期间（2027年1月18日—2月28日），请确认",
        ]),
        ({"level": 2, "deadline_date": "2026-11-23"}, [
            "办理期过短：最迟申请延期的时间不晚于交办当日，交办后不能再按第十九条申请延期",
        ]),
        ({"level": 2, "deadline_date": "2026-11-24"}, [
            "办理期较短：最迟应于11月24日12时前申请延期，交办后仅余1天，请确认",
        ]),
        ({"level": 2, "deadline_days": 16},
         ["二级事项的办理时限为7至15天；其他时限请填写明确日期和依据。"]),
        ({"level": 4, "deadline_days": 16}, ["四级事项请填写明确日期或选择长期。"]),
        ({"level": 3, "deadline_kind": "open"}, ["仅四级事项可以设为长期。"]),
        ({"level": 2, "deadline_date": "2026-11-22"}, ["完成时限已过，请重新填写。"]),
        ({"level": 2, "deadline_date": "0001-01-01"}, ["完成时限已过，请重新填写。"]),
        ({"level": 2, "deadline_date": "9999-12-31"}, ["完成时限过远，请核对年份。"]),
        ({"level": 2, "deadline_days": 10**9},
         ["二级事项的办理时限为7至15天；其他时限请填写明确日期和依据。"]),
    ],
)  # fmt: skip
def test_what_to_heed(as_: As, choices: dict[str, object], said: list[str]) -> None:
    """第十八、十九条, SPEC §3.1, §3.3, §3.6."""
    assert warnings(proposed(as_("何玉萍"), **choices)) == said


def test_a_date_counted_into_a_year_without_a_calendar_is_provisional(
    college: Flask, as_: As
) -> None:
    """SPEC §3.3, case D15: issued on 10 December, 30 days."""
    from portal.clock import Clock

    college.extensions["portal.clock"] = Clock.standing_at(date(2026, 12, 10))
    html = proposed(as_("何玉萍"), level=3)
    assert "2027年1月11日前（暂定）" in Page(200, html).text
    assert "该年节假日表尚未维护，日期暂定" in warnings(html)


def test_lead_among_the_co_units_and_a_unit_without_leader(college: Flask, as_: As) -> None:
    """第四、八条."""
    office, lead = as_("何玉萍"), unit_id(college, "保卫处")
    assert "协办单位中不应包括牵头单位。" in warnings(
        proposed(office, lead_unit=lead, co_units=lead)
    )
    _end_portfolio(college, int(lead))
    html = proposed(office, lead_unit=lead)
    assert "该单位目前没有分管校领导" in warnings(html)[0]


def _end_portfolio(app: Flask, unit: int) -> None:
    with app.app_context():
        row = db.session.query(Portfolio).filter_by(unit_id=unit, valid_to=None).one()
        row.valid_to = date(2026, 11, 22)
        db.session.commit()


@pytest.mark.parametrize(
    "query",
    [
        "source_type=nothing&level=9&lead_unit=-1&co_units=x&category=%00&principal=me",
        "lead_unit=" + "9" * 400 + "&deadline_days=1.5&deadline_date=2026-13-45",
        "deadline_days=-5&deadline_kind=days",
        "deadline_kind=nothing&method=%F0%9F%98%80&level=",
        "level=1&level=2&co_units=1&co_units=1",
        "deadline_days=" + "9" * 5000,
    ],
)
def test_an_address_with_nonsense_proposes_what_it_can(as_: As, query: str) -> None:
    answer = as_("何玉萍").get(f"{PART}?{query}")
    assert answer.status_code == 200


def test_asking_stores_nothing_and_reads_no_text(database: Servers, as_: As) -> None:
    """第二十一条: only choices are in the address; a text there is not even repeated."""
    html = proposed(as_("何玉萍"), title="绝密事项", source_ref="某项工作", level=2)
    assert "绝密" not in html
    assert "某项工作" not in html
    with connect(database.owner_url) as raw:
        counted = "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM secrecy_stop)"
        assert raw.execute(counted).fetchone() == (0,)
    page = get(as_("何玉萍"), NEW)
    asked = page.soup.find(id="proposal")["hx-include"].split(", ")
    fields = [page.soup.select_one(name) for name in asked]
    assert all(fields)
    texts = {"text", None}
    for field in fields:
        inputs = [field, *field.find_all("input")] if field.name == "fieldset" else [field]
        for box in inputs:
            assert box.name in ("select", "fieldset") or box.get("type") not in texts, box


def test_page_and_part_are_the_same(college: Flask, as_: As) -> None:
    """One source for both: the part at the draft's choices is what its form shows."""
    office = as_("何玉萍")
    typed = {**ENOUGH, "lead_unit": unit_id(college, "计财处"), "source_type": "routine"}
    del typed["submit"]
    address = made(office, {**typed, "save": ""})
    page = get(office, f"{address}/form")
    shown = page.soup.find(id="proposal")
    part = proposed(office, lead_unit=typed["lead_unit"], source_type="routine", level=2)
    assert shown.decode_contents() == Page(200, part).soup.decode_contents()


def test_who_may_not_draft_is_told_who_may(as_: As) -> None:
    """第十二条: a school leader, the archivist."""
    for who in ("坤清祥", "黄素芬"):
        for address in ("/items/new", NEW, PART):
            answer = get(as_(who), address)
            assert answer.status == 422
            assert "立项由党政办和承办单位负责人、副职、联络员、承办人拟稿" in answer.text


def test_with_errors_the_page_still_proposes(college: Flask, as_: As) -> None:
    typed = {"title": "", "lead_unit": unit_id(college, "保卫处"), "save": ""}
    answer = fill(as_("何玉萍"), NEW, "/items/new", typed)
    assert answer.status == 422
    assert facts(answer.html)["责任校领导"].startswith("坤清祥")
