"""补录历史事项: the worker may release a number of the paper backlog to its item, and reads which
numbers are in use, as the person who brings the items in (SPEC §4 rule 5)."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

WORKER = "portal_worker"


def upgrade() -> None:
    op.execute(f"GRANT UPDATE (item_id) ON number_placeholder TO {WORKER}")
    op.execute(f"GRANT EXECUTE ON FUNCTION number_register() TO {WORKER}")


def downgrade() -> None:
    op.execute(f"REVOKE EXECUTE ON FUNCTION number_register() FROM {WORKER}")
    op.execute(f"REVOKE UPDATE (item_id) ON number_placeholder FROM {WORKER}")
