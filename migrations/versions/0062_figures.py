"""指标 (SPEC §6.2): their export as Excel stands in 导出记录."""

from alembic import op

revision = "0062"
down_revision = "0060"
branch_labels = None
depends_on = None

EXPORT = "ledger_export"


def upgrade() -> None:
    _forms("'excel', 'pdf', 'figures'")


def _forms(forms: str) -> None:
    op.drop_constraint(op.f(f"ck_{EXPORT}_form"), EXPORT, type_="check")
    op.create_check_constraint(op.f(f"ck_{EXPORT}_form"), EXPORT, f"form IN ({forms})")


def downgrade() -> None:
    op.execute(f"DELETE FROM {EXPORT} WHERE form = 'figures'")
    _forms("'excel', 'pdf'")
