"""How the random walk urges (第十六条（四）): who has missed something, the notice, the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.extensions import db
from portal.models import Appointment
from portal.rulebook.guards import Reply
from portal.steps.urging import commands, replying
from tests.rulebook.machine_acts import Work

WORD = "阿职催办"
MEASURES = "增派人员，倒排工期。"


def _answered(work: Work) -> Reply:
    """Somebody of the urged unit, now."""
    people = select(Appointment.person_id).where(Appointment.unit_id == work.part.unit_id)
    who = work.draw(st.sampled_from(sorted(set(db.session.scalars(people)))))
    return Reply(who, work.viewer.moment.instant, work.draw(st.sampled_from(("oral", "written"))))


def _urge(work: Work) -> None:
    if work.unit_id is None:
        raise ValueError("a unit is urged")
    commands.urge(
        work.viewer,
        work.item,
        work.unit_id,
        work.intent,
        subject="第1次催办：逾期未办结。",
        limit_days=work.draw(st.integers(1, 4)),
        declared=True,
    )


def _sign(act: str) -> Callable[[Work], None]:
    return lambda work: commands.sign(work.viewer, work.item, act, work.part, work.intent)


def _note(act: str) -> Callable[[Work], None]:
    return lambda work: commands.note(work.viewer, work.item, act, work.part, work.intent)


URGING: dict[str, Callable[[Work], Any]] = {
    "urge": _urge,
    **{act: _sign(act) for act in ("sign_urge", "review_urge", "approve_urge")},
    **{act: _note(act) for act in ("note_urge_hr", "note_urge_discipline")},
    "refuse_urge": lambda work: commands.refuse(work.viewer, work.item, work.part, work.intent),
    "cancel_urge": lambda work: commands.cancel(work.viewer, work.item, work.part, work.intent),
    "number_urge": lambda work: commands.issue(
        work.viewer, work.item, work.part, work.intent, word=WORD
    ),
    "void_urge": lambda work: commands.void(
        work.viewer, work.item, work.part, work.intent, consent="当面同意" if work.either() else ""
    ),
    "sign_urge_receipt": lambda work: commands.receive(
        work.viewer, work.item, work.part, work.intent
    ),
    "reply_urge": lambda work: replying.reply(
        work.viewer,
        work.item,
        work.part,
        work.intent,
        measures=MEASURES,
        promised_on=work.day(20),
        declared=True,
    ),
    "enter_urge_reply": lambda work: replying.enter(
        work.viewer,
        work.item,
        work.part,
        work.intent,
        answered=_answered(work),
        measures=MEASURES,
        promised_on=work.day(20),
        declared=True,
    ),
    "state_reason": lambda work: commands.state_reason(
        work.viewer, work.item, work.part, work.intent, declared=True
    ),
    "accept_reason": lambda work: commands.accept_reason(
        work.viewer, work.item, work.part, work.intent
    ),
    "refuse_reason": lambda work: commands.refuse_reason(
        work.viewer, work.item, work.part, work.intent
    ),
}
"""The acts of 催办; the clock does the rest."""
