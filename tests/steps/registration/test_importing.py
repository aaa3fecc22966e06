"""批量导入 (第十二条, SPEC §8.1): looked at, confirmed as it was shown, made row by row."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from portal import queued_work
from portal.extensions import db
from portal.models import Event, Item, ItemUnit, Unit, WorkbookImport
from portal.rulebook.periods import Period
from portal.rulebook.scope import everything, visible
from portal.steps.registration.importing.checking import level_for
from portal.steps.registration.importing.kind import DRAFTS
from portal.workbooks import importing
from tests.pages import Page, fill, get, send, values_of
from tests.steps.acting import HEAD, OFFICE, OFFICE_HEAD
from tests.steps.registration.tables import column, results, shown, table, upload, viewing

As = Callable[[str], FlaskClient]
STRANGER = "余茂春"


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


def _confirmed(client: FlaskClient, address: str) -> Page:
    answer = fill(client, address, address)
    assert answer.status == 303, answer.text
    return get(client, address)


def _made(worker: Flask, asked: list[int]) -> None:
    with worker.app_context():
        importing.make(asked[-1])


def _drafts(app: Flask, who: str = OFFICE) -> list[Item]:
    with viewing(app, who) as viewer:
        found = db.session.scalars(visible(viewer, Item).order_by(Item.id)).all()
        db.session.expunge_all()
        return list(found)


def test_a_table_becomes_drafts(college: Flask, worker: Flask, as_: As, asked: list[int]) -> None:
    """Uploaded, looked at, confirmed, made: each row a draft with its units and its event."""
    office = as_(OFFICE)
    content = table(
        {}, {"事项": "春季学期开课准备", "承办单位": "jwc；教育学院/马院", "完成时限": "长期"}
    )
    address, page = shown(office, content)
    assert "共2行：可导入2行" in page.text
    assert results(page) == ["可导入", "可导入"]
    assert column(page, "承办单位") == ["后勤国资处、保卫处", "教务处、教育学院、马院"]
    assert column(page, "完成时限") == ["自交办之日起15天", "长期（每30天反馈）"]
    assert column(page, "等级") == ["二级", "四级"]
    assert _drafts(college) == []  # nothing is saved before it is confirmed

    waiting = _confirmed(office, address)
    assert "正在导入，已完成0行，共2行" in waiting.text
    assert waiting.soup.find(id="import")["hx-trigger"] == "every 1s"
    assert office.get(address).headers["Refresh"] == "1"
    _made(worker, asked)
    _made(worker, asked)  # a second worker finds nothing to do

    done = get(office, address)
    assert "已导入2行，均为草稿" in done.text
    assert "Refresh" not in office.get(address).headers
    first, second = _drafts(college)
    assert (first.title, first.state, first.level, first.classification) == (
        "冬季供暖保障", "draft", 2, "internal",
    )  # fmt: skip
    assert (second.level, second.deadline_kind) == (4, "open")
    assert f"/items/{first.public_id}" in done.html
    with viewing(college, OFFICE) as viewer:
        units = db.session.execute(
            visible(viewer, ItemUnit)
            .join(Unit, Unit.id == ItemUnit.unit_id)
            .where(ItemUnit.item_id == second.id)
            .order_by(ItemUnit.id)
            .with_only_columns(ItemUnit.role, Unit.short_name)
        ).all()
        events = db.session.scalars(visible(viewer, Event).order_by(Event.id)).all()
        assert [(event.act, event.facts["row"]) for event in events] == [
            ("create", 2),
            ("create", 3),
        ]
        kept = db.session.scalars(visible(viewer, WorkbookImport)).one()
        assert (kept.state, kept.content, kept.done) == ("made", None, 2)
    assert [tuple(row) for row in units] == [("lead", "教务处"), ("co", "教育学院"), ("co", "马院")]


NEXT_MONDAY = date(2026, 11, 30)
READ = [
    ({"完成时限": NEXT_MONDAY, "时限依据": "批示"}, "2026年11月30日前", "二级"),
    ({"完成时限": "2026.11.30", "时限依据": "批示"}, "2026年11月30日前", "二级"),
    ({"完成时限": 46356, "时限依据": "批示"}, "2026年11月30日前", "二级"),
    ({"完成时限": "本周五前", "时限依据": "批示"}, "2026年11月27日前", "二级"),
    ({"完成时限": "年底前", "时限依据": "批示"}, "2026年12月31日前", "二级"),
    ({"完成时限": "一个月内"}, "自交办之日起30天", "三级"),
    ({"完成时限": "一周内"}, "自交办之日起7天", "二级"),
    ({"完成时限": "3天"}, "自交办之日起3天", "一级"),
    ({"完成时限": "持续推进"}, "长期（每30天反馈）", "四级"),
    ({"完成时限": None}, "自交办之日起15天", "二级"),
    ({"完成时限": None, "等级": "Ⅲ级"}, "自交办之日起30天", "三级"),
    ({"完成时限": None, "等级": 1}, "自交办之日起3天", "一级"),
]  # fmt: skip


@pytest.fixture
def read_rows(college: Flask) -> Callable[..., list[Any]]:
    """Rows read and checked as a person, without pages."""

    def read(*rows: dict[str, Any], who: str = OFFICE, more: Any = None) -> list[Any]:
        with viewing(college, who) as viewer:
            return list(importing.read(viewer, DRAFTS, table(*rows, more=more)).rows)

    return read


def test_time_limits_and_levels(read_rows: Callable[..., list[Any]]) -> None:
    """What the preview says that each was read as; none of them is wrong."""
    rows = read_rows(*(given for given, _limit, _level in READ))
    assert [(row.problems, row.says["deadline"], row.says["level"]) for row in rows] == [
        ({}, limit, level) for _given, limit, level in READ
    ]


WRONG = [
    ({"事项": None}, "title", "请填写。"),
    ({"事项": "长" * 61}, "title", "不超过60个字，现有61个字。"),
    ({"承办单位": "教务"}, "units", "没有“教务”这个单位，是否为“教务处（质量管理办公室）”。"),
    ({"承办单位": "甲乙处、丙丁处"}, "units", "没有“甲乙处”这个单位。没有“丙丁处”这个单位。"),
    ({"协办单位": "后勤国资处"}, "co_units", "协办单位中不应包括牵头单位。"),
    ({"等级": "五级"}, "level", "没有“五级”这个选项，请填写：一级、二级、三级、四级。"),
    ({"等级": "一级"}, "deadline", "一级事项的办理时限为1至3天；其他时限请填写明确日期和依据。"),
    ({"等级": "二级", "完成时限": "长期"}, "deadline", "仅四级事项可以设为长期。"),
    ({"等级": "四级", "完成时限": "15天"}, "deadline", "四级事项请填写明确日期或选择长期。"),
    ({"完成时限": date(2026, 11, 20)}, "deadline", "完成时限已过，请重新填写。"),
    ({"完成时限": "3月底前"}, "deadline", "2026年3月31日已过；如为2027年，请写明年份。"),
    ({"完成时限": "11月30日（周二）"}, "deadline",
     "2026年11月30日是周一，与所写星期不符，请核对。"),
    ({"完成时限": "尽快"}, "deadline",
     "无法识别“尽快”，请写明日期（如2026年11月30日）、天数（如15天）或“长期”。"),
    ({"完成时限": 11.3}, "deadline",
     "单元格是数值11.3，无法判断日期或天数，请写成“11月30日”“15天”等文字。"),
    ({"完成时限": "5个工作日内"}, "deadline",
     "办理时限按自然日计算，请将工作日换算为天数，或写明日期。"),
    ({"依据日期": date(2026, 12, 1)}, "source_date",
     "日期应在1996-10-31至2026-11-23之间，请核对。"),
    ({"责任校领导": "何玉萍"}, "leader", "在任校领导中没有“何玉萍”，请核对姓名。"),
    ({"事项来源": "会议"}, "source_type",
     "没有“会议”这个选项，请填写：领导批示、党委会、院长办公会、专项会议、事业发展规划、"
     "年度工作计划、校领导临时交办、常规工作。"),
]  # fmt: skip


def test_what_is_wrong_is_said_at_its_row(read_rows: Callable[..., list[Any]]) -> None:
    rows = read_rows(*(given for given, _column, _said in WRONG))
    assert [row.problems for row in rows] == [{name: said} for _given, name, said in WRONG]


def test_leaders_as_people_write_them(read_rows: Callable[..., list[Any]]) -> None:
    forms = (
        "坤清祥", "坤清祥同志", "坤清祥副院长", "坤清祥（副院长）", "坤 清 祥",
        "kun qing xiang", "kqx",
    )  # fmt: skip
    rows = read_rows(*({"责任校领导": typed} for typed in forms))
    assert {row.values["leader"].name for row in rows} == {"坤清祥"}


def test_what_is_to_be_heeded(read_rows: Callable[..., list[Any]]) -> None:
    """What 提交立项 will ask for, and what the form of 立项 warns of."""
    rows = read_rows(
        {"办理要求": None, "事项来源": None},
        {"事项来源": "领导批示"},
        {"完成时限": "11月29日"},
    )
    assert all(row.sound for row in rows)
    assert rows[0].notes == ["提交立项前须补充办理要求、事项来源"]
    assert rows[1].notes == ["提交立项前须补充审定人"]
    assert rows[2].notes[:2] == ["提交立项前须补充时限依据", "该日为休息日"]


def test_a_unit_brings_in_its_own_matters_alone(read_rows: Callable[..., list[Any]]) -> None:
    own, others = read_rows({"承办单位": "保卫处"}, {"承办单位": "教务处"}, who=HEAD)
    assert own.sound
    assert others.problems == {"units": "您只能为本单位牵头的事项拟稿。"}


def test_merged_units_are_filled_down(read_rows: Callable[..., list[Any]]) -> None:
    def merge(_book: Workbook, page: Worksheet) -> None:
        page.merge_range("B2:B3", "教务处")

    rows = read_rows({"承办单位": None}, {"事项": "实习安排", "承办单位": None}, more=merge)
    assert [row.says["units"] for row in rows] == ["教务处", "教务处"]


@pytest.mark.parametrize(
    ("period", "level"),
    [
        (None, 2),
        (Period("date", None, NEXT_MONDAY), 2),
        (Period("open", None, None), 4),
        (Period("days", 1, None), 1),
        (Period("days", 5, None), 3),
        (Period("days", 15, None), 2),
        (Period("days", 30, None), 3),
        (Period("days", 90, None), 2),
    ],
)
def test_the_level_of_a_time_limit(period: Period | None, level: int) -> None:
    assert level_for(period) == level


def test_wrong_rows_are_left_out_and_named_in_a_file(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    office = as_(OFFICE)
    address, page = shown(office, table({}, {"承办单位": "甲乙处"}))
    assert "共2行：可导入1行，有误1行" in page.text
    assert results(page)[0] == "有误 承办单位：没有“甲乙处”这个单位。"  # the wrong ones come first
    with office.get(f"{address}/remarks.xlsx") as file:
        assert file.status_code == 200
        remarked = file.data
    _again, second = shown(office, remarked)
    assert results(second)[0] == "有误 承办单位：没有“甲乙处”这个单位。"
    _confirmed(office, address)
    _made(worker, asked)
    assert [item.title for item in _drafts(college)] == ["冬季供暖保障"]
    assert office.get(f"{address}/remarks.xlsx").status_code == 404


def test_the_same_file_again_doubles_nothing(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """Nor the same rows in another file, nor a row that stands in one file twice; a matter that was
    deleted may be brought in again."""
    office = as_(OFFICE)
    content = table({}, {}, {"事项": "春季学期开课准备"})
    address, page = shown(office, content)
    assert results(page)[1] == "重复 与第2行相同，只导入一次。"
    _confirmed(office, address)
    _made(worker, asked)
    assert len(_drafts(college)) == 2

    _again, page = shown(office, content)
    assert "共3行：可导入0行，重复3行" in page.text
    assert results(page)[0] == "重复 2026年11月23日已导入，事项现为“草稿”，不再重复导入。"
    assert "确认导入" not in [b.get_text() for b in page.soup.select("main button")]
    first = _drafts(college)[0]
    fill(office, f"/items/{first.public_id}", "/deletion")
    _third, page = shown(office, table({"事项": "新的事项"}, {}))
    assert results(page) == ["可导入", "可导入"]


def test_one_table_confirmed_by_two_persons_at_once_is_made_once(
    college: Flask, worker: Flask, as_: As, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers have looked at both tables before either makes its row."""
    content = table({})
    for who in (OFFICE, OFFICE_HEAD):
        client = as_(who)
        _confirmed(client, shown(client, content)[0])
    both, made = Barrier(2, timeout=20), DRAFTS.make

    def make_rows(*given: Any) -> dict[str, str]:
        both.wait()
        return rows(*given)

    def make_slowly(viewer: Any, row: Any, key: uuid.UUID) -> Item:
        item = made(viewer, row, key)
        sleep(0.1)
        return item

    rows = importing._make_rows
    monkeypatch.setattr(importing, "_make_rows", make_rows)
    monkeypatch.setitem(importing._KINDS, "drafts", replace(DRAFTS, make=make_slowly))

    def run(import_id: int) -> None:
        with worker.app_context():
            importing.make(import_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, asked))
    assert len(_drafts(college)) == 1
    with worker.app_context(), everything(because="test"):
        left = db.session.scalars(select(WorkbookImport.left_out)).all()
    assert sorted(map(len, left)) == [0, 1]
    assert "不再重复导入" in repr(left)


def test_a_draft_that_one_may_not_know_of_is_not_told(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    content = table({"承办单位": "保卫处"})
    head = as_(HEAD)
    address, _page = shown(head, content)
    _confirmed(head, address)
    _made(worker, asked)
    _again, page = shown(as_(OFFICE), content)
    assert results(page) == ["可导入"]


def test_same_titles_are_pointed_out(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    office = as_(OFFICE)
    address, _page = shown(office, table({}))
    _confirmed(office, address)
    _made(worker, asked)
    _again, page = shown(office, table({"完成时限": "10天"}))
    assert results(page) == ["可导入 已有同名事项，请核对是否重复立项"]


def test_what_changed_since_is_shown_again(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """Confirmed is what was shown: a row brought in meanwhile changes that, and a unit that ended
    before the worker came to it."""
    office = as_(OFFICE)
    content = table({}, {"事项": "春季学期开课准备"})
    first, _page = shown(office, content)
    second, page = shown(office, content)
    form = page.form(second)
    _confirmed(office, first)
    _made(worker, asked)
    refused = send(office, second, values_of(form))
    assert refused.status == 422
    assert importing.CHANGED in refused.text
    third, _page = shown(office, table({"事项": "另一事项", "承办单位": "马院"}))
    _confirmed(office, third)
    with college.app_context():
        db.session.execute(
            update(Unit).where(Unit.short_name == "马院").values(valid_to=date(2026, 11, 1))
        )
        db.session.commit()
    _made(worker, asked)
    assert importing.MOVED_ON in get(office, third).text
    assert len(_drafts(college)) == 2


def test_a_row_refused_on_the_way_is_named(
    college: Flask, worker: Flask, as_: As, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are made; who may not draft any more is told so, row by row."""
    from portal.rulebook import workflow

    office = as_(OFFICE)
    address, _page = shown(office, table({}, {"事项": "春季学期开课准备"}))
    _confirmed(office, address)
    made = DRAFTS.make

    def refuse_one(viewer: Any, row: Any, key: uuid.UUID) -> Item:
        if row.place == 2:
            raise workflow.not_ones_unit()
        return made(viewer, row, key)

    monkeypatch.setitem(
        importing._KINDS, "drafts", importing.Kind("drafts", DRAFTS.book, DRAFTS.check, refuse_one)
    )
    _made(worker, asked)
    page = get(office, address)
    assert "已导入1行，均为草稿，请核对后提交立项。另有1行未导入。" in page.text
    assert "第2行：您只能为本单位牵头的事项拟稿。" in page.text


def test_a_worker_lost_on_the_way_goes_on(
    college: Flask, worker: Flask, as_: As, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the first row: found by the sweep, taken up, no row twice."""
    office = as_(OFFICE)
    address, _page = shown(office, table({}, {"事项": "春季学期开课准备"}))
    _confirmed(office, address)
    made = DRAFTS.make

    def die(viewer: Any, row: Any, key: uuid.UUID) -> Item:
        if row.place == 3:
            raise KeyboardInterrupt
        return made(viewer, row, key)

    monkeypatch.setitem(
        importing._KINDS, "drafts", importing.Kind("drafts", DRAFTS.book, DRAFTS.check, die)
    )
    with pytest.raises(KeyboardInterrupt):
        _made(worker, asked)
    monkeypatch.setitem(importing._KINDS, "drafts", DRAFTS)
    assert "已完成1行，共2行" in get(office, address).text
    with worker.app_context():
        db.session.rollback()
        with everything(because="test"):
            gone = queued_work.now() - timedelta(minutes=5)
            db.session.execute(update(WorkbookImport).values(started_at=gone))
            db.session.commit()
        importing.sweep()
        importing.make(asked[-1])
    assert "已导入2行" in get(office, address).text
    assert len(_drafts(college)) == 2


def test_what_nobody_confirms_is_thrown_away(college: Flask, worker: Flask, as_: As) -> None:
    office = as_(OFFICE)
    address, _page = shown(office, table({}))
    given_up, _page = shown(office, table({}))
    assert fill(office, given_up, "/removal").location == "/items/import"
    assert office.get(given_up).status_code == 404
    with worker.app_context(), everything(because="test"):
        old = datetime.now(UTC) - importing.SHOWN_FOR
        db.session.execute(update(WorkbookImport).values(asked_at=old))
        db.session.commit()
        importing.sweep()
    with worker.app_context(), everything(because="test"):
        assert db.session.scalars(select(WorkbookImport.content)).all() == [None, None]
    assert office.get(address).status_code == 404


def test_an_import_is_its_person_s_alone(college: Flask, as_: As) -> None:
    """Somebody else's import is not there; who may not draft has no such page."""
    address, _page = shown(as_(OFFICE), table({}))
    head = as_(OFFICE_HEAD)
    for path in (address, f"{address}/remarks.xlsx"):
        assert head.get(path).status_code == 404
    assert as_(STRANGER).get("/items/import").status_code == 422
    assert as_(STRANGER).get("/items/import/template.xlsx").status_code == 422


def test_what_is_no_table_is_refused(college: Flask, as_: As) -> None:
    """At the field, with a sentence; nothing is kept. Marks of state secrets stop the file."""
    office = as_(OFFICE)
    cases = {
        "事项.xls": (b"\xd0\xcf\x11\xe0", "请上传xlsx格式的表格"),
        "事项.csv": (b"a,b", "请上传xlsx格式的表格"),
        "事项.xlsx": (b"a,b", "文件内容与扩展名“xlsx”不符"),
        "空.xlsx": (b"", "文件是空的"),
        "无表头.xlsx": (table()[:0] or table({"事项": None})[:200], "文件已损坏"),
        "机密★10年.xlsx": (table({}), "请勿在本系统录入"),
        "密.xlsx": (table({"办理要求": "绝密"}), "请勿在本系统录入"),
        "保密.xlsx": (table({"办理要求": "做好保密工作"}), "请核对后勾选"),
    }
    for name, (content, said) in cases.items():
        answer = upload(office, content, name)
        assert (answer.status, said in answer.text) == (422, True), (name, answer.text[:300])
    with viewing(college, OFFICE) as viewer:
        assert db.session.scalars(visible(viewer, WorkbookImport)).all() == []
    undeclared = upload(office, table({}), declared=[])
    assert undeclared.status == 422


def test_the_template_names_the_units_of_today(college: Flask, as_: As) -> None:
    office = as_(OFFICE)
    with office.get("/items/import/template.xlsx") as file:
        assert file.headers["Cache-Control"] == "no-store"
        content = file.data
    answer = upload(office, content)
    assert answer.status == 303
    page = get(office, answer.location or "")
    assert "示例行未导入" in page.text
    assert re.search("共0行", page.text)
    assert get(office, "/items/new").soup.find("a", href="/items/import")
