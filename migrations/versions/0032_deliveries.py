"""Deliveries: messages on their way out of the portal; what each person wants outside (SPEC §8.15)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
WAITING = sa.text("state IN ('planned', 'failed', 'sending')")
# 重发 and test messages; what became of one, only the worker says.
ASKED_AGAIN = (
    "state, next_at, tries, bundle, leased_until, ended_at, failure, provider_id, forced_by_id"
)


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bundle", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), server_default="", nullable=False),
        sa.Column("provider_id", sa.String(), server_default="", nullable=False),
        sa.Column("forced_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'sent', 'failed', 'given_up', 'skipped')",
            name=op.f("ck_delivery_state"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (leased_until IS NOT NULL)", name=op.f("ck_delivery_lease")
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'given_up', 'skipped')) = (ended_at IS NOT NULL)",
            name=op.f("ck_delivery_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_delivery_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["forced_by_id"], ["account.id"], name=op.f("fk_delivery_forced_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", "channel", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delivery_public_id")),
    )
    op.create_index(op.f("ix_delivery_person_id"), "delivery", ["person_id"])
    op.create_index("ix_delivery_waiting", "delivery", ["next_at", "id"], postgresql_where=WAITING)
    op.create_index("ix_delivery_bundle", "delivery", ["bundle"], postgresql_where=WAITING)
    op.create_index("ix_delivery_state", "delivery", ["state", "id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({ASKED_AGAIN}) ON delivery TO {WEB}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON delivery TO {WORKER}")
    op.create_table(
        "message_choice",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("channels", postgresql.JSONB(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_message_choice")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON message_choice TO {WEB}, {WORKER}")


def downgrade() -> None:
    op.drop_table("message_choice")
    op.drop_table("delivery")
