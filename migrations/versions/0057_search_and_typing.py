"""The pinyin of titles, to find items by (SPEC §8.8, decision 0130); what is being typed and was not
sent yet (SPEC §8.14, decision 0131)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.readings import reading_of

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "typed_text"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && nullif(current_setting('app.keys', true), '')::int[] AND {PROVEN}"
REASON = f"nullif(current_setting('app.because', true), '') IS NOT NULL AND {PROVEN}"
KNOWN = "(item_id IS NULL OR EXISTS (SELECT 1 FROM item WHERE item.id = item_id))"
BATCH = 5000
PLAIN = "SET title = '', "
WITH_READING = "SET title = '', title_reading = '', "


def upgrade() -> None:
    op.add_column(
        "item", sa.Column("title_reading", sa.String(), server_default="", nullable=False)
    )
    _read_titles()
    # 删除草稿 erases the reading with the title.
    _rewrite(PLAIN, WITH_READING)
    _typed_text()


def _typed_text() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("window", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "readers = ARRAY[(-person_id)::integer]", name=op.f(f"ck_{TABLE}_readers")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{TABLE}_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{TABLE}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("person_id", "place", name=op.f(f"uq_{TABLE}_person_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_item_id"), TABLE, ["item_id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {WEB}")
    # The worker throws old ones away and never reads one.
    op.execute(f"GRANT SELECT (id, saved_at), DELETE ON {TABLE} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {KNOWN}) WITH CHECK ({KEYS} AND {KNOWN})"
    )
    op.execute(f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER} USING ({REASON})")


def _read_titles() -> None:
    """Of the items that are there already, some thousands at a time."""
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, title FROM item WHERE id > :last ORDER BY id LIMIT :batch")
    write = sa.text("UPDATE item SET title_reading = :reading WHERE id = :id")
    while rows := connection.execute(some, {"last": last, "batch": BATCH}).all():
        connection.execute(
            write, [{"id": row.id, "reading": reading_of(row.title)} for row in rows]
        )
        last = rows[-1].id


def _rewrite(before: str, after: str) -> None:
    """Replace a piece of `forget_draft`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST('forget_draft(bigint)' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError("forget_draft() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    op.drop_table(TABLE)
    _rewrite(WITH_READING, PLAIN)
    op.drop_column("item", "title_reading")
