"""Which first-visit guides a person has put away (SPEC §8.14, decision 0109); units that have not
signed for a notice are found by an index, for the office's desk."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"


def upgrade() -> None:
    op.create_table(
        "guide_read",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("guide", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_guide_read_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "guide", name=op.f("pk_guide_read")),
    )
    op.create_index(
        "ix_item_unit_unreceived",
        "item_unit",
        ["item_id"],
        postgresql_where=sa.text("state = 'issued' OR deemed"),
    )
    op.execute(f"GRANT SELECT, INSERT ON guide_read TO {WEB}")
    op.execute(f"GRANT SELECT ON guide_read TO {WORKER}")


def downgrade() -> None:
    op.drop_index("ix_item_unit_unreceived", "item_unit")
    op.drop_table("guide_read")
