"""How much of the sample's history is loaded, so that a killed load goes on where it stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_history",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_history_one")),
        sa.CheckConstraint("done BETWEEN 0 AND acts", name=op.f("ck_demo_history_done")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_history")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON demo_history TO portal_web, portal_worker")


def downgrade() -> None:
    op.drop_table("demo_history")
