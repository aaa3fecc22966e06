"""How the random walk does each act: one command each, with what its form would have said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.extensions import db
from portal.models import Appointment, FeedbackPoint, Item, ItemUnit, Unit
from portal.rulebook import workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.closing import archiving, returns
from portal.steps.closing import commands as closing
from portal.steps.execution import commands as execution
from portal.steps.execution import comments
from portal.steps.issuing import commands as issuing
from portal.steps.issuing import objections
from portal.steps.registration import commands as registration
from portal.steps.registration.commands import ItemFields
from portal.steps.signing import commands as signing
from tests.packages import stand_in

WORD = "阿职督办"
RESULT = "隐患已全部整改。"


@dataclass(frozen=True)
class Work:
    """An act about to be done: by whom, on which item and part, and what is still to be chosen."""

    viewer: Viewer
    item: Item
    part: Any
    unit_id: int | None
    intent: Intent
    draw: Callable[[st.SearchStrategy[Any]], Any]

    def either(self) -> bool:
        """A tick that may be set or not."""
        return bool(self.draw(st.booleans()))

    def day(self, most: int) -> Any:
        """A day from tomorrow on."""
        return self.viewer.moment.day + timedelta(days=self.draw(st.integers(1, most)))

    def somebody_of(self, share: ItemUnit) -> int:
        """A person of the unit."""
        people = db.session.scalars(
            select(Appointment.person_id)
            .where(Appointment.unit_id == share.unit_id)
            .distinct()
            .order_by(Appointment.person_id)
        ).all()
        return int(self.draw(st.sampled_from(people)))


def fields_of(draw: Callable[[st.SearchStrategy[Any]], Any], lead: str) -> ItemFields:
    """A form of 立项 with the lead unit of this code."""
    units = {row.code: row.id for row in db.session.scalars(select(Unit))}
    co_units = draw(st.sampled_from(((), ("HGC",), ("HGC", "XGB")))) if lead == "BWC" else ()
    level = draw(st.sampled_from((1, 2, 3)))
    return ItemFields(
        title=draw(st.sampled_from(("消防检查", "电动车充电点检查", "宿舍走访"))),
        requirement="逐项排查，建立台账。",
        source_type=draw(
            st.sampled_from(("president_meeting", "party_committee", "special_meeting"))
        ),
        level=level,
        deadline_days={1: 3, 2: 15, 3: 30}[level],
        deadline_kind="days",
        lead_unit_id=units[lead],
        co_unit_ids=tuple(units[code] for code in co_units),
    )


def _save(work: Work) -> None:
    lead = db.session.get_one(Unit, work.item.lead_unit_id).code
    registration.revise(work.viewer, work.item, fields_of(work.draw, lead), work.intent)


def _submit(work: Work) -> None:
    registration.submit(work.viewer, work.item, work.intent, declared=True)


def _file(work: Work) -> None:
    registration.file(work.viewer, work.item, work.intent, word=WORD, release=work.either())


def _return(work: Work) -> None:
    signing.send_back(work.viewer, work.item, work.intent, to_previous=work.either())


def _receive(work: Work) -> None:
    handler = work.somebody_of(work.part) if work.either() else None
    issuing.sign_receipt(work.viewer, work.item, work.part, work.intent, handler)


def _plan(work: Work) -> None:
    steps = [issuing.Step(f"节点{number}", work.day(20)) for number in (1, 2)]
    issuing.send_plan(work.viewer, work.item, work.part, work.intent, steps)


def _report(work: Work) -> None:
    unit_id = work.unit_id or work.part.unit_id
    given = execution.ReportFields(
        measures="排查。",
        progress="已查。",
        effect="",
        problems="",
        next_steps="整改。",
        percent=work.draw(st.sampled_from((30, 100))),
        final=unit_id != work.item.lead_unit_id and work.either(),
    )
    points = [point.id for point in execution.points_of(work.item)]
    chosen = work.draw(st.sampled_from((None, *points)))
    execution.report(
        work.viewer,
        work.item,
        unit_id,
        given,
        work.intent,
        declared=True,
        with_it=execution.HandIn(point_id=chosen),
    )


def _cover(work: Work) -> None:
    points = db.session.scalars(
        select(FeedbackPoint.id).where(FeedbackPoint.item_id == work.item.id)
    ).all()
    execution.cover(work.viewer, work.item, work.part, work.intent, points)


def _apply_close(work: Work) -> None:
    closing.apply_close(
        work.viewer, work.item, RESULT, work.intent, declared=True, without_co_units=work.either()
    )


def _answer(*, accepted: bool) -> Callable[[Work], None]:
    return lambda work: objections.answer(
        work.viewer, work.item, work.part, work.intent, accepted=accepted
    )


def _sign(act: str) -> Callable[[Work], None]:
    return lambda work: signing.sign(work.viewer, work.item, act, work.intent)


def _send_back(act: str) -> Callable[[Work], None]:
    return lambda work: execution.send_back(work.viewer, work.item, work.part, act, work.intent)


def _supplement(act: str) -> Callable[[Work], None]:
    return lambda work: returns.ask_supplement(
        work.viewer, work.item, act, work.intent, work.draw(st.integers(1, 3))
    )


def _not_met(act: str) -> Callable[[Work], None]:
    return lambda work: returns.judge_not_met(
        work.viewer, work.item, act, work.intent, work.day(30)
    )


def _perform(act: str) -> Callable[[Work], None]:
    """An act without a command of its own."""

    def do(work: Work) -> None:
        workflow.perform(work.viewer, act, work.item, work.intent, subject=work.part)
        db.session.commit()

    return do


def _signs(command: Callable[..., None]) -> Callable[[Work], None]:
    """For a copy of the package, which a worker has made."""

    def do(work: Work) -> None:
        stand_in(work.item.public_id)
        command(work.viewer, work.item, work.part, work.intent)

    return do


def _archive(work: Work) -> None:
    stand_in(work.item.public_id)
    archiving.archive(work.viewer, work.item, work.intent)


def _set_keeping(work: Work) -> None:
    place = work.draw(st.sampled_from(("一号柜", "二号柜")))
    archiving.set_keeping(work.viewer, work.item, work.intent, location=place)


SIGNATURES = (
    "confirm_unit", "sign", "review", "approve",
    "confirm_close", "sign_close", "check_close", "review_close", "read_close",
)  # fmt: skip
RETURNED_REPORTS = ("return_to_handler", "return_to_co_unit", "return_feedback")
PLAIN = ("countersign", "merge_feedback")

DO: dict[str, Callable[[Work], Any]] = {
    "save": _save,
    "submit": _submit,
    "submit_unit": _submit,
    "withdraw": lambda work: registration.withdraw(work.viewer, work.item, work.intent),
    "delete": lambda work: registration.delete_draft(work.viewer, work.item, work.intent),
    "file": _file,
    "return_filing": lambda work: registration.send_back(work.viewer, work.item, work.intent),
    "return": _return,
    "reject": lambda work: signing.reject(work.viewer, work.item, work.intent),
    **{act: _sign(act) for act in SIGNATURES},
    "issue": lambda work: issuing.issue(work.viewer, work.item, work.intent),
    "sign_receipt": _receive,
    "receipt_on_behalf": lambda work: issuing.receive_on_behalf(
        work.viewer, work.item, work.part, work.intent, "负责人，上午九时"
    ),
    "assign_handler": lambda work: issuing.assign_handler(
        work.viewer, work.item, work.part, work.intent, work.somebody_of(work.part)
    ),
    "replace_handler": lambda work: issuing.replace_handler(
        work.viewer, work.item, work.part, work.intent, work.somebody_of(work.part)
    ),
    "plan": _plan,
    "coordinate": lambda work: issuing.ask_coordination(
        work.viewer, work.item, work.part, work.intent
    ),
    "answer_coordination": lambda work: issuing.answer_coordination(
        work.viewer, work.item, work.part, work.intent
    ),
    "object": lambda work: objections.raise_objection(
        work.viewer, work.item, work.part, work.intent, None
    ),
    "accept_objection": _answer(accepted=True),
    "refuse_objection": _answer(accepted=False),
    "submit_feedback": _report,
    "report_feedback": _report,
    "report_to_lead": _report,
    "confirm_feedback": lambda work: execution.confirm(
        work.viewer, work.item, work.part, work.intent
    ),
    "confirm_to_lead": lambda work: execution.confirm(
        work.viewer, work.item, work.part, work.intent
    ),
    **{act: _send_back(act) for act in RETURNED_REPORTS},
    "read_feedback": lambda work: execution.read(work.viewer, work.item, work.part, work.intent),
    "cover_instalments": _cover,
    "comment": lambda work: comments.give(work.viewer, work.item, work.part, work.intent),
    "reply_comment": lambda work: comments.reply(work.viewer, work.item, work.part, work.intent),
    "hand_in": lambda work: execution.finish(work.viewer, work.item, work.part, work.intent),
    "apply_close": _apply_close,
    "return_supplement": _supplement("return_supplement"),
    "return_supplement_filing": _supplement("return_supplement_filing"),
    "not_met": _not_met("not_met"),
    "not_met_filing": _not_met("not_met_filing"),
    "withdraw_close": lambda work: returns.withdraw(work.viewer, work.item, work.intent),
    "note_filing": lambda work: returns.note(work.viewer, work.item, work.intent),
    "close": lambda work: closing.close(work.viewer, work.item, work.intent),
    "set_keeping": _set_keeping,
    "keep_copy": _signs(archiving.keep_copy),
    "keep_ended_copy": _signs(partial(archiving.keep_copy, act="keep_ended_copy")),
    "archive": _archive,
    "renew_copy": _signs(archiving.renew_copy),
    **{act: _perform(act) for act in PLAIN},
}
ELSEWHERE = {
    "create": "the walk begins items by a rule of its own",
    "enter_history": "begins where everything ends: tests of 历史事项导入",
    "attach": "files", "detach": "files", "attach_evidence": "files", "detach_evidence": "files",
    "mark_sensitive": "tests of 知悉范围", "lift_sensitive": "tests of 知悉范围",
    "grant_knowledge": "tests of 知悉范围", "end_knowledge": "tests of 知悉范围",
    **dict.fromkeys(
        (
            "transfer", "transfer_urge", "transfer_extension", "transfer_change",
            "transfer_inspection",
        ),
        "tests of 转授权人",
    ),
    "handover": "tests of 岗位交接",
    "confirm_giving": "tests of 岗位交接",
    "confirm_taking": "tests of 岗位交接", "confirm_handover": "tests of 岗位交接",
    "confirm_head_handover": "tests of 岗位交接", "confirm_office_handover": "tests of 岗位交接",
    "force_handover": "tests of 岗位交接", "decline_handover": "tests of 岗位交接",
    "withdraw_handover": "tests of 岗位交接", "open_handover": "the clock's",
    "review_yearly": "tests of 年度评估", "phone_record": "tests of 电话督办",
    "ask_loan": "tests of 借阅", "grant_loan": "tests of 借阅", "refuse_loan": "tests of 借阅",
    "grant_heads_loan": "tests of 借阅",
    "lend": "tests of 借阅", "take_back_loan": "tests of 借阅", "cancel_loan": "tests of 借阅",
    "withdraw_loan": "tests of 借阅",
    "issue_first": "tests of 先交办后补签", "file_after": "tests of 先交办后补签",
    "close_simple": "tests of 简易办结",
    "enter_hand_in": "done with the co-unit's last report on paper in one transaction",
    "propose_reset": "done with 不符合要求 in one transaction",
    "deem_receipt": "the clock's, under another role of the database",
    "end_supplement": "the clock's too", "open_review": "the clock's too",
    "expire_oral_extension": "the clock's too",
    "deem_urge_receipt": "the clock's too", "meet_urge": "the clock's too",
    "expire_urge": "the clock's too", "lapse_reason": "the clock's too",
    "recount_deadline": "the clock's too",
    **dict.fromkeys(
        (
            "inspect", "approve_inspection", "return_inspection", "cancel_inspection",
            "record_inspection", "conclude_inspection", "issue_opinion", "finish_inspection",
            "sign_opinion", "object_to_opinion", "uphold_opinion", "withdraw_opinion",
            "finish_rectifying", "reply_point", "verify_point", "reject_point",
            "replace_chief", "reassign_point", "withdraw_point",
        ),
        "tests of 实地督查",
    ),
    "deem_opinion": "the clock's too", "expire_point": "the clock's too",
}  # fmt: skip
"""Acts on the machines of today that the walk leaves out, and why."""
FOLLOWED_BY = {
    "not_met": {"propose_reset"}, "not_met_filing": {"propose_reset"}, "file": {"issue"},
    "sign_receipt": {"assign_handler"}, "report_to_lead": {"hand_in"},
    "enter_co_report": {"enter_hand_in"}, "accept_reason": {"cancel_urge"},
    "confirm_to_lead": {"hand_in"}, "confirm_close": {"confirm_feedback"},
}  # fmt: skip
"""What one form may do besides its own act, each with an event of its own."""
