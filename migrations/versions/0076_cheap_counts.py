"""Indexes for what the frame of every page counts: the few entries of 代录 that are contested; and
for the spans of days that 统计分析 and the ledger ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0074"
branch_labels = None
depends_on = None

CONTESTED = ("approval_slot", "feedback")
OPEN = sa.text("contested_at IS NOT NULL AND answered_at IS NULL")


def upgrade() -> None:
    for table in CONTESTED:
        op.create_index(f"ix_{table}_contested", table, ["item_id"], postgresql_where=OPEN)
    op.create_index("ix_item_closed_on", "item", ["closed_on"])
    op.create_index(
        "ix_item_unfiled", "item", ["created_at"], postgresql_where=sa.text("filed_on IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_item_unfiled", "item")
    op.drop_index("ix_item_closed_on", "item")
    for table in reversed(CONTESTED):
        op.drop_index(f"ix_{table}_contested", table)
