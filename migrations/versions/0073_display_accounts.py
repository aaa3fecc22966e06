"""Accounts for screens on a wall: a kind that reads numbers and nothing else (decision 0164).

Their keeper may be an administrator, too: the rule of one administrator's account a person is about
the three administrators alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

ADMINISTRATORS = "'sys_admin', 'sec_admin', 'auditor'"


def upgrade() -> None:
    _kinds(f"'person', {ADMINISTRATORS}, 'display'", f"kind IN ({ADMINISTRATORS})")


def downgrade() -> None:
    """A screen's account goes with its kind, and what hangs on it; the log of administrators keeps
    that there was one."""
    screens = "(SELECT id FROM account WHERE kind = 'display')"
    for table in ("sign_in_session", "bound_phone", "guide_read"):
        op.execute(f"DELETE FROM {table} WHERE account_id IN {screens}")
    op.execute("DELETE FROM account WHERE kind = 'display'")
    _kinds(f"'person', {ADMINISTRATORS}", "kind <> 'person'")


def _kinds(kinds: str, one_each: str) -> None:
    op.drop_constraint(op.f("ck_account_kind"), "account", type_="check")
    op.create_check_constraint(op.f("ck_account_kind"), "account", f"kind IN ({kinds})")
    op.drop_index("uq_account_one_administrator", "account")
    op.create_index(
        "uq_account_one_administrator",
        "account",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text(one_each),
    )
