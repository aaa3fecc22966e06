"""督办台账 as PDF: an export says in which form it was asked for (SPEC §6.5, decision 0102)."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "ledger_export"


def upgrade() -> None:
    op.add_column(
        TABLE, sa.Column("form", sa.String(), server_default=sa.text("'excel'"), nullable=False)
    )
    op.create_check_constraint(op.f(f"ck_{TABLE}_form"), TABLE, "form IN ('excel', 'pdf')")


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_form"), TABLE, type_="check")
    op.drop_column(TABLE, "form")
