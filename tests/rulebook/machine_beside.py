"""How the random walk changes a filed item, and enters what was signed on paper (第八、十九条,
SPEC §8.4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Unit
from portal.rulebook import on_paper
from portal.rulebook.signers import signers_on
from portal.steps.changes import commands as changes
from portal.steps.changes.adjusting import AdjustFields
from portal.steps.paper import commands as paper
from portal.steps.paper.commands import Entry
from portal.steps.signing import commands as signing
from tests.rulebook.machine_acts import Work
from tests.steps.paper.sheet import SCAN

CONSENTS = (
    "agree_void", "agree_reassign", "sign_adjust", "review_adjust", "approve_adjust",
    "agree_reset", "agree_reopen",
)  # fmt: skip
DAYS = {1: 3, 2: 15, 3: 30}
"""A period that each level allows."""


def _reassign(work: Work) -> None:
    units = {row.code: row.id for row in db.session.scalars(select(Unit))}
    lead = work.draw(st.sampled_from(("BWC", "HGC", "JWC")))
    co = work.draw(st.sampled_from(((), ("XGB",), ("BWC", "XGB"))))
    changes.reassign(
        work.viewer,
        work.item,
        work.intent,
        lead_unit_id=units[lead],
        co_unit_ids=tuple(units[code] for code in co),
        new_due=work.day(30) if work.either() else None,
    )


def _adjust(work: Work) -> None:
    level = work.draw(st.sampled_from((1, 2, 3)))
    kind = work.draw(st.sampled_from(("", "days", "date")))
    given = AdjustFields(
        level=level,
        requirement="逐项排查，建立三张清单。" if work.either() else work.item.requirement,
        responsible_leader_id=work.item.responsible_leader_id,
        deadline_kind=kind,
        deadline_days=DAYS[level],
        deadline_date=work.day(30),
        deadline_basis="会议确定",
    )
    changes.adjust(work.viewer, work.item, given, work.intent, declared=True)


def _reopen(work: Work) -> None:
    changes.reopen(work.viewer, work.item, work.intent, new_due=work.day(30))


def _agree(act: str) -> Callable[[Work], None]:
    return lambda work: changes.agree(work.viewer, work.item, act, work.part, work.intent)


def _enter(work: Work) -> None:
    run = db.session.get_one(Approval, work.part.approval_id)
    decided = work.draw(st.sampled_from(sorted(on_paper.ways(run, work.part))))
    paper.enter(
        work.viewer, work.item, [_entry(work, decided)], _scan(), work.intent, declared=True
    )


def _correct(work: Work) -> None:
    run = db.session.get_one(Approval, work.part.approval_id)
    decided = work.draw(st.sampled_from(on_paper.corrections(work.item, run, work.part)))
    scan = _scan() if work.either() else None
    paper.correct(work.viewer, work.item, _entry(work, decided), scan, work.intent, declared=True)


def _scan() -> Sound:
    return Sound("签批单.pdf", KINDS["pdf"], io.BytesIO(SCAN))


def _entry(work: Work, decided: str) -> Entry:
    """A box of the paper, of today or of a day before, signed by one who could sign that day."""
    slot: ApprovalSlot = work.part
    day = work.viewer.moment.day - timedelta(days=work.draw(st.sampled_from((0, 0, 0, 1, 3))))
    signers = signers_on(day, work.item, slot)
    signer = work.draw(st.sampled_from(signers)) if signers else None
    return Entry(
        name="box",
        slot_id=slot.id,
        signer_id=signer.person_id if signer else work.viewer.person_id,
        signed_for_id=signer.for_id if signer else None,
        decided=decided,
        opinion="同意。",
        paper_on=day,
        supplement_days=2,
    )


BESIDE: dict[str, Callable[[Work], Any]] = {
    "void": lambda work: changes.void(work.viewer, work.item, work.intent),
    "reassign": _reassign,
    "adjust": _adjust,
    "reopen": _reopen,
    **{act: _agree(act) for act in CONSENTS},
    "refuse_change": lambda work: changes.refuse(work.viewer, work.item, work.part, work.intent),
    "withdraw_change": lambda work: changes.withdraw(
        work.viewer, work.item, work.part, work.intent
    ),
    "enter_paper": _enter,
    "take_back": lambda work: signing.take_back(work.viewer, work.item, work.part, work.intent),
    "contest_paper": lambda work: paper.contest(work.viewer, work.item, work.part, work.intent),
    "answer_paper": lambda work: paper.answer(work.viewer, work.item, work.part, work.intent),
    "correct_paper": _correct,
}
"""The acts of the walk that leave the straight line."""
