"""Scans of signed sheets, objections to them, relieved units, the filing before 恢复督办.

第八、十二、十六（七）条.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHECKS = {
    "attachment": (
        "purpose",
        "purpose IN ('filing', 'evidence')",
        "purpose IN ('filing', 'evidence', 'scan')",
    ),
    "item_unit": ("role", "role IN ('lead', 'co')", "role IN ('lead', 'co', 'former')"),
    "item_member": (
        "role",
        "role IN ('handler', 'helper', 'co_handler')",
        "role IN ('handler', 'helper', 'co_handler', 'former')",
    ),
}
PRESENT = "superseded_at IS NULL"


def upgrade() -> None:
    for table, (name, _before, after) in CHECKS.items():
        _check(table, name, after)
    op.add_column(
        "approval_slot",
        sa.Column(
            "public_id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")
        ),
    )
    op.alter_column("approval_slot", "public_id", server_default=None)
    op.create_unique_constraint("uq_approval_slot_public_id", "approval_slot", ["public_id"])
    op.add_column("approval_slot", sa.Column("contestable_until", sa.Date()))
    op.add_column("approval_slot", sa.Column("answered_at", sa.DateTime(timezone=True)))
    op.add_column("archive_record", sa.Column("superseded_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_archive_record_item_id", "archive_record")
    op.create_index(
        "uq_archive_record_keeper",
        "archive_record",
        ["item_id", "keeper"],
        unique=True,
        postgresql_where=sa.text(PRESENT),
    )


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    op.drop_index("uq_archive_record_keeper", "archive_record")
    op.create_unique_constraint(
        "uq_archive_record_item_id", "archive_record", ["item_id", "keeper"]
    )
    op.drop_column("archive_record", "superseded_at")
    op.drop_constraint("uq_approval_slot_public_id", "approval_slot")
    for name in ("answered_at", "contestable_until", "public_id"):
        op.drop_column("approval_slot", name)
    for table, (name, before, _after) in CHECKS.items():
        _check(table, name, before)
