"""The chain over the event log, and the list of events that wait for it (等保 8.1.4.3).

The web's role sees neither: the trigger, the owner's, enters its events in the list.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("alg", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_seal_position")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_seal_event_id")),
    )
    op.create_table(
        "unsealed",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_unsealed")),
    )
    op.execute("GRANT SELECT, INSERT ON seal TO portal_worker")
    op.execute("GRANT SELECT, DELETE ON unsealed TO portal_worker")
    op.execute(
        "CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON seal"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER seal_no_truncate BEFORE TRUNCATE ON seal"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        """
        CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            INSERT INTO unsealed (event_id) VALUES (NEW.id);
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION await_seal() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER event_await_seal AFTER INSERT ON event"
        " FOR EACH ROW EXECUTE FUNCTION await_seal()"
    )
    op.execute("INSERT INTO unsealed (event_id) SELECT id FROM event")


def downgrade() -> None:
    op.execute("DROP TRIGGER event_await_seal ON event")
    op.execute("DROP FUNCTION await_seal()")
    op.drop_table("unsealed")
    op.drop_table("seal")
