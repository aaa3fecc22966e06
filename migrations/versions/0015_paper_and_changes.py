"""Objections to signatures on paper, relieved units, the filing before 恢复督办 (第八、十二、十六条)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROLES = {
    "item_unit": ("'lead', 'co'", "co"),
    "item_member": ("'handler', 'helper', 'co_handler'", "helper"),
}
"""The roles there were, and what a relieved one is taken for without the new one."""
PRESENT = "superseded_at IS NULL"


def upgrade() -> None:
    for table, (roles, _former) in ROLES.items():
        _check(table, f"role IN ({roles}, 'former')")
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


def _check(table: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_role"), table)
    op.create_check_constraint(op.f(f"ck_{table}_role"), table, condition)


def downgrade() -> None:
    op.drop_index("uq_archive_record_keeper", "archive_record")
    # One record a keeper: the events still tell of the filing before.
    op.execute("DELETE FROM archive_record WHERE superseded_at IS NOT NULL")
    op.create_unique_constraint(
        "uq_archive_record_item_id", "archive_record", ["item_id", "keeper"]
    )
    op.drop_column("archive_record", "superseded_at")
    op.drop_constraint("uq_approval_slot_public_id", "approval_slot")
    for name in ("answered_at", "contestable_until", "public_id"):
        op.drop_column("approval_slot", name)
    for table, (roles, former) in ROLES.items():
        op.execute(sa.text(f"UPDATE {table} SET role = '{former}' WHERE role = 'former'"))
        _check(table, f"role IN ({roles})")
