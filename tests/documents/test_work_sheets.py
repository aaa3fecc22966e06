"""电话督办记录, 重新确定办结期限通知 and 工作计划表: filled, and for whom (SPEC §2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.documents.queries import sheets_of, standing
from portal.documents.sheets import SignatureBox
from portal.documents.table import fill, labels_of
from portal.documents.work_sheets import PhoneSheet, PlannedStep, PlanSheet, ResetSheet
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document
from portal.rulebook.guards import Call
from portal.steps.closing import returns
from portal.steps.issuing import commands as issuing
from portal.steps.phone import commands as phone
from tests.people import draft
from tests.stages import person
from tests.steps.acting import (
    CO_UNIT,
    HANDLER,
    HEAD,
    LEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
    pass_days,
)  # fmt: skip
from tests.steps.changes import proposing
from tests.steps.knowledge.listing import sensitive

TODAY = date(2026, 11, 23)
NEW_DUE = date(2026, 12, 18)
STEPS = (
    issuing.Step("完成全部楼栋排查", date(2026, 11, 27)),
    issuing.Step("整改销号", date(2026, 12, 4)),
)
WEEKS = {"level": 2, "deadline_kind": "days", "deadline_days": 15}
CO_HEAD = "覃燚"


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """A01 in work, 二级, due 8 December."""
    with college.app_context():
        made = Actor(college, draft(college, "A01", **WEEKS))
        made.to_work()
        yield made


def _filled(actor: Actor, kind: str, who: str = OFFICE) -> Any:
    viewer, item = actor.item(who)
    return fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, "阿坝职业学院")


def _labels(actor: Actor, who: str = OFFICE) -> dict[str, str]:
    """The sheets of this module that the person is offered."""
    lines = sheets_of(*actor.item(who))
    mine = ("phone", "reset", "plan")
    return {line.kind: line.label for line in lines if line.kind.partition("-")[0] in mine}


def _as_of(actor: Actor, kind: str) -> int:
    return standing(*actor.item(), kind).as_of_id


def _call(actor: Actor, **given: Any) -> None:
    viewer, item = actor.item()
    at = viewer.moment.instant - timedelta(seconds=1)
    values: dict[str, Any] = {
        "called_at": at, "caller_id": person(OFFICE), "callee_id": person(HANDLER),
        "channel": "phone", "purpose": "supervise", "content": "询问进展。", "requirement": "",
        "deadline": None, "reply": "明早报送。", "reply_form": "oral", "replied_at": at,
        "promised_on": None, **given,
    }  # fmt: skip
    phone.record(viewer, item, Call(**values), intent(item), declared=True)


def _plan(actor: Actor, who: str, code: str = LEAD) -> None:
    viewer, item = actor.item(who)
    issuing.send_plan(viewer, item, actor.share(code), intent(item), STEPS)


def _refuse(actor: Actor, who: str = OFFICE_HEAD, new_due: date = NEW_DUE) -> None:
    """The result is handed in and refused by 党政办主任; the date waits for the leader."""
    actor.apply_close()
    actor.sign(LEADER, "sign_close")
    viewer, item = actor.item(who)
    returns.judge_not_met(viewer, item, "not_met", intent(item, REASON), new_due)


def test_a_call_is_printed_as_it_was_written_down(actor: Actor) -> None:
    assert _labels(actor) == {}
    _call(actor)
    _call(
        actor, purpose="urge", channel="message", callee_id=person(HEAD),
        caller_id=person(OFFICE_LEADER), requirement="今日补报。",
        deadline=date(2026, 11, 24), promised_on=date(2026, 11, 25),
    )  # fmt: skip
    assert _labels(actor) == {
        "phone-1": "电话督办记录（第1次）",
        "phone-2": "电话催办记录（第2次）",
    }
    second = _filled(actor, "phone-2")
    at = second.at
    assert at.startswith("2026年11月23日 ")
    assert second == PhoneSheet(
        college="阿坝职业学院",
        number="阿职督办〔2026〕1号",
        title="冬季校园消防安全隐患集中排查整治",
        purpose="urge",
        channel="message",
        at=at,
        caller="余茂春（党委副书记）",
        callee="坤建军（保卫处）",
        content="询问进展。",
        requirement="今日补报。",
        deadline="2026年11月24日前",
        reply="明早报送。",
        reply_form="oral",
        replied_at=at,
        promised="2026年11月25日前",
        recorder=SignatureBox("", OFFICE, TODAY),
        control_code=second.control_code,
    )
    first = _filled(actor, "phone-1")
    assert (first.callee, first.deadline, first.promised) == ("邓涛（保卫处）", "", "")
    before = _as_of(actor, "phone-1")
    actor.report(HEAD)
    assert _as_of(actor, "phone-1") == before


def test_the_plan_of_each_unit(actor: Actor) -> None:
    """Sent by 承办人 it is left to the head to sign; sent by the head it is signed."""
    _plan(actor, HANDLER)
    assert _labels(actor) == {"plan-BWC": "工作计划表（保卫处）"}
    sheet = _filled(actor, "plan-BWC")
    assert isinstance(sheet, PlanSheet)
    assert sheet.steps == (
        PlannedStep("完成全部楼栋排查", "2026年11月27日前"),
        PlannedStep("整改销号", "2026年12月4日前"),
    )
    assert (sheet.unit, sheet.unit_head, sheet.handlers) == ("安全保卫处", HEAD, (HANDLER,))
    assert (sheet.issued_on, sheet.deadline) == ("2026年11月23日", "2026年12月8日前")
    assert sheet.reporting == (
        "每5天反馈1次",
        "第1期：2026年11月30日前",
        "第2期：2026年12月3日前",
    )
    assert sheet.planned == SignatureBox("", HANDLER, TODAY)
    assert sheet.confirmed == SignatureBox()
    before = _as_of(actor, "plan-BWC")
    _call(actor, promised_on=date(2026, 11, 26))
    assert _as_of(actor, "plan-BWC") > before
    assert "电话约定：2026年11月26日前" in _filled(actor, "plan-BWC").reporting
    actor.receive("王尔基", CO_UNIT)
    _plan(actor, "王尔基", CO_UNIT)
    assert list(_labels(actor)) == ["plan-BWC", "plan-HGC", "phone-1"]
    co = _filled(actor, "plan-HGC")
    assert (co.lead, co.unit_head, co.handlers) == (False, "王尔基（主持工作）", ())
    assert (co.deadline, co.reporting) == (
        "2026年12月4日前",
        ("每5天反馈1次，报牵头单位汇总",),
    )
    assert co.confirmed == co.planned == SignatureBox("", "王尔基", TODAY)


def test_a_plan_follows_its_handler_and_its_day(college: Flask, actor: Actor) -> None:
    _plan(actor, HEAD)
    before = _as_of(actor, "plan-BWC")
    proposing.propose(college, actor.public_id, "adjust", requirement="排查。")
    assert _as_of(actor, "plan-BWC") == before
    for act, who in (("sign_adjust", LEADER), ("review_adjust", OFFICE_LEADER)):
        proposing.agree(college, actor.public_id, act, who)
    assert _as_of(actor, "plan-BWC") > before


def test_a_new_date_is_told_once_it_is_proposed(college: Flask, actor: Actor) -> None:
    """With an empty box and no day of issue until 党政办分管领导 has signed."""
    pass_days(college, 1)
    _refuse(actor)
    assert _labels(actor) == {"reset-1": "重新确定办结期限通知（第1次）"}
    waiting = _filled(actor, "reset-1")
    assert isinstance(waiting, ResetSheet)
    assert (waiting.review, waiting.issued_on) == (SignatureBox(), None)
    assert (waiting.before, waiting.after) == ("2026年12月8日前", "2026年12月18日前")
    assert (waiting.handed_in, waiting.nth, waiting.reason) == ("2026年11月24日", "第1次", REASON)
    assert (waiting.unit, waiting.unit_head, waiting.level) == ("安全保卫处", HEAD, "二级")
    assert (waiting.contact, waiting.phone) == (OFFICE, "12000000013")
    before = _as_of(actor, "reset-1")
    proposing.agree(college, actor.public_id, "agree_reset", OFFICE_LEADER, "同意。")
    assert _as_of(actor, "reset-1") > before
    told = _filled(actor, "reset-1")
    day = date(2026, 11, 24)
    assert (told.review, told.issued_on) == (SignatureBox("同意。", OFFICE_LEADER, day), day)
    assert (told.before, told.after) == (waiting.before, waiting.after)
    assert told.judged_by == waiting.judged_by
    assert "以重新确定的期限认定" in told.judged_by
    proposing.propose(college, actor.public_id, "reassign", lead="JWC", co=("BWC",), due=NEW_DUE)
    for who in (LEADER, "解学农"):
        proposing.agree(college, actor.public_id, "agree_reassign", who)
    assert _filled(actor, "reset-1").unit == "安全保卫处"


def test_refused_after_the_due_day_the_old_one_judges(college: Flask, actor: Actor) -> None:
    """SPEC §2.10, decision 0079."""
    pass_days(college, 16)
    _refuse(actor)
    proposing.agree(college, actor.public_id, "agree_reset", OFFICE_LEADER)
    said = "不符合办结要求的认定已超过现行时限，是否按时办结仍以2026年12月8日前认定。"
    assert _filled(actor, "reset-1").judged_by == said


def test_a_date_that_was_overtaken_is_told_to_nobody(actor: Actor) -> None:
    """Refused again before the first date was agreed to: the second one bears its own number."""
    _refuse(actor)
    _refuse(actor, new_due=date(2026, 12, 20))
    assert _labels(actor) == {"reset-2": "重新确定办结期限通知（第2次）"}
    with pytest.raises(NotFound):
        _as_of(actor, "reset-1")


def test_there_is_no_other(actor: Actor) -> None:
    _call(actor)
    _plan(actor, HANDLER)
    for kind in (
        "phone", "phone-", "phone-0", "phone-2", "phone-01", "reset-1", "plan", "plan-HGC",
        "plan-NONE", "plan-",
    ):  # fmt: skip
        with pytest.raises(NotFound):
            _as_of(actor, kind)


def test_what_they_are_called_where_their_item_is_not_at_hand(college: Flask) -> None:
    with college.app_context():
        assert labels_of(["phone-3", "reset-1", "plan-BWC", "plan-NONE", "phone-0"]) == {
            "phone-3": "电话督办记录（第3次）",
            "reset-1": "重新确定办结期限通知（第1次）",
            "plan-BWC": "工作计划表（保卫处）",
        }


def test_of_a_sensitive_item_a_co_unit_has_no_plan_but_its_own(college: Flask) -> None:
    """SPEC §7.3, decision 0066: a call and a new date are everybody's who is on the list, and say
    the same to all; a plan is its unit's, and so is the stored sheet."""
    with sensitive(college, **WEEKS) as actor:
        actor.to_work()
        actor.receive(CO_HEAD, CO_UNIT)
        _call(actor)
        _plan(actor, HEAD)
        _plan(actor, CO_HEAD, CO_UNIT)
        _refuse(actor)
        everything = {"phone-1", "reset-1", "plan-BWC", "plan-HGC"}
        may = {
            OFFICE: everything,
            HEAD: everything,
            CO_HEAD: everything - {"plan-BWC"},
            "余㛃": everything - {"plan-BWC", "plan-HGC"},
        }
        for who, kinds in may.items():
            assert set(_labels(actor, who)) == kinds, who
            for kind in everything - kinds:
                with pytest.raises(NotFound):
                    _filled(actor, kind, who)
            for kind in kinds:
                assert _filled(actor, kind, who) == _filled(actor, kind), (who, kind)
        viewer, item = actor.item()
        for kind in everything:
            of = standing(viewer, item, kind)
            db.session.add(
                Document(
                    item_id=item.id, kind=kind, as_of_id=of.as_of_id, unit_id=of.unit_id,
                    state="asked", asked_by_id=viewer.person_id, asked_at=viewer.moment.instant,
                )
            )  # fmt: skip
        db.session.commit()
        for who, kinds in may.items():
            actor.viewer(who)
            assert set(db.session.scalars(select(Document.kind))) == kinds, who
