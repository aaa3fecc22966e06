"""办理动态 may count as unread or not; a report's salt, which nothing used, goes.

SPEC §8.15, decision 0096.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message_choice",
        sa.Column("noted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "ix_message_to_read",
        "message",
        ["person_id"],
        postgresql_where=sa.text("read_at IS NULL AND kind <> 'N00'"),
    )
    # What was handed in is salted and kept by its version (feedback_version).
    op.drop_column("feedback", "salt")


def downgrade() -> None:
    op.add_column("feedback", sa.Column("salt", sa.String(), server_default="", nullable=False))
    op.alter_column("feedback", "salt", server_default=None)
    op.drop_index("ix_message_to_read", "message")
    op.drop_column("message_choice", "noted")
