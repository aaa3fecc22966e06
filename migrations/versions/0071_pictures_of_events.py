"""The picture of a signature is found by the event that names it, also after it was withdrawn."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_event_picture ON event ((facts ->> 'picture'))"
        " WHERE (facts ->> 'picture') IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_event_picture", "event")
