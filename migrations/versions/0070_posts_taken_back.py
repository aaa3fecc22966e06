"""A post that was entered ahead by mistake, or a grant of today that is taken back, never held: its last
day lies before all days, and it is no contradiction to any other (decision 0158)."""

from alembic import op

revision = "0070"
down_revision = "0068"
branch_labels = None
depends_on = None

NEVER = "DATE '0001-01-01'"
ONE_OF_THE_COLLEGE = ("secretary", "president", "office_leader", "office_head")
DAYS = "daterange(valid_from, valid_to, '[]') WITH &&"
UNIT = "int8range(unit_id, unit_id, '[]') WITH &&, "
PERSON = "int8range(person_id, person_id, '[]') WITH &&, "
ONE_A_DAY = {
    "head": (UNIT, "role = 'unit_head'"),
    "acting": (UNIT, "acting_head"),
    "main_post": (PERSON, "is_primary"),
    **{role: ("", f"role = '{role}'") for role in ONE_OF_THE_COLLEGE},
}


def upgrade() -> None:
    op.drop_constraint(op.f("ck_appointment_period"), "appointment")
    op.create_check_constraint(
        "period",
        "appointment",
        f"valid_to IS NULL OR valid_to >= valid_from OR valid_to = {NEVER}",
    )
    _one_a_day(f" AND (valid_to IS NULL OR valid_to <> {NEVER})")


def downgrade() -> None:
    # The former table has no way to say it; that it was there stays in the administrators' log.
    op.execute(f"DELETE FROM appointment WHERE valid_to = {NEVER}")
    op.drop_constraint(op.f("ck_appointment_period"), "appointment")
    op.create_check_constraint(
        "period", "appointment", "valid_to IS NULL OR valid_to >= valid_from"
    )
    _one_a_day("")


def _one_a_day(also: str) -> None:
    for what, (whose, where) in ONE_A_DAY.items():
        name = f"ex_appointment_one_{what}_a_day"
        op.execute(f"ALTER TABLE appointment DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE appointment ADD CONSTRAINT {name} EXCLUDE USING gist"
            f" ({whose}{DAYS}) WHERE (({where}){also}) DEFERRABLE INITIALLY DEFERRED"
        )
