"""Delegations set by people; 交接单 and their items as parts of an item.

SPEC §1.5 and §1.6, decisions 0118 and 0119.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE, LIST, LINE = "delegation", "handover_list", "handover"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
CALLS, LINES = (
    f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;\n"
    for table in ("phone_record", LINE)
)
MOVES = "state, given_at, taken_at, effective_at, supervised_by_id"
"""What its acts change of a line; who hands what to whom, and what is said of it, stays."""


def upgrade() -> None:
    _delegations()
    _lists()
    _lines()
    _rewrite(CALLS, CALLS + LINES)


def _delegations() -> None:
    op.add_column(
        TABLE,
        sa.Column(
            "public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.create_unique_constraint(op.f(f"uq_{TABLE}_public_id"), TABLE, ["public_id"])
    op.add_column(TABLE, sa.Column("key", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f(f"uq_{TABLE}_key"), TABLE, ["key"])
    op.add_column(
        TABLE,
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column(TABLE, sa.Column("revoked_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_{TABLE}_revoked_by_id_person"), TABLE, "person", ["revoked_by_id"], ["id"]
    )


def _persons(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))
        for column, of in (pair.split("->") for pair in columns)
    ]


def _lists() -> None:
    op.create_table(
        LIST,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("supervisor", sa.String(), nullable=False),
        sa.Column("begun_by_id", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'head')", name=op.f(f"ck_{LIST}_kind")),
        sa.CheckConstraint("from_id <> to_id", name=op.f(f"ck_{LIST}_two_persons")),
        sa.CheckConstraint(
            "supervisor IN ('unit_head', 'office_head', 'office_leader')",
            name=op.f(f"ck_{LIST}_supervisor"),
        ),
        *_persons(LIST, "unit_id->unit", "from_id->person", "to_id->person", "begun_by_id->person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LIST}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{LIST}_public_id")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{LIST}_key")),
    )
    for column in ("unit_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_{LIST}_{column}"), LIST, [column])
    op.execute(f"GRANT SELECT, INSERT ON {LIST} TO {WEB}, {WORKER}")


def _lines() -> None:
    op.create_table(
        LINE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("supervisor", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), server_default="", nullable=False),
        sa.Column("open_matters", sa.String(), server_default="", nullable=False),
        sa.Column("materials", sa.String(), server_default="", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervised_by_id", sa.BigInteger(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("kind IN ('person', 'head')", name=op.f(f"ck_{LINE}_kind")),
        sa.CheckConstraint(
            "state IN ('requested', 'from_confirmed', 'to_confirmed', 'effective', 'forced',"
            " 'declined', 'withdrawn')",
            name=op.f(f"ck_{LINE}_state"),
        ),
        sa.CheckConstraint(
            "(effective_at IS NOT NULL) = (state IN ('effective', 'forced'))",
            name=op.f(f"ck_{LINE}_effective"),
        ),
        *_persons(
            LINE,
            "item_id->item",
            "list_id->handover_list",
            "unit_id->unit",
            "from_id->person",
            "to_id->person",
            "supervised_by_id->person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{LINE}_public_id")),
    )
    for column in ("item_id", "list_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_{LINE}_{column}"), LINE, [column])
    op.create_index(
        "uq_handover_open",
        LINE,
        ["item_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'from_confirmed', 'to_confirmed')"),
    )
    op.execute(f"ALTER TABLE {LINE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({MOVES}) ON {LINE} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {LINE}_web ON {LINE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {LINE}_worker ON {LINE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {LINE}_readers BEFORE INSERT ON {LINE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
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
    _rewrite(CALLS + LINES, CALLS)
    op.drop_table(LINE)
    op.drop_table(LIST)
    for column in ("revoked_by_id", "created_at", "key", "public_id"):
        op.drop_column(TABLE, column)
