"""电话（短信）记录 as parts of an item, and instalments that were promised by telephone.

第十五条, SPEC §2.13, decision 0094.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "phone_record"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
COMMENTS, CALLS = (
    f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;\n"
    for table in ("comment", TABLE)
)
POINTING = (
    ("item_id", "item"), ("caller_id", "person"), ("callee_id", "person"),
    ("recorded_by_id", "person"), ("point_id", "feedback_point"),
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "feedback_point",
        sa.Column("promised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller_id", sa.BigInteger(), nullable=False),
        sa.Column("callee_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("reply_form", sa.String(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("point_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("state = 'noted'", name=op.f(f"ck_{TABLE}_state")),
        sa.CheckConstraint("channel IN ('phone', 'message')", name=op.f(f"ck_{TABLE}_channel")),
        sa.CheckConstraint("purpose IN ('supervise', 'urge')", name=op.f(f"ck_{TABLE}_purpose")),
        sa.CheckConstraint(
            "reply_form IN ('oral', 'written')", name=op.f(f"ck_{TABLE}_reply_form")
        ),
        sa.CheckConstraint("(reply_form IS NULL) = (reply = '')", name=op.f(f"ck_{TABLE}_reply")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{of}.id"],
                name=op.f(f"fk_{TABLE}_{column}_{of}"),
                # A report that is not owed any more leaves the record of its promise.
                ondelete="SET NULL" if of == "feedback_point" else None,
            )
            for column, of in POINTING
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_item_id"), TABLE, ["item_id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    # What was said is never changed; the act itself sets the instalment it promised.
    op.execute(f"GRANT SELECT, INSERT, UPDATE (state, point_id) ON {TABLE} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _rewrite(COMMENTS, COMMENTS + CALLS)


def _rewrite(before: str, after: str) -> None:
    """Replace one statement of `spread_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('spread_readers()' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("spread_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(COMMENTS + CALLS, COMMENTS)
    op.drop_table(TABLE)
    op.drop_column("feedback_point", "promised")
