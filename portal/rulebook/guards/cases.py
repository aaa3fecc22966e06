"""Conditions of the acts on a case (第二十二至二十五条, SPEC §6.4)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Appointment, Case, CaseAct
from portal.rulebook import knowledge
from portal.rulebook.case_roles import acting, stand_ins
from portal.rulebook.case_words import APPELLANTS, BODIES, CRITERIA, GRADES, MEASURES, TARGETS
from portal.rulebook.guards.form import declared
from portal.rulebook.guards.signing import reason_given
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Role, in_force

OFFICES = {"hr": (Role.HR,), "discipline": (Role.DISCIPLINE,), "both": (Role.HR, Role.DISCIPLINE)}
"""Whose office a referral goes to."""


class Decided(NamedTuple):
    """What the competent body decided: keys of `BODIES`, `MEASURES` and `GRADES`, the number of its
    minutes, the day, and the decision in its own words."""

    body: str
    minutes_no: str
    on: date | None
    measures: list[str]
    grade: str
    text: str


def ground_known(situation: Situation) -> None:
    """第二十三至二十五条: one of their circumstances; those that follow from dates only the clock
    finds, so that nobody asserts what the ledger does not show. Whoever enters one says what is
    known of it."""
    criterion = CRITERIA.get(str(situation.values.get("criterion", "")))
    by_clock = situation.person_id is None
    if not by_clock:
        declared(situation)
        reason_given(situation)
    if criterion is None or criterion.by_clock != by_clock:
        said = "请选择所依据的情形；逾期未办结和催办未落实由系统提示。"
        raise Unmet(said, article="25", fields={"criterion": said})


def named_knows(situation: Situation) -> None:
    """第二十一条: whom a clue names may know of the item; else neither the decision nor 申诉 would
    ever reach that person."""
    named, item = situation.values.get("person_id"), situation.item
    if named and item.classification == "sensitive" and named not in knowledge.listed(item):
        said = (
            "所选人员不在本事项知悉范围内，无法知悉处理决定和提出申诉；"
            "请先将其列入知悉范围，或不填写涉及人员。"
        )
        raise Unmet(said, article="21", fields={"person": said})


def unit_can_answer(situation: Situation) -> None:
    """第二十五条: who is asked for 陈述申辩 must be there and may know of the item."""
    _somebody(situation, Role.UNIT_HEAD, "被核实单位尚无可以陈述申辩的负责人")


def statement_in_time(situation: Situation) -> None:
    """SPEC §6.4: until the end of the last of three working days."""
    case: Case = situation.subject
    if case.statement_by is not None and case.statement_by < situation.moment.day:
        raise Unmet("陈述申辩期限已过，如有新的情况请直接向党政办说明。", article="25")


def statement_received(situation: Situation) -> None:
    """SPEC §8.4: a statement on paper, which came within the days for it, is entered with its scan;
    also where they have passed since, for it was given. Raises Unmet, all in one round."""
    case, given = situation.subject, situation.values.get("received_on")
    asked = select(func.max(CaseAct.day)).where(
        CaseAct.case_id == case.id, CaseAct.act == "hear_unit"
    )
    if case.stated_on is not None:
        raise Unmet("单位已陈述申辩，不能再次登记。", article="25")
    wrong: dict[str, str] = {}
    if given is None or not db.session.scalar(asked) <= given <= situation.moment.day:
        wrong["received_on"] = "请填写收到日期，不早于请单位陈述申辩之日，不晚于今天。"
    elif case.statement_by is not None and given > case.statement_by:
        wrong["received_on"] = "收到日期晚于陈述申辩期限，请核对。"
    if not situation.values.get("files"):
        wrong["files"] = "请上传单位陈述申辩的扫描件。"
    if wrong:
        raise Unmet("陈述申辩登记不完整。", article="25", fields=wrong)


def appeal_received(situation: Situation) -> None:
    """SPEC §8.4: 申诉 on paper, of the unit or of whom the case names, is entered with its scan; so
    who left the unit, or the college, and knows of the item no more, appeals as well. Raises Unmet,
    all in one round."""
    case, given = situation.subject, situation.values.get("received_on")
    # The first decision: another appeal may have been looked into when this one came.
    decided = select(func.min(CaseAct.facts["decided_on"].astext)).where(
        CaseAct.case_id == case.id, CaseAct.act.in_(("decide_case", "resolve_appeal"))
    )
    first = date.fromisoformat(db.session.scalar(decided) or case.decided_on.isoformat())
    wrong: dict[str, str] = {}
    if situation.values.get("appellant") not in APPELLANTS:
        wrong["appellant"] = "请选择申诉人。"
    elif situation.values["appellant"] == "concerned" and case.person_id is None:
        wrong["appellant"] = "本线索未涉及个人，申诉人应为单位。"
    if given is None or not first <= given <= situation.moment.day:
        wrong["received_on"] = "请填写收到日期，不早于决定日期，不晚于今天。"
    if not situation.values.get("files"):
        wrong["files"] = "请上传申诉材料的扫描件。"
    if wrong:
        raise Unmet("申诉登记不完整。", article="25", fields=wrong)


def referral_fits(situation: Situation) -> None:
    """第二十五条: 组织人事部, 纪委办 or both; nobody handles a case of the own unit. Somebody of
    each office, and who agrees to the 移送, may know of it."""
    target, case = str(situation.values.get("referred_to", "")), situation.subject
    if target not in TARGETS:
        said = "请选择移送单位。"
        raise Unmet(said, article="25", fields={"referred_to": said})
    own = select(Appointment.id).where(
        Appointment.unit_id == case.unit_id,
        Appointment.role.in_([role.value for role in OFFICES[target]]),
        in_force(Appointment, situation.moment.day),
    )
    if db.session.scalar(own.limit(1)) is not None:
        said = "不能移送被核实单位自行办理，请改选移送单位。"
        raise Unmet(said, article="25", fields={"referred_to": said})
    moved = stand_ins(case.unit_id, case, situation.moment)
    leader = moved.get(Role.OFFICE_LEADER, Role.OFFICE_LEADER)
    for role in (leader, *OFFICES[target]):
        _somebody(situation, role, f"{LABELS[role]}尚无可以办理的人员", field="referred_to")


def _somebody(situation: Situation, role: Role, lacking: str, field: str = "") -> None:
    """Raises Unmet if nobody acts on the case in this role, or nobody who may know of the item."""
    if acting(role, situation.item, situation.subject, situation.moment):
        return
    sensitive = situation.item.classification == "sensitive"
    said = f"{lacking}，请先{'增加知悉人' if sensitive else '核对任职'}。"
    raise Unmet(said, article="21" if sensitive else "25", fields={field: said} if field else {})


def decision_recorded(situation: Situation) -> None:
    """第二十三条: who decided, by which minutes, when and what. Raises Unmet, all in one round."""
    decided: Decided = situation.values["decided"]
    wrong: dict[str, str] = {}
    if decided.body not in BODIES:
        wrong["body"] = "请选择作出决定的会议或机关。"
    if not decided.minutes_no.strip():
        wrong["minutes_no"] = "请填写会议纪要或决定文号。"
    case: Case = situation.subject
    if decided.on is None or not (case.referred_on or case.raised_on) <= decided.on:
        wrong["decided_on"] = "请填写决定日期，不早于移送日期。"
    elif decided.on > situation.moment.day:
        wrong["decided_on"] = "决定日期不能晚于今天。"
    if not decided.measures or not set(decided.measures) <= MEASURES.keys():
        wrong["measures"] = "请选择处理方式；不追究的选“不予追究”。"
    elif "none" in decided.measures and len(decided.measures) > 1:
        wrong["measures"] = "“不予追究”不能与其他处理方式同时选择。"
    if decided.grade not in GRADES or bool(decided.grade) != ("grade" in decided.measures):
        wrong["grade"] = "选择“年度考核等次”的，请同时选定等次；未选择的，等次应为“不涉及”。"
    if not decided.text.strip():
        wrong["decision"] = "请按会议纪要填写处理决定。"
    if wrong:
        raise Unmet("处理决定填写不完整。", article="23", fields=wrong)
