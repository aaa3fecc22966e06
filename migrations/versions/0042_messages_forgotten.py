"""The worker may delete messages and deliveries that nobody needs any more (decision 0095).

The log of events is not touched: it says for ever who was told of an act.
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

WORKER = "portal_worker"
TABLES = ("message", "delivery")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"GRANT DELETE ON {table} TO {WORKER}")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"REVOKE DELETE ON {table} FROM {WORKER}")
