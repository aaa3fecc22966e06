"""Less for the web's role: exports end with the right to know of their items (decision 0075), who asks
for a file asks for himself, what the portal never deletes cannot be deleted, no part of an item keeps
readers that were just changed, and who keeps lists does so today and not for himself (decision 0076).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
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
SAID = "current_setting('app.until', true) || '|' || current_setting('app.keys', true)"
DAY = " || '|' || current_setting('app.day', true)"
OWN_KEY = "-person_id = ANY (nullif(current_setting('app.keys', true), '')::int[])"
LISTING = "list_unseen(date,uuid,bigint,uuid,text,text,text,timestamptz)"
NOTE = "note_list(bigint,text,text,bigint,jsonb,bigint,date,uuid,text,text,text,timestamptz)"
HEADS = """ARRAY(
                SELECT listed.person_id FROM need_to_know AS listed JOIN appointment AS post
                    ON post.person_id = listed.person_id AND post.role = 'office_head'
                    AND post.valid_from <= today AND (post.valid_to IS NULL OR post.valid_to >= today)
                WHERE listed.item_id = wanted AND listed.to_at IS NULL ORDER BY 1)"""
FUNCTIONS = {
    "keeps_lists(date)": (
        OWN_KEY,
        f"{OWN_KEY} AND to_char(today, 'YYYY-MM-DD') = current_setting('app.day', true)",
    ),
    LISTING: (
        "            IF EXISTS (\n                SELECT 1 FROM need_to_know\n                WHERE item_id"
        " = kept.id AND person_id = person",
        "            IF person = keeper THEN\n                RETURN 'own';\n            END IF;\n"
        "            IF EXISTS (\n                SELECT 1 FROM need_to_know\n                WHERE item_id"
        " = kept.id AND person_id = person",
    ),
    NOTE: ("digest, facts, '{}'", f"digest, facts, {HEADS}"),
}
"""What is compared or told in functions of the owner's: before, and now."""
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
    # A list is typed in by anybody of the office, so that only its first writing is its asker's.
    op.execute(f"REVOKE UPDATE ON signing_list FROM {WEB}")
    op.execute(f"GRANT UPDATE (entered_at) ON signing_list TO {WEB}")
    op.execute(
        "CREATE POLICY signing_list_asked ON signing_list AS RESTRICTIVE FOR INSERT"
        f" TO {WEB} WITH CHECK ({ASKED})"
    )
    for table in NEVER_DELETED:
        op.execute(f"REVOKE DELETE ON {table} FROM {WEB}, {WORKER}")
    # Locked, the item waits for who is just changing its readers, and who comes next waits for it.
    _take_readers(f"{READ} FOR SHARE")
    _gate(SAID + DAY)
    for function, (before, after) in FUNCTIONS.items():
        _rewrite(function, before, after)


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


def _gate(said: str) -> None:
    """The view of 0018, with a proof over `said` and the reason."""
    op.execute(
        f"""
        CREATE OR REPLACE VIEW gate AS SELECT true AS open FROM gate_secret
        WHERE (retires_at IS NULL OR retires_at > now())
            AND to_timestamp(nullif(current_setting('app.until', true), '')::double precision)
                > now()
            AND decode(current_setting('app.proof', true), 'hex') = sha256(
                outer_pad || sha256(inner_pad || convert_to(
                    {said} || '|' || current_setting('app.because', true), 'UTF8')))
        """
    )


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one piece of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))"),
        {"function": function},
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} is not the one expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    for function, (before, after) in FUNCTIONS.items():
        _rewrite(function, after, before)
    _gate(SAID)
    _take_readers(READ)
    for table in NEVER_DELETED:
        op.execute(f"GRANT DELETE ON {table} TO {WEB}, {WORKER}")
    op.execute("DROP POLICY signing_list_asked ON signing_list")
    op.execute(f"REVOKE UPDATE (entered_at) ON signing_list FROM {WEB}")
    op.execute(f"GRANT UPDATE ON signing_list TO {WEB}")
    for table, check in FILES.items():
        op.execute(f"ALTER POLICY {table}_web ON {table} WITH CHECK ({check})")
    op.execute(f"GRANT UPDATE ON ledger_export TO {WEB}")
    op.drop_constraint("readers", "ledger_export", type_="check")
    for column in ("withheld_ids", "item_ids"):
        op.drop_column("ledger_export", column)
