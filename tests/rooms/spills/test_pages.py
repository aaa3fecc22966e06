"""涉密误录处置 through its pages: who reports, who decides, what neither page shows (SPEC §7.2)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs.schedule import SCHEDULE
from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Spill
from portal.rooms.spills import handling
from portal.rulebook.scope import everything
from tests.attachments import files
from tests.conftest import ANCHOR
from tests.pages import Page, fill, get
from tests.steps.acting import at_work

As = Callable[[str], FlaskClient]
OFFICER, OFFICE, HEAD, BOSS = "周慎之", "何玉萍", "坤建军", "杨思源"
TITLE, REQUIREMENT = "蓝鲸梯田专项", "雪豹灯塔办理"
NAME = "珊瑚清单.pdf"
REPORT = {"about": "file", "sure": "y"}
WHY = "经机要室核对原件，不涉及国家秘密。"


@pytest.fixture
def item(college: Flask, as_: As) -> uuid.UUID:
    """In work, with words and a file of its own."""
    with at_work(college, title=TITLE, requirement=REQUIREMENT) as actor:
        public_id = actor.public_id
    sent = {"files": (io.BytesIO(files.pdf()), NAME), "declared": "y"}
    assert fill(as_(HEAD), f"/items/{public_id}", "/attachments", sent).status == 303
    return public_id


def _report(client: FlaskClient, item: uuid.UUID) -> Page:
    return fill(client, f"/items/{item}/spill", "/spill", REPORT)


def _address(client: FlaskClient) -> str:
    link = get(client, "/spills").soup.select_one("td.db-cell-name a")
    assert link is not None
    return str(link["href"])


def _work(worker: Flask) -> None:
    with worker.app_context():
        with everything(because="测试"):
            ids = [row.id for row in db.session.query(Spill).filter_by(state="asked")]
        for one in ids:
            handling.make(one)


def test_from_the_report_to_the_end(
    college: Flask, worker: Flask, as_: As, item: uuid.UUID
) -> None:
    """The item is gone for everybody at once, comes back without its file, and tells so."""
    head, officer, boss = as_(HEAD), as_(OFFICER), as_(BOSS)
    link = get(head, f"/items/{item}").soup.find("a", string=lambda s: s and "疑似涉密" in s)
    assert link is not None
    assert link["href"] == f"/items/{item}/spill"
    assert fill(head, f"/items/{item}/spill", "/spill", {"sure": "y"}).status == 422
    assert fill(head, f"/items/{item}/spill", "/spill", {"about": "file"}).status == 422
    assert get(head, f"/items/{item}").status == 200
    done = _report(head, item)
    assert done.status == 303
    for client in (head, boss, as_(OFFICE), officer):
        assert get(client, f"/items/{item}").status == 404
        assert TITLE not in get(client, "/ledger").text
    assert "已被报告疑似涉密" not in get(officer, "/messages").text
    assert "疑似涉密" in get(officer, "/messages").text
    address = _address(officer)
    page = get(officer, address)
    for word in (TITLE, REQUIREMENT, NAME):
        assert word not in page.html
    assert "佐证材料，PDF" in page.text
    choice = page.soup.select_one('input[name="files"]')
    assert choice is not None
    wrong = fill(officer, address, address, {"outcome": "files", "sure": "y"})
    assert wrong.status == 422
    assert "请选择要清除的附件" in wrong.text
    typed = {"outcome": "files", "files": str(choice["value"]), "sure": "y"}
    assert fill(officer, address, address, typed).status == 303
    assert "正在处置" in get(officer, address).text
    _work(worker)
    page = get(officer, address)
    assert "处置完毕" in page.text
    assert "附件 1项" in page.text
    assert "备份" in page.text
    page = get(head, f"/items/{item}")
    assert page.status == 200
    assert NAME not in page.html
    assert "处置完毕" in get(head, "/messages").text
    assert "处置完毕" in get(boss, "/messages").text


def test_what_is_no_secret_needs_a_word(worker: Flask, as_: As, item: uuid.UUID) -> None:
    officer = as_(OFFICER)
    _report(as_(OFFICE), item)
    address = _address(officer)
    form = {"outcome": "released", "sure": "y"}
    assert "请写明核实情况" in fill(officer, address, address, form).text
    assert fill(officer, address, address, {**form, "opinion": WHY}).status == 303
    _work(worker)
    assert WHY in get(officer, address).text
    assert TITLE in get(as_(OFFICE), f"/items/{item}").text


def test_all_of_it(worker: Flask, as_: As, item: uuid.UUID) -> None:
    """The item never comes back; its number is one of those used."""
    officer = as_(OFFICER)
    number = get(as_(OFFICE), f"/items/{item}").soup.select_one(".db-item-no")
    assert number is not None
    _report(as_(OFFICE), item)
    address = _address(officer)
    assert fill(officer, address, address, {"outcome": "whole", "sure": "y"}).status == 303
    _work(worker)
    for client in (as_(OFFICE), as_(HEAD), officer):
        assert get(client, f"/items/{item}").status == 404
    page = get(as_(OFFICE), "/numbers")
    assert page.status == 200
    assert "缺号" not in page.text
    assert "办理文字" in get(officer, address).text


def test_the_clock_passes_it_by(
    college: Flask, worker: Flask, database: Servers, as_: As, item: uuid.UUID
) -> None:
    """Whatever the schedule does in two months, it neither fails on the item nor brings it back,
    held back or cleared; nobody is told anything of it outside the portal."""
    officer = as_(OFFICER)
    _report(as_(OFFICE), item)
    for outcome in ("", "whole"):
        if outcome:
            address = _address(officer)
            assert fill(officer, address, address, {"outcome": outcome, "sure": "y"}).status == 303
            _work(worker)
        for day in (1, 20, 60):
            worker.extensions["portal.clock"] = Clock.standing_at(ANCHOR + timedelta(days=day))
            with worker.app_context():
                for row in SCHEDULE:
                    module, _, function = row.command.partition(":")
                    getattr(import_module(module), function)()
                    db.session.rollback()
        with connect(database.owner_url) as raw:
            held = raw.execute(
                "SELECT held, readers FROM item WHERE public_id = %s", [item]
            ).fetchone()
            sent = raw.execute(
                "SELECT count(*) FROM delivery JOIN message ON message.id = delivery.message_id"
                " JOIN item ON item.id = message.item_id"
                " WHERE item.public_id = %s AND message.at > (SELECT reported_at FROM spill)"
                " AND delivery.state IN ('sent', 'sending')",
                [item],
            ).fetchone()
        assert held == (True, [])
        assert sent == (0,)
        assert get(as_(HEAD), "/messages").status == 200
        assert get(as_(HEAD), f"/items/{item}").status == 404


def test_the_same_form_twice(as_: As, item: uuid.UUID) -> None:
    """One report, and the second answer is that of the first."""
    head = as_(HEAD)
    page = get(head, f"/items/{item}/spill")
    form = page.form("/spill")
    data = {str(one["name"]): str(one["value"]) for one in form.find_all("input", value=True)}
    data |= REPORT
    for _ in range(2):
        assert head.post(f"/items/{item}/spill", data=data).status_code == 303
    assert len(get(as_(OFFICER), "/spills").soup.select("tbody tr")) == 1


def test_who_is_kept_out(as_: As, item: uuid.UUID) -> None:
    """The room is 机要保密员's; of a report nobody else learns that there is one."""
    outsider = as_("单晓燕")
    missing = get(outsider, f"/items/{uuid.uuid4()}/spill").status
    assert missing == 404
    _report(as_(OFFICE), item)
    address = _address(as_(OFFICER))
    for who in (OFFICE, BOSS, HEAD, "坤清祥", "黄素芬"):
        client = as_(who)
        assert get(client, "/spills").status == 403
        assert get(client, address).status == 403
        assert get(client, f"/items/{item}/spill").status == 404
        assert "涉密误录处置" not in get(client, "/").text
