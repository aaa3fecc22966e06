"""The private calendar address of a person, as a digest (SPEC §8.14)."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feed TO {WEB}")
    op.execute(f"GRANT SELECT ON calendar_feed TO {WORKER}")


def downgrade() -> None:
    op.drop_table("calendar_feed")
