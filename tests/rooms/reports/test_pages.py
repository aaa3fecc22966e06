"""/reports as people meet it: who finds what, forms refused and accepted, files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.rooms.reports import making, queries
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.rooms.reports.acting import (
    HANDLER,
    HEAD,
    LEADER,
    LIAISON,
    PRESIDENT,
    STAFF,
    UNIT_HEAD,
    World,
    act,
    brief_of,
    circular,
    count,
    report,
    write,
)
from tests.stages import as_of

As = Callable[[str], FlaskClient]
ID = re.compile(r"/reports/([0-9a-f-]{36})")


def _address(page: Page) -> str:
    assert page.status == 303
    found = ID.search(page.location or "")
    assert found
    return f"/reports/{found[1]}"


def _counted(world: World, address: str) -> None:
    with world.app.app_context():
        viewer, brief = brief_of(world, STAFF, uuid.UUID(address.removeprefix("/reports/")))
        count(world, viewer, brief)


@pytest.fixture
def made(world: World) -> str:
    """The address of a report of this term, counted."""
    with world.app.app_context():
        return f"/reports/{report(world)}"


def test_a_report_goes_its_way_by_its_page(world: World, as_: As) -> None:
    """Begun, written, handed in, signed, fetched as PDF and as Word copy."""
    address = _address(fill(as_(STAFF), "/reports", "/reports"))
    page = get(as_(STAFF), address)
    assert "正在取数" in page.text
    _counted(world, address)
    page = get(as_(STAFF), address)
    assert "期初在办0项" in page.text
    assert "核对一致" in page.text
    section = f"{address}/sections/next_steps"
    assert fill(as_(STAFF), section, section, {"body": "在办{期末在办数}项。"}).status == 303
    assert "在办0项。" in get(as_(STAFF), address).text
    refused = fill(as_(STAFF), address, f"{address}/submission")
    assert refused.status == 422
    assert "请勾选确认后再提交。" in refused.text
    done = fill(as_(STAFF), address, f"{address}/submission", {"declared": "y"})
    assert done.status == 303
    for who in (HEAD, LEADER):
        assert "待您审批" in get(as_(who), "/reports").text
        assert fill(as_(who), address, f"{address}/signature", {"opinion": "同意。"}).status == 303
    making_ = as_(PRESIDENT).get(f"{address}.pdf")
    assert (making_.status_code, making_.headers["Retry-After"]) == (202, "2")
    with world.app.app_context():
        viewer, brief = brief_of(world, STAFF, uuid.UUID(address.removeprefix("/reports/")))
        sheet = queries.sheet_of(viewer, brief)
        assert sheet is not None
        sheet_id = sheet.id
    with world.worker.app_context():
        making.set_sheet(sheet_id)
    for ending, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        with as_(PRESIDENT).get(f"{address}.{ending}") as answer:
            assert answer.data.startswith(begins)
    page = get(as_(STAFF), address)
    assert "印发文稿的校验值" in page.text
    heard = {"meeting": "party_committee", "minutes": "阿职党纪要〔2026〕21号", "day": "2026-11-23"}
    assert fill(as_(STAFF), address, f"{address}/meetings", heard).status == 303
    assert "2026年11月23日 党委会" in get(as_(STAFF), address).text
    assert "阿职党纪要〔2026〕21号" in get(as_(PRESIDENT), address).text


def test_sending_back_needs_a_reason_and_leads_to_the_list(
    world: World, made: str, as_: As
) -> None:
    with world.app.app_context():
        act(world, HEAD, "hand_in", uuid.UUID(made.removeprefix("/reports/")))
    refused = fill(as_(LEADER), made, f"{made}/return")
    assert refused.status == 422
    assert "请写明理由" in refused.text
    client = as_(LEADER)
    form = {**values_of(get(client, made).form(f"{made}/return")), "opinion": "请补充协同情况。"}
    for _click in range(2):
        done = send(client, f"{made}/return", form)
        assert (done.status, done.location) == (303, "/reports")
    other = {**form, "key": str(uuid.uuid4())}
    assert send(client, f"{made}/return", other).status == 404
    assert "请补充协同情况。" in get(as_(STAFF), made).text


@pytest.mark.parametrize(
    ("who", "reports"), [(STAFF, 200), (PRESIDENT, 200), (UNIT_HEAD, 404), (HANDLER, 404)]
)
def test_who_finds_the_room(made: str, as_: As, who: str, reports: int) -> None:
    """学期报告 for the office and three leaders; 通报 for everybody, each those he may read."""
    assert as_(who).get("/reports").status_code == reports
    assert as_(who).get("/reports/circulars").status_code == 200
    seen = 200 if who == STAFF else 404
    for address in (made, f"{made}/sections/good", f"{made}.docx"):
        with as_(who).get(address) as answer:
            assert answer.status_code == seen, address


@pytest.mark.parametrize("who", [PRESIDENT, UNIT_HEAD, HANDLER])
def test_others_begin_nothing(world: World, made: str, as_: As, who: str) -> None:
    assert as_(who).get("/reports/circulars/new").status_code == 404
    client = as_(who)
    token = {"csrf_token": csrf(client, "/")}
    for address in ("/reports", "/reports/circulars", f"{made}/figures", f"{made}/submission"):
        assert send(client, address, token).status == 404, address


def test_a_circular_of_a_month_or_of_its_own(world: World, as_: As) -> None:
    new = "/reports/circulars/new"
    monthly = fill(as_(STAFF), new, "/reports/circulars", {"about": "month", "month": "2026-11"})
    address = _address(monthly)
    _counted(world, address)
    assert "关于11月督办督查事项办理情况的通报" in get(as_(STAFF), address).text
    refused = fill(as_(STAFF), new, "/reports/circulars", {"about": "free", "title": ""})
    assert refused.status == 422
    assert "请填写标题。" in refused.text
    refused = fill(as_(STAFF), new, "/reports/circulars", {"about": "month", "month": ""})
    assert refused.status == 422
    assert "请选择月份。" in refused.text
    own = {"about": "free", "title": "关于做好岁末年初督办工作的通报"}
    own_address = _address(fill(as_(STAFF), new, "/reports/circulars", own))
    page = get(as_(STAFF), own_address)
    assert "正文" in page.text
    assert "重新取数" not in page.text
    for at, fields in ((address, {"number"}), (own_address, {"title", "number"})):
        _renamed(as_(STAFF), at, fields)
    assert "关于11月督办督查事项办理情况的通报" in get(as_(STAFF), address).text


def _renamed(client: FlaskClient, address: str, fields: set[str]) -> None:
    """修改标题和文号: what it is called now stands in the form; an emptied title is refused."""
    form = f"{address}/heading"
    stood = values_of(get(client, address).form(form))
    assert stood.keys() & {"title", "number"} == fields
    typed = {"title": "关于做好年末督办工作的通报", "number": "阿职督办通〔2026〕3号"}
    typed = {name: typed[name] for name in fields}
    if "title" in fields:
        assert "请填写标题。" in fill(client, address, form, {**typed, "title": ""}).text
    assert fill(client, address, form, typed).status == 303
    page = get(client, address)
    values = values_of(page.form(form))
    assert {name: values[name] for name in fields} == {name: [typed[name]] for name in fields}
    assert typed.get("title", "关于11月") in page.text


def test_criticism_without_a_decision_is_refused_at_the_hand_in(world: World, as_: As) -> None:
    with world.app.app_context():
        address = f"/reports/{circular(world)}"
        viewer = as_of(world.app, STAFF)
        bwc = next(id_ for id_, name in queries.units(viewer.moment.day) if name == "保卫处")
    marked = fill(as_(STAFF), address, f"{address}/criticism", {"units": [str(bwc)]})
    assert marked.status == 303
    assert "点名批评单位：保卫处" in get(as_(STAFF), address).text
    refused = fill(as_(STAFF), address, f"{address}/submission", {"declared": "y"})
    assert refused.status == 422
    assert "保卫处尚无已作出的全校通报批评决定" in refused.text


def test_a_published_one_is_read_and_confirmed_by_its_units(world: World, as_: As) -> None:
    with world.app.app_context():
        brief_id = circular(world)
        write(world, brief_id, "problems", "个别事项推进偏慢。")
        act(world, HEAD, "hand_in", brief_id)
        words = "语气再斟酌，同意印发。"
        act(world, LEADER, "review", brief_id, words)
    address = f"/reports/{brief_id}"
    page = get(as_(LIAISON), address)
    assert "本通报已发送本单位" in page.text
    assert words not in page.text, "what leaders wrote on its way is not the units' to know"
    assert words in get(as_(STAFF), address).text
    assert "送达情况" not in page.text, "who read is the office's to know"
    assert fill(as_(LIAISON), address, f"{address}/reading").status == 303
    assert "本通报已发送本单位" not in get(as_(LIAISON), address).text
    assert re.search(r"1人已阅，共\d+人", get(as_(STAFF), address).text)
    inbox = get(as_(UNIT_HEAD), "/messages")
    assert address in inbox.html
    why = {"opinion": "数据有误，另行印发。"}
    assert fill(as_(HEAD), address, f"{address}/recall", why).status == 303
    assert "请停止传达。理由：数据有误，另行印发。" in get(as_(LIAISON), address).text


def test_a_section_that_somebody_else_wrote_meanwhile_comes_back(
    world: World, made: str, as_: As
) -> None:
    """Nothing typed is lost, and the second writer sees what stands now."""
    section = f"{made}/sections/good"
    client = as_(HEAD)
    form = get(client, section).form(section)
    typed = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    with world.app.app_context():
        write(world, uuid.UUID(made.removeprefix("/reports/")), "good", "甲先写。")
    page = send(client, section, {**typed, "body": "乙后写。"})
    assert page.status == 409
    assert "乙后写。" in page.text
    assert "甲先写。" in page.text


def test_a_section_of_a_brief_that_was_handed_in_meanwhile_is_handed_back(
    world: World, made: str, as_: As
) -> None:
    section = f"{made}/sections/good"
    client = as_(STAFF)
    form = get(client, section).form(section)
    typed = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    with world.app.app_context():
        act(world, HEAD, "hand_in", uuid.UUID(made.removeprefix("/reports/")))
    page = send(client, section, {**typed, "body": "写了半天的话。"})
    assert page.status == 422
    assert "写了半天的话。" in page.text
    assert "不能办理" in page.text
    assert send(as_(LEADER), section, {**typed, "body": "写。"}).status in (400, 404)


def test_items_that_change_while_it_is_released_change_nothing_of_it(
    world: World, database: Servers, as_: As
) -> None:
    """Two connections: an item is being renamed, uncommitted, while the last signature is given;
    the paper is set after that is committed, and says what was counted."""
    with world.app.app_context():
        address = f"/reports/{report(world)}"
        brief_id = uuid.UUID(address.removeprefix("/reports/"))
        act(world, HEAD, "hand_in", brief_id)
        viewer, brief = brief_of(world, STAFF, brief_id)
        before = queries.snapshot_of(viewer, brief)
        assert before is not None
        digest, data = before.sha256, before.data
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET title = '改名', state = 'void'")
        assert fill(as_(LEADER), address, f"{address}/signature").status == 303
        raw.commit()
    with world.app.app_context():
        viewer, brief = brief_of(world, STAFF, brief_id)
        sheet = queries.sheet_of(viewer, brief)
        after = queries.snapshot_of(viewer, brief)
        assert sheet is not None
        assert after is not None
        sheet_id = sheet.id
        assert (after.sha256, after.data) == (digest, data)
    with world.worker.app_context():
        making.set_sheet(sheet_id)
        db.session.rollback()
    assert "改名".encode() not in as_(STAFF).get(address).data


def test_errors_of_an_act_come_back_as_its_panel_alone(world: World, made: str, as_: As) -> None:
    """HTMX swaps the panel; without it the page comes whole."""
    client = as_(STAFF)
    form = get(client, made).form(f"{made}/submission")
    typed = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    typed.pop("declared")
    answer = client.post(f"{made}/submission", data=typed, headers={"HX-Request": "true"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请勾选确认后再提交。" in html
    assert "<html" not in html
    assert html.count("<form") == 1
