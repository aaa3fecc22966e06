"""督办台账: saved views; exports beyond 500 rows or with sensitive items, which 党政办主任 releases;
exports handed out at once; indexes for the first pages (SPEC §7.5, §7.6, §8.1; decisions 0120-0122).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
VIEW, RELEASE, EXPORT = "ledger_view", "ledger_release", "ledger_export"
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && {MINE} AND {PROVEN}"
REASON = f"nullif(current_setting('app.because', true), '') IS NOT NULL AND {PROVEN}"
OWN = f"-owner_id = ANY ({MINE})"
ASKS = f"-asked_by_id = ANY ({MINE})"
DECIDES = f"-decided_by_id = ANY ({MINE})"
WITHOUT_BYTES = "sha256 IS NULL"
IDS = postgresql.ARRAY(sa.BigInteger())
DUE_NOW = sa.text("coalesce(due_reset, due_effective)")


def upgrade() -> None:
    _views()
    _releases()
    _exports()
    op.create_index("ix_item_due_now", "item", [DUE_NOW, sa.text("id DESC")])
    op.create_index(
        "ix_item_due_now_lit",
        "item",
        [DUE_NOW, sa.text("id DESC")],
        postgresql_where=sa.text("lit"),
    )


def _views() -> None:
    op.create_table(
        VIEW,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "readers = array_remove(ARRAY[(-owner_id)::integer, unit_id::integer], NULL)",
            name=op.f(f"ck_{VIEW}_readers"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f(f"fk_{VIEW}_owner_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{VIEW}_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VIEW}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{VIEW}_public_id")),
        sa.UniqueConstraint("owner_id", "name", name=op.f(f"uq_{VIEW}_owner_id")),
    )
    op.create_index(
        f"uq_{VIEW}_one_default",
        VIEW,
        ["owner_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.execute(f"ALTER TABLE {VIEW} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {VIEW} TO {WEB}")
    op.execute(f"GRANT SELECT ON {VIEW} TO {WORKER}")
    op.execute(f"CREATE POLICY {VIEW}_web ON {VIEW} TO {WEB} USING ({KEYS}) WITH CHECK ({KEYS})")
    op.execute(f"CREATE POLICY {VIEW}_worker ON {VIEW} TO {WORKER} USING ({KEYS} OR {REASON})")
    # Colleagues find a shared view, its owner alone changes it; and nobody shares with a unit
    # that is not his own.
    shared = f"{OWN} AND readers <@ {MINE}"
    op.execute(
        f"CREATE POLICY {VIEW}_made ON {VIEW} AS RESTRICTIVE FOR INSERT TO {WEB}"
        f" WITH CHECK ({shared})"
    )
    op.execute(
        f"CREATE POLICY {VIEW}_changed ON {VIEW} AS RESTRICTIVE FOR UPDATE TO {WEB}"
        f" USING ({OWN}) WITH CHECK ({shared})"
    )
    op.execute(
        f"CREATE POLICY {VIEW}_deleted ON {VIEW} AS RESTRICTIVE FOR DELETE TO {WEB} USING ({OWN})"
    )


def _releases() -> None:
    op.create_table(
        RELEASE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("with_sensitive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("granted_ids", IDS, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'granted', 'refused', 'used')", name=op.f(f"ck_{RELEASE}_state")
        ),
        sa.CheckConstraint("form IN ('excel', 'pdf')", name=op.f(f"ck_{RELEASE}_form")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{RELEASE}_reason")),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL) AND"
            " (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f(f"ck_{RELEASE}_decided"),
        ),
        sa.CheckConstraint(
            "(-asked_by_id)::integer = ANY (readers)", name=op.f(f"ck_{RELEASE}_readers")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f(f"fk_{RELEASE}_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f(f"fk_{RELEASE}_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RELEASE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{RELEASE}_public_id")),
    )
    op.execute(f"ALTER TABLE {RELEASE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {RELEASE} TO {WEB}")
    op.execute(
        f"GRANT UPDATE (state, decided_by_id, decided_at, opinion, granted_ids) ON {RELEASE}"
        f" TO {WEB}"
    )
    op.execute(f"GRANT SELECT ON {RELEASE} TO {WORKER}")
    op.execute(f"GRANT UPDATE (state) ON {RELEASE} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {RELEASE}_web ON {RELEASE} TO {WEB} USING ({KEYS}) WITH CHECK ({KEYS})"
    )
    op.execute(
        f"CREATE POLICY {RELEASE}_worker ON {RELEASE} TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KEYS} OR {REASON})"
    )
    # Asked for as oneself, decided once and under one's own name.
    op.execute(
        f"CREATE POLICY {RELEASE}_asked ON {RELEASE} AS RESTRICTIVE FOR INSERT TO {WEB}"
        f" WITH CHECK ({ASKS} AND state = 'asked')"
    )
    op.execute(
        f"CREATE POLICY {RELEASE}_decided ON {RELEASE} AS RESTRICTIVE FOR UPDATE TO {WEB}"
        f" USING (state = 'asked') WITH CHECK ({DECIDES} AND state IN ('granted', 'refused'))"
    )


def _exports() -> None:
    op.add_column(
        EXPORT, sa.Column("granted_ids", IDS, server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(EXPORT, sa.Column("release_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_{EXPORT}_release_id_{RELEASE}"), EXPORT, RELEASE, ["release_id"], ["id"]
    )
    op.create_index(
        f"uq_{EXPORT}_one_file",
        EXPORT,
        ["release_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'failed'"),
    )
    _states("'asked', 'making', 'made', 'failed', 'given'", "state IN ('asked', 'given')")


def _states(states: str, written: str) -> None:
    """The states of an export, and those in which the web writes one."""
    op.drop_constraint(op.f(f"ck_{EXPORT}_state"), EXPORT, type_="check")
    op.create_check_constraint(op.f(f"ck_{EXPORT}_state"), EXPORT, f"state IN ({states})")
    op.execute(
        f"ALTER POLICY {EXPORT}_web ON {EXPORT}"
        f" WITH CHECK ({KEYS} AND {ASKS} AND {written} AND {WITHOUT_BYTES})"
    )


def downgrade() -> None:
    op.drop_index("ix_item_due_now_lit", "item")
    op.drop_index("ix_item_due_now", "item")
    # Of what was handed out at once nothing is kept: without that state it is a file that is gone.
    op.execute(
        f"UPDATE {EXPORT} SET state = 'failed', failure = '文件已失效，请重新导出。'"
        " WHERE state = 'given'"
    )
    _states("'asked', 'making', 'made', 'failed'", "state = 'asked'")
    op.drop_index(f"uq_{EXPORT}_one_file", EXPORT)
    op.drop_constraint(op.f(f"fk_{EXPORT}_release_id_{RELEASE}"), EXPORT, type_="foreignkey")
    op.drop_column(EXPORT, "release_id")
    op.drop_column(EXPORT, "granted_ids")
    op.drop_table(RELEASE)
    op.drop_table(VIEW)
