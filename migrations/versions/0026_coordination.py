"""提请党政办协调 waits for an answer (第八条, SPEC §2.14)."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item_unit", sa.Column("coordination_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("item_unit", "coordination_since")
