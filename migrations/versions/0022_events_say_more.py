"""What an act made of the item, from which address; a change that lapsed; forgotten forms.

第十六条, SPEC §2.2: the events of a part's act say what the item became as well.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "feedback_version"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
SPREAD = "spread_readers()"
OF_REPORTS, OF_VERSIONS = (
    f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
    " WHERE item_id = NEW.id;\n"
    for table in ("feedback", TABLE)
)
STATES = "'proposed', 'open', 'agreed', 'refused', 'withdrawn'"
FORGET = "forget_draft(bigint)"
LAST = "DELETE FROM item_unit WHERE item_id = wanted;"
FORMS = """
    UPDATE opinion SET body = ''
    WHERE item_id = wanted AND id IN (
        SELECT (facts -> 'form' ->> 'text')::bigint FROM event WHERE item_id = wanted
    );"""
"""A form once submitted and taken back is kept as a text beside its events; it goes with the draft."""


def upgrade() -> None:
    op.add_column("event", sa.Column("item_from", sa.String()))
    op.add_column("event", sa.Column("item_to", sa.String()))
    op.add_column("event", sa.Column("address", sa.String()))
    _states(f"{STATES}, 'lapsed'")
    _rewrite(FORGET, LAST, LAST + FORMS)
    _reports()


def _reports() -> None:
    """Every version of a report as it was handed in: 退回补充 overwrites none of them."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{of}_id"], [f"{of}.id"], name=op.f(f"fk_{TABLE}_{of}_id_{of}")
            )
            for of in ("item", "feedback", "unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("feedback_id", "version", name=op.f(f"uq_{TABLE}_feedback_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_item_id"), TABLE, ["item_id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers_of_unit BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )
    _rewrite(SPREAD, OF_REPORTS, OF_REPORTS + OF_VERSIONS)


def _states(states: str) -> None:
    op.drop_constraint(op.f("ck_change_state"), "change")
    op.create_check_constraint(op.f("ck_change_state"), "change", f"state IN ({states})")


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one statement of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))"),
        {"function": function},
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    _rewrite(SPREAD, OF_REPORTS + OF_VERSIONS, OF_REPORTS)
    op.drop_table(TABLE)
    _rewrite(FORGET, LAST + FORMS, LAST)
    op.execute("UPDATE change SET state = 'withdrawn' WHERE state = 'lapsed'")
    _states(STATES)
    for name in ("address", "item_to", "item_from"):
        op.drop_column("event", name)
