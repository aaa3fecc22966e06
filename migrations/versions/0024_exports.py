"""Of which items an export speaks, so that it ends with the right to know of them (decision 0075)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

IDS = postgresql.ARRAY(sa.BigInteger())


def upgrade() -> None:
    for column in ("item_ids", "withheld_ids"):
        op.add_column("ledger_export", sa.Column(column, IDS, server_default="{}", nullable=False))
    # Of what was made before, nobody can say of which items it speaks.
    op.execute(
        "UPDATE ledger_export SET state = 'failed', failure = '文件已失效，请重新导出。'"
        " WHERE state = 'made'"
    )


def downgrade() -> None:
    for column in ("withheld_ids", "item_ids"):
        op.drop_column("ledger_export", column)
