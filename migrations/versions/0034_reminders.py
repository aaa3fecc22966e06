"""What the clock has told, how far it has looked, and the indexes by which a round finds what is due.

SPEC §8.15, decision 0093. Neither table is of any use to a person: the web's role has no right to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WORKER = "portal_worker"
INDEXES = (
    ("ix_item_red_lit", "item", ("red_from", "id"), "lit"),
    ("ix_item_closed", "item", ("closed_on",), "state = 'closed'"),
    ("ix_approval_slot_opened", "approval_slot", ("opened_at",), "state = 'open'"),
    ("ix_feedback_point_due", "feedback_point", ("due",), None),
    ("ix_event_day", "event", ("day",), None),
)


def upgrade() -> None:
    op.create_table(
        "reminded",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "occasion", name=op.f("pk_reminded")),
    )
    op.create_table(
        "reminder_mark",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_reminder_mark")),
    )
    op.execute(f"GRANT SELECT, INSERT ON reminded TO {WORKER}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON reminder_mark TO {WORKER}")
    for name, table, columns, where in INDEXES:
        narrowed = sa.text(where) if where else None
        op.create_index(op.f(name), table, list(columns), postgresql_where=narrowed)


def downgrade() -> None:
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(op.f(name), table)
    op.drop_table("reminder_mark")
    op.drop_table("reminded")
