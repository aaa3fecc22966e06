"""Indexes for what the frame of every page counts: the few entries of 代录 that are contested; and
for the spans of days that 统计分析, the ledger and 指标 ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0073"
branch_labels = None
depends_on = None

CONTESTED = ("approval_slot", "feedback")
RETURNS = (
    "'return_feedback', 'return_supplement_filing', 'not_met', 'not_met_filing',"
    " 'return_supplement', 'enter_paper'"
)
OPEN = sa.text("contested_at IS NOT NULL AND answered_at IS NULL")


def upgrade() -> None:
    for table in CONTESTED:
        op.create_index(f"ix_{table}_contested", table, ["item_id"], postgresql_where=OPEN)
    op.create_index("ix_item_closed_on", "item", ["closed_on"])
    op.create_index(
        "ix_item_unfiled", "item", ["created_at"], postgresql_where=sa.text("filed_on IS NULL")
    )
    op.create_index(
        "ix_event_returns", "event", ["day"], postgresql_where=sa.text(f"act IN ({RETURNS})")
    )


def downgrade() -> None:
    op.drop_index("ix_event_returns", "event")
    op.drop_index("ix_item_unfiled", "item")
    op.drop_index("ix_item_closed_on", "item")
    for table in reversed(CONTESTED):
        op.drop_index(f"ix_{table}_contested", table)
