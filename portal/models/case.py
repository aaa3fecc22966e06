"""问责线索 and what became of it (第二十二至二十五条, SPEC §6.4): readers and a log of its own.

Nothing of a case stands in the item's own parts or events: who may know of the item does not
therefore know of the case.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded

STATES = (
    "clue", "checking", "hearing", "heard", "referring", "dropped", "referred", "suggested",
    "decided", "executed", "appeal", "closed",
)  # fmt: skip
ANSWERED = ("dropped", "decided", "executed", "appeal", "closed")
"""What comes to light when a case is one of these is a case of its own (decision 0169)."""


class Case(Guarded, Base):
    """One matter of accountability: what is held against a unit, or one of its people, by an item.

    `readers` follow from state, unit, person and `referred_to`; a trigger sets them, nobody else.
    `origin` says who raised it. `lead_note`: a co-unit is late, which speaks for the lead unit
    (第八条). `justified`: what 核实 found of a 正当理由 (null: not checked, or dropped since the
    clue does not hold). `statement_by` is the last day for the unit's 陈述申辩; `silent`: it passed
    without one. `measures` and `grade` are keys of `rulebook.case_words`, the decision itself is
    free text. `ended_on` begins the retention.
    """

    __tablename__ = "accountability"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("origin IN ('system', 'office', 'discipline')", name="origin"),
        CheckConstraint("(origin = 'system') = (raised_by_id IS NULL)", name="raised"),
        CheckConstraint("referred_to IN ('hr', 'discipline', 'both')", name="referred_to"),
        CheckConstraint(
            "state NOT IN ('decided', 'executed', 'appeal', 'closed')"
            " OR (minutes_no <> '' AND decision <> '' AND decided_on IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("(ended_on IS NOT NULL) = (state IN ('dropped', 'closed'))", name="ended"),
        Index(
            "uq_accountability_one_running",
            "item_id",
            "unit_id",
            text("coalesce(person_id, 0)"),
            text("coalesce(raised_by_id, 0)"),
            unique=True,
            postgresql_where=text(f"state NOT IN {ANSWERED}"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    since: Mapped[Instant]
    origin: Mapped[str]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    raised_on: Mapped[date] = mapped_column(index=True)
    lead_note: Mapped[bool] = mapped_column(default=False)
    justified: Mapped[bool | None]
    statement_by: Mapped[date | None]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stated_on: Mapped[date | None]
    silent: Mapped[bool] = mapped_column(default=False)
    referred_to: Mapped[str | None]
    referred_on: Mapped[date | None]
    deciding_body: Mapped[str] = mapped_column(default="")
    minutes_no: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    measures: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    grade: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    executed_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class CaseGround(Guarded, Base):
    """Why: an article's criterion and the fact it rests on. One fact is held against a unit once.

    `occasion` is unique: the clock raises the same twice, late or from two places and it is one.
    `urge_id` is the notice not obeyed, `due_on` the date that passed.
    """

    __tablename__ = "accountability_ground"

    id: Mapped[Pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability.id"), index=True)
    criterion: Mapped[str]
    occasion: Mapped[str] = mapped_column(unique=True)
    urge_id: Mapped[int | None] = mapped_column(ForeignKey("urge.id"))
    due_on: Mapped[date | None]
    noted_on: Mapped[date]


class CaseAct(Guarded, Base):
    """One act on a case: who, in which capacity, for whom, when, from where to where.

    Append-only, like the event log: `digest` is over `salt` and `body`, so that a text entered
    against the law can be erased; `link` chains the acts of a case (`rulebook.case_log`).
    `to_unit`: the unit reads it as well; the others are for those who handle the case.
    """

    __tablename__ = "accountability_act"

    id: Mapped[Pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability.id"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    act: Mapped[str]
    at: Mapped[Instant]
    day: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_as: Mapped[str]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    to_unit: Mapped[bool]
    body: Mapped[str] = mapped_column(default="")
    salt: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    previous: Mapped[str]
    link: Mapped[str]


class CaseFile(Guarded, Base):
    """A file handed in with an act on a case: 佐证材料 of 核实 or of the unit's 陈述申辩."""

    __tablename__ = "accountability_file"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability.id"), index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("accountability_act.id"))
    to_unit: Mapped[bool]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Instant]


__all__ = ["ANSWERED", "STATES", "Case", "CaseAct", "CaseFile", "CaseGround"]
