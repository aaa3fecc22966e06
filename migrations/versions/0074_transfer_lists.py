"""移交清单 with their lines and both signatures (SPEC §2.11, decision 0165).

A list is known to 党政办 and 档案员 by the keys of their offices; its lines go with their items.
Drawn up unsigned; each side signs once, in order, as itself; nothing else of it is ever changed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
LIST, LINE = "transfer_list", "transfer_line"
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
KEYS = f"readers && {MINE}"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
ON_LIST = f"EXISTS (SELECT 1 FROM {LIST} WHERE {LIST}.id = list_id AND handed_by_id IS NULL)"
READERS = "1000000001, 1000000007, 1000000008"
"""The keys of 党政办主任, 督办专员, 档案员."""
SIGNED = "handed_by_id, handed_at, taken_by_id, taken_at"
LOANS, LINES = (
    f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;\n"
    for table in ("loan", LINE)
)


def upgrade() -> None:
    _list()
    _line()
    for table in (LIST, LINE):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}, {WORKER}")
    op.execute(f"GRANT UPDATE ({SIGNED}) ON {LIST} TO {WEB}, {WORKER}")
    _policies(LIST, KEYS)
    _policies(LINE, f"{KNOWN} AND {ON_LIST}")
    _as_oneself()
    _once()
    op.execute(
        f"CREATE TRIGGER {LINE}_readers BEFORE INSERT ON {LINE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _rewrite(LOANS, LOANS + LINES)


def _policies(table: str, written: str) -> None:
    op.execute(
        f"CREATE POLICY {table}_web ON {table} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({written} AND {PROVEN})"
    )
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({written} OR {REASON}) AND {PROVEN})"
    )


def _as_oneself() -> None:
    """Drawn up as oneself and unsigned; of the signatures the newest is the signer's own."""
    op.execute(
        f"CREATE POLICY {LIST}_drawn ON {LIST} AS RESTRICTIVE FOR INSERT TO {WEB}"
        f" WITH CHECK (-drawn_by_id = ANY ({MINE}) AND handed_by_id IS NULL)"
    )
    op.execute(
        f"CREATE POLICY {LIST}_signed ON {LIST} AS RESTRICTIVE FOR UPDATE TO {WEB}"
        f" USING (true) WITH CHECK (-coalesce(taken_by_id, handed_by_id) = ANY ({MINE}))"
    )


def _once() -> None:
    """A signature is given once and stays."""
    op.execute(
        f"""
        CREATE FUNCTION transfer_signed_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.handed_by_id IS NOT NULL
                    AND (NEW.handed_by_id, NEW.handed_at)
                        IS DISTINCT FROM (OLD.handed_by_id, OLD.handed_at))
                OR OLD.taken_by_id IS NOT NULL
                OR (OLD.handed_by_id IS NULL AND NEW.taken_by_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a signature of {LIST} stays' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {LIST}_once BEFORE UPDATE ON {LIST}"
        " FOR EACH ROW EXECUTE FUNCTION transfer_signed_once()"
    )


def _list() -> None:
    op.create_table(
        LIST,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("year", "nth", "total")),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{LIST}_{name}"))
            for name, rule in (
                ("total", "total > 0 AND nth > 0"),
                ("handed", "(handed_by_id IS NULL) = (handed_at IS NULL)"),
                ("taken", "(taken_by_id IS NULL) = (taken_at IS NULL)"),
                ("two_persons", "taken_by_id IS NULL OR handed_by_id <> taken_by_id"),
                ("in_order", "taken_at IS NULL OR handed_at IS NOT NULL"),
                ("readers", f"readers = ARRAY[{READERS}]"),
            )
        ),
        *_persons("drawn_by_id", "handed_by_id", "taken_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LIST}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{LIST}_public_id")),
        sa.UniqueConstraint("year", "nth", name=op.f(f"uq_{LIST}_year")),
    )


def _persons(*columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{LIST}_{column}_person"))
        for column in columns
    ]


def _line() -> None:
    words = ("archive_no", "number", "title", "unit", "retention")
    op.create_table(
        LINE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        sa.Column("archived_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("version", "files", "pages")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], [f"{LIST}.id"], name=op.f(f"fk_{LINE}_list_id_{LIST}")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{LINE}_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINE}")),
    )
    op.create_index(op.f(f"ix_{LINE}_item_id"), LINE, ["item_id"])
    op.create_index(f"uq_{LINE}_place", LINE, ["list_id", "place"], unique=True)
    op.create_index(f"uq_{LINE}_item", LINE, ["list_id", "item_id"], unique=True)


def _rewrite(before: str, after: str) -> None:
    """Replace one statement of `spread_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('spread_readers()' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("spread_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(LOANS + LINES, LOANS)
    op.drop_table(LINE)
    op.drop_table(LIST)
    op.execute("DROP FUNCTION transfer_signed_once()")
