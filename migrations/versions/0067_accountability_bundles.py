"""证据汇编 of a case: one PDF made by a worker, and who took it (SPEC §6.3, §7.6)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
CASE, BUNDLE, COPY = "accountability", "accountability_bundle", "accountability_copy"
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
KEYS = f"readers && {MINE}"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
OFFICES = "1000000005, 1000000006"
"""The keys of 纪委办 and 组织人事部, which get 年度评价表."""
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
OF_CASE = f"EXISTS (SELECT 1 FROM {CASE} WHERE {CASE}.id = case_id)"
SEEN = f"{KEYS} AND {OF_CASE} AND {PROVEN}"


def upgrade() -> None:
    op.create_table(
        BUNDLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("failure", sa.String()),
        _guard(),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f(f"ck_{BUNDLE}_state")
        ),
        *_foreign(BUNDLE, f"case_id->{CASE}", "asked_by_id->person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BUNDLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{BUNDLE}_public_id")),
    )
    op.create_table(
        COPY,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        _guard(),
        *_foreign(COPY, f"case_id->{CASE}", "person_id->person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{COPY}")),
    )
    for table in (BUNDLE, COPY):
        op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"])
        _policies(table)
    op.execute(
        f"GRANT UPDATE (state, started_at, made_at, tries, done, total, sha256, size, failure)"
        f" ON {BUNDLE} TO {WORKER}"
    )
    # Asked for as oneself, and without bytes: those a worker makes.
    op.execute(
        f"CREATE POLICY {BUNDLE}_asked ON {BUNDLE} AS RESTRICTIVE FOR INSERT TO {WEB}"
        f" WITH CHECK (-asked_by_id = ANY ({MINE}) AND state = 'asked' AND sha256 IS NULL)"
    )
    op.execute(
        f"CREATE POLICY {COPY}_taken ON {COPY} AS RESTRICTIVE FOR INSERT TO {WEB}"
        f" WITH CHECK (-person_id = ANY ({MINE}))"
    )
    op.execute(
        f"CREATE TRIGGER {COPY}_append_only BEFORE UPDATE OR DELETE ON {COPY}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    _justified()


def _justified() -> None:
    """第二十二条: whether 党政办 found a 正当理由 when it checked; for 年度评价表, which says yes or no
    to it and not how that was found."""
    op.execute(
        f"""
        CREATE FUNCTION found_justified(wanted bigint, unit bigint) RETURNS boolean
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT EXISTS (
                SELECT 1 FROM {CASE}
                WHERE item_id = wanted AND unit_id = unit AND state = 'dropped' AND justified
                    AND {MINE} && ARRAY[{OFFICES}] AND {PROVEN}
            )
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION found_justified(bigint, bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION found_justified(bigint, bigint) TO {WEB}, {WORKER}")


def _policies(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}, {WORKER}")
    op.execute(f"CREATE POLICY {table}_web ON {table} TO {WEB} USING ({SEEN}) WITH CHECK ({SEEN})")
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING (({REASON} AND {PROVEN}) OR ({SEEN}))"
        f" WITH CHECK (({REASON} AND {PROVEN}) OR ({SEEN}))"
    )
    op.execute(
        f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION case_part_readers()"
    )


def _foreign(table: str, *pairs: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))
        for column, of in (pair.split("->") for pair in pairs)
    ]


def _guard() -> sa.Column[list[int]]:
    return sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False)


def downgrade() -> None:
    op.execute("DROP FUNCTION found_justified(bigint, bigint)")
    op.drop_table(COPY)
    op.drop_table(BUNDLE)
