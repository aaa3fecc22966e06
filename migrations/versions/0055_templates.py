"""模板 of routine items, kept by a unit (SPEC §8.3, decision 0128)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "item_template"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
PROVEN = "EXISTS (SELECT 1 FROM gate)"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("deadline_days", sa.Integer(), nullable=True),
        sa.Column("lead_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("co_unit_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f(f"ck_{TABLE}_level")),
        sa.CheckConstraint("deadline_days > 0", name=op.f(f"ck_{TABLE}_days")),
        sa.ForeignKeyConstraint(
            ["lead_unit_id"], ["unit.id"], name=op.f(f"fk_{TABLE}_lead_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f(f"fk_{TABLE}_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_made_by_id"), TABLE, ["made_by_id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    # A working aid, no record: what nobody needs any more is deleted.
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {WEB}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN})"
    )
    op.execute(f"GRANT SELECT ON {TABLE} TO {WORKER}")
    op.execute(f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER} USING ({KEYS} AND {PROVEN})")


def downgrade() -> None:
    op.drop_table(TABLE)
