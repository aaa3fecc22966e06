"""批次: papers with several matters, and the items drafted from them together (SPEC §8.2).

Decision 0126.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PAPER, PART = "batch", "batch_item"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
CALLS, PLACES = (
    f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;\n"
    for table in ("phone_record", PART)
)
UNITS = "            DELETE FROM item_unit WHERE item_id = wanted;\n"
WORDS = f"            DELETE FROM {PART} WHERE item_id = wanted;\n"


def upgrade() -> None:
    _paper()
    _part()
    for table in (PAPER, PART):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
            f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        )
        op.execute(f"GRANT SELECT ON {table} TO {WORKER}")
    # A paper that was read in by mistake goes; one that items were made of stays with them.
    op.execute(
        f"GRANT SELECT, INSERT, DELETE, UPDATE (source_type, source_ref, source_date, drafted_at) ON {PAPER} TO {WEB}"
    )
    op.execute(
        f"CREATE POLICY {PAPER}_web ON {PAPER} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN})"
    )
    op.execute(f"GRANT SELECT, INSERT ON {PART} TO {WEB}")
    op.execute(
        f"CREATE POLICY {PART}_web ON {PART} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE TRIGGER {PART}_readers BEFORE INSERT ON {PART}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _narrowing()
    _rewrite("spread_readers()", CALLS, CALLS + PLACES)
    # The words of the paper are the draft's texts: they go with it.
    _rewrite("forget_draft(bigint)", UNITS, UNITS + WORDS)


def _paper() -> None:
    op.create_table(
        PAPER,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name=op.f(f"ck_{PAPER}_file")),
        sa.CheckConstraint("(sha256 IS NULL) = (name IS NULL)", name=op.f(f"ck_{PAPER}_name")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f(f"fk_{PAPER}_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PAPER}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{PAPER}_public_id")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{PAPER}_key")),
    )
    for column in ("sha256", "made_by_id"):
        op.create_index(op.f(f"ix_{PAPER}_{column}"), PAPER, [column])


def _part() -> None:
    op.create_table(
        PART,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_uuid", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("quotation", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f(f"fk_{PART}_batch_id_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{PART}_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PART}")),
        sa.UniqueConstraint("batch_id", "seq", name=op.f(f"uq_{PART}_batch_id")),
        sa.UniqueConstraint("item_id", name=op.f(f"uq_{PART}_item_id")),
    )
    op.create_index(op.f(f"ix_{PART}_item_id"), PART, ["item_id"])
    op.create_index(op.f(f"ix_{PART}_batch_uuid"), PART, ["batch_uuid"])


def _narrowing() -> None:
    """A matter that turns out to be sensitive stands in the paper as well."""
    op.execute(
        f"""
        CREATE FUNCTION narrow_paper() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            UPDATE {PAPER} SET readers = ARRAY[(-made_by_id)::integer]
            WHERE id IN (SELECT batch_id FROM {PART} WHERE item_id = NEW.id);
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION narrow_paper() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER item_paper AFTER UPDATE OF classification ON item FOR EACH ROW"
        " WHEN (NEW.classification = 'sensitive') EXECUTE FUNCTION narrow_paper()"
    )


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one statement of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text(f"SELECT pg_get_functiondef(CAST('{function}' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite("forget_draft(bigint)", UNITS + WORDS, UNITS)
    _rewrite("spread_readers()", CALLS + PLACES, CALLS)
    op.execute("DROP TRIGGER item_paper ON item")
    op.execute("DROP FUNCTION narrow_paper()")
    op.drop_table(PART)
    op.drop_table(PAPER)
