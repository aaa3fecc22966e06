"""承办异议, 工作计划, 批示; drafts and returns of reports, hand-ins, 重新确定期限.

第四、八条、第十六条（二）至（六）.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PARTS = (
    "approval",
    "approval_slot",
    "archive_record",
    "change",
    "closure",
    "document",
    "event",
    "feedback_point",
    "item_member",
    "item_unit",
    "need_to_know",
    "opinion",
)
OF_A_UNIT = ("feedback", "attachment")
NEW = ("objection", "milestone", "comment")
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
SHARES = "state IN ('named', 'countersigned', 'issued', 'received'{})"
REPORTS = "state IN ('fb_draft', 'fb_unit', 'fb_lead', 'fb_submitted', 'fb_read', 'fb_returned', 'fb_merged')"
LINKS = (("feedback_point", "feedback_point"), ("feedback", "feedback"))


def _columns() -> tuple[tuple[str, sa.Column], ...]:
    """New ones each time: a column belongs to the table it was first put into."""
    return (
        ("item_unit", sa.Column("receipt_by", sa.DateTime(timezone=True))),
        ("item_unit", sa.Column("confirmed_by", sa.String(), nullable=False, server_default="")),
        ("item_unit", sa.Column("handed_in_at", sa.DateTime(timezone=True))),
        ("feedback_point", sa.Column("merged_into_id", sa.BigInteger())),
        (
            "feedback",
            sa.Column("no_progress", sa.Boolean(), nullable=False, server_default="false"),
        ),
        ("feedback", sa.Column("final", sa.Boolean(), nullable=False, server_default="false")),
        ("feedback", sa.Column("returns", sa.Integer(), nullable=False, server_default="0")),
        ("feedback", sa.Column("supplement_due", sa.Date())),
        ("feedback", sa.Column("merged_into_id", sa.BigInteger())),
        ("closure", sa.Column("outcome", sa.String())),
        ("closure", sa.Column("supplement_due", sa.Date())),
        ("item", sa.Column("due_reset", sa.Date())),
        ("item", sa.Column("reset_count", sa.Integer(), nullable=False, server_default="0")),
        ("item", sa.Column("supplement_due", sa.Date())),
    )


def upgrade() -> None:
    for table, column in _columns():
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)
    for table, target in LINKS:
        op.create_foreign_key(
            op.f(f"fk_{table}_merged_into_id_{target}"), table, target, ["merged_into_id"], ["id"]
        )
    for name in ("seq", "submitted_at"):
        op.alter_column("feedback", name, nullable=True)
    op.create_check_constraint(op.f("ck_feedback_state"), "feedback", REPORTS)
    op.create_check_constraint(
        op.f("ck_feedback_seq"), "feedback", "seq IS NOT NULL OR state = 'fb_draft'"
    )
    op.create_check_constraint(
        op.f("ck_closure_outcome"),
        "closure",
        "outcome IN ('supplement', 'not_met', 'withdrawn', 'accepted')",
    )
    _shares(", 'handed_in'")
    _waiting("'fb_unit', 'fb_lead', 'fb_submitted'")
    _tables()
    for table in NEW:
        _guard(table)
    _spread((*PARTS, *NEW))


def _shares(more: str) -> None:
    op.drop_constraint(op.f("ck_item_unit_state"), "item_unit")
    op.create_check_constraint(op.f("ck_item_unit_state"), "item_unit", SHARES.format(more))


def _waiting(states: str) -> None:
    op.drop_index("ix_feedback_waiting", "feedback")
    op.create_index(
        "ix_feedback_waiting",
        "feedback",
        ["state", "item_id"],
        postgresql_where=sa.text(f"state IN ({states})"),
    )


def _part(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *columns,
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{name}_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_item_id"), name, ["item_id"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _tables() -> None:
    _part(
        "objection",
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_unit_id", sa.BigInteger()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_by_id", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('raised', 'accepted', 'refused')", name=op.f("ck_objection_state")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_objection_public_id")),
        _to("objection", "unit_id", "unit"),
        _to("objection", "proposed_unit_id", "unit"),
        _to("objection", "raised_by_id", "person"),
    )
    _part(
        "milestone",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.UniqueConstraint("item_id", "unit_id", "seq", name=op.f("uq_milestone_item_id")),
        _to("milestone", "unit_id", "unit"),
    )
    _part(
        "comment",
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.BigInteger()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replied_by_id", sa.BigInteger()),
        sa.Column("replied_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('given', 'replied')", name=op.f("ck_comment_state")),
        sa.UniqueConstraint("public_id", name=op.f("uq_comment_public_id")),
        _to("comment", "feedback_id", "feedback"),
        _to("comment", "given_by_id", "person"),
        _to("comment", "replied_by_id", "person"),
    )


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {WEB}, {WORKER}")
    op.execute(f"CREATE POLICY {table}_web ON {table} TO {WEB} USING ({KEYS}) WITH CHECK ({KNOWN})")
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KNOWN} OR {REASON})"
    )
    op.execute(
        f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )


def _spread(tables: tuple[str, ...]) -> None:
    whole = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;"
        for table in tables
    )
    parts = "\n".join(
        f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
        " WHERE item_id = NEW.id;"
        for table in OF_A_UNIT
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: the copies follow the item even where its caller could not write them.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
{whole}
{parts}
            RETURN NULL;
        END $$
        """
    )


def downgrade() -> None:
    _spread(PARTS)
    for table in reversed(NEW):
        op.drop_table(table)
    _waiting("'fb_unit', 'fb_submitted'")
    _shares("")
    for name in ("ck_closure_outcome",):
        op.drop_constraint(op.f(name), "closure")
    for name in ("ck_feedback_seq", "ck_feedback_state"):
        op.drop_constraint(op.f(name), "feedback")
    for name in ("seq", "submitted_at"):
        op.alter_column("feedback", name, nullable=False)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
