"""What an act made of the item, from which address; a change that lapsed; forgotten forms.

第十六条, SPEC §2.2: the events of a part's act say what the item became as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

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
    _rewrite(FORGET, LAST + FORMS, LAST)
    op.execute("UPDATE change SET state = 'withdrawn' WHERE state = 'lapsed'")
    _states(STATES)
    for name in ("address", "item_to", "item_from"):
        op.drop_column("event", name)
