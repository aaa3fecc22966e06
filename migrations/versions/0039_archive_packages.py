"""Archive packages of an item, signed for by both sides, and of a year (第十六条（七）, decision 0105)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PACKAGE, YEAR = "archive_package", "year_package"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
MINE = "-asked_by_id = ANY (nullif(current_setting('app.keys', true), '')::int[])"
ASKED = f"{MINE} AND state = 'asked' AND sha256 IS NULL"
"""What the web may write: that the person it reads as asks for a file. A worker makes it."""
DOCUMENTS, PACKAGES = (
    f"UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers) WHERE item_id = NEW.id;"
    for table in ("document", PACKAGE)
)
AGAIN = ("state", "asked_by_id", "asked_at", "tries", "failure")
"""What is written where a failed one is asked for again."""


def upgrade() -> None:
    op.create_table(
        PACKAGE,
        *_asked(PACKAGE),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'made') = (sha256 IS NOT NULL)", name=op.f(f"ck_{PACKAGE}_made")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{of}.id"], name=op.f(f"fk_{PACKAGE}_{column}_{of}")
            )
            for column, of in (("as_of_id", "event"), ("unit_id", "unit"), ("item_id", "item"))
        ),
        sa.UniqueConstraint("item_id", "as_of_id", name=op.f(f"uq_{PACKAGE}_item_id")),
        sa.UniqueConstraint("item_id", "version", name=f"uq_{PACKAGE}_version"),
    )
    op.create_index(op.f(f"ix_{PACKAGE}_item_id"), PACKAGE, ["item_id"])
    op.create_table(
        YEAR,
        *_asked(YEAR),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint(
            "readers = ARRAY[(-asked_by_id)::integer]", name=op.f(f"ck_{YEAR}_readers")
        ),
    )
    op.create_index(op.f(f"ix_{YEAR}_asked_by_id"), YEAR, ["asked_by_id"])
    op.add_column("archive_record", sa.Column("package_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_archive_record_package_id_archive_package"),
        "archive_record", PACKAGE, ["package_id"], ["id"],
    )  # fmt: skip
    _guard()
    _rewrite(DOCUMENTS, f"{DOCUMENTS}\n            {PACKAGES}")


def _asked(table: str) -> list[sa.schema.SchemaItem]:
    """The columns and constraints of every file that a worker makes."""
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f(f"ck_{table}_state")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f(f"fk_{table}_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def _guard() -> None:
    for table, known in ((PACKAGE, KNOWN), (YEAR, KEYS)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WORKER}")
        op.execute(
            f"CREATE POLICY {table}_web ON {table} TO {WEB}"
            f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({known} AND {PROVEN} AND {ASKED})"
        )
        op.execute(
            f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
            f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
            f" WITH CHECK (({known} OR {REASON}) AND {PROVEN})"
        )
    # Signed evidence: what is made is never written again by the web.
    op.execute(f"GRANT UPDATE ({', '.join(AGAIN)}) ON {PACKAGE} TO {WEB}")
    op.execute(
        f"CREATE POLICY {PACKAGE}_again ON {PACKAGE} AS RESTRICTIVE FOR UPDATE TO {WEB}"
        " USING (state = 'failed') WITH CHECK (true)"
    )
    op.execute(
        f"CREATE TRIGGER {PACKAGE}_readers BEFORE INSERT ON {PACKAGE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {PACKAGE}_readers_of_unit BEFORE INSERT ON {PACKAGE}"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )


def _rewrite(before: str, after: str) -> None:
    """Replace one statement of `spread_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('spread_readers()' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("spread_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(f"{DOCUMENTS}\n            {PACKAGES}", DOCUMENTS)
    op.drop_column("archive_record", "package_id")
    op.drop_table(YEAR)
    op.drop_table(PACKAGE)
