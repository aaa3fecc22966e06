"""Delegations set by people: an address, the form's key, when it was set, who took it back.

SPEC §1.5, decision 0118.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TABLE = "delegation"


def upgrade() -> None:
    op.add_column(
        TABLE,
        sa.Column(
            "public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.create_unique_constraint(op.f(f"uq_{TABLE}_public_id"), TABLE, ["public_id"])
    op.add_column(TABLE, sa.Column("key", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f(f"uq_{TABLE}_key"), TABLE, ["key"])
    op.add_column(
        TABLE,
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column(TABLE, sa.Column("revoked_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_{TABLE}_revoked_by_id_person"), TABLE, "person", ["revoked_by_id"], ["id"]
    )


def downgrade() -> None:
    for column in ("revoked_by_id", "created_at", "key", "public_id"):
        op.drop_column(TABLE, column)
