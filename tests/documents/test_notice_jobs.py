"""督办事项通知单 of an item: whose there are, for whom, and as the item stands (第十六条（二）)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import queued_work
from portal.documents import commands, control
from portal.documents.filling import notice
from portal.documents.queries import sheets_of, standing
from portal.documents.sheets import NoticeBatch, NoticeSheet
from portal.documents.table import fill
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document, Item
from portal.rulebook.policy import VERSION
from portal.steps.issuing import commands as issuing
from portal.steps.issuing.clock import deem_receipts
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from tests.conftest import ANCHOR
from tests.documents.samples import text_of
from tests.pages import get, send
from tests.people import csrf, draft
from tests.stages import tomorrow
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_LEADER,
    PRESIDENT,
    Actor,
    at_work,
    intent,
    pass_days,
)
from tests.steps.changes.proposing import agree, propose
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
KINDS = ["notice-BWC", "notice-XGB", "notice-HGC", "notices"]
INSTRUCTION = "抓紧排查，不留死角。"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


@pytest.fixture
def working(college: Flask) -> Iterator[Actor]:
    """A01 with its lead unit and two co-units; the lead unit has signed."""
    with at_work(college) as actor:
        yield actor


def _kinds(actor: Actor, who: str = OFFICE) -> list[str]:
    """The notices this person is offered."""
    lines = sheets_of(*actor.item(who))
    return [line.kind for line in lines if line.kind.startswith("notice")]


def _notice(actor: Actor, kind: str, who: str = OFFICE) -> NoticeSheet:
    viewer, item = actor.item(who)
    sheet = fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, "阿坝职业学院")
    assert isinstance(sheet, NoticeSheet)
    return sheet


def _standing(actor: Actor) -> dict[str, int]:
    viewer, item = actor.item()
    return {kind: standing(viewer, item, kind).as_of_id for kind in KINDS}


def _changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {kind for kind in before if after[kind] > before[kind]}


def test_before_it_is_issued_there_is_no_notice(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        actor.to_filing()
        actor.file(release=False)
        viewer, item = actor.item()
        assert _kinds(actor) == []
        for kind in (*KINDS, "notice-", "notice-NONE"):
            with pytest.raises(NotFound):
                standing(viewer, item, kind)


def test_the_notice_names_who_was_in_charge_when_it_went_out(college: Flask) -> None:
    """SPEC §1.5: 王尔基 stands in for 覃燚 until 4 December; what went out later names the head,
    and what went out before stays as it was."""
    with at_work(college) as before:
        pass_days(college, 14)
        assert _notice(before, "notice-HGC").unit_head == "王尔基（主持工作）"
    with at_work(college) as after:
        assert _notice(after, "notice-HGC").unit_head == "覃燚"


def test_what_the_lead_units_and_a_co_units_notice_say(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01", level=2, deadline_days=15))
        _approved(actor, INSTRUCTION)
        lead, co = _notice(actor, "notice-BWC"), _notice(actor, "notice-HGC")
    assert (lead.lead, lead.unit, lead.unit_head) == (True, "安全保卫处", "坤建军")
    assert lead.others == ("学生工作部（学生处、团委）", "后勤与国有资产管理处")
    assert lead.deadline == "2026年12月8日前"
    assert lead.reporting == "每5天反馈1次"
    assert lead.asks == (
        "请承办单位收到后1个工作日内签收并明确承办人；不能按期办结的，最迟于到期前5天提出书面申请。"
    )
    assert (co.lead, co.unit, co.unit_head) == (
        False,
        "后勤与国有资产管理处",
        "王尔基（主持工作）",
    )
    assert co.others == ("安全保卫处",)
    assert co.deadline == "2026年12月8日前（协办任务2026年12月4日前）"
    assert co.reporting == "每5天反馈1次，报牵头单位汇总"
    assert co.asks == "请协办单位收到后1个工作日内签收并明确承办人，配合牵头单位按期完成。"
    for sheet in (lead, co):
        assert sheet.number == "阿职督办〔2026〕1号"
        assert str(sheet.issued_on) == "2026-11-23"
        assert (sheet.contact, sheet.phone) == ("何玉萍", "12000000013")
        assert sheet.instructions == (f"{INSTRUCTION}（三郎泽里，2026年11月23日）",)
        assert sheet.receipt.empty


def _approved(actor: Actor, words: str) -> None:
    """Issued, after 院长 wrote these words."""
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)
    actor.sign(LEADER, "sign")
    actor.sign(OFFICE_LEADER, "review")
    actor.sign(PRESIDENT, "approve", words)
    actor.file()


@pytest.mark.parametrize(
    ("level", "days", "asks"),
    [
        (1, 1, "2个办公小时内签收并明确承办人；不能按期办结的，最迟于到期当日12时前提出书面申请。"),
        (1, 3, "2个办公小时内签收并明确承办人；不能按期办结的，最迟于到期前1天提出书面申请。"),
        (3, 5, "1个工作日内签收并明确承办人；不能按期办结的，最迟于到期前1天提出书面申请。"),
        (3, 6, "1个工作日内签收并明确承办人；不能按期办结的，最迟于到期前5天提出书面申请。"),
        (4, None, "1个工作日内签收并明确承办人。"),
    ],
)
def test_what_a_unit_is_asked_to_do_by_when(level: int, days: int | None, asks: str) -> None:
    """第十九条 with SPEC §3.6 for short periods; a matter without end has no such moment."""
    due = None if days is None else ANCHOR + timedelta(days=days)
    item = Item(policy_version=VERSION, level=level, issued_on=ANCHOR, due_effective=due)
    assert notice._asks(item, lead=True) == f"请承办单位收到后{asks}"


def test_a_receipt_changes_its_own_notice_and_all_together(working: Actor) -> None:
    """Each of the ways to receive, in the words of SPEC §1.5, §2.5; a report changes none."""
    assert _kinds(working) == KINDS
    assert _notice(working, "notice-BWC").receipt.person == HEAD
    before = _standing(working)
    working.report(HEAD)
    assert _standing(working) == before
    working.receive(CO_HEAD, CO_UNIT)
    after = _standing(working)
    assert _changed(before, after) == {"notice-HGC", "notices"}
    assert _notice(working, "notice-HGC").receipt.person == "王尔基（主持工作）"
    viewer, item = working.item()
    call = "余㛃，11月23日10时"
    issuing.receive_on_behalf(viewer, item, working.share("XGB"), intent(None), call)
    assert _changed(after, _standing(working)) == {"notice-XGB", "notices"}
    receipt = _notice(working, "notice-XGB").receipt
    assert receipt.unit == "学生工作部（学生处、团委）"
    assert receipt.person == f"{call}（电话确认代签收）"
    assert receipt.at.startswith("2026年11月23日 ")
    viewer, item = working.item()
    sheet = fill(viewer, item, "notices", _standing(working)["notices"], "阿坝职业学院")
    assert isinstance(sheet, NoticeBatch)
    assert list(sheet.notices) == [_notice(working, kind) for kind in KINDS[:3]]


def test_without_a_receipt_in_time_it_says_so(
    college: Flask, worker: Flask, working: Actor
) -> None:
    for app in (college, worker):
        tomorrow(app, 2)
    with worker.app_context():
        assert deem_receipts() == 2
    assert _notice(working, "notice-HGC").receipt.person == "视同签收"


def test_an_agreed_adjustment_is_printed(college: Flask, working: Actor) -> None:
    before = _standing(working)
    propose(college, working.public_id, "adjust", requirement="排查全部楼栋。")
    agree(college, working.public_id, "sign_adjust", LEADER)
    assert _standing(working) == before
    agree(college, working.public_id, "review_adjust", OFFICE_LEADER)
    assert _changed(before, _standing(working)) == set(KINDS)
    assert _notice(working, "notice-XGB").requirement == "排查全部楼栋。"


def test_a_relieved_unit_has_no_notice_and_the_new_one_is_marked(
    college: Flask, working: Actor
) -> None:
    """第八条: 调整承办单位; until it is issued again nobody has one."""
    propose(college, working.public_id, "reassign", lead="HGC", co=())
    agree(college, working.public_id, "agree_reassign", LEADER)
    assert _kinds(working) == []
    viewer, item = working.item()
    issuing.issue(viewer, item, intent(item))
    assert _kinds(working) == ["notice-HGC"]
    sheet = _notice(working, "notice-HGC")
    assert (sheet.revised, sheet.lead, sheet.others) == (True, True, ())
    assert sheet.receipt.empty
    with pytest.raises(NotFound):
        _notice(working, "notice-BWC")


def test_the_pages_hand_out_what_the_worker_made(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """Asked for by one, read by another; a word that is no unit's is nothing at all."""
    with at_work(college) as actor:
        at = f"/items/{actor.public_id}"
    office = as_(OFFICE)
    page = get(office, at)
    for label in ("督办事项通知单（保卫处）", "督办事项通知单（后勤国资处）", "全部通知单"):
        assert f"生成{label}" in page.text
    for kind in ("notice-HGC", "notices"):
        token = {"csrf_token": csrf(office, "/account/password")}
        assert send(office, f"{at}/documents/{kind}", token).status == 303
        assert office.get(f"{at}/documents/{kind}.pdf").status_code == 202
    assert len(asked) == 2
    with worker.app_context():
        for sheet_id in asked:
            commands.make(sheet_id)
    assert len(asked) == 4  # those that are bound in the file of all of them are stored, too
    texts = {}
    for kind in ("notice-HGC", "notices"):
        with as_("覃燚").get(f"{at}/documents/{kind}.pdf") as answer:
            assert answer.status_code == 200
            assert answer.mimetype == "application/pdf"
            texts[kind] = text_of(answer.data)
    assert "后勤与国有资产管理处（协办）" in texts["notice-HGC"]
    assert "（牵头）" not in texts["notice-HGC"]
    assert texts["notices"].count("注：领导批示为工作秘密，不得擅自扩散。") == 3
    (own,) = control.printed_in(texts["notice-HGC"])
    numbers = control.printed_in(texts["notices"])
    assert len(numbers) == 3
    assert own in numbers
    for wrong in ("notice-NONE", "notice-JWC", "notice", "notice-", "notices-HGC", "urge-1"):
        assert office.get(f"{at}/documents/{wrong}.pdf").status_code == 404
        assert send(office, f"{at}/documents/{wrong}", token).status == 404
    assert as_("周慎之").get(f"{at}/documents/notice-HGC.pdf").status_code == 404


WHOLE = set(KINDS)
APART = [
    (OFFICE, WHOLE),
    (HEAD, WHOLE),
    (PRESIDENT, WHOLE),
    ("覃燚", {"notice-HGC"}),
    ("余㛃", {"notice-XGB"}),
    ("王尔基", set()),
]


def test_of_a_sensitive_item_a_co_unit_has_its_own_notice_alone(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """SPEC §7.3: on the page, by address, and in the database; a stranger has nothing."""
    with sensitive(college) as actor:
        actor.to_work()
        at = f"/items/{actor.public_id}"
        viewer, item = actor.item()
        for kind in KINDS:
            commands.ask(viewer, item, kind)
            viewer, item = actor.item()
    with worker.app_context():
        for sheet_id in asked:
            commands.make(sheet_id)
    for who, may in APART:
        client = as_(who)
        found = {kind: client.get(f"{at}/documents/{kind}.pdf") for kind in KINDS}
        assert {kind for kind, answer in found.items() if answer.status_code == 200} == may, who
        assert {answer.status_code for answer in found.values()} <= {200, 404}
        for answer in found.values():
            answer.close()
        token = {"csrf_token": csrf(client, "/account/password")}
        for kind in WHOLE - may:
            assert send(client, f"{at}/documents/{kind}", token).status == 404
    with college.app_context():
        for who, may in APART:
            actor.viewer(who)
            assert set(db.session.scalars(select(Document.kind))) == may
    assert len(asked) == len(KINDS)


def test_a_co_unit_asks_for_its_own_notice_of_a_sensitive_item(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    with sensitive(college) as actor:
        actor.to_work()
        assert _kinds(actor, "覃燚") == ["notice-HGC"]
        mine, offices = (standing(*actor.item(who), "notice-HGC") for who in ("覃燚", OFFICE))
        assert mine == offices
    address = f"/items/{actor.public_id}/documents/notice-HGC.pdf"
    assert as_("覃燚").get(address).status_code == 202
    with worker.app_context():
        commands.make(asked.pop())
    with as_("覃燚").get(address) as answer:
        assert "后勤与国有资产管理处（协办）" in text_of(answer.data)
    looked = get(as_("杨思源"), f"/items/{actor.public_id}")
    assert "督办事项通知单（后勤国资处）" in looked.text


def test_what_becomes_sensitive_later_draws_its_stored_sheets_apart(
    college: Flask, asked: list[int]
) -> None:
    """Sheets of the time when everybody might read them follow their item."""
    with at_work(college) as actor:
        for kind in KINDS:
            commands.ask(*actor.item("覃燚"), kind)
        viewer, item = actor.item("杨思源")
        knowledge.mark(viewer, item, intent(item, "涉及信访人个人信息。"))
        for who, may in (("杨思源", WHOLE), ("覃燚", {"notice-HGC"})):
            actor.viewer(who)
            assert set(db.session.scalars(select(Document.kind))) == may
    assert len(asked) == len(KINDS)
