"""撤销整改, 改派整改 (第十七条, decision 0172): a point may end without being put right, or become another
unit's. The paper goes on naming whom it was issued to.
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

TABLE = "rectification"
CHECK = "ck_rectification_state"
BEFORE = "'open', 'replied', 'verified', 'not_passed', 'overdue'"


def upgrade() -> None:
    _states(f"{BEFORE}, 'withdrawn'")
    op.add_column(TABLE, sa.Column("asked_owner_id", sa.BigInteger(), nullable=True))
    op.execute(f"UPDATE {TABLE} SET asked_owner_id = owner_id")
    op.alter_column(TABLE, "asked_owner_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_rectification_asked_owner_id_person"), TABLE, "person", ["asked_owner_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_rectification_asked_owner_id_person"), TABLE, type_="foreignkey")
    op.drop_column(TABLE, "asked_owner_id")
    # Of what was taken back the older portal knows no more than that it counts for nothing.
    op.execute(f"UPDATE {TABLE} SET state = 'open' WHERE state = 'withdrawn'")
    _states(BEFORE)


def _states(known: str) -> None:
    op.drop_constraint(op.f(CHECK), TABLE, type_="check")
    op.create_check_constraint(op.f(CHECK), TABLE, f"state IN ({known})")
