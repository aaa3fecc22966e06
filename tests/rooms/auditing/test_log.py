"""审计日志: four logs, filtered, exported and checked; no title of any item."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit import checking
from portal.audit.sealing import seal
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import AuditCheck
from portal.rooms.organisation import posts
from tests.pages import fill, get
from tests.people import csrf
from tests.rooms.organisation.keeping import acts, editor, post
from tests.stages import bring

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
AUDITOR = "auditor01"
TITLE = "一个不给审计员看的标题"


@pytest.mark.parametrize("who", ["sysadmin01", "secadmin01", "杨思源", "三郎泽里", "单晓燕"])
def test_nobody_else_finds_the_log(as_: As, who: str) -> None:
    client = as_(who)
    assert client.get("/admin/log").status_code == 404
    data = {"csrf_token": csrf(client, "/account/sessions")}
    for address in ("/admin/log/export", "/admin/log/checks"):
        assert client.post(address, data=data).status_code == 404


def test_what_was_done_with_items_is_told_without_titles(
    as_: As, college: Flask, draft_item: Draft
) -> None:
    public_id = draft_item(title=TITLE)
    with college.app_context():
        bring(college, public_id, "filed")
    page = get(as_(AUDITOR), "/admin/log?log=items")
    assert TITLE not in page.html
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert "〔2026〕" in rows[0]
    assert any("三郎泽里" in row and "身份：院长" in row for row in rows)
    assert any("状态：待编号备案改为已立项待交办" in row for row in rows)
    only = get(as_(AUDITOR), "/admin/log?log=items&who=三郎泽里")
    assert len(only.soup.select("tbody tr")) == 1
    assert "没有找到此人" in get(as_(AUDITOR), "/admin/log?log=items&who=没有").text
    assert "没有符合条件的记录" in get(as_(AUDITOR), "/admin/log?log=items&until=2020-01-01").text


def test_what_administrators_did_and_who_signed_in(as_: As, college: Flask) -> None:
    with college.app_context():
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head"))
    client = as_(AUDITOR)
    page = get(client, "/admin/log")
    assert "登记任职 三郎彭措" in page.text
    assert "截止日期：无改为2026年11月23日" in page.text
    assert "auditor01" in get(client, "/admin/log?log=sessions").text
    assert get(client, "/admin/log?log=views").status == 200
    assert get(client, "/admin/log?log=none&since=x&page=9999").status == 200


def test_an_export_is_in_the_log_itself(as_: As, college: Flask) -> None:
    """What begins like a formula stays text."""
    with college.app_context():
        wanted = post("三郎彭措", "BWC", "handler", title="=1+1")
        posts.appoint(editor(college), wanted)
    client = as_(AUDITOR)
    form = get(client, "/admin/log").form("/admin/log/export")
    data = {str(tag["name"]): str(tag["value"]) for tag in form.find_all("input")}
    answer = client.post("/admin/log/export", data=data)
    assert answer.mimetype.endswith("sheet")
    with ZipFile(BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = (
            sheet + book.read("xl/sharedStrings.xml").decode()
            if ("xl/sharedStrings.xml" in book.namelist())
            else sheet
        )
    assert "=1+1" in texts
    assert "<f>" not in sheet
    with college.app_context():
        assert acts()[-1] == "export_log"
    assert "管理操作，" in get(client, "/admin/log").text


def test_the_chains_are_checked_when_asked_and_each_day(
    as_: As, college: Flask, worker: Flask, database: Servers, draft_item: Draft
) -> None:
    draft_item()
    client = as_(AUDITOR)
    with worker.app_context():
        seal()
        assert checking.run() == 1
        assert checking.run() == 0, "once a day"
    assert "未发现异常" in get(client, "/admin/log").text
    assert "未发现异常" in get(client, "/admin").text
    assert fill(client, "/admin/log", "/admin/log/checks").status == 303
    assert "等待核验" in get(client, "/admin/log").text
    with connect(database.owner_url) as raw:
        raw.execute("ALTER TABLE admin_act DISABLE TRIGGER USER")
        raw.execute("UPDATE admin_act SET about = 'x'")
        raw.execute("ALTER TABLE admin_act ENABLE TRIGGER USER")
        raw.commit()
    with worker.app_context():
        assert checking.run() == 1
        rows = db.session.scalars(select(AuditCheck.found).order_by(AuditCheck.id)).all()
        assert rows == [{}, {"act": 1}]
    assert "管理操作记录与写入时不一致1处" in get(client, "/admin/log").text
    assert "审计日志核验发现1处异常" in get(client, "/admin").text
