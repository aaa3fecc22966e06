"""The rooms as the system administrator meets them: looked at first, confirmed second."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import AdminAct, Person
from tests.pages import fill, get
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import KEEPER, TOMORROW, WHY, leaders_of, periods, twice

As = Callable[[str], FlaskClient]
LISTS = (
    "/admin/units", "/admin/units/new", "/admin/people", "/admin/people/new", "/admin/portfolios",
)  # fmt: skip
DAY = TOMORROW.isoformat()


@pytest.mark.parametrize("who", ["secadmin01", "auditor01", "杨思源", "三郎泽里"])
def test_nobody_else_finds_these_rooms(as_: As, college: Flask, who: str) -> None:
    client = as_(who)
    for address in (*LISTS, "/admin/units/BWC", f"/admin/people/{emp_no_of(college, '邓涛')}"):
        assert client.get(address).status_code == 404, address


def test_every_page_opens(as_: As, college: Flask) -> None:
    client = as_(KEEPER)
    for address in (*LISTS, "/admin/units/BWC", f"/admin/people/{emp_no_of(college, '坤清祥')}"):
        assert get(client, address).status == 200, address
    assert client.get("/admin/units/NONE").status_code == 404
    assert client.get("/admin/people/none").status_code == 404
    found = get(client, "/admin/people?q=dengtao")
    assert [tag.get_text(strip=True) for tag in found.soup.select("td.db-cell-title")] == ["邓涛"]
    assert "没有符合条件的人员" in get(client, "/admin/people?q=没有此人").text


def test_a_new_head_is_looked_at_first(as_: As, college: Flask) -> None:
    client, emp_no = as_(KEEPER), emp_no_of(college, "三郎彭措")
    typed = {"unit": "BWC", "role": "unit_head", "post": "安全保卫处处长", "valid_from": DAY}
    action = f"/admin/people/{emp_no}/posts"
    looked, done = twice(client, f"/admin/people/{emp_no}", action, typed)
    assert "坤建军的保卫处单位负责人任职至2026年11月23日止" in looked.text
    assert done.status == 303
    with college.app_context():
        assert [row[0] for row in periods("BWC", "unit_head")] == ["坤建军", "三郎彭措"]
    page = get(client, f"/admin/people/{emp_no}")
    assert "尚未开始" in page.text
    assert "登记任职" in page.text


def test_what_was_confirmed_is_what_was_looked_at(as_: As, college: Flask) -> None:
    """A day typed otherwise in between is looked at anew."""
    client = as_(KEEPER)
    typed = {"leader": emp_no_of(college, "卓玛青措"), "units": ["BWC"], "opinion": WHY}
    page = fill(client, "/admin/portfolios", "/admin/portfolios", {**typed, "valid_from": DAY})
    assert page.status == 200
    shown = str(page.form("/admin/portfolios").select_one("[name=shown]")["value"])  # type: ignore[index]  # it is there
    again = fill(
        client, "/admin/portfolios", "/admin/portfolios",
        {**typed, "valid_from": "2026-11-25", "shown": shown},
    )  # fmt: skip
    assert again.status == 200
    with college.app_context():
        assert len(leaders_of("BWC")) == 1
    assert (
        twice(client, "/admin/portfolios", "/admin/portfolios", {**typed, "valid_from": DAY})[
            1
        ].status
        == 303
    )
    with college.app_context():
        assert [row[0] for row in leaders_of("BWC")] == ["坤清祥", "卓玛青措"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "某"}, "姓名为2至12个字"),
        ({"name": "甲乙丙丁戊己庚辛壬癸子丑寅"}, "姓名为2至12个字"),
        ({"readings": "Qin Yi"}, "读音用小写拼音"),
        ({"phone": "一二三"}, "手机号只能包含数字"),
        ({"email": "x"}, "邮箱格式不正确"),
        ({"emp_no": "工号"}, "工号只能包含字母、数字"),
        ({"emp_no": ""}, "请填写工号"),
        ({"rank": "0"}, ""),
        ({"name": "覃绝密★"}, ""),
    ],
)
def test_what_is_typed_wrong_comes_back(
    as_: As, college: Flask, typed: dict[str, str], said: str
) -> None:
    plain = {"emp_no": "20107001", "name": "覃明", "sort_no": "5"}
    page = fill(as_(KEEPER), "/admin/people/new", "/admin/people/new", {**plain, **typed})
    assert page.status == 422
    assert said in page.text
    with college.app_context():
        assert db.session.scalar(select(func.count(AdminAct.id))) == 0


def test_a_person_comes_gets_a_post_and_leaves(as_: As, college: Flask) -> None:
    client = as_(KEEPER)
    typed = {"emp_no": "20107001", "name": "仁青•卓玛", "sort_no": "301"}
    address = "/admin/people/20107001"
    assert fill(client, "/admin/people/new", "/admin/people/new", typed).location == address
    typed = {"unit": "BWC", "role": "handler", "post": "干事", "valid_from": DAY, "is_primary": "y"}
    looked, done = twice(client, address, f"{address}/posts", typed)
    assert "仁青·卓玛自2026年11月24日起任保卫处承办人（干事，主要任职）" in looked.text
    assert done.status == 303
    assert fill(client, address, f"{address}/account").status == 303
    assert "待安全保密管理员发放初始口令" in get(client, address).text
    assert fill(client, address, f"{address}/disable", {"opinion": "调离本校"}).status == 422
    link = get(client, address).soup.select_one("td.db-cell-act a")
    assert link is not None
    ending = {"last_day": DAY, "opinion": "调离本校"}
    looked, done = twice(client, str(link["href"]), str(link["href"]), ending)
    assert done.status == 303
    with college.app_context():
        one = db.session.scalars(select(Person).filter_by(emp_no="20107001")).one()
        assert one.active


def test_a_unit_is_entered_and_merged(as_: As, college: Flask) -> None:
    client = as_(KEEPER)
    typed = {"code": "jxjy", "name": "继续教育学院", "short_name": "继教学院", "kind": "二级学院"}
    made = fill(client, "/admin/units/new", "/admin/units/new", typed)
    assert made.location == "/admin/units/JXJY"
    facts = fill(client, "/admin/units/JXJY", "/admin/units/JXJY", {"aliases": "成教院、夜大"})
    assert facts.status == 303
    ending = {"last_day": DAY, "into": "BWC", "opinion": WHY}
    looked, done = twice(client, "/admin/units/JXJY", "/admin/units/JXJY/end", ending)
    assert "并入安全保卫处" in looked.text
    assert done.status == 303
    page = get(client, "/admin/units/JXJY")
    assert "将至2026年11月24日撤销，并入安全保卫处" in page.text
    assert "别名：无改为成教院、夜大" in page.text
