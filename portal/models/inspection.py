"""实地督查 (第七、十七条, SPEC §2.12): a visit to a unit, its team, what is to be put right."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part

PLANNED = ("plan_draft", "plan_pending")
"""The plan is not approved yet: nobody is of the team, and the unit knows nothing of it."""


class Inspection(Part, Base):
    """One 实地督查 of a unit for an item, from its plan to the last point; one at a time.

    `unit_id` is the inspected unit, `journey` the same for all items looked into on one way. What
    was returned is planned anew in the same row; what was cancelled has no record.
    `talks_to_head`: 约谈 of the unit's head, which a principal approves. `shortfall`: why the team
    is not 「3+N」; `repeat_reason`: why the unit is inspected within 30 days of another visit. It
    objects until `objection_until`; `deemed`: it was silent until then.
    `kept`: its plan is not approved, or never was; the database sets it, and shows the row and its
    parts to those only who draft, decide on or go on it.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint(
            "state IN ('plan_draft', 'plan_pending', 'plan_approved', 'conducted',"
            " 'opinion_issued', 'rectifying', 'finished')",
            name="state",
        ),
        CheckConstraint(
            "methods <@ ARRAY['interview', 'meeting', 'on_site']::varchar[]", name="methods"
        ),
        CheckConstraint("conclusion IN ('good', 'fair', 'poor', 'difficult')", name="conclusion"),
        CheckConstraint(
            "num_nulls(conclusion, concluded_by_id, concluded_at) IN (0, 3)", name="concluded"
        ),
        Index(
            "uq_inspection_one_running",
            "item_id",
            unique=True,
            postgresql_where=text("state NOT IN ('plan_draft', 'finished')"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    journey: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str]
    kept: Mapped[bool] = mapped_column(server_default=text("false"), server_onupdate=FetchedValue())
    methods: Mapped[list[str]] = mapped_column(ARRAY(String))
    talks_to_head: Mapped[bool]
    matter: Mapped[str]
    planned_on: Mapped[date]
    outline: Mapped[str]
    shortfall: Mapped[str]
    repeat_reason: Mapped[str]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[Instant]
    begun_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    attendees: Mapped[str] = mapped_column(default="", server_default="")
    findings: Mapped[str] = mapped_column(default="", server_default="")
    talks: Mapped[str] = mapped_column(default="", server_default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant | None]
    conclusion: Mapped[str | None]
    next_steps: Mapped[str] = mapped_column(default="", server_default="")
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[Instant | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[Instant | None]
    objection_until: Mapped[Instant | None]
    objected_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    objected_at: Mapped[Instant | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Instant | None]
    deemed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class InspectionMember(Part, Base):
    """Somebody of the team (督查组), of the unit `office_id` on the day of the plan.

    `unit_id` is the inspected unit: its own people (`inspected`) may explain, but neither sign nor
    verify (第七条).
    """

    __tablename__ = "inspection_member"
    __table_args__ = (
        CheckConstraint("NOT (leads AND inspected)", name="leader"),
        Index("uq_inspection_member", "inspection_id", "person_id", unique=True),
    )

    id: Mapped[Pk]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    leads: Mapped[bool]
    inspected: Mapped[bool]


class Rectification(Part, Base):
    """整改意见: the `nth` point of an inspection, put right by the unit `unit_id` until `due`.

    `asked_due` and `asked_owner_id` are the day and the 责任人 that the opinion names; after
    核实未通过 or 改派整改 `due`, `unit_id` and `owner_id` are others.
    `withdrawn`: it counts no more, for an objection to the opinion was accepted; in the state
    `withdrawn` it was taken back alone, or ended with the item, and the opinion still names it.
    """

    __tablename__ = "rectification"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'replied', 'verified', 'not_passed', 'overdue', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("nth > 0", name="nth"),
        Index(
            "uq_rectification_nth",
            "inspection_id",
            "nth",
            unique=True,
            postgresql_where=text("NOT withdrawn"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    nth: Mapped[int]
    state: Mapped[str]
    problem: Mapped[str]
    requirement: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_due: Mapped[date]
    due: Mapped[date]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reply: Mapped[str] = mapped_column(default="", server_default="")
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[Instant | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[Instant | None]
