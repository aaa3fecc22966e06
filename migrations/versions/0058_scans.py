"""扫描件归件: scans of signed sheets, read by a worker, for who took them in alone (SPEC §8.4)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
BATCH, FILE, SHEET = "scan_batch", "scan_file", "scan_sheet"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
GRANTS = {
    BATCH: ("SELECT, INSERT", "SELECT, UPDATE, DELETE"),
    FILE: ("SELECT, INSERT", "SELECT, DELETE"),
    SHEET: (
        "SELECT, UPDATE (found_id, typed, entered_at, aside_at)",
        "SELECT, INSERT, DELETE",
    ),
}
"""What the web may, what the worker may: it reads the files into sheets and throws old ones away."""


def upgrade() -> None:
    _batches()
    _files()
    _sheets()
    for table, (web, worker) in GRANTS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT {web} ON {table} TO {WEB}")
        op.execute(f"GRANT {worker} ON {table} TO {WORKER}")
        # A batch comes in to be read: what it holds, the worker says.
        begun = " AND state = 'asked'" if table == BATCH else ""
        op.execute(
            f"CREATE POLICY {table}_web ON {table} TO {WEB}"
            f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN}{begun})"
        )
        op.execute(
            f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
            f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
            f" WITH CHECK (({KEYS} OR {REASON}) AND {PROVEN})"
        )


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _readers() -> sa.Column:
    return sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False)


def _of_batch(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_batch_id_{BATCH}")
    return sa.ForeignKeyConstraint(["batch_id"], [f"{BATCH}.id"], name=name, ondelete="CASCADE")


def _batches() -> None:
    op.create_table(
        BATCH,
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        _readers(),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f(f"ck_{BATCH}_state")
        ),
        sa.CheckConstraint(
            "readers = ARRAY[(-asked_by_id)::integer]", name=op.f(f"ck_{BATCH}_readers")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f(f"fk_{BATCH}_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BATCH}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{BATCH}_public_id")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{BATCH}_key")),
    )
    op.create_index(op.f(f"ix_{BATCH}_asked_by_id"), BATCH, ["asked_by_id"])


def _files() -> None:
    op.create_table(
        FILE,
        _id(),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        _readers(),
        _of_batch(FILE),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FILE}")),
    )
    op.create_index(op.f(f"ix_{FILE}_batch_id"), FILE, ["batch_id"])
    op.create_index(op.f(f"ix_{FILE}_sha256"), FILE, ["sha256"])


def _sheets() -> None:
    op.create_table(
        SHEET,
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("found_id", sa.Uuid(), nullable=True),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pictures", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True),
        _readers(),
        sa.CheckConstraint("entered_at IS NULL OR aside_at IS NULL", name=op.f(f"ck_{SHEET}_once")),
        sa.CheckConstraint("kind IN ('pdf', 'jpg', 'png')", name=op.f(f"ck_{SHEET}_kind")),
        _of_batch(SHEET),
        sa.ForeignKeyConstraint(
            ["file_id"], [f"{FILE}.id"], name=op.f(f"fk_{SHEET}_file_id_{FILE}"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SHEET}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{SHEET}_public_id")),
        sa.UniqueConstraint("file_id", "first_page", name=op.f(f"uq_{SHEET}_file_id")),
    )
    op.create_index(op.f(f"ix_{SHEET}_batch_id"), SHEET, ["batch_id"])
    op.create_index(op.f(f"ix_{SHEET}_sha256"), SHEET, ["sha256"])


def downgrade() -> None:
    for table in (SHEET, FILE, BATCH):
        op.drop_table(table)
