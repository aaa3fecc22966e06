"""岗位调整交接 (第八条, SPEC §1.6): one 交接单 of a person or a unit's head, and its items."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part

OPEN = ("requested", "from_confirmed", "to_confirmed")
"""States of a line that somebody still has to confirm."""


class HandoverList(Base):
    """交接单: from whom to whom, in which unit. It holds persons; what of the items is on it, and
    why, stands in its lines, each known to who knows of the item.

    `kind` person: what one works on (承办人); head: all that a unit has (单位负责人). `supervisor`
    is the office of the 监交人. `begun_by_id` is null where the clock began it.
    """

    __tablename__ = "handover_list"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'head')", name="kind"),
        CheckConstraint("from_id <> to_id", name="two_persons"),
        CheckConstraint(
            "supervisor IN ('unit_head', 'office_head', 'office_leader')", name="supervisor"
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    key: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True), unique=True)
    kind: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    supervisor: Mapped[str]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[Instant]


class Handover(Part, Base):
    """One item of a 交接单: 进展, 未尽事宜, 移交材料, and how far its three confirmations are.

    What the list says of kind, unit and persons is repeated, so that a role is one condition.
    `reason` is why at all; `effective_at`: since when the new person answers for the item.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'head')", name="kind"),
        CheckConstraint(
            "state IN ('requested', 'from_confirmed', 'to_confirmed', 'effective', 'forced',"
            " 'declined', 'withdrawn')",
            name="state",
        ),
        CheckConstraint(
            "(effective_at IS NOT NULL) = (state IN ('effective', 'forced'))", name="effective"
        ),
        Index(
            "uq_handover_open",
            "item_id",
            "unit_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'from_confirmed', 'to_confirmed')"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    list_id: Mapped[int] = mapped_column(ForeignKey("handover_list.id"), index=True)
    kind: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    supervisor: Mapped[str]
    state: Mapped[str]
    begun_at: Mapped[Instant]
    reason: Mapped[str]
    progress: Mapped[str] = mapped_column(default="", server_default="")
    open_matters: Mapped[str] = mapped_column(default="", server_default="")
    materials: Mapped[str] = mapped_column(default="", server_default="")
    given_at: Mapped[Instant | None]
    taken_at: Mapped[Instant | None]
    effective_at: Mapped[Instant | None]
    supervised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
