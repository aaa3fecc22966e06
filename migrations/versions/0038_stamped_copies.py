"""Stamped copies: who took which PDF of a sensitive item out of the portal, by SHA-256.

SPEC §7.6, decision 0104. What may be read of a copy is what may be read of the sheet or file.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "stamped_copy"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
OWN = "ARRAY[(-person_id)::integer] && nullif(current_setting('app.keys', true), '')::int[]"
"""Nobody enters a copy under another's name."""
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
PART = "readers_of_copy(text, bigint, bigint)"
ENDS = "            RETURN NULL;"
SPREAD = (
    f"            UPDATE {TABLE} SET readers = readers_of_copy(subject, subject_id, item_id)"
    " WHERE item_id = NEW.id;\n"
)
FOUND_BY_HASH = ("attachment", "document", "signing_list")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "subject IN ('document', 'attachment')", name=op.f(f"ck_{TABLE}_subject")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{TABLE}_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{TABLE}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_item_id"), TABLE, ["item_id"])
    op.create_index(f"ix_{TABLE}_sha256", TABLE, ["sha256"])
    for table in FOUND_BY_HASH:
        op.create_index(f"ix_{table}_sha256", table, ["sha256"])
    _gate()
    _readers()


def _gate() -> None:
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN} AND {OWN})"
    )
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    for name, when in (("append_only", "UPDATE OR DELETE"), ("no_truncate", "TRUNCATE")):
        every = "STATEMENT" if when == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {when} ON {TABLE}"
            f" FOR EACH {every} EXECUTE FUNCTION refuse_change()"
        )


def _readers() -> None:
    """A copy is read by whoever reads what it is of; what is gone is nobody's."""
    op.execute(
        f"""
        CREATE FUNCTION readers_of_copy(part text, wanted bigint, of_item bigint) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT coalesce(CASE part
                WHEN 'document' THEN (
                    SELECT readers FROM document WHERE id = wanted AND item_id = of_item)
                WHEN 'attachment' THEN (
                    SELECT readers FROM attachment WHERE id = wanted AND item_id = of_item)
            END, '{{}}')
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION narrow_{TABLE}() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            NEW.readers := readers_of_copy(NEW.subject, NEW.subject_id, NEW.item_id);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers_of_part BEFORE INSERT ON {TABLE}"
        f" FOR EACH ROW EXECUTE FUNCTION narrow_{TABLE}()"
    )
    for function in (PART, f"narrow_{TABLE}()"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    # Last: the sheets and files have their new readers by then.
    _rewrite(ENDS, SPREAD + ENDS)


def _rewrite(before: str, after: str) -> None:
    """Replace one piece of `spread_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('spread_readers()' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("spread_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(SPREAD + ENDS, ENDS)
    op.drop_table(TABLE)
    op.execute(f"DROP FUNCTION narrow_{TABLE}()")
    op.execute(f"DROP FUNCTION {PART}")
    for table in FOUND_BY_HASH:
        op.drop_index(f"ix_{table}_sha256", table)
