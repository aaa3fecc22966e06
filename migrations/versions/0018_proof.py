"""Keys that cannot be forged (第二十一条, decision 0063).

The view `gate` has a row when a transaction proves as whom it reads; every policy asks for it, and
so does every function of the owner's that compares keys itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
# In the same policy as the keys: a policy of its own (AS RESTRICTIVE) would have to hold first,
# and the keys' index could not be used. Read once a statement, for it depends on no row.
PROVEN = "EXISTS (SELECT 1 FROM gate)"
OWN_KEY = "-person_id = ANY (nullif(current_setting('app.keys', true), '')::int[])"
FUNCTIONS = {
    "forget_draft(bigint)": (KEYS, f"{KEYS} AND {PROVEN}"),
    "share_item(bigint, int[])": (f"AND ({KEYS} OR", f"AND {PROVEN} AND ({KEYS} OR"),
    "next_report(bigint)": (KEYS, f"{KEYS} AND {PROVEN}"),
    "keeps_lists(date)": (OWN_KEY, f"{OWN_KEY} AND {PROVEN}"),
}
"""Functions that pass by the policies: how they compare keys, and how with a proof."""


def upgrade() -> None:
    _gate()
    for table in _guarded():
        _policies(table, f" AND {PROVEN}")
    for function, (before, after) in FUNCTIONS.items():
        _rewrite(function, before, after)
    # Hung on a table of one's own it would write readers as the owner.
    op.execute("REVOKE ALL ON FUNCTION spread_readers() FROM PUBLIC")


def _gate() -> None:
    op.create_table(
        "gate_secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("inner_pad", sa.LargeBinary(), nullable=False),
        sa.Column("outer_pad", sa.LargeBinary(), nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("retires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(inner_pad) = 64 AND length(outer_pad) = 64", name=op.f("ck_gate_secret_block")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_secret")),
    )
    # HMAC-SHA256 by what every PostgreSQL has. A setting that is missing gives no row. A view,
    # not a function: the planner sees through it, and it costs a few microseconds.
    op.execute(
        """
        CREATE VIEW gate AS SELECT true AS open FROM gate_secret
        WHERE (retires_at IS NULL OR retires_at > now())
            AND to_timestamp(nullif(current_setting('app.until', true), '')::double precision)
                > now()
            AND decode(current_setting('app.proof', true), 'hex') = sha256(
                outer_pad || sha256(inner_pad || convert_to(
                    current_setting('app.until', true) || '|' || current_setting('app.keys', true)
                        || '|' || current_setting('app.because', true),
                    'UTF8')))
        """
    )
    op.execute(f"GRANT SELECT ON gate TO {WEB}, {WORKER}")


def _guarded() -> list[str]:
    """Every table with row-level security."""
    rows = op.get_bind().execute(
        text(
            "SELECT relname FROM pg_class"
            " WHERE relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    )
    return [row.relname for row in rows]


def _policies(table: str, proven: str) -> None:
    keys, reason = f"{KEYS}{proven}", f"({KEYS} OR {REASON}){proven}"
    check = KNOWN if _is_part(table) else keys
    op.execute(f"ALTER POLICY {table}_web ON {table} USING ({keys}) WITH CHECK ({check})")
    op.execute(
        f"ALTER POLICY {table}_worker ON {table}"
        f" USING ({reason}) WITH CHECK (({check} OR {REASON}){proven})"
    )


def _is_part(table: str) -> bool:
    """Whether its rows hang off an item."""
    columns = sa.inspect(op.get_bind()).get_columns(table)
    return any(column["name"] == "item_id" for column in columns)


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace the one comparison in a function, which keeps its rights."""
    made = op.get_bind().scalar(
        text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))"), {"function": function}
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not compare keys as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION spread_readers() TO PUBLIC")
    for function, (before, after) in FUNCTIONS.items():
        _rewrite(function, after, before)
    for table in _guarded():
        _policies(table, "")
    op.execute("DROP VIEW gate")
    op.drop_table("gate_secret")
