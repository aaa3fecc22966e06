"""Conditions of what was said by word and is written down: consent, reply (第十五条)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Appointment, Item
from portal.rulebook.guards.situation import Situation
from portal.rulebook.holding import holders
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force

CHANNELS: Final[dict[str, str]] = {"phone": "电话", "message": "短信", "in_person": "当面"}
REPLIES: Final[dict[str, str]] = {"oral": "口头", "written": "书面"}


class Consent(NamedTuple):
    """Which school leader agreed by word, when (aware), and how (a key of `CHANNELS`)."""

    leader_id: int
    at: datetime
    channel: str


class Reply(NamedTuple):
    """Who of the unit reported or answered, when (aware), and how (a key of `REPLIES`)."""

    person_id: int
    at: datetime
    form: str


def consent_noted(situation: Situation) -> None:
    """SPEC §2.13: the leader in charge has agreed by word: who, when and how is written down."""
    consent: Consent | None = situation.values.get("consent")
    if consent is None or consent.channel not in CHANNELS:
        raise Unmet(
            "请登记分管校领导口头同意的情况。",
            article="15",
            fields={"consent_at": "请写明同意的时间和方式。"},
        )
    asked = holders(Role.RESPONSIBLE_LEADER, situation.moment, item=situation.item)
    if consent.leader_id not in asked:
        said = "口头同意应由分管该单位的校领导作出。"
        raise Unmet(said, article="15", fields={"consent_by": said})
    if consent.at > situation.moment.instant:
        said = "口头同意的时间不得晚于现在。"
        raise Unmet(said, article="15", fields={"consent_at": said})


def reply_noted(situation: Situation) -> None:
    """SPEC T41: who of the lead unit reported the result by word or in writing, and when: after the
    item was handed out and not later than now."""
    reply: Reply | None = situation.values.get("reply")
    if reply is None or reply.form not in REPLIES:
        raise Unmet(
            "请登记承办单位反馈的情况。",
            article="15",
            fields={"replied_at": "请写明反馈的时间和形式。"},
        )
    if not of_unit(situation, reply.person_id, situation.item.lead_unit_id):
        said = "请在牵头单位人员中选择反馈人。"
        raise Unmet(said, article="15", fields={"replied_by": said})
    issued_on = situation.item.issued_on
    early = issued_on is not None and shanghai_day(reply.at) < issued_on
    if early or reply.at > situation.moment.instant:
        said = "反馈时间应在交办之日与现在之间。"
        raise Unmet(said, article="15", fields={"replied_at": said})


def of_unit(situation: Situation, person_id: int, unit_id: int) -> bool:
    """Whether the person holds something in the unit today."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.person_id == person_id,
            Appointment.unit_id == unit_id,
            in_force(Appointment, situation.moment.day),
        )
    )
    return bool(found)


def by_phone(situation: Situation) -> None:
    """第十五条: the simple closing is for what was handed out by telephone."""
    if situation.item.method != "phone":
        raise Unmet("仅电话（短信）督办事项可以简易办结。", article="15")


def urgent_kind(situation: Situation) -> None:
    """第十五条: only what is urgent or simple is handed out before it is signed."""
    item: Item = situation.item
    if item.method != "phone" and item.level != 1:
        raise Unmet("仅电话（短信）督办或一级事项可以先交办后补签。", article="15")
