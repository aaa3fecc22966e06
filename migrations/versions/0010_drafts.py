"""A draft may be saved with a title and a lead unit; what its drafter chose is kept as such.

Source, category and principal may be open until it is submitted, and only so long.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "item",
        sa.Column("chosen", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    # Of earlier drafts nobody knows what was chosen: nothing of them is proposed anew.
    op.execute("UPDATE item SET chosen = '{category,principal,method,deadline}'")
    op.drop_constraint(op.f("ck_item_principal"), "item", type_="check")
    op.create_check_constraint(
        op.f("ck_item_principal"), "item", "principal IN ('', 'secretary', 'president', 'both')"
    )
    op.create_check_constraint(
        op.f("ck_item_settled"),
        "item",
        "state IN ('draft', 'returned') OR (source_type <> '' AND category <> ''"
        " AND principal <> '')",
    )


def downgrade() -> None:
    # The annexes' principal of last resort (SPEC 2.3: other matters go to the president).
    op.execute("UPDATE item SET principal = 'president' WHERE principal = ''")
    op.execute("UPDATE item SET category = 'other' WHERE category = ''")
    op.execute("UPDATE item SET source_type = 'routine' WHERE source_type = ''")
    op.drop_constraint(op.f("ck_item_settled"), "item", type_="check")
    op.drop_constraint(op.f("ck_item_principal"), "item", type_="check")
    op.create_check_constraint(
        op.f("ck_item_principal"), "item", "principal IN ('secretary', 'president', 'both')"
    )
    op.drop_column("item", "chosen")
