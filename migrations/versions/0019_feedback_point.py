"""Which report answers an instalment is looked up from the instalment (第十八条)."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_feedback_point_id"), "feedback", ["point_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_feedback_point_id"), "feedback")
