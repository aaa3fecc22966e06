"""签名图片, and which one a signature was made with (SPEC §5.1, decision 0106)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "signature_picture"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "readers = ARRAY[(-person_id)::integer]", name=op.f(f"ck_{TABLE}_readers")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{TABLE}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        "uq_signature_picture_in_force",
        TABLE,
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    # Only the person itself, and that a picture was there is not forgotten.
    op.execute(f"GRANT SELECT, INSERT, UPDATE (ended_at) ON {TABLE} TO {WEB}")
    op.execute(f"GRANT SELECT ON {TABLE} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN})"
    )
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
    )
    op.add_column("approval_slot", sa.Column("picture_sha256", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_approval_slot_picture"),
        "approval_slot",
        "picture_sha256 IS NULL OR (via = 'online' AND on_behalf_of_id IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_approval_slot_picture"), "approval_slot")
    op.drop_column("approval_slot", "picture_sha256")
    op.drop_table(TABLE)
