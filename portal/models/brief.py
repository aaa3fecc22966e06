"""学期报告 and 通报 (第二十条): what 党政办 tells the college of the items, as papers of its own.

A brief is about no single item, so it hangs off none: it has its own texts, figures, signature
boxes, acts and sheets, which the database shows to whoever may know of the brief. Moved only by
`rulebook.briefs`.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class Brief(Guarded, Base):
    """One 学期报告 of a 督办期, or one 通报.

    `first` to `last` are the days it counts over; a 通报 of something else has none and bears its
    own `title`. `name` is how the period is called: 「2026—2027学年第一学期」, 「11月」.
    `criticised_ids` are the units that a 通报 criticises by name (第二十三条); `names_checked`: its
    author says that no other unit it names is criticised. `version` counts what was done to it.
    """

    __tablename__ = "brief"
    __table_args__ = (
        CheckConstraint("kind IN ('term_report', 'circular')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'checking', 'reviewing', 'approving', 'released', 'recalled',"
            " 'discarded')",
            name="state",
        ),
        CheckConstraint("(first IS NULL) = (last IS NULL) AND first <= last", name="days"),
        CheckConstraint("kind = 'circular' OR first IS NOT NULL", name="term"),
        CheckConstraint("kind = 'circular' OR criticised_ids = '{}'", name="criticised"),
        CheckConstraint("(released_on IS NOT NULL) = (state IN ('released', 'recalled'))",
                        name="released"),
        Index(
            "uq_brief_one_a_term",
            "first",
            unique=True,
            postgresql_where=text("kind = 'term_report' AND state <> 'discarded'"),
        ),
    )  # fmt: skip

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    first: Mapped[date | None]
    last: Mapped[date | None]
    number: Mapped[str] = mapped_column(default="")
    criticised_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default=text("'{}'")
    )
    names_checked: Mapped[bool] = mapped_column(default=False)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[Instant]
    released_on: Mapped[date | None]


class BriefPart(Guarded):
    """A row that hangs off a brief; the database copies the brief's readers onto it."""

    @declared_attr
    def brief_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("brief.id"), index=True)


class BriefText(BriefPart, Base):
    """One wording of one section; the one with the highest version holds, the others are kept.

    `written_by_id` null: drafted from the figures; `snapshot_id` are those that held then.
    """

    __tablename__ = "brief_text"
    __table_args__ = (UniqueConstraint("brief_id", "section", "version"),)

    id: Mapped[Pk]
    section: Mapped[str]
    version: Mapped[int]
    body: Mapped[str]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("brief_snapshot.id"))
    written_at: Mapped[Instant]


class BriefSnapshot(BriefPart, Base):
    """The figures and lists of a brief as they stood at the end of `as_of`, counted by a job.

    `data` is what was counted, `sha256` its digest, `item_ids` the items it counts, none of them
    sensitive. The newest one that was made holds; after the release none is made.
    """

    __tablename__ = "brief_snapshot"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
        CheckConstraint("(state = 'made') = (data IS NOT NULL)", name="data"),
        CheckConstraint("(data IS NULL) = (sha256 IS NULL)", name="sha256"),
        Index(
            "uq_brief_snapshot_one_in_work",
            "brief_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'making')"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    state: Mapped[str] = mapped_column(default="asked")
    as_of: Mapped[date]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    item_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default=text("'{}'")
    )
    sha256: Mapped[str | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]


class BriefBox(BriefPart, Base):
    """One signature box of one run of the approval; a brief that was sent back is signed anew."""

    __tablename__ = "brief_box"
    __table_args__ = (
        UniqueConstraint("brief_id", "run", "step", "role"),
        CheckConstraint(
            "state IN ('waiting', 'open', 'agreed', 'returned', 'dropped')", name="state"
        ),
        CheckConstraint("(state IN ('agreed', 'returned')) = (person_id IS NOT NULL)",
                        name="signed"),
        Index("ix_brief_box_open", "role", postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[Pk]
    run: Mapped[int]
    position: Mapped[int]
    step: Mapped[str]
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[Instant | None]


class BriefAct(BriefPart, Base):
    """One act on a brief; append-only, one row an act, as the events of an item are. `version` is
    the one that it made of the brief, `content` the digest of what the paper said then; `link`
    chains it to the act before."""

    __tablename__ = "brief_act"

    id: Mapped[Pk]
    key: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True), unique=True)
    act: Mapped[str]
    version: Mapped[int]
    at: Mapped[Instant]
    day: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    acting_as: Mapped[str]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    from_state: Mapped[str]
    to_state: Mapped[str]
    opinion: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    address: Mapped[str] = mapped_column(default="")
    content: Mapped[str]
    previous: Mapped[str]
    link: Mapped[str]


class BriefSheet(BriefPart, Base):
    """The brief as PDF, as it stood at a version; that of a released one bears its 核验码."""

    __tablename__ = "brief_sheet"
    __table_args__ = (
        UniqueConstraint("brief_id", "of_version"),
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    of_version: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int | None]
    failure: Mapped[str | None]


class BriefCopy(BriefPart, Base):
    """A published 通报 in somebody's hands: who was told for which unit, and when it was read."""

    __tablename__ = "brief_copy"
    __table_args__ = (UniqueConstraint("brief_id", "unit_id", "person_id"),)

    id: Mapped[Pk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
