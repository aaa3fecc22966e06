"""The pages of 工作日历: who may open them, what they say, a table from paste to force."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.errors import NotOffered, Stale
from portal.extensions import db
from portal.rooms.calendar import commands, queries
from portal.rooms.calendar.commands import CHANGED, UNCHANGED
from portal.rulebook import working_calendar
from portal.rulebook.refusals import Unmet
from portal.rulebook.secrecy import STOPPED
from portal.rulebook.workdays import built_in
from tests.pages import Page, fill, get, send, values_of
from tests.people import draft
from tests.rooms.calendar.keeping import (
    KEEPER,
    OTHERS,
    TABLE_2027,
    confirm,
    editor,
    propose,
    stand_at,
    tables_with,
)
from tests.rooms.calendar.test_recounting import COUNTED, ISSUED
from tests.steps.acting import Actor

As = Callable[[str], FlaskClient]
ADMIN, YEAR, OWN = "/admin/calendar", "/admin/calendar/year", "/admin/calendar/own"
TYPED = {"year": "2027", "text": TABLE_2027}


def proposed(client: FlaskClient, typed: dict[str, object] | None = None) -> str:
    """The address of the preview that a pasted table leads to."""
    answer = fill(client, ADMIN, YEAR, typed or TYPED)
    assert answer.status == 303, answer.text
    assert answer.location is not None
    return answer.location


def test_the_sample_college_has_its_calendar(college: Flask) -> None:
    """National tables by the migration, terms and vacations by its administrator."""
    with college.app_context():
        assert working_calendar.current() == built_in()
        assert [version.number for version in queries.versions()] == [2, 1]
        assert queries.versions()[0].said == "地方节假日、学期、寒暑假"


def test_another_college_has_the_national_part_alone(app: Flask) -> None:
    with app.app_context():
        calendar = working_calendar.current()
    assert calendar.holidays == built_in().holidays
    assert calendar.makeup == built_in().makeup
    assert (calendar.terms, calendar.vacations) == ((), ())
    assert calendar.office


@pytest.mark.parametrize("who", ["邓涛", KEEPER])
def test_everybody_reads_it(as_: As, who: str) -> None:
    """Twelve months, rest days in words, terms, vacations, what is 暂定."""
    client = as_(who)
    page = get(client, "/calendar")
    assert page.status == 200
    assert len(page.soup.select("table.db-month")) == 12
    assert "2026年寒假" in page.text
    marked = {cell["title"]: cell.get_text(" ", strip=True) for cell in
              page.soup.select("td[title]")}  # fmt: skip
    assert marked["国庆节"].endswith("休 国庆节")
    assert marked["调休上班"].endswith("班 调休上班")
    assert "工作日248天" in page.text
    assert "2027年节假日表尚未维护" in page.text
    assert "工作日" in get(client, "/calendar?year=2027").text
    assert get(client, "/calendar?year=99999").status == 200
    assert bool(page.soup.select(f'a[href="{ADMIN}"]')) == (who == KEEPER)


def test_nobody_else_keeps_it(as_: As) -> None:
    """404 at every address; the command itself refuses too."""
    for who in ("何玉萍", "杨思源", "邓涛", *OTHERS):
        _meets_nothing(as_(who))


def _meets_nothing(client: FlaskClient) -> None:
    for address in (ADMIN, f"{ADMIN}/proposals/{uuid.uuid4()}"):
        assert client.get(address).status_code == 404
    token = get(client, "/account/password").soup.find("input", attrs={"name": "csrf_token"})
    assert token is not None
    for address in (YEAR, OWN, f"{ADMIN}/proposals/{uuid.uuid4()}/confirm"):
        assert send(client, address, {**TYPED, "csrf_token": token["value"]}).status == 404


def test_another_administrator_is_refused_by_the_command(college: Flask) -> None:
    with college.app_context(), pytest.raises(NotOffered):
        commands.propose(editor(college, "auditor"), tables_with(TABLE_2027), uuid.uuid4())


def test_from_the_pasted_table_to_force(college: Flask, as_: As) -> None:
    """Pasted, looked at, confirmed: the year is no longer 暂定, the history says who and what."""
    stand_at(college, ISSUED)
    actor = Actor(college, draft(college, "A01", **COUNTED))
    with college.app_context():
        actor.to_work()
    client = as_(KEEPER)
    address = proposed(client)
    preview = get(client, address)
    assert "共1项，其中1项的通知单所载时限有变动" in preview.text
    assert "2027年1月11日 2027年1月12日 1天" in preview.text
    with college.app_context():
        title = actor.item()[1].title
        assert not working_calendar.current().is_published(2027)
    assert title not in preview.html
    assert "待确认的更新" in get(client, ADMIN).text
    done = fill(client, address, "/confirm")
    assert (done.status, done.location) == (303, ADMIN)
    page = get(client, ADMIN)
    assert "2027年节假日表" in page.text
    assert "尚有1项正在重新计算" in page.text
    assert "2027年节假日表尚未维护" not in get(client, "/calendar").text
    again = send(client, f"{address}/confirm", values_of(preview.form("/confirm")))
    assert again.status == 303
    with college.app_context():
        assert working_calendar.in_force().number == 3
        assert working_calendar.current().rest_name(date(2027, 1, 4)) == "补休"


def test_the_office_reads_the_items_and_a_unit_does_not(college: Flask, as_: As) -> None:
    stand_at(college, ISSUED)
    actor = Actor(college, draft(college, "A01", **COUNTED))
    with college.app_context():
        actor.to_work()
        title = actor.item()[1].title
        made = propose(college, TABLE_2027)
        address = f"/calendar/proposals/{made.public_id}"
    page = get(as_("何玉萍"), address)
    assert title in page.text
    assert "2027年1月11日 2027年1月12日 1天" in page.text
    assert address in get(as_("杨思源"), "/calendar").html
    for who in ("邓涛", KEEPER):
        assert as_(who).get(address).status_code == 404
        assert address not in get(as_(who), "/calendar").html


def test_the_office_reads_which_named_days_become_rest_days(college: Flask, as_: As) -> None:
    """延期 and 调整 set a day that stays, also on a holiday: the office is told before."""
    stand_at(college, ISSUED)
    given = {"deadline_kind": "date", "deadline_days": None, "deadline_basis": "会议要求"}
    named = [
        Actor(college, draft(college, "A01", level=3, title=title, deadline_date=day, **given))
        for title, day in (
            ("元月十一日办结", date(2027, 1, 11)),
            ("元月十二日办结", date(2027, 1, 12)),
        )
    ]
    with college.app_context():
        for actor in named:
            actor.to_work()
        address = f"/calendar/proposals/{propose(college, TABLE_2027).public_id}"
    page = get(as_("何玉萍"), address)
    assert "落在休息日、不自动顺延的时限" in page.text
    assert "元月十一日办结 2027年1月11日" in page.text
    assert "元月十二日办结" not in page.text


def test_bad_input_is_named(as_: As) -> None:
    """422, at the field, everything typed kept."""
    client = as_(KEEPER)
    cases: list[tuple[dict[str, object], str]] = [
        ({"text": ""}, "请粘贴放假安排或选择文件。"),
        ({"text": "元旦 1月1日至3日\n补休 1月3日"}, "第2行：2027年1月3日与第1行“元旦”重复。"),
        ({"text": "绝密 1月1日"}, STOPPED),
        ({"file": (io.BytesIO(b"\xff\xff\xff"), "a.csv")}, "文件无法读取"),
        ({"file": (io.BytesIO(b"x" * 200_001), "a.csv")}, "文件过大"),
        ({"year": "1900"}, "不是有效的选择"),
    ]
    for typed, said in cases:
        answer = fill(client, ADMIN, YEAR, {**TYPED, **typed})
        assert (answer.status, said in answer.text) == (422, True), (said, answer.text)
        answer.check()


def test_a_file_takes_the_place_of_the_text(college: Flask, as_: As) -> None:
    """As exported: read again it is the same table, so nothing is new."""
    client = as_(KEEPER)
    content = client.get("/calendar/2026.json").get_data()
    file = (io.BytesIO(content), "2026.json")
    answer = fill(client, ADMIN, YEAR, {"year": "2026", "text": "别的", "file": file})
    assert (answer.status, UNCHANGED in answer.text) == (422, True)
    # A table for a spreadsheet names no source: that alone is new.
    content = client.get("/calendar/2026.csv").get_data()
    file = (io.BytesIO(content), "2026.csv")
    location = proposed(client, {"year": "2026", "text": "", "file": file})
    assert "没有事项的时限需要变动" in get(client, location).text
    assert client.get("/calendar/2027.csv").status_code == 404
    assert client.get("/calendar/2026.exe").status_code == 404
    wrong = (io.BytesIO("元旦 1月1日\n五一".encode("gb18030")), "a.txt")
    answer = fill(client, ADMIN, YEAR, {**TYPED, "file": wrong})
    assert "第2行" in answer.text
    assert "五一" in answer.text


def test_the_colleges_own_part(college: Flask, as_: As) -> None:
    """Local holidays on, a term more, other hours; wrong ones are named."""
    client = as_(KEEPER)
    assert UNCHANGED in fill(client, ADMIN, OWN).text
    typed = {
        "local_enabled": "y",
        "terms": "新学期 2027年8月30日至2028年1月16日",
        "office": "09:00-12:00\n14:00-17:30",
    }
    answer = fill(client, ADMIN, OWN, typed)
    assert answer.status == 303
    assert answer.location is not None
    fill(client, answer.location, "/confirm")
    with college.app_context():
        calendar = working_calendar.current()
        assert calendar.rest_name(date(2026, 11, 10)) == "羌历年"
        assert [term.code for term in calendar.terms] == ["2027-08"]
        assert calendar.office[0][0].hour == 9
        assert queries.versions()[0].said == "地方节假日、学期、作息时间"


def test_bad_input_of_ones_own(as_: As) -> None:
    client = as_(KEEPER)
    for typed, said in (
        ({"vacations": "寒假 2027年1月17日至2月28日"}, "的日期重叠"),
        ({"office": "8点到12点"}, "应写成“08:30-12:00”"),
        ({"office": "14:00-12:00"}, "作息时间应从早到晚"),
        ({"quiet": "21:00-07:30\n14:00-12:00"}, "午间的结束时间应晚于开始时间"),
        ({"local": "羌历年 2026年11月9日至12月9日"}, "请核对起止日期"),
        ({"report_periods": "甲 2027年1月1日至3月1日\n乙 2027年4月1日至5月1日"}, "有空档"),
    ):
        answer = fill(client, ADMIN, OWN, typed)
        assert (answer.status, said in answer.text) == (422, True), said


def test_two_administrators_at_once(college: Flask, as_: As) -> None:
    """The second confirms what was drawn up from a version that is no longer in force: 409."""
    client = as_(KEEPER)
    address = proposed(client)
    form: Page = get(client, address)
    with college.app_context():
        confirm(college, propose(college, "元旦 1月1日至3日"))
    answer = send(client, f"{address}/confirm", values_of(form.form("/confirm")))
    assert answer.status == 409
    assert "不能再启用" in get(client, address).text
    with college.app_context():
        assert working_calendar.in_force().number == 3
        assert working_calendar.current().rest_name(date(2027, 1, 4)) is None


def test_what_would_move_changed_meanwhile(college: Flask) -> None:
    """An item was issued after the preview: shown anew before it is confirmed."""
    stand_at(college, ISSUED)
    with college.app_context():
        made = propose(college, TABLE_2027)
        shown = queries.outlook_of(made).digest
    actor = Actor(college, draft(college, "A01", **COUNTED))
    with college.app_context():
        actor.to_work()
        seen = made.based_on
        with pytest.raises(Unmet) as refused:
            commands.confirm(editor(college), made.public_id, seen=seen, shown=shown)
        assert refused.value.reason == CHANGED
        db.session.rollback()
        with pytest.raises(Stale):
            commands.confirm(editor(college), made.public_id, seen=seen - 1, shown=shown)


def test_the_nag(college: Flask, as_: As) -> None:
    """N18: from 1 November, for the administrator and 党政办主任, until the table is there."""
    words = "2027年节假日表尚未维护"
    stand_at(college, date(2026, 10, 31))
    assert words not in get(as_(KEEPER), "/").text
    stand_at(college, date(2026, 11, 1))
    for who, told in ((KEEPER, True), ("杨思源", True), ("何玉萍", False), ("auditor01", False)):
        assert (words in get(as_(who), "/").text) == told, who
    with college.app_context():
        assert working_calendar.missing_year(date(2026, 10, 31)) is None
        assert working_calendar.missing_year(date(2026, 11, 1)) == 2027
        assert working_calendar.missing_year(date(2027, 1, 1)) == 2027
        confirm(college, propose(college, TABLE_2027))
        assert working_calendar.missing_year(date(2026, 11, 1)) is None
    assert words not in get(as_(KEEPER), "/").text


def test_a_version_is_never_changed(college: Flask) -> None:
    """Not by the web's role, and by none in force."""
    for statement in (
        "UPDATE calendar_version SET said = 'x'",
        "DELETE FROM calendar_version",
        "UPDATE calendar_version SET number = 9, confirmed_at = now() WHERE number = 1",
    ):
        with college.app_context(), pytest.raises(Exception, match=r"denied|never changed"):
            db.session.execute(db.text(statement))
