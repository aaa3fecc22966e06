"""How the random walk types in what a unit handed in on paper (第十六条（五）（六）, SPEC §8.4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.rulebook.entries import Entry
from portal.rulebook.signers import HeadOf, Signer, reporters_on, signers_on
from portal.steps.closing import commands as closing
from portal.steps.execution import commands as execution
from portal.steps.execution import entering
from portal.steps.extending import commands as extending
from tests.rulebook.machine_acts import RESULT, Work
from tests.rulebook.machine_extending import requested
from tests.steps.paper.sheet import SCAN


def _report(work: Work) -> None:
    unit_id = work.unit_id or work.part.unit_id
    points = [point.id for point in execution.points_of(work.item)]
    entering.enter(
        work.viewer,
        work.item,
        unit_id,
        _texts(work, final=unit_id != work.item.lead_unit_id and work.either()),
        _entry(work, unit_id),
        work.intent,
        declared=True,
        point_id=work.draw(st.sampled_from((None, *points))),
        files=(_scan(),),
    )


def _correct(work: Work) -> None:
    entering.correct(
        work.viewer,
        work.item,
        work.part,
        _texts(work),
        _entry(work, work.part.unit_id),
        work.intent,
        declared=True,
        files=(_scan(),) if work.either() else (),
    )


def _close(work: Work) -> None:
    closing.enter_close(
        work.viewer,
        work.item,
        RESULT,
        _entry(work, None),
        work.intent,
        declared=True,
        without_co_units=work.either(),
        files=(_scan(),),
    )


def _extension(work: Work) -> None:
    extending.enter(
        work.viewer,
        work.item,
        requested(work),
        _entry(work, None),
        work.intent,
        declared=True,
        files=(_scan(), _scan()) if work.either() else (_scan(),),
    )


def _texts(work: Work, *, final: bool = False) -> execution.ReportFields:
    return execution.ReportFields(
        measures="排查。",
        progress="已查。",
        effect="",
        problems="",
        next_steps="整改。",
        percent=work.draw(st.sampled_from((30, 100))),
        final=final,
    )


def _entry(work: Work, unit_id: int | None) -> Entry:
    """Of today or a day before, from one who could report for the unit that day; without a unit
    by the head of the lead unit."""
    day = work.viewer.moment.day - timedelta(days=work.draw(st.sampled_from((0, 0, 0, 1, 3))))
    found: list[Signer] = (
        signers_on(day, work.item, HeadOf(work.item.lead_unit_id))
        if unit_id is None
        else reporters_on(day, work.item, unit_id)
    )
    who = work.draw(st.sampled_from(found)) if found else None
    return Entry(
        way=work.draw(st.sampled_from(("paper", "file"))),
        signer_id=who.person_id if who else work.viewer.person_id,
        signed_for_id=who.for_id if who else None,
        paper_on=day,
    )


def _scan() -> Sound:
    return Sound("来件.pdf", KINDS["pdf"], io.BytesIO(SCAN))


ENTERED: dict[str, Callable[[Work], Any]] = {
    "enter_report": _report,
    "enter_co_report": _report,
    "enter_close": _close,
    "enter_extension": _extension,
    "correct_report": _correct,
    "contest_report": lambda work: entering.contest(work.viewer, work.item, work.part, work.intent),
    "answer_report": lambda work: entering.answer(work.viewer, work.item, work.part, work.intent),
}
"""The acts of the walk on what came otherwise than on screen."""
