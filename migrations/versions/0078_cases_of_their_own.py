"""A case of 党政办 itself is its leader's until the unit is heard, and when it is dropped; what comes
to light after a decision is a case of its own (decision 0169)."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

CASE = "accountability"
ANSWERED = "'dropped', 'decided', 'executed', 'appeal', 'closed'"
OVER = "'dropped', 'closed'"
HEAD, LEADER, SECRETARY, PRESIDENT, DISCIPLINE, HR = (1_000_000_000 + n for n in range(1, 7))
REFERRED = f"{HEAD}, {LEADER}, {SECRETARY}, {PRESIDENT}, {DISCIPLINE}"
DECIDED = "'decided', 'executed', 'appeal', 'closed'"
OWN = """EXISTS (
                SELECT FROM appointment
                WHERE appointment.unit_id = NEW.unit_id AND appointment.role = 'office_head'
            )"""
"""Whether the unit is 党政办: who decides is its leader then, not its head (0151)."""


def upgrade() -> None:
    _one_running(ANSWERED)
    _readers(
        dropped=f"CASE WHEN {OWN} THEN ARRAY[{LEADER}] ELSE ARRAY[{HEAD}] END",
        early=f"CASE WHEN {OWN} THEN ARRAY[{LEADER}] ELSE ARRAY[{HEAD}, {LEADER}] END",
    )


def _one_running(over: str) -> None:
    op.drop_index(f"uq_{CASE}_one_running", CASE)
    op.create_index(
        f"uq_{CASE}_one_running",
        CASE,
        ["item_id", "unit_id", sa.text("coalesce(person_id, 0)")],
        unique=True,
        postgresql_where=sa.text(f"state NOT IN ({over})"),
    )


def _readers(dropped: str, early: str) -> None:
    """The function of migration 0066, with these; and the rows that stand."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION case_readers() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            NEW.readers := CASE
                WHEN NEW.state = 'dropped' THEN {dropped}
                WHEN NEW.state IN ({DECIDED}) THEN
                    ARRAY[{REFERRED}, {HR}] || case_parties(NEW.unit_id, NEW.person_id)
                WHEN NEW.state IN ('referred', 'suggested') THEN
                    ARRAY[{REFERRED}] || case_parties(NEW.unit_id, NULL)
                    || CASE WHEN NEW.referred_to = 'discipline' THEN ARRAY[]::int[]
                        ELSE ARRAY[{HR}] END
                ELSE
                    {early}
                    || CASE WHEN NEW.state IN ('hearing', 'heard', 'referring')
                        THEN case_parties(NEW.unit_id, NULL) ELSE ARRAY[]::int[] END
                    || CASE WHEN NEW.raised_by_id IS NULL THEN ARRAY[]::int[]
                        ELSE ARRAY[(-NEW.raised_by_id)::int] END
            END;
            RETURN NEW;
        END $$
        """
    )
    op.execute(f"UPDATE {CASE} SET readers = readers")


def downgrade() -> None:
    _readers(dropped=f"ARRAY[{HEAD}]", early=f"ARRAY[{HEAD}, {LEADER}]")
    _one_running(OVER)
