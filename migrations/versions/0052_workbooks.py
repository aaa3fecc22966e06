"""Excel tables between preview and confirmation, and the rows that became items (SPEC §8.1)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0049"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
KEPT, IMPORT, ROW = "kept_workbook", "workbook_import", "imported_row"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
CALLS, ROWS = (
    f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;\n"
    for table in ("phone_record", ROW)
)


def upgrade() -> None:
    _kept()
    _imports()
    _rows()


def _kept() -> None:
    op.create_table(
        KEPT,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{KEPT}_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{KEPT}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{KEPT}_public_id")),
    )
    op.create_index(op.f(f"ix_{KEPT}_account_id"), KEPT, ["account_id"])
    op.execute(f"GRANT SELECT, INSERT, DELETE ON {KEPT} TO {WEB}")
    op.execute(f"GRANT SELECT, DELETE ON {KEPT} TO {WORKER}")


def _imports() -> None:
    op.create_table(
        IMPORT,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('shown', 'dropped', 'asked', 'making', 'made', 'failed')",
            name=op.f(f"ck_{IMPORT}_state"),
        ),
        sa.CheckConstraint("purpose IN ('drafts', 'history')", name=op.f(f"ck_{IMPORT}_purpose")),
        sa.CheckConstraint(
            "readers = ARRAY[(-asked_by_id)::integer]", name=op.f(f"ck_{IMPORT}_readers")
        ),
        sa.CheckConstraint(
            "(state IN ('shown', 'dropped')) OR (key IS NOT NULL AND digest IS NOT NULL)",
            name=op.f(f"ck_{IMPORT}_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f(f"fk_{IMPORT}_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{IMPORT}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{IMPORT}_public_id")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{IMPORT}_key")),
    )
    op.create_index(op.f(f"ix_{IMPORT}_asked_by_id"), IMPORT, ["asked_by_id"])
    op.execute(f"ALTER TABLE {IMPORT} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {IMPORT} TO {WEB}")
    # Confirmed or given up by its person while it is shown; from then on it is the worker's.
    op.execute(f"GRANT UPDATE (state, asked_at, key, digest, total, content) ON {IMPORT} TO {WEB}")
    op.execute(f"GRANT SELECT, UPDATE ON {IMPORT} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {IMPORT}_web ON {IMPORT} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN})"
    )
    op.execute(
        f"CREATE POLICY {IMPORT}_begun ON {IMPORT} AS RESTRICTIVE FOR INSERT TO {WEB}"
        " WITH CHECK (state = 'shown')"
    )
    op.execute(
        f"CREATE POLICY {IMPORT}_decided ON {IMPORT} AS RESTRICTIVE FOR UPDATE TO {WEB}"
        " USING (state = 'shown') WITH CHECK (state IN ('asked', 'dropped'))"
    )
    op.execute(
        f"CREATE POLICY {IMPORT}_worker ON {IMPORT} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KEYS} OR {REASON}) AND {PROVEN})"
    )


def _rows() -> None:
    op.create_table(
        ROW,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], [f"{IMPORT}.id"], name=op.f(f"fk_{ROW}_import_id_{IMPORT}")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{ROW}_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ROW}")),
        sa.UniqueConstraint("import_id", "place", name=op.f(f"uq_{ROW}_import_id")),
    )
    op.create_index(op.f(f"ix_{ROW}_item_id"), ROW, ["item_id"])
    op.create_index(op.f(f"ix_{ROW}_key"), ROW, ["key"])
    op.execute(f"ALTER TABLE {ROW} ENABLE ROW LEVEL SECURITY")
    # Only the worker makes items of rows; that it did is never changed.
    op.execute(f"GRANT SELECT ON {ROW} TO {WEB}")
    op.execute(f"GRANT SELECT, INSERT ON {ROW} TO {WORKER}")
    op.execute(f"CREATE POLICY {ROW}_web ON {ROW} TO {WEB} USING ({KEYS} AND {PROVEN})")
    op.execute(
        f"CREATE POLICY {ROW}_worker ON {ROW} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {ROW}_readers BEFORE INSERT ON {ROW}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _rewrite(CALLS, CALLS + ROWS)


def _rewrite(before: str, after: str) -> None:
    """Replace one statement of `spread_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('spread_readers()' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("spread_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(CALLS + ROWS, CALLS)
    for table in (ROW, IMPORT, KEPT):
        op.drop_table(table)
