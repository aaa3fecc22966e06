"""Conditions of 催办 (第十六条（四）, SPEC §2.8), and what narrows its acts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, exists, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import ItemUnit, Person, UrgeNotice, UrgeQuestion
from portal.models.urge import RUNNING
from portal.rulebook import policy, urge_met, urging
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.guards.spoken import REPLIES, Reply, of_unit
from portal.rulebook.periods import LONGEST
from portal.rulebook.refusals import Unmet


def no_other_urge(situation: Situation) -> None:
    """One notice to a unit at a time; who comes second is told who was first."""
    item, notice = situation.item, situation.subject
    other = db.session.execute(
        select(UrgeNotice.drafted_at, Person.name)
        .join(Person, Person.id == UrgeNotice.drafted_by_id)
        .where(
            UrgeNotice.item_id == item.id,
            UrgeNotice.unit_id == notice.unit_id,
            UrgeNotice.state.in_(RUNNING),
        )
        .limit(1)
    ).one_or_none()
    if other is not None:
        day = long_date(shanghai_day(other.drafted_at))
        raise Unmet(f"{other.name}已于{day}对该单位拟办催办，请待其办结后再催办。", article="16(4)")


def may_be_urged(situation: Situation) -> None:
    """第十六条（四）: 未按办理时限要求落实且无正当理由.

    Of a unit that is urged already `no_other_urge` speaks; that is no lack of a cause.
    """
    item, unit_id = situation.item, situation.subject.unit_id
    _not_waiting(situation)
    if unit_id in urging.already_urged(item):
        return
    if unit_id not in urging.urgeable(item, situation.moment.day):
        raise Unmet("该单位没有应催办的情形，或正当理由已经采纳且没有新的逾期。", article="16(4)")


def urge_complete(situation: Situation) -> None:
    """附件 2: what is urged, and 催办限期 in working days."""
    notice = situation.subject
    if not notice.subject.strip():
        said = "请填写催办事项。"
        raise Unmet(said, article="A2", fields={"subject": said})
    most = policy.CURRENT.limit("urge_limit_max")
    if not 1 <= int(situation.values.get("limit_days") or 0) <= most:
        said = f"催办限期为1至{most}个工作日。"
        raise Unmet(said, article="16(4)", fields={"limit_days": said})


def still_missed(situation: Situation) -> None:
    """A notice whose cause has gone is cancelled, not issued: no number is used for it."""
    item, notice = situation.item, situation.subject
    _not_waiting(situation)
    if urge_met.done_on(item, notice, situation.moment) is not None or not _missing(situation):
        raise Unmet("催办的情形已经消除，请取消催办。", article="16(4)")


def _missing(situation: Situation) -> bool:
    item, notice = situation.item, situation.subject
    share = db.session.scalars(
        select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.unit_id == notice.unit_id)
    ).one()
    return urging.missed_by(item, share, situation.moment.day) is not None


def _not_waiting(situation: Situation) -> None:
    """SPEC §3.7: while the item waits for others (blue) nobody urges."""
    if situation.item.blue:
        raise Unmet("本事项待审，期间不予催办。", article="16(4)")


def promise_dated(situation: Situation) -> None:
    """SPEC §2.8: the reply promises a day, not in the past and not out of reach."""
    day: date | None = situation.values.get("promised_on")
    today = situation.moment.day
    if day is None or not today <= day <= today + LONGEST:
        said = "请填写承诺完成日期，不得早于今天。"
        raise Unmet(said, article="16(4)", fields={"promised_on": said})


def urge_answered(situation: Situation) -> None:
    """SPEC §8.4: who of the urged unit answered otherwise than on screen, and when: since the
    notice was issued and not later than now."""
    reply: Reply | None = situation.values.get("reply")
    if reply is None or reply.form not in REPLIES:
        said = "请写明回复的时间和形式。"
        raise Unmet(said, article="16(4)", fields={"replied_at": said})
    notice = situation.subject
    if not of_unit(situation, reply.person_id, notice.unit_id):
        said = "请在被催办单位人员中选择回复人。"
        raise Unmet(said, article="16(4)", fields={"replied_by": said})
    early = notice.issued_on is not None and shanghai_day(reply.at) < notice.issued_on
    if early or reply.at > situation.moment.instant:
        said = "回复时间应在催办通知单下达之日与现在之间。"
        raise Unmet(said, article="16(4)", fields={"replied_at": said})


def reason_in_time(situation: Situation) -> None:
    """The question of 正当理由 is open for one working day."""
    until = situation.subject.answer_by
    if situation.moment.instant >= until:
        raise Unmet("说明正当理由的期限已过，可在回复催办时一并说明。", article="16(4)")


def not_by_hr(notice: type[UrgeNotice]) -> ColumnElement[bool]:
    """组织人事部 has not put it on file yet."""
    return notice.hr_noted_at.is_(None)


def not_by_discipline(notice: type[UrgeNotice]) -> ColumnElement[bool]:
    """纪委办 has not put it on file yet."""
    return notice.discipline_noted_at.is_(None)


def of_valid_notice(question: type[UrgeQuestion]) -> ColumnElement[bool]:
    """Of a notice that was not obeyed in time, and neither refused, cancelled nor voided."""
    return exists().where(
        UrgeNotice.id == question.urge_id, UrgeNotice.state.not_in(("ug_met", "ug_void"))
    )
