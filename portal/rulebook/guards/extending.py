"""Conditions of 延期督办 and 免于督办, when they are asked for and when they are signed (第十九条,
SPEC §2.9, §3.6, §1.5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Appointment, Extension, Item
from portal.models.extension import PENDING
from portal.rulebook import extending
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.holding import holders
from portal.rulebook.item_texts import due_now
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force

ARTICLE, URGENT = "19", 1
NAMED_BY = {"college": "校内确定", "superior": "上级单位明确"}
"""Who named an item's day (第十八条（五）)."""


class SpokenRequest(NamedTuple):
    """Who of the lead unit asked which school leader by word, and when (aware)."""

    person_id: int
    leader_id: int
    at: datetime


def no_other_extension(situation: Situation) -> None:
    """One request of an item is undecided at a time."""
    other = select(Extension.id).where(
        Extension.item_id == situation.item.id,
        Extension.state.in_(PENDING),
        Extension.id != situation.subject.id,
    )
    if db.session.scalar(other.limit(1)) is not None:
        raise Unmet(
            "本事项已有一项延期或免于督办申请正在办理，请待其办结后再提出。", article=ARTICLE
        )


def request_complete(situation: Situation) -> None:
    """Why, and how far the work is."""
    missing = {
        name: f"请填写{label}。"
        for name, label in (("reason", "申请理由"), ("progress", "目前进展"))
        if not str(situation.values.get(name) or "").strip()
    }
    if missing:
        raise Unmet("申请内容尚不完整，请补充。", article=ARTICLE, fields=missing)


def extension_left(situation: Situation) -> None:
    """How often and by how much (SPEC §2.9); an item without a day cannot be given more days."""
    extension: Extension = situation.subject
    if extension.kind != "extend":
        return
    terms = extending.terms_of(situation.item)
    if terms.due is None:
        said = "长期事项没有完成时限，不需要延期；可以申请免于督办。"
        raise Unmet(said, article=ARTICLE, fields={"kind": said})
    if terms.used_up:
        said = f"本事项已延期{terms.granted}次，不再延期；可以申请免于督办。"
        raise Unmet(said, article=ARTICLE, fields={"kind": said})
    _check_day(extension, terms, situation.moment.day)


def _check_day(extension: Extension, terms: extending.Terms, today: date) -> None:
    said = _wrong_day(extension, terms, today)
    if said:
        field = "days" if extension.asked_days is not None else "new_due"
        raise Unmet(said, article=ARTICLE, fields={field: said})


def _wrong_day(extension: Extension, terms: extending.Terms, today: date) -> str:
    """Why the day cannot be asked for; empty: it can."""
    asked, due = extension.asked_due, terms.due
    if due is None or asked is None:
        return "请填写延长天数或新的完成时限。"
    if asked <= due:
        return f"申请的完成时限应晚于现行时限{long_date(due)}。"
    if (extension.asked_days or (asked - due).days) > terms.most_days:
        return f"每次延期不超过{terms.most_days}天。"
    return "申请的完成时限已过，请改填不早于今天的日期。" if asked < today else ""


def extension_in_time(situation: Situation) -> None:
    """第十九条: by the cut-off; later only for 不可抗力, which has to be shown."""
    extension: Extension = situation.subject
    if extension.timely:
        return
    if not extension.late_ground:
        cutoff = extending.latest_words(extension.cutoff) if extension.cutoff else ""
        said = f"已过最迟申请时间（{cutoff}）；因不可抗力的，请勾选并附证明材料。"
        raise Unmet(said, article=ARTICLE, fields={"late_ground": said})
    if not situation.values.get("files"):
        said = "因不可抗力逾期申请的，请附证明材料。"
        raise Unmet(said, article=ARTICLE, fields={"files": said})


def superior_agreed(situation: Situation) -> None:
    """第十八条（五）: of a named day it is said by whom; what a superior named is moved only with
    proof that the superior agreed (SPEC §2.9)."""
    extension: Extension = situation.subject
    if extension.kind != "extend" or situation.item.deadline_kind != "date":
        return
    named_by = situation.values.get("named_by")
    if named_by not in NAMED_BY:
        said = "请选择完成时限由谁确定。"
        raise Unmet(said, article=ARTICLE, fields={"named_by": said})
    if extension.of_superior and not situation.values.get("files"):
        said = "上级单位明确时限的，请附上级同意延期的证明材料。"
        raise Unmet(said, article=ARTICLE, fields={"files": said})


def extension_ahead(situation: Situation) -> None:
    """A day that has passed, or that the item was given otherwise meanwhile, is not agreed to; nor
    is 免于督办 of what has been handed in."""
    extension: Extension = situation.subject
    if extension.kind == "exempt" and situation.item.state != "in_progress":
        said = "本事项已申请办结，不再批准免于督办；需要免于督办的，请先退回办结申请。"
        raise Unmet(said, article=ARTICLE)
    asked, due = extension.asked_due, due_now(situation.item)
    if extension.kind != "extend" or asked is None:
        return
    if asked < situation.moment.day or (due is not None and asked <= due):
        said = "所申请的完成时限已过或已不适用，请不同意，由承办单位重新申请。"
        raise Unmet(said, article=ARTICLE)


def signed_outside(situation: Situation) -> None:
    """SPEC §1.5: where the leader or the stand-in belongs to the applicant unit, the leader signs
    in person."""
    values = situation.values
    signer = values.get("signer_id") or situation.person_id
    lender = values.get("signed_for_id") or situation.on_behalf_of_id
    if lender is None:
        return
    unit = situation.item.lead_unit_id
    if any(_of_unit(person, unit, situation) for person in (signer, lender) if person):
        raise Unmet("涉及本单位的延期申请，应由分管校领导本人签字，不由他人代签。", article=ARTICLE)


def oral_noted(situation: Situation) -> None:
    """SPEC §2.9: of level 1, who of the lead unit asked the leader in charge by telephone, and
    when: after the item was handed out and not later than now."""
    call: SpokenRequest | None = situation.values.get("call")
    item = situation.item
    if item.level != URGENT or due_now(item) is None:
        raise Unmet("仅一级事项可以先口头申请延期。", article=ARTICLE)
    if call is None:
        said = "请写明申请人和申请时间。"
        raise Unmet(said, article=ARTICLE, fields={"called_at": said})
    leaders = holders(Role.RESPONSIBLE_LEADER, situation.moment, item=item)
    if call.leader_id not in leaders:
        said = "口头申请应向分管该单位的校领导提出。"
        raise Unmet(said, article=ARTICLE, fields={"leader": said})
    if not _of_unit(call.person_id, item.lead_unit_id, situation):
        said = "请在牵头单位人员中选择申请人。"
        raise Unmet(said, article=ARTICLE, fields={"called_by": said})
    early = item.issued_on is not None and shanghai_day(call.at) < item.issued_on
    if early or call.at > situation.moment.instant:
        said = "申请时间应在交办之日与现在之间。"
        raise Unmet(said, article=ARTICLE, fields={"called_at": said})


def _of_unit(person_id: int, unit_id: int, situation: Situation) -> bool:
    belongs = exists().where(
        Appointment.person_id == person_id,
        Appointment.unit_id == unit_id,
        in_force(Appointment, situation.moment.day),
    )
    return bool(db.session.scalar(select(belongs)))


def extension_free(item: type[Item]) -> ColumnElement[bool]:
    """No request of the item is undecided."""
    return ~exists().where(Extension.item_id == item.id, Extension.state.in_(PENDING))


def oral_extension_free(item: type[Item]) -> ColumnElement[bool]:
    """Level 1, with a day: its period is too short for a request in writing first."""
    return (item.level == URGENT) & item.due.is_not(None) & extension_free(item)


def not_by_word(extension: type[Extension]) -> ColumnElement[bool]:
    """A request that begins in writing."""
    return extension.oral_at.is_(None)


def by_word(extension: type[Extension]) -> ColumnElement[bool]:
    """A request made by telephone, whose written form is still to come."""
    return extension.oral_at.is_not(None)


def asks_extension(extension: type[Extension]) -> ColumnElement[bool]:
    """延期督办."""
    return extension.kind == "extend"


def asks_exemption(extension: type[Extension]) -> ColumnElement[bool]:
    """免于督办."""
    return extension.kind == "exempt"
