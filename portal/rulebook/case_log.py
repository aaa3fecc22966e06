"""The log of a case: its acts chained one behind the other (SPEC §6.4, decision 0148).

The text of an act can be erased if it was entered against the law: its salted digest is what the
chain holds. Nobody writes out of turn, for the case is locked while an act is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import exists, func, select

from portal.extensions import db
from portal.models import Case, CaseAct
from portal.rulebook import chained
from portal.rulebook.kept_texts import salted, salted_with

CHAINED: Final = (
    "case_id", "key", "act", "at", "day", "actor_id", "acting_as", "on_behalf_of_id", "from_state",
    "to_state", "to_unit", "digest", "facts",
)  # fmt: skip


def append(row: CaseAct, body: str) -> None:
    """Write the act behind the last one of its case, which is locked."""
    if body:
        row.body = body
        row.salt, row.digest = salted(body)
    else:
        row.body = row.salt = row.digest = ""
    # The unit reads not every act, but writes behind the last one.
    row.previous = db.session.scalar(select(func.last_link(row.case_id))) or chained.BEGINNING
    row.link = chained.link_of(row, CHAINED)
    db.session.add(row)
    db.session.flush()


def holds(rows: Sequence[CaseAct]) -> bool:
    """Whether all acts of a case, oldest first, stand as they were written; an erased text does."""
    previous = chained.BEGINNING
    for row in rows:
        erased = not row.body
        sound = erased or salted_with(row.salt, row.body) == row.digest
        if row.previous != previous or row.link != chained.link_of(row, CHAINED) or not sound:
            return False
        previous = row.link
    return True


def broken(batch: int) -> Iterator[int]:
    """The ids of the cases whose acts are not as they were written, and of those without any; for
    the check of all logs, which reads in batches. Needs the worker's role."""
    rows = (
        select(CaseAct)
        .order_by(CaseAct.case_id, CaseAct.id)
        .execution_options(yield_per=batch, populate_existing=True)
    )
    for case_id, acts in groupby(db.session.scalars(rows), key=attrgetter("case_id")):
        if not holds(list(acts)):
            yield case_id
    silent = select(Case.id).where(~exists().where(CaseAct.case_id == Case.id)).order_by(Case.id)
    yield from db.session.scalars(silent)


def files_in(rows: Sequence[CaseAct]) -> set[str]:
    """SHA-256 of the files that came with these acts."""
    return {digest for row in rows for digest in row.facts.get("files", ())}


def acts_of(case: Case) -> list[CaseAct]:
    """The acts that the reader may know of, oldest first; the database leaves out others."""
    rows = select(CaseAct).where(CaseAct.case_id == case.id).order_by(CaseAct.id)
    return list(db.session.scalars(rows))
