"""附件 of steps: a report's, an application's for 办结, the scan of a paper signature."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_A_ROW = (
    "subject IS NOT DISTINCT FROM CASE purpose WHEN 'report' THEN 'feedback'"
    " WHEN 'closing' THEN 'closure' WHEN 'scan' THEN 'approval_slot' END"
)


def upgrade() -> None:
    op.add_column("attachment", sa.Column("subject", sa.String(), nullable=True))
    op.add_column("attachment", sa.Column("subject_id", sa.BigInteger(), nullable=True))
    _check("purpose", "purpose IN ('filing', 'evidence', 'report', 'closing', 'scan')")
    _check("unit", "(purpose IN ('evidence', 'report', 'closing')) = (unit_id IS NOT NULL)")
    op.create_check_constraint(op.f("ck_attachment_subject"), "attachment", OF_A_ROW)
    op.create_check_constraint(
        op.f("ck_attachment_subject_id"), "attachment", "(subject IS NULL) = (subject_id IS NULL)"
    )


def downgrade() -> None:
    op.drop_column("attachment", "subject_id")
    op.drop_column("attachment", "subject")
    # No file is lost: those of a unit are its evidence again, others belong to the form.
    op.execute("UPDATE attachment SET purpose = 'evidence' WHERE purpose IN ('report', 'closing')")
    op.execute("UPDATE attachment SET purpose = 'filing' WHERE purpose = 'scan'")
    _check("purpose", "purpose IN ('filing', 'evidence')")
    _check("unit", "(purpose = 'evidence') = (unit_id IS NOT NULL)")


def _check(name: str, condition: str) -> None:
    """The constraint of this name says this from now on."""
    op.drop_constraint(op.f(f"ck_attachment_{name}"), "attachment", type_="check")
    op.create_check_constraint(op.f(f"ck_attachment_{name}"), "attachment", condition)
