"""The pinyin of titles, to find items by (SPEC §8.8, decision 0130)."""

import sqlalchemy as sa
from alembic import op

from portal.readings import reading_of

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

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
    _rewrite(WITH_READING, PLAIN)
    op.drop_column("item", "title_reading")
