"""Messages: one row a person and occasion, read by that person alone (SPEC §8.15)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && nullif(current_setting('app.keys', true), '')::int[] AND {PROVEN}"
REASON = f"nullif(current_setting('app.because', true), '') IS NOT NULL AND {PROVEN}"
# The policy of item decides about the message too: who may know no more of it, is told no more.
KNOWN = "(item_id IS NULL OR EXISTS (SELECT 1 FROM item WHERE item.id = item_id))"
# Who acts tells others, of an item he may know of; what is in their trays he does not see.
TOLD = f"{PROVEN} AND {KNOWN} AND readers = ARRAY[-person_id::int]"


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id_event")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_message_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("person_id", "kind", "occasion", name=op.f("uq_message_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
    )
    op.create_index(op.f("ix_message_item_id"), "message", ["item_id"])
    op.create_index(
        "ix_message_unread",
        "message",
        ["person_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_message_unplanned", "message", ["id"], postgresql_where=sa.text("planned_at IS NULL")
    )
    op.execute("ALTER TABLE message ENABLE ROW LEVEL SECURITY")
    # The web marks as read and changes nothing else of a message.
    op.execute(f"GRANT SELECT, INSERT, UPDATE (read_at) ON message TO {WEB}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON message TO {WORKER}")
    op.execute(
        f"CREATE POLICY message_web ON message TO {WEB}"
        f" USING ({KEYS} AND {KNOWN}) WITH CHECK ({TOLD})"
    )
    op.execute(
        f"CREATE POLICY message_worker ON message TO {WORKER}"
        f" USING ({KEYS} AND {KNOWN} OR {REASON}) WITH CHECK ({TOLD} OR {REASON})"
    )


def downgrade() -> None:
    op.drop_table("message")
