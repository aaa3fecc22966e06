"""第二十条, 第二十一条: what a brief tells whom while it is out of date (decision 0174)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import BriefSnapshot
from portal.rooms.reports import commands, making, queries
from portal.rulebook.scope import everything
from tests.pages import get
from tests.people import csrf, draft, sign_in
from tests.rooms.reports.acting import (
    HEAD,
    STAFF,
    UNIT_HEAD,
    World,
    act,
    brief_of,
    circular,
    count,
    make_sensitive,
    release,
    report,
    sent,
    write,
)
from tests.stages import bring

TITLE = "某同志信访核查"


def test_a_section_written_after_the_count_is_not_older(worked: World) -> None:
    """重新取数 marks what was written before it; writing the section again takes the mark away."""
    brief_id = report(worked)

    def older() -> bool:
        viewer, brief = brief_of(worked, STAFF, brief_id)
        return next(one.older for one in queries.parts(viewer, brief) if one.section.name == "good")

    write(worked, brief_id, "good", "各单位按时办结{办结数}项。")
    assert not older()
    viewer, brief = brief_of(worked, STAFF, brief_id)
    commands.fetch(viewer, brief, sent())
    count(worked, viewer, brief)
    assert older()
    write(worked, brief_id, "good", "各单位按时办结{办结数}项，已核对。")
    assert not older()


@pytest.mark.parametrize(("state", "body"), [("draft", "改。"), ("reviewing", "甲" * 6000)])
def test_a_section_sent_back_tells_nothing(worked: World, state: str, body: str) -> None:
    """The editor was open when an item became sensitive: neither the wording of others nor the
    figures that may be used come back with what was typed."""
    brief_id = report(worked)
    write(worked, brief_id, "overdue", "事项1逾期，原因正在核实。")
    write(worked, brief_id, "overdue", "正在核实。")
    if state != "draft":
        act(worked, HEAD, "hand_in", brief_id)
    db.session.rollback()
    make_sensitive(worked, "事项1")
    client, address = sign_in(worked.app, STAFF), f"/reports/{brief_id}/sections/overdue"
    said = {"key": str(uuid.uuid4()), "version": "1", "body": body}
    answer = client.post(address, data={"csrf_token": csrf(client, "/todo"), **said})
    text = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert "事项1" not in text
    assert "可引用的数据" not in text


def test_a_panel_sent_back_names_nothing(world: World) -> None:
    """Nor are sentences that name a unit shown again beside a form that is refused."""
    with world.app.app_context():
        bring(world.app, draft(world.app, "A01", title=TITLE), "in_progress")
        brief_id = circular(world)
        write(world, brief_id, "problems", f"保卫处承办的{TITLE}逾期。")
        write(world, brief_id, "demands", "抓紧办理。")
        db.session.rollback()
        make_sensitive(world, TITLE)
        client, room = sign_in(world.app, STAFF), f"/reports/{brief_id}"
        assert TITLE not in get(client, room).text
        data = {"csrf_token": csrf(client, "/todo"), "key": str(uuid.uuid4())}
        answer = client.post(f"{room}/submission", data=data, headers={"HX-Request": "true"})
        assert TITLE not in answer.get_data(as_text=True)


def test_a_count_that_failed_is_nobodys_who_reads_the_paper(world: World) -> None:
    """What the office's last 重新取数 came to is not told to the units a 通报 went out to."""
    with world.app.app_context():
        brief_id = circular(world)
        viewer, brief = brief_of(world, STAFF, brief_id)
        commands.fetch(viewer, brief, sent())
        with world.worker.app_context():
            with everything(because="取数失败的测试"):
                newest = select(BriefSnapshot.id).order_by(BriefSnapshot.id.desc()).limit(1)
                snapshot_id = db.session.scalars(newest).one()
            making._fail(making.FIGURES, snapshot_id, making.NOT_COUNTED)
        db.session.expire_all()
        release(world, brief_id)
        db.session.rollback()
        page = get(sign_in(world.app, UNIT_HEAD), f"/reports/{brief_id}")
        assert page.status == 200
        assert "取数未完成" not in page.text
