"""Less for the web's role: exports end with the right to know of their items (decision 0075), who asks
for a file asks for himself, what the portal never deletes cannot be deleted, and no part of an item
keeps readers that were just changed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
IDS = postgresql.ARRAY(sa.BigInteger())
MINE = "-asked_by_id = ANY (nullif(current_setting('app.keys', true), '')::int[])"
ASKED = f"{MINE} AND state = 'asked' AND sha256 IS NULL"
"""What the web may write of a file: that the person it reads as asks for it. A worker reads as
whoever the row names."""
FILES = {
    "ledger_export": "readers && nullif(current_setting('app.keys', true), '')::int[]"
    " AND EXISTS (SELECT 1 FROM gate)",
    "document": "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)",
}
"""The tables of files, and what their policies asked before of a row that is written."""
NEVER_DELETED = (
    "approval", "approval_slot", "archive_record", "closure", "comment", "document", "feedback",
    "item", "need_to_know", "objection", "opinion",
)  # fmt: skip
"""Tables with a right to delete that the portal has no use for; a draft goes by `forget_draft`."""
READ = "SELECT readers INTO NEW.readers FROM item WHERE id = NEW.item_id"


def upgrade() -> None:
    for column in ("item_ids", "withheld_ids"):
        op.add_column("ledger_export", sa.Column(column, IDS, server_default="{}", nullable=False))
    # Of what was made before, nobody can say of which items it speaks.
    op.execute(
        "UPDATE ledger_export SET state = 'failed', failure = '文件已失效，请重新导出。'"
        " WHERE state = 'made'"
    )
    op.create_check_constraint(
        "readers", "ledger_export", "readers = ARRAY[(-asked_by_id)::integer]"
    )
    op.execute(f"REVOKE UPDATE ON ledger_export FROM {WEB}")
    for table, check in FILES.items():
        op.execute(f"ALTER POLICY {table}_web ON {table} WITH CHECK ({check} AND {ASKED})")
    for table in NEVER_DELETED:
        op.execute(f"REVOKE DELETE ON {table} FROM {WEB}, {WORKER}")
    # Locked, the item waits for who is just changing its readers, and who comes next waits for it.
    _take_readers(f"{READ} FOR SHARE")


def _take_readers(read: str) -> None:
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION take_readers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- As the caller: of an item the caller may not know of, no part can be written.
            {read};
            IF NEW.readers IS NULL THEN
                RAISE EXCEPTION 'no such item' USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )


def downgrade() -> None:
    _take_readers(READ)
    for table in NEVER_DELETED:
        op.execute(f"GRANT DELETE ON {table} TO {WEB}, {WORKER}")
    for table, check in FILES.items():
        op.execute(f"ALTER POLICY {table}_web ON {table} WITH CHECK ({check})")
    op.execute(f"GRANT UPDATE ON ledger_export TO {WEB}")
    op.drop_constraint("readers", "ledger_export", type_="check")
    for column in ("withheld_ids", "item_ids"):
        op.drop_column("ledger_export", column)
