"""待办 finds what waits by small indexes over just that, however long the ledger grows."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_feedback_waiting ON feedback (state, item_id)"
        " WHERE state IN ('fb_unit', 'fb_submitted')"
    )
    op.execute(
        "CREATE INDEX ix_archive_record_open ON archive_record (item_id) WHERE kept_on IS NULL"
    )
    op.execute(
        "CREATE INDEX ix_approval_slot_open ON approval_slot (step, role, item_id)"
        " WHERE state = 'open'"
    )


def downgrade() -> None:
    for name in ("ix_feedback_waiting", "ix_archive_record_open", "ix_approval_slot_open"):
        op.execute(f"DROP INDEX {name}")
