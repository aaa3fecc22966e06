"""Indexes for what many years make long: a person's messages, the latest first (SPEC §8.15), and the
few shares whose units wait for 党政办 (提请协调)."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

LATEST = ["person_id", sa.text("at DESC"), sa.text("id DESC")]
WHERE = {
    "ix_message_unread": "read_at IS NULL",
    "ix_message_to_read": "read_at IS NULL AND kind <> 'N00'",
}


def upgrade() -> None:
    for name, where in WHERE.items():
        op.drop_index(name, "message")
        op.create_index(name, "message", LATEST, postgresql_where=sa.text(where))
    op.create_index("ix_message_latest", "message", LATEST)
    op.create_index(
        "ix_item_unit_coordination",
        "item_unit",
        ["item_id"],
        postgresql_where=sa.text("coordination_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_item_unit_coordination", "item_unit")
    op.drop_index("ix_message_latest", "message")
    for name, where in WHERE.items():
        op.drop_index(name, "message")
        op.create_index(name, "message", ["person_id"], postgresql_where=sa.text(where))
