"""收藏、关注: a person's own marks on items, closed to everybody else (SPEC §8.14, decision 0129)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "item_mark"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && nullif(current_setting('app.keys', true), '')::int[] AND {PROVEN}"
REASON = f"nullif(current_setting('app.because', true), '') IS NOT NULL AND {PROVEN}"
# The policy of item decides too: of an item that one may know of no more, no mark is left to see.
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("kind IN ('star', 'follow')", name=op.f(f"ck_{TABLE}_kind")),
        sa.CheckConstraint(
            "readers = ARRAY[(-person_id)::integer]", name=op.f(f"ck_{TABLE}_readers")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{TABLE}_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{TABLE}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("person_id", "kind", "item_id", name=op.f(f"uq_{TABLE}_person_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_item_id"), TABLE, ["item_id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    # A mark is set and taken away, never changed; the worker reads whom to tell.
    op.execute(f"GRANT SELECT, INSERT, DELETE ON {TABLE} TO {WEB}")
    op.execute(f"GRANT SELECT ON {TABLE} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {KNOWN}) WITH CHECK ({KEYS} AND {KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {KNOWN})"
    )


def downgrade() -> None:
    op.drop_table(TABLE)
