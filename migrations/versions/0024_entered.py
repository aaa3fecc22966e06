"""代录 of reports and of applications for 办结; lists of items signed on one sheet (SPEC §8.4)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && nullif(current_setting('app.keys', true), '')::int[] AND {PROVEN}"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
EITHER = (
    f"(readers && nullif(current_setting('app.keys', true), '')::int[] OR {REASON}) AND {PROVEN}"
)
# A scan of a common list is for who may know of everything on it: the policy of item decides.
ALL_OF_IT = (
    "(with_items IS NULL OR NOT EXISTS (SELECT 1 FROM unnest(with_items) AS shown(id)"
    " WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.id = shown.id)))"
)
NAMED = (
    ("paper_on", sa.Date()),
    ("contestable_until", sa.Date()),
    ("contested_at", sa.DateTime(timezone=True)),
    ("answered_at", sa.DateTime(timezone=True)),
)
WAYS = {"feedback": "'online', 'paper', 'phone', 'file'", "closure": "'online', 'paper', 'file'"}


def upgrade() -> None:
    op.alter_column("approval_slot", "via", server_default="online")
    for table, ways in WAYS.items():
        op.add_column(table, sa.Column("via", sa.String(), server_default="online", nullable=False))
        _reference(table, "entered_by_id", "person")
        op.create_check_constraint(op.f(f"ck_{table}_via"), table, f"via IN ({ways})")
        op.create_check_constraint(
            op.f(f"ck_{table}_entered"), table, "(via = 'online') = (entered_by_id IS NULL)"
        )
    _reference("feedback", "scan_id", "attachment")
    for name, kind in NAMED:
        op.add_column("feedback", sa.Column(name, kind, nullable=True))
    op.add_column(
        "attachment", sa.Column("with_items", postgresql.ARRAY(sa.BigInteger()), nullable=True)
    )
    op.execute(f"ALTER POLICY attachment_web ON attachment USING ({KEYS} AND {ALL_OF_IT})")
    _lists()


def _reference(table: str, column: str, target: str) -> None:
    op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}_{target}"), table, target, [column], ["id"])


def _lists() -> None:
    op.create_table(
        "signing_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.BigInteger(), nullable=False),
        sa.Column("slot_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f("ck_signing_list_state")
        ),
        sa.CheckConstraint(
            "cardinality(slot_ids) = cardinality(item_ids)", name=op.f("ck_signing_list_rows")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_signing_list_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["person.id"], name=op.f("fk_signing_list_signer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_list")),
        sa.UniqueConstraint("key", name=op.f("uq_signing_list_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signing_list_public_id")),
    )
    op.create_index(op.f("ix_signing_list_asked_by_id"), "signing_list", ["asked_by_id"])
    op.execute("ALTER TABLE signing_list ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON signing_list TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY signing_list_web ON signing_list TO {WEB}"
        f" USING ({KEYS}) WITH CHECK ({KEYS})"
    )
    op.execute(
        f"CREATE POLICY signing_list_worker ON signing_list TO {WORKER}"
        f" USING ({EITHER}) WITH CHECK ({EITHER})"
    )


def downgrade() -> None:
    op.drop_table("signing_list")
    op.execute(f"ALTER POLICY attachment_web ON attachment USING ({KEYS})")
    op.drop_column("attachment", "with_items")
    for name in ("scan_id", *(name for name, _kind in NAMED)):
        op.drop_column("feedback", name)
    for table in WAYS:
        op.drop_column(table, "entered_by_id")
        op.drop_column(table, "via")
    op.alter_column("approval_slot", "via", server_default=None)
