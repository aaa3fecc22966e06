"""督办台账 as Excel: who asked for what, and how far it is (SPEC §6.5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "ledger_export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f("ck_ledger_export_state")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_ledger_export_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_export_public_id")),
    )
    op.create_index(op.f("ix_ledger_export_asked_by_id"), "ledger_export", ["asked_by_id"])
    op.execute("ALTER TABLE ledger_export ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON ledger_export TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY ledger_export_web ON ledger_export TO {WEB}"
        f" USING ({KEYS}) WITH CHECK ({KEYS})"
    )
    op.execute(
        f"CREATE POLICY ledger_export_worker ON ledger_export TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KEYS} OR {REASON})"
    )


def downgrade() -> None:
    op.drop_table("ledger_export")
