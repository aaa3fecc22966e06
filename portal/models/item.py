"""督办事项 and what is assigned of it to units and persons (第八、十、十二、十六、十八条)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates
from sqlalchemy.types import Integer

from portal.models.base import Base, Instant, Keys, Pk, PublicId
from portal.models.entered import CONTESTED, Entered
from portal.readings import reading_of

_DUE_NOW = text("coalesce(due_reset, due_effective)")
"""现行时限, by which lists are ordered."""


class Guarded:
    """A row that row-level security shows only to those whose keys meet `readers`."""

    readers: Mapped[Keys] = mapped_column(ARRAY(Integer), default=list, server_default="{}")


class Part(Guarded):
    """A row that hangs off an item; the database copies the item's readers onto it."""

    @declared_attr
    def item_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("item.id"), index=True)


class Item(Guarded, Base):
    """One supervised matter (一事一项).

    `supplementary`: handed out first, its signatures or its number still to come (SPEC §2.13),
    at the latest on `made_up_by` (补签期限).
    `review_due`: the last day of the yearly review that waits (SPEC §2.15); null: none waits.
    `counted_by`: the number of the working calendar that its dates were last counted by; null: they
    were not counted by days from `issued_on` (SPEC §3.3).
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("doc_word", "doc_year", "doc_seq", name="uq_item_doc_no"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("deadline_kind IN ('days', 'date', 'open')", name="deadline_kind"),
        CheckConstraint("(deadline_kind = 'days') = (deadline_days IS NOT NULL)", name="days"),
        CheckConstraint("(deadline_kind = 'date') = (deadline_date IS NOT NULL)", name="date"),
        CheckConstraint("(doc_seq IS NULL) = (filed_on IS NULL)", name="filed_with_number"),
        CheckConstraint("principal IN ('', 'secretary', 'president', 'both')", name="principal"),
        CheckConstraint(
            "state IN ('draft', 'returned') OR (source_type <> '' AND category <> ''"
            " AND principal <> '')",
            name="settled",
        ),
        CheckConstraint(
            "classification IN ('public', 'internal', 'sensitive')", name="classification"
        ),
        Index("ix_item_readers", "readers", postgresql_using="gin"),
        Index("ix_item_state", "state"),
        Index("ix_item_filed_on", "filed_on"),
        Index("ix_item_issued_on", "issued_on"),
        Index("ix_item_due_effective", "due_effective"),
        Index("ix_item_due_lit", "due", "id", postgresql_where=text("lit")),
        Index("ix_item_due_now", _DUE_NOW, text("id DESC")),
        Index("ix_item_due_now_lit", _DUE_NOW, text("id DESC"), postgresql_where=text("lit")),
        Index("ix_item_counted_by", "counted_by", postgresql_where=text("lit")),
        Index("ix_item_red_lit", "red_from", "id", postgresql_where=text("lit")),
        Index("ix_item_closed", "closed_on", postgresql_where=text("state = 'closed'")),
        Index("ix_item_closed_on", "closed_on"),
        Index("ix_item_unfiled", "created_at", postgresql_where=text("filed_on IS NULL")),
        Index(
            "ix_item_readers_lit", "readers", postgresql_using="gin", postgresql_where=text("lit")
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    version: Mapped[int] = mapped_column(default=1)

    title: Mapped[str]
    title_reading: Mapped[str] = mapped_column(server_default="")
    """The title's pinyin, to find it by (portal/readings.py); it goes wherever the title goes."""
    requirement: Mapped[str]
    category: Mapped[str]
    level: Mapped[int]
    method: Mapped[str]
    classification: Mapped[str] = mapped_column(default="internal")
    source_type: Mapped[str]
    source_ref: Mapped[str] = mapped_column(default="")
    source_date: Mapped[date | None]
    deadline_kind: Mapped[str]
    deadline_days: Mapped[int | None]
    deadline_date: Mapped[date | None]
    deadline_basis: Mapped[str] = mapped_column(default="")
    principal: Mapped[str]
    chosen: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """What the drafter decided of category, principal, method, deadline and responsible leader;
    the rest follows from source, level and lead unit whenever the draft is saved."""
    responsible_leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lead_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    drafter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafter_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    state: Mapped[str] = mapped_column(default="draft")
    state_since: Mapped[Instant]
    form_version: Mapped[int] = mapped_column(default=0)
    supplementary: Mapped[bool] = mapped_column(default=False)
    made_up_by: Mapped[date | None]
    policy_version: Mapped[str]
    created_at: Mapped[Instant]

    doc_word: Mapped[str | None]
    doc_year: Mapped[int | None]
    doc_seq: Mapped[int | None]
    filed_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    due_original: Mapped[date | None]
    due_effective: Mapped[date | None]
    due_reset: Mapped[date | None]
    reset_count: Mapped[int] = mapped_column(default=0)
    supplement_due: Mapped[date | None]
    review_due: Mapped[date | None]
    counted_by: Mapped[int | None]
    closed_on: Mapped[date | None]
    archived_on: Mapped[date | None]

    held: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Reported as 疑似涉密 (SPEC §7.2): nobody may know of it, whoever acts meanwhile."""

    # Lights are stored dates (SPEC §3.5): only acts and the clock's jobs change them.
    due: Mapped[date | None]
    yellow_from: Mapped[date | None]
    red_from: Mapped[date | None]
    blue: Mapped[bool] = mapped_column(default=False)
    lit: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    @validates("title")
    def _read_title(self, _name: str, title: str) -> str:
        self.title_reading = reading_of(title or "")
        return title


class ItemUnit(Part, Base):
    """A unit's share of an item: 牵头 (one) or 协办, its receipt and inner date.

    Without a receipt by `receipt_by` it counts as received (视同签收, `deemed`). `confirmed_by`
    says who confirmed by telephone (电话确认代签收). `handed_in_at`: a co-unit's part is done.
    A unit that was relieved by 调整承办单位 stays as `former`: history names it.
    `coordination_since`: when the lead unit asked 党政办 to see to a co-unit (提请党政办协调) and
    waits for the answer.
    """

    __tablename__ = "item_unit"
    __table_args__ = (
        UniqueConstraint("item_id", "unit_id"),
        Index(
            "uq_item_unit_one_lead", "item_id", unique=True, postgresql_where=text("role = 'lead'")
        ),
        CheckConstraint("role IN ('lead', 'co', 'former')", name="role"),
        CheckConstraint(
            "state IN ('named', 'countersigned', 'issued', 'received', 'handed_in')", name="state"
        ),
        Index(
            "ix_item_unit_coordination",
            "item_id",
            postgresql_where=text("coordination_since IS NOT NULL"),
        ),
        Index(
            "ix_item_unit_unreceived",
            "item_id",
            postgresql_where=text("state = 'issued' OR deemed"),
        ),
    )

    id: Mapped[Pk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="named")
    inner_due: Mapped[date | None]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[Instant | None]
    receipt_by: Mapped[Instant | None]
    deemed: Mapped[bool] = mapped_column(default=False)
    confirmed_by: Mapped[str] = mapped_column(default="")
    handed_in_at: Mapped[Instant | None]
    coordination_since: Mapped[Instant | None]


class ItemMember(Part, Base):
    """承办人: who works on an item in a unit (第十六条（三）), or did so until it was relieved."""

    __tablename__ = "item_member"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id", "unit_id"),
        CheckConstraint("role IN ('handler', 'helper', 'co_handler', 'former')", name="role"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]


class NeedToKnow(Part, Base):
    """知悉范围 of a sensitive item: persons, not roles (第二十一条, SPEC §7.3).

    `unit_id` is the co-unit whose own part this person may know of; null: everything of the item.
    `removed_by_id` took the person off by hand, who then is not put back by the rule-book; null on
    an entry that ended: the item was not sensitive any more.
    """

    __tablename__ = "need_to_know"
    __table_args__ = (
        Index(
            "uq_need_to_know_listed",
            "item_id",
            "person_id",
            unique=True,
            postgresql_where=text("to_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    from_at: Mapped[Instant]
    to_at: Mapped[Instant | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FeedbackPoint(Part, Base):
    """One instalment of the feedback plan (第十八条, SPEC §3.4).

    `merged_into_id`: 合并计入本期, the later instalment whose report covers this one too.
    `promised`: not of the plan by level, but a written report promised by telephone (SPEC §2.13);
    its `seq` says when it was added, not its place among the others.
    """

    __tablename__ = "feedback_point"
    __table_args__ = (UniqueConstraint("item_id", "seq"),)

    id: Mapped[Pk]
    seq: Mapped[int]
    due: Mapped[date] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_point.id"))
    promised: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    @property
    def title(self) -> str:
        """「第2期」, 「电话约定」."""
        return "电话约定" if self.promised else f"第{self.seq}期"


class Feedback(Entered, Part, Base):
    """书面报告: the five fields of 第十六条（五）, from one unit for one instalment.

    A draft has no number yet. A co-unit's report goes to the lead unit, which merges it into its
    own (`merged_into_id`). `confirmed_at` is when the head sent the first version on: that counts
    for on time, also after 退回补充 with its own `supplement_due`. `no_progress`: 本期无新进展,
    the reason stands in `progress`. `final`: the co-unit's part is done with it. `via` paper,
    phone or file: the unit reported that way, `written_by_id` is who did (`Entered`).
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("item_id", "seq"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint(
            "state IN ('fb_draft', 'fb_unit', 'fb_lead', 'fb_submitted', 'fb_read',"
            " 'fb_returned', 'fb_merged')",
            name="state",
        ),
        CheckConstraint("seq IS NOT NULL OR state = 'fb_draft'", name="seq"),
        CheckConstraint("via IN ('online', 'paper', 'phone', 'file')", name="via"),
        CheckConstraint("(via = 'online') = (entered_by_id IS NULL)", name="entered"),
        Index(
            "ix_feedback_waiting",
            "state",
            "item_id",
            postgresql_where=text("state IN ('fb_unit', 'fb_lead', 'fb_submitted')"),
        ),
        Index("ix_feedback_contested", "item_id", postgresql_where=text(CONTESTED)),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    seq: Mapped[int | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_point.id"), index=True)
    state: Mapped[str]
    form_version: Mapped[int] = mapped_column(default=1)
    measures: Mapped[str]
    progress: Mapped[str]
    effect: Mapped[str]
    problems: Mapped[str]
    next_steps: Mapped[str]
    percent: Mapped[int]
    no_progress: Mapped[bool] = mapped_column(default=False)
    final: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[Instant | None]
    confirmed_at: Mapped[Instant | None]
    returns: Mapped[int] = mapped_column(default=0)
    supplement_due: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"))

    @property
    def named_id(self) -> int | None:
        """Who reported."""
        return self.written_by_id


class FeedbackVersion(Part, Base):
    """A report word for word as it was handed in; the next one after 退回补充 is another version.

    `body` is JSON of the fields; its salted digest stands in the event.
    """

    __tablename__ = "feedback_version"
    __table_args__ = (UniqueConstraint("feedback_id", "version"),)

    id: Mapped[Pk]
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int]
    body: Mapped[str]
    salt: Mapped[str]


class Closure(Part, Base):
    """办结情况: what the unit hands in, and how it was judged (第十四、十六条（六）, SPEC §3.7).

    One row a hand-in; `outcome` says how that ended (null: it is being judged). After 退回补正 the
    next hand-in by `supplement_due` keeps the first one's day. 简易办结: 党政办主任 writes it, the
    reply of `replied_by_id` in the form `reply_form` is the hand-in. `via` paper or file: typed in
    by `entered_by_id` from the sheet that the head signed; the head's box bears its day and scan.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('supplement', 'not_met', 'withdrawn', 'accepted')", name="outcome"
        ),
        CheckConstraint("reply_form IN ('oral', 'written')", name="reply_form"),
        CheckConstraint("(reply_form IS NULL) = (replied_by_id IS NULL)", name="reply"),
        CheckConstraint("via IN ('online', 'paper', 'file')", name="via"),
        CheckConstraint("(via = 'online') = (entered_by_id IS NULL)", name="entered"),
    )

    id: Mapped[Pk]
    result_text: Mapped[str]
    salt: Mapped[str]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reply_form: Mapped[str | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    via: Mapped[str] = mapped_column(default="online", server_default="online")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_in_at: Mapped[Instant | None]
    outcome: Mapped[str | None]
    supplement_due: Mapped[date | None]
    completed_on: Mapped[date | None]
    on_time: Mapped[bool | None]
    on_time_original: Mapped[bool | None]
    overdue_days: Mapped[int | None]
    days_used: Mapped[int | None]


class ArchiveRecord(Part, Base):
    """双备案: one record kept by 党政办, one by the lead unit (第十六条（七）).

    What was filed before 恢复督办 stays as history, `superseded_at` then. `location`: where the
    paper originals lie. `package_id`: the version of the archive package that was signed for; null
    of copies confirmed before there were packages.
    """

    __tablename__ = "archive_record"
    __table_args__ = (
        CheckConstraint("keeper IN ('office', 'unit')", name="keeper"),
        Index("ix_archive_record_open", "item_id", postgresql_where=text("kept_on IS NULL")),
        Index(
            "uq_archive_record_keeper",
            "item_id",
            "keeper",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    keeper: Mapped[str]
    archive_no: Mapped[str]
    retention: Mapped[str]
    custodian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kept_on: Mapped[date | None]
    location: Mapped[str] = mapped_column(default="")
    package_id: Mapped[int | None] = mapped_column(ForeignKey("archive_package.id"))
    superseded_at: Mapped[Instant | None]


__all__ = [
    "ArchiveRecord",
    "Closure",
    "Feedback",
    "FeedbackPoint",
    "FeedbackVersion",
    "Guarded",
    "Item",
    "ItemMember",
    "ItemUnit",
    "NeedToKnow",
    "Part",
]
