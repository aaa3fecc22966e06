"""双备案: where the paper originals of an archived item lie (第十六条（七）)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "archive_record", sa.Column("location", sa.String(), nullable=False, server_default="")
    )
    op.alter_column("archive_record", "location", server_default=None)


def downgrade() -> None:
    op.drop_column("archive_record", "location")
