"""How the random walk asks for more time and decides it (第十九条)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.extensions import db
from portal.models import Appointment
from portal.rulebook.guards import SpokenRequest
from portal.rulebook.item_texts import due_now
from portal.steps.extending import commands
from tests.rulebook.machine_acts import Work
from tests.steps.extending.asking import asked, evidence

SIGNED = (
    "sign_extension", "agree_extension", "check_extension", "review_extension",
    "approve_extension", "exempt",
)  # fmt: skip


def requested(work: Work) -> commands.Asked:
    """What is asked for: more time, by days or a day, or 免于督办."""
    due = due_now(work.item) or work.viewer.moment.day
    kind = work.draw(st.sampled_from(("extend", "extend", "exempt")))
    late, basis = work.either(), work.draw(st.sampled_from(("college", "superior")))
    if kind == "exempt":
        return asked(kind=kind, late_ground=late)
    if work.either():
        days = work.draw(st.integers(1, 40))
        return asked(days=days, late_ground=late, named_by=basis)
    day = due + timedelta(days=work.draw(st.integers(0, 40)))
    return asked(new_due=day, late_ground=late, named_by=basis)


def _extend(work: Work) -> None:
    files = evidence() if work.either() else []
    commands.extend(
        work.viewer, work.item, requested(work), work.intent, declared=True, files=files
    )


def _write(work: Work) -> None:
    commands.write(
        work.viewer, work.item, work.part, requested(work), work.intent, declared=True,
        files=evidence(),
    )  # fmt: skip


def _call(work: Work) -> None:
    people = db.session.scalars(
        select(Appointment.person_id).where(Appointment.unit_id == work.item.lead_unit_id)
    ).all()
    by, at = work.draw(st.sampled_from(sorted(set(people)))), work.viewer.moment.instant
    call = SpokenRequest(by, work.item.responsible_leader_id, at)
    commands.note_oral(work.viewer, work.item, call, work.intent)


def _agree(act: str) -> Callable[[Work], None]:
    return lambda work: commands.agree(work.viewer, work.item, act, work.part, work.intent)


EXTENDING: dict[str, Callable[[Work], Any]] = {
    "note_oral_extension": _call,
    "extend": _extend,
    "write_extension": _write,
    **{act: _agree(act) for act in SIGNED},
    "refuse_extension": lambda work: commands.refuse(
        work.viewer, work.item, work.part, work.intent
    ),
    "withdraw_extension": lambda work: commands.withdraw(
        work.viewer, work.item, work.part, work.intent
    ),
}
"""The acts of the walk on requests for more time."""
