"""简易办结 and 年度评估: the reply of a simple closing, the review that waits (第十五条、第十八条（四）)."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item", sa.Column("review_due", sa.Date()))
    op.add_column("closure", sa.Column("reply_form", sa.String()))
    op.add_column("closure", sa.Column("replied_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_closure_replied_by_id_person"), "closure", "person", ["replied_by_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_closure_reply_form"), "closure", "reply_form IN ('oral', 'written')"
    )
    op.create_check_constraint(
        op.f("ck_closure_reply"), "closure", "(reply_form IS NULL) = (replied_by_id IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_closure_reply"), "closure")
    op.drop_constraint(op.f("ck_closure_reply_form"), "closure")
    op.drop_constraint(op.f("fk_closure_replied_by_id_person"), "closure")
    op.drop_column("closure", "replied_by_id")
    op.drop_column("closure", "reply_form")
    op.drop_column("item", "review_due")
