"""Which message an act means to those it tells, and what it asks whom (SPEC §8.15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.messages import wording
from portal.models import Message
from portal.rulebook import posting
from portal.rulebook.guards import Consent
from portal.rulebook.rules import BY_ACT, RULES
from portal.steps.closing import returns
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from portal.steps.issuing import objections
from portal.steps.issuing.clock import deem_receipts
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.people import draft
from tests.stages import as_of, intent
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    SECRETARY,
    Actor,
    pass_days,
)
from tests.steps.extending import asking
from tests.steps.paper import sheet
from tests.steps.urging import acts

LEVEL_3 = {"level": 3, "deadline_kind": "days", "deadline_days": 30}
KINDS = {
    "N02": "issue",
    "N03": "deem_receipt",
    "N09": "number_urge",
    "N10": """sign_extension agree_extension check_extension review_extension approve_extension
        exempt refuse_extension""",
    "N11": """return return_filing return_to_handler return_to_co_unit return_feedback
        return_supplement return_supplement_filing return_inspection""",
    "N12": "comment",
    "N13": "close",
    "N22": "issue_first",
    "N24": "not_met not_met_filing",
    "N28": "expire_point",
    "N00": """create save submit submit_unit confirm_unit sign countersign review approve file
        reject withdraw take_back delete attach detach
        enter_paper contest_paper answer_paper correct_paper
        mark_sensitive lift_sensitive grant_knowledge end_knowledge sign_receipt receipt_on_behalf
        object accept_objection refuse_objection assign_handler replace_handler plan coordinate
        answer_coordination submit_feedback report_feedback report_to_lead confirm_feedback
        confirm_to_lead merge_feedback read_feedback cover_instalments reply_comment hand_in
        attach_evidence detach_evidence apply_close confirm_close sign_close check_close
        review_close read_close withdraw_close note_filing keep_copy keep_ended_copy
        archive file_after
        set_keeping renew_copy
        close_simple end_supplement recount_deadline open_review review_yearly
        inspect approve_inspection cancel_inspection record_inspection conclude_inspection
        issue_opinion finish_inspection sign_opinion object_to_opinion uphold_opinion
        withdraw_opinion deem_opinion finish_rectifying reply_point verify_point reject_point
        replace_chief reassign_point withdraw_point
        phone_record
        handover confirm_giving confirm_taking confirm_handover force_handover
        transfer transfer_urge transfer_extension transfer_change transfer_inspection
        open_handover confirm_head_handover confirm_office_handover decline_handover
        withdraw_handover
        ask_loan grant_loan grant_heads_loan refuse_loan lend take_back_loan cancel_loan
        withdraw_loan
        raise_clue report_clue add_ground check_clue hear_unit drop_clue state_case enter_statement
        lapse_statement propose_referral refer return_referral suggest decide_case execute_case
        appeal enter_appeal resolve_appeal close_case
        void agree_void reassign agree_reassign adjust sign_adjust review_adjust approve_adjust
        propose_reset agree_reset reopen agree_reopen refuse_change withdraw_change
        enter_report enter_co_report enter_hand_in contest_report answer_report correct_report
        enter_close enter_extension enter_history
        note_oral_extension extend write_extension expire_oral_extension withdraw_extension
        urge sign_urge review_urge approve_urge refuse_urge sign_urge_receipt deem_urge_receipt
        reply_urge enter_urge_reply meet_urge expire_urge cancel_urge void_urge note_urge_hr
        note_urge_discipline
        state_reason accept_reason refuse_reason lapse_reason""",
}
"""Every act of the table: a new one is thought about here."""
Item = Callable[..., Actor]


def test_every_act_has_its_kind() -> None:
    wanted = {act: kind for kind, acts_ in KINDS.items() for act in acts_.split()}
    decided = {"due": "2026-12-07"}
    found = {
        act: posting.kind_of(act, decided if act in KINDS["N10"].split() else {}) for act in BY_ACT
    }
    assert found == wanted
    assert sum(len(acts_.split()) for acts_ in KINDS.values()) == len(BY_ACT)


@pytest.mark.parametrize(
    ("act", "facts", "kind"),
    [
        ("check_extension", {}, "N00"),
        ("agree_extension", {"due": "2026-12-07"}, "N10"),
        ("exempt", {}, "N00"),
        ("exempt", {"exempted": True}, "N10"),
        ("refuse_extension", {}, "N10"),
        ("return", {}, "N11"),
        ("return", {"to_previous": True}, "N00"),
        ("adjust", {"due": "2026-12-07"}, "N00"),
    ],
)
def test_what_the_act_did_decides(act: str, facts: dict[str, Any], kind: str) -> None:
    assert posting.kind_of(act, facts) == kind


def test_what_an_act_asks_waits_for_somebody() -> None:
    """The word comes from 待办: such an act has one."""
    asks = {rule.act: rule.asks for rule in RULES if rule.asks}
    assert asks == {
        "urge": ("state_reason",),
        "state_reason": ("accept_reason",),
        "note_oral_extension": ("write_extension",),
        "object": ("accept_objection",),
        "raise_clue": ("check_clue",),
        "report_clue": ("check_clue",),
        "hear_unit": ("state_case",),
        "state_case": ("propose_referral",),
        "lapse_statement": ("propose_referral",),
        "propose_referral": ("refer",),
        "refer": ("suggest",),
        "return_referral": ("propose_referral",),
        "appeal": ("resolve_appeal",),
        "enter_appeal": ("resolve_appeal",),
        "approve_inspection": ("record_inspection",),
        "record_inspection": ("conclude_inspection",),
        "replace_chief": ("conclude_inspection",),
        "conclude_inspection": ("issue_opinion",),
        "issue_opinion": ("sign_opinion",),
        "object_to_opinion": ("uphold_opinion",),
        **dict.fromkeys(
            ("sign_opinion", "uphold_opinion", "deem_opinion", "reject_point", "reassign_point"),
            ("reply_point",),
        ),
        "reply_point": ("verify_point",),
        "handover": ("confirm_giving",),
        "ask_loan": ("grant_loan", "grant_heads_loan"),
        "grant_loan": ("lend",),
        "grant_heads_loan": ("lend",),
        "open_handover": ("confirm_giving",),
        "confirm_giving": ("confirm_taking",),
        "confirm_taking": ("confirm_handover", "confirm_head_handover", "confirm_office_handover"),
    }
    assert all(BY_ACT[act].waits for named in asks.values() for act in named)


# Through the acts ----------------------------------------------------------------------------


@pytest.fixture
def item(college: Flask) -> Item:
    """An item in work; call it inside an application context."""

    def make(**fields: Any) -> Actor:
        actor = Actor(college, draft(college, "A01", **fields))
        actor.to_work()
        return actor

    return make


def _told(app: Flask, name: str) -> list[wording.Told]:
    """A person's messages, oldest first."""
    viewer = as_of(app, name)
    return wording.read(wording.told(viewer).order_by(Message.id))


def _last(app: Flask, name: str) -> tuple[str, str]:
    """Kind and text of a person's last message."""
    rows = _told(app, name)
    words = wording.in_words(rows, as_of(app, name).moment.day)
    return rows[-1].message.kind, words[-1].text


def _texts(app: Flask, name: str) -> dict[str, str]:
    """A person's messages by kind, of each kind the last."""
    rows = _told(app, name)
    words = wording.in_words(rows, as_of(app, name).moment.day)
    return {row.message.kind: said.text for row, said in zip(rows, words, strict=True)}


def _asked(app: Flask, name: str) -> str:
    """What the person's last message asks."""
    last = _told(app, name)[-1].message
    assert last.kind == posting.ASKED
    return str(last.facts["action"])


def test_only_the_last_signature_is_the_result(college: Flask, item: Item) -> None:
    """免于督办 with two principals: what the first signs is no result; both are asked 审定免办."""
    with college.app_context():
        actor = item(**LEVEL_3)
        _viewer, found = actor.item()
        found.principal = "both"
        db.session.commit()
        asking.ask(actor, kind="exempt")
        for act, who in (
            ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
            ("review_extension", OFFICE_LEADER),
        ):  # fmt: skip
            asking.agree(actor, act, who)
            assert _last(college, HEAD)[0] == posting.NOTED
        assert {_asked(college, who) for who in (SECRETARY, PRESIDENT)} == {"审定免办"}
        asking.agree(actor, "exempt", SECRETARY)
        assert _last(college, HEAD)[0] == posting.NOTED
        asking.agree(actor, "exempt", PRESIDENT)
        kind, text = _last(college, HEAD)
    assert kind == "N10"
    assert text.endswith("延期申请已获同意，免于督办。")


@pytest.mark.parametrize(
    ("decided", "result"), [("agree", "延期申请已获同意。"), ("refuse", "延期申请未获同意。")]
)
def test_on_paper_it_is_the_same_message(
    college: Flask, item: Item, decided: str, result: str
) -> None:
    with college.app_context():
        actor = item(**LEVEL_3)
        asking.ask(actor)
        asking.agree(actor, "agree_extension", LEADER)
        viewer, found = actor.item(OFFICE)
        day = viewer.moment.day
        entry = sheet.entry(found, "ext_check", OFFICE_HEAD, day, decided=decided, opinion=REASON)
        sheet.enter(college, viewer, found, entry)
        kind, text = _last(college, HEAD)
    assert kind == "N10"
    assert text.endswith(result)


def test_who_had_signed_is_not_asked_to_write_anew(college: Flask) -> None:
    """A return: the drafter submits again; who had signed learns that the form went back."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        viewer, found = actor.item()
        registration.submit(viewer, found, intent(found), declared=True)
        actor.sign(LEADER, "sign")
        viewer, found = actor.item(OFFICE_LEADER)
        signing.send_back(viewer, found, intent(found, REASON), to_previous=False)
        title = found.title
        assert _last(college, OFFICE)[0] == "N11"
        assert _last(college, LEADER) == ("N23", f"您签批过的《{title}》已退回修改。")


def test_on_paper_who_had_signed_hears_the_same(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        viewer, found = actor.item()
        registration.submit(viewer, found, intent(found), declared=True)
        actor.sign(LEADER, "sign")
        viewer, found = actor.item(OFFICE)
        entry = sheet.entry(
            found, "review", OFFICE_LEADER, viewer.moment.day, decided="return", opinion=REASON
        )
        sheet.enter(college, viewer, found, entry)
        assert _last(college, LEADER)[0] == "N23"


def test_a_result_that_is_not_accepted_is_no_form_to_hand_in_again(
    college: Flask, item: Item
) -> None:
    with college.app_context():
        actor = item()
        actor.apply_close()
        actor.sign(LEADER, "sign_close")
        viewer, found = actor.item(OFFICE_HEAD)
        returns.judge_not_met(viewer, found, "not_met", intent(found, REASON), date(2026, 12, 10))
        for who in (HEAD, LEADER):
            texts = _texts(college, who)
            assert "N11" not in texts
            assert texts["N24"].endswith("未通过办结审核，须继续办理，期限重新确定。")


def test_a_notice_says_by_when_and_its_question_is_asked(college: Flask, item: Item) -> None:
    with college.app_context():
        actor = item(**LEVEL_3)
        acts.overdue(actor)
        acts.urge(actor)
        assert _asked(college, HEAD) == "说明正当理由"
        assert _asked(college, LEADER) == "审签催办"
        acts.state_reason(actor)
        assert _asked(college, OFFICE_HEAD) == "审核正当理由"
        acts.sign_all(actor)
        limit = acts.issue(actor).limit_on
        assert limit is not None
        kind, text = _last(college, HEAD)
        copies = {_last(college, who) for who in ("冉静", "王垚")}
    assert copies == {("N25", "阿职督办〔2026〕1号已下达催办通知单，请备案。")}
    assert kind == "N09"
    assert text.endswith(f"逾期未办结，请于{limit.month}月{limit.day}日前完成并回复。")


def test_a_request_by_word_asks_for_its_written_form(college: Flask, item: Item) -> None:
    with college.app_context():
        actor = item(level=1, deadline_kind="days", deadline_days=3)
        asking.call(actor, actor.viewer(OFFICE).moment.instant, HEAD, LEADER)
        assert [_asked(college, who) for who in (HEAD, HANDLER)] == ["补延期申请"] * 2
        assert _last(college, LEADER)[0] == posting.NOTED


def test_an_objection_asks_the_head_of_the_office(college: Flask, item: Item) -> None:
    with college.app_context():
        actor = item()
        viewer, found = actor.item(HEAD)
        objections.raise_objection(viewer, found, actor.share(LEAD), intent(found, REASON), None)
        assert _asked(college, OFFICE_HEAD) == "答复异议"


def test_what_comes_first_and_is_signed_later_asks_no_receipt(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        viewer, found = actor.item(OFFICE_HEAD)
        said = Consent(actor.viewer(LEADER).person_id or 0, viewer.moment.instant, "phone")
        viewer, found = actor.item(OFFICE_HEAD)
        issuing.issue_first(viewer, found, intent(found), declared=True, consent=said)
        kind, text = _last(college, HEAD)
        assert _asked(college, LEADER) == "审签"
    assert kind == "N22"
    assert "》已先行交办，办结期限" in text


def test_what_nobody_signed_says_that_it_counts_as_received(college: Flask, worker: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        actor.to_filing()
        actor.file()
    worker.extensions["portal.clock"] = college.extensions["portal.clock"]
    pass_days(college, 3)
    with worker.app_context():
        deem_receipts()
    with college.app_context():
        kind, text = _last(college, HEAD)
    assert kind == "N03"
    assert text.endswith("尚未签收，请尽快处理。")


def test_a_report_sent_back_is_no_mere_note(college: Flask, item: Item) -> None:
    with college.app_context():
        actor = item()
        report = actor.report(HANDLER)
        viewer, found = actor.item(HEAD)
        execution.send_back(viewer, found, report, "return_to_handler", intent(found, REASON))
        assert _last(college, HANDLER)[0] == "N11"
