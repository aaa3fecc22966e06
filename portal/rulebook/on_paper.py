"""代录 (SPEC §8.4): a signature on paper is typed in, objected to, answered or corrected; and so
is a report that came on paper, by telephone or as a file.

附件 1 to 3 may be signed by hand. The scan is kept, the person named may object for five working
days; what he or she says then decides whether the box is asked anew. An objection to a report
waits for 党政办主任, who answers it or corrects the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Feedback, Item
from portal.models.entered import Entered
from portal.rulebook import approvals, closures, policy, stored_lights, working_calendar
from portal.rulebook.approvals import Signature
from portal.rulebook.chains import CHAINS, step_of
from portal.rulebook.guards import Situation, meets, reason_given, supplement_dated, unmet
from portal.rulebook.parts import PARTS
from portal.rulebook.placing import Decision, ended, placed, sign
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Capacity, Moment, Role
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT, RULES

AGREE, RETURN, REFUSE = "agree", "return", "refuse"
ON_SCREEN: Final = (AGREE, "transfer")
"""What no row of its own says on paper: agreeing needs none, passing on is done on screen only."""
REPORTS: Final = {"paper": "纸质反馈", "phone": "电话反馈", "file": "文件反馈"}
CLOSINGS: Final = {"paper": "纸质申请", "file": "文件申请"}
"""What came otherwise than on screen, by the way it came."""
SIGNED_CONTESTED, CONTESTED = "签批人已提出异议", "报送人已提出异议"
REOPENED = "签批人已提出异议，待重新签批"
ANSWERED = "，党政办已答复"


def concerns(rule: Rule) -> bool:
    """Whether the act is on a box signed on paper, or objects to a report or answers that."""
    return rule.act in _ON_BOXES or rule.act in _ON_REPORTS


def move(decision: Decision) -> str:
    """Do one such act; the state the item takes. Raises Unmet."""
    if decision.rule.act in _ON_REPORTS:
        return _ON_REPORTS[decision.rule.act](decision, decision.subject)
    slot: ApprovalSlot = decision.subject
    approval = db.session.get_one(Approval, slot.approval_id)
    decision.facts.update(step=slot.step, chain=approval.chain)
    return _ON_BOXES[decision.rule.act](decision, slot, approval)


def objection_until(moment: Moment) -> date:
    """The last day on which the person named in an entry of this moment may object."""
    days = policy.CURRENT.limit("paper_objection")
    return working_calendar.current().add_workdays(moment.day, days)


def entered_words(words: Mapping[str, str], via: str, typist: str | None) -> str:
    """「纸质反馈，何玉萍代录」; empty for what was handed in on screen."""
    return f"{words[via]}，{typist}代录" if via in words else ""


def contested_words(entry: Entered, said: str) -> str:
    """「报送人已提出异议，党政办已答复」; empty without an objection."""
    if entry.contested_at is None:
        return ""
    return said + (ANSWERED if entry.answered_at else "")


def note(
    report: Feedback, moment: Moment, by_id: int | None, way: str, day: date, scan_id: int | None
) -> None:
    """The report was typed in: how and of which day it came; the person named may object."""
    report.via, report.entered_by_id = way, by_id
    report.paper_on, report.scan_id = day, scan_id
    report.contestable_until = objection_until(moment)
    report.contested_at = report.answered_at = None


def forget(report: Feedback) -> None:
    """The unit itself has written it anew: the text is its own."""
    report.via = "online"
    report.entered_by_id = report.paper_on = report.scan_id = None
    report.contestable_until = report.contested_at = report.answered_at = None


def ways(approval: Approval, slot: ApprovalSlot) -> dict[str, Rule | None]:
    """What may stand in a box: to agree, and what the table knows of returning and refusing there.

    The row of the table is the one that does the same on screen; agreeing needs none.
    """
    chain = CHAINS[approval.chain]
    found: dict[str, Rule | None] = {AGREE: None}
    if approval.beside:  # the item runs already: it can neither go back nor not be begun
        return found
    state = step_of(chain.name, slot.step).state
    for rule in RULES:
        if rule.machine != chain.machine or rule.step != "*" or rule.decides in ON_SCREEN:
            continue
        if state in rule.source and slot.role in rule.by:
            found.setdefault(rule.decides, rule)
    return found


def on_screen(approval: Approval, slot: ApprovalSlot, decided: str) -> Rule:
    """The row of the table that does on screen what stands in the box."""
    return ways(approval, slot).get(decided) or signs(approval, slot)


def signs(approval: Approval, slot: ApprovalSlot) -> Rule:
    """The row of the table that signs the box on screen; where several sign the same step (审定延期
    and 审定免办) the one whose condition the part meets."""
    declared = BY_ACT[step_of(approval.chain, slot.step).act]
    part = _part(approval)
    if part is None or declared.only is None:
        return declared
    key = (declared.machine, declared.step)
    rows = (rule for rule in RULES if (rule.machine, rule.step) == key)
    return next((rule for rule in rows if meets(rule.only, part)), declared)


def _part(approval: Approval) -> Any:
    """The row that the run of signatures is about; None: the item itself."""
    machine = CHAINS[approval.chain].machine
    return None if machine == "item" else db.session.get_one(PARTS[machine], approval.subject_id)


def corrections(item: Item, approval: Approval, slot: ApprovalSlot) -> tuple[str, ...]:
    """What a contested box may be corrected to.

    The decision of a run that has ended is not turned round, but for one: an item refused by
    mistake, with which nothing more was done, takes its course again.
    """
    if slot.state == "agreed":
        return (AGREE,)
    return (REFUSE, AGREE) if _refused_last(item, approval, slot) else (REFUSE,)


def _refused_last(item: Item, approval: Approval, slot: ApprovalSlot) -> bool:
    refusal = ways(approval, slot).get(REFUSE)
    return (
        CHAINS[approval.chain].machine == "item"
        and approval.state == "refused"
        and refusal is not None
        and item.state == refusal.target
        and approvals.latest(item, approval.chain) is approval
    )


def _enter(decision: Decision, slot: ApprovalSlot, approval: Approval) -> str:
    decided = _noted(decision)
    found = ways(approval, slot)
    if decided not in found:
        raise Unmet("本环节不能作出这一决定。", article="12", fields={"decided": "请重新选择。"})
    way = found[decided]
    _ask_the_same(decision, slot, on_screen(approval, slot, decided))
    if way is None:
        return sign(decision, slot, signature(decision, slot.role))
    if decided == RETURN:
        return ended(decision, approval, "returned", way.target)
    approvals.refuse_slot(slot, signature(decision, slot.role))
    return ended(decision, approval, "refused", way.target)


def _noted(decision: Decision) -> str:
    """What the event keeps of a paper; the decision on it."""
    values = decision.values
    decided = str(values.get("decided") or AGREE)
    decision.facts.update(
        decided=decided,
        signer_id=values["signer_id"],
        signed_for_id=values.get("signed_for_id"),
        paper_on=values["paper_on"].isoformat(),
        scan_id=values["scan_id"],
    )
    if values.get("rows"):
        decision.facts["rows"] = values["rows"]
    return decided


def refusal(
    item: Item, slot: ApprovalSlot, person_id: int | None, moment: Moment, values: Mapping[str, Any]
) -> Unmet | None:
    """What the act on screen needs, a paper needs as well; but its words are what they are."""
    approval = db.session.get_one(Approval, slot.approval_id)
    way = on_screen(approval, slot, str(values.get("decided") or AGREE))
    situation = Situation(item, _part(approval), person_id, moment, values)
    return unmet((guard for guard in way.needs if guard is not reason_given), situation)


def _ask_the_same(decision: Decision, slot: ApprovalSlot, way: Rule) -> None:
    refused = refusal(decision.item, slot, decision.person_id, decision.moment, decision.values)
    if refused is not None:
        raise refused
    if supplement_dated in way.needs:
        days = decision.values["supplement_days"]
        decision.facts.update(closures.supplement(decision.item, decision.moment, days))
        stored_lights.refresh(decision.item)


def signature(decision: Decision, role: str) -> Signature:
    """For the person who signed the sheet in this role, not for the one who types."""
    values = decision.values
    return Signature(
        values["signer_id"],
        Capacity(Role(role), values.get("signed_for_id")),
        decision.opinion_id,
        decision.moment,
        paper_on=values["paper_on"],
        entered_by_id=decision.person_id,
        scan_id=values["scan_id"],
        contestable_until=objection_until(decision.moment),
    )


def _contest(decision: Decision, slot: ApprovalSlot, approval: Approval) -> str:
    """While nothing was built on the signature the box is asked anew; else the objection is kept
    and 党政办主任 answers it."""
    decision.facts.update(
        signer_id=slot.person_id,
        paper_on=slot.paper_on.isoformat() if slot.paper_on else None,
        entered_by_id=slot.entered_by_id,
    )
    if not _still_runs(decision.item, approval):
        slot.contested_at = decision.moment.instant
        return decision.item.state
    return placed(decision, approval, approvals.reopen_slot(slot, decision.moment))


def _still_runs(item: Item, approval: Approval) -> bool:
    """The run is open, or has just ended and the office has not yet filed on it."""
    if approval.state == "open":
        return True
    chain = CHAINS[approval.chain]
    if approval.state != "agreed" or chain.machine != "item":
        return False
    waits = item.doc_seq is None if approval.beside else item.state == chain.agreed
    return waits and approvals.latest(item, chain.name) is approval


def _answer(decision: Decision, slot: ApprovalSlot, _approval: Approval) -> str:
    slot.answered_at = decision.moment.instant
    return decision.item.state


def _correct(decision: Decision, slot: ApprovalSlot, approval: Approval) -> str:
    """The box as the paper really is; the person it now names may object again."""
    decided = _noted(decision)
    if decided not in corrections(decision.item, approval, slot):
        raise Unmet(
            "该签批已经结束，不能改变其决定；签批不实的，请办理作废或调整。",
            article="12",
            fields={"decided": "请重新选择。"},
        )
    if decided == REFUSE:
        approvals.refuse_slot(slot, signature(decision, slot.role))
        return decision.item.state
    if slot.state == "agreed":
        approvals.sign_slot(slot, signature(decision, slot.role))
        return decision.item.state
    approvals.resume(approval)
    return sign(decision, slot, signature(decision, slot.role))


def _contest_report(decision: Decision, report: Feedback) -> str:
    """A report is no signature on which others build: it stands, marked, until it is answered."""
    decision.facts.update(seq=report.seq, percent=report.percent)
    report.contested_at = decision.moment.instant
    return decision.item.state


def _answer_report(decision: Decision, report: Feedback) -> str:
    decision.facts.update(seq=report.seq, percent=report.percent)
    report.answered_at = decision.moment.instant
    return decision.item.state


_ON_BOXES = {
    "enter_paper": _enter,
    "contest_paper": _contest,
    "answer_paper": _answer,
    "correct_paper": _correct,
}
_ON_REPORTS = {"contest_report": _contest_report, "answer_report": _answer_report}
