"""Units, persons and posts from Excel: a message a row, nothing saved before it is confirmed, the
same file twice doubles nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import KeptWorkbook, Person, Unit
from portal.rooms.organisation import userids
from portal.rooms.organisation.bringing import checking, commands
from portal.rooms.organisation.bringing.books import PEOPLE, UNITS
from portal.rulebook.refusals import Unmet
from portal.workbooks import keeping
from portal.workbooks.refusal import WorkbookRefused
from tests.pages import Page, fill, get
from tests.rooms.organisation.keeping import KEEPER, acts, editor, periods
from tests.workbooks.books import written

As = Callable[[str], FlaskClient]
UNIT_HEADS = ("代码", "全称", "简称", "别名", "类别", "设立日期")
PEOPLE_HEADS = (
    "工号", "姓名", "手机号", "企业微信账号", "单位", "职务", "角色", "主要任职", "任职起始日期",
)  # fmt: skip
NEW_UNIT = ("jxjy", "继续教育学院", "继教学院", "成教院", "二级学院", "")
NEW_PERSON = ("20107001", "覃•明", 12000009999, "new1", "保卫处", "干事", "承办人", "是", "")


def _table(heads: Sequence[str], *rows: Sequence[Any]) -> bytes:
    return written([heads, *rows])


def _sent(client: FlaskClient, purpose: str, content: bytes, name: str = "表.xlsx") -> Page:
    address = f"/admin/import/{purpose}"
    return fill(client, address, address, {"files": (BytesIO(content), name), "declared": "y"})


def _confirmed(client: FlaskClient, purpose: str, content: bytes) -> Page:
    shown = _sent(client, purpose, content)
    assert shown.location, shown.text
    return fill(client, shown.location, shown.location)


def test_units_are_looked_at_confirmed_and_not_doubled(as_: As, college: Flask) -> None:
    client, content = as_(KEEPER), _table(UNIT_HEADS, NEW_UNIT)
    shown = _sent(client, UNITS, content)
    assert shown.status == 303
    assert shown.location is not None
    with college.app_context():
        assert not acts()
    assert "共1行：可导入1行" in get(client, shown.location).text
    assert fill(client, shown.location, shown.location).status == 303
    with college.app_context():
        made = db.session.scalars(select(Unit).where(Unit.code == "JXJY")).one()
        assert (made.name, made.aliases, made.sort_no) == ("继续教育学院", ["成教院"], 19)
        assert db.session.scalar(select(func.count(KeptWorkbook.id))) == 0
        assert acts() == ["add_unit"]
    again = _sent(client, UNITS, content)
    assert again.location is not None
    page = get(client, again.location)
    assert "可导入0行，重复1行" in page.text
    assert again.location not in page.actions()


def test_people_come_with_their_posts(as_: As, college: Flask) -> None:
    """Two rows of one person; a number for a phone; • for ·; one who is there gets a post."""
    second = ("20107001", "覃·明", "", "", "教务处", "兼职干事", "承办人", "否", "2026-12-01")
    there = ("20100013", "何玉萍", "", "", "图信中心", "联络", "承办人", "", "")
    client, content = as_(KEEPER), _table(PEOPLE_HEADS, NEW_PERSON, second, there)
    assert _confirmed(client, PEOPLE, content).status == 303
    with college.app_context():
        made = db.session.scalars(select(Person).where(Person.emp_no == "20107001")).one()
        assert (made.name, made.pinyin, made.phone) == ("覃·明", "qin ming|tan ming", "12000009999")
        assert "覃·明" in [row[0] for row in periods("BWC", "handler")]
        assert "何玉萍" in [row[0] for row in periods("TXZX", "handler")]
        assert acts().count("appoint") == 3
    again = _sent(client, PEOPLE, content)
    assert again.location is not None
    assert "可导入0行，重复3行" in get(client, again.location).text


@pytest.mark.parametrize(
    ("purpose", "row", "said"),
    [
        (UNITS, ("BWC", "别的", "别的", "", "职能部门", ""), "该代码已用于“安全保卫处”"),
        (UNITS, ("X1", "安全保卫处", "新", "", "职能部门", ""), "已是现有单位的名称"),
        (UNITS, ("X 1", "新单位", "新", "", "职能部门", ""), "代码只能包含字母"),
        (UNITS, ("X1", "新单位", "新", "", "别的", ""), "没有“别的”这个选项"),
        (UNITS, ("X1", "新单位", "新", "", "职能部门", "2030-01-01"), "日期应在"),
        (PEOPLE, ("20100013", "何某", "", "", "", "", "", "", ""), "该工号已登记为“何玉萍”"),
        (PEOPLE, (*NEW_PERSON[:4], "不存在处", *NEW_PERSON[5:]), "没有“不存在处”这个单位"),
        (PEOPLE, (*NEW_PERSON[:6], "档案员", "", ""), "没有“档案员”这个选项"),
        (PEOPLE, (*NEW_PERSON[:6], "单位负责人", "", ""), "该单位已有负责人坤建军"),
        (PEOPLE, (*NEW_PERSON[:3], "az0001", *NEW_PERSON[4:]), "该账号已登记在向维岷名下"),
        (PEOPLE, (*NEW_PERSON[:4], "", *NEW_PERSON[5:]), "请填写单位"),
        (PEOPLE, (*NEW_PERSON[:6], "", "", ""), "请填写角色"),
        (PEOPLE, ("20107001", "某", *NEW_PERSON[2:]), "姓名为2至12个字"),
    ],
)
def test_each_row_is_told_what_is_wrong(
    college: Flask, purpose: str, row: tuple[Any, ...], said: str
) -> None:
    heads = UNIT_HEADS if purpose == UNITS else PEOPLE_HEADS
    with college.app_context():
        table = commands.read(purpose, editor(college), _table(heads, row))
        assert [one for one in table.rows[0].problems.values() if said in one], table.rows[0]
        assert not table.new


def test_rows_that_contradict_one_another(college: Flask) -> None:
    same = ("jxjy2", "继续教育学院", "继教二院", "", "二级学院", "")
    other_name = ("20107001", "覃亮", *NEW_PERSON[2:5], "科员", *NEW_PERSON[6:])
    with college.app_context():
        who = editor(college)
        table = commands.read(UNITS, who, _table(UNIT_HEADS, NEW_UNIT, same))
        assert table.rows[1].problems == {"": "与第2行的代码或名称相同。"}
        table = commands.read(PEOPLE, who, _table(PEOPLE_HEADS, NEW_PERSON, other_name))
        assert table.rows[1].problems["name"] == "同一工号在表中有不同的姓名。"


def test_what_changed_meanwhile_is_shown_anew(college: Flask) -> None:
    """Confirmed is what was shown; a row that is refused after all takes the others with it."""
    with college.app_context():
        who = editor(college)
        kept = keeping.keep(who.account_id, UNITS, "表.xlsx", _table(UNIT_HEADS, NEW_UNIT))
        shown = commands.read(UNITS, who, kept.content).digest
        with pytest.raises(Unmet, match="情况已有变化"):
            commands.confirm(UNITS, editor(college), kept, "x")
        db.session.rollback()
        assert commands.confirm(UNITS, editor(college), kept, shown) == 1


def test_a_table_of_too_many_rows(college: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_ROWS", 1)
    with college.app_context(), pytest.raises(WorkbookRefused, match="请拆分后重新上传"):
        commands.read(UNITS, editor(college), _table(UNIT_HEADS, NEW_UNIT, NEW_UNIT))
    assert checking.MOST_ROWS == 1000


def test_files_that_are_none_and_files_of_others(as_: As, college: Flask) -> None:
    client = as_(KEEPER)
    assert _sent(client, UNITS, b"no table").status == 422
    assert _sent(client, UNITS, _table(("甲", "乙"), ("1", "2"))).status == 422
    assert client.get("/admin/import/none").status_code == 404
    shown = _sent(client, UNITS, _table(UNIT_HEADS, NEW_UNIT))
    assert shown.location is not None
    for who in ("secadmin01", "杨思源"):
        for address in (shown.location, "/admin/import/units", "/admin/import/units/template.xlsx"):
            assert as_(who).get(address).status_code == 404
    for address in (f"{shown.location}/remarks.xlsx", "/admin/import/people/template.xlsx"):
        assert str(client.get(address).mimetype).endswith("sheet")
    assert fill(client, shown.location, f"{shown.location}/removal").status == 303
    assert client.get(shown.location).status_code == 404
    with college.app_context():
        assert not acts()


def test_the_template_itself_brings_in_nothing(as_: As) -> None:
    """Its sample row is passed over while it stands as it was."""
    client = as_(KEEPER)
    for purpose in (UNITS, PEOPLE):
        template = client.get(f"/admin/import/{purpose}/template.xlsx").data
        shown = _sent(client, purpose, template)
        assert shown.location is not None, shown.text
        page = get(client, shown.location)
        assert "示例行未导入" in page.text
        assert "共0行" in page.text


def test_the_accounts_of_a_table_wait(as_: As, college: Flask) -> None:
    """Nobody comes with an account of 企业微信 that one administrator gave (decision 0177)."""
    assert _confirmed(as_(KEEPER), PEOPLE, _table(PEOPLE_HEADS, NEW_PERSON)).status == 303
    other = ("20107002", "某·人", 12000009998, "new1", "保卫处", "干事", "承办人", "是", "")
    with college.app_context():
        made = db.session.scalars(select(Person).where(Person.emp_no == "20107001")).one()
        assert made.wecom_userid == ""
        waiting = userids.rows("proposed", person_id=made.id)
        assert [row.UseridChange.userid for row in waiting] == ["new1"]
        table = commands.read(PEOPLE, editor(college), _table(PEOPLE_HEADS, other))
        assert "已为覃·明登记" in table.rows[0].problems["wecom_userid"]
