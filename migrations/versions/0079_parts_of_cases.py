"""Of a case against an office its own people read what the unit reads; two who may not know of one
another's clues each have their own; the log is written behind its last act, whoever reads that
(decision 0170)."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
CASE, GROUND, ACT = "accountability", "accountability_ground", "accountability_act"
COPY = "accountability_copy"
PARTS = (GROUND, ACT, "accountability_file", "accountability_bundle", COPY)
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
HEAD, LEADER, SECRETARY, PRESIDENT, DISCIPLINE, HR = (1_000_000_000 + n for n in range(1, 7))
OFFICES = f"{HEAD}, {LEADER}, {SECRETARY}, {PRESIDENT}, {DISCIPLINE}, {HR}"
OPEN = "state NOT IN ('dropped', 'decided', 'executed', 'appeal', 'closed')"
OWN = ("readers_of_part(bigint, boolean)", "offices_of(bigint, date)")
ASKED = ("last_link(bigint)", "case_notes(text)")
OF_PART = "to_jsonb({0}) ->> 'to_unit'"


def upgrade() -> None:
    _one_running(["item_id", "unit_id", sa.text("coalesce(person_id, 0)"),
                  sa.text("coalesce(raised_by_id, 0)")])  # fmt: skip
    op.execute(
        f"""
        CREATE FUNCTION offices_of(unit bigint, day date) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT coalesce(array_agg(DISTINCT CASE role
                WHEN 'office_head' THEN {HEAD} WHEN 'discipline' THEN {DISCIPLINE} ELSE {HR} END),
                ARRAY[]::int[])
            FROM appointment
            WHERE unit_id = unit AND role IN ('office_head', 'discipline', 'hr')
                AND valid_from <= day AND coalesce(valid_to, day) >= day
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION readers_of_part(wanted bigint, of_unit boolean) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT CASE WHEN of_unit
                THEN ARRAY[{OFFICES}] || case_parties(unit_id, person_id)
                ELSE ARRAY(SELECT unnest(ARRAY[{OFFICES}]) EXCEPT SELECT unnest(offices_of(unit_id, raised_on)))
                END
            FROM {CASE} WHERE id = wanted
        $$
        """
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION case_part_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS}
        AS $$
        BEGIN
            NEW.readers := readers_of_part(
                NEW.case_id,
                TG_TABLE_NAME = '{GROUND}'
                    OR coalesce(({OF_PART.format("NEW")})::boolean, false)
            );
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION last_link(wanted bigint) RETURNS text LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT act.link FROM {ACT} act JOIN {CASE} held ON held.id = act.case_id
            WHERE held.id = wanted AND (held.readers && {MINE} OR {REASON}) AND {PROVEN}
            ORDER BY act.id DESC LIMIT 1
        $$
        """
    )
    # The form a person sent names itself by a random key: whoever asks has sent it.
    op.execute(
        f"""
        CREATE FUNCTION case_notes(wanted text) RETURNS boolean LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT wanted LIKE 'entered/%' AND {PROVEN}
                AND EXISTS (SELECT 1 FROM {GROUND} WHERE occasion = wanted)
        $$
        """
    )
    for function in (*OWN, *ASKED):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in ASKED:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}, {WORKER}")
    _read_by("readers_of_part({0}.case_id, {1})")


def _one_running(columns: list[sa.TextClause | str]) -> None:
    op.drop_index(f"uq_{CASE}_one_running", CASE)
    op.create_index(
        f"uq_{CASE}_one_running", CASE, columns, unique=True, postgresql_where=sa.text(OPEN)
    )


def _read_by(readers: str) -> None:
    """The parts that stand."""
    op.execute(f"ALTER TABLE {COPY} DISABLE TRIGGER {COPY}_append_only")
    for table in PARTS:
        of_unit = f"coalesce(({OF_PART.format(table)})::boolean, {table == GROUND})"
        op.execute(f"UPDATE {table} SET readers = {readers.format(table, of_unit)}")
    op.execute(f"ALTER TABLE {COPY} ENABLE TRIGGER {COPY}_append_only")


def downgrade() -> None:
    """Of two clues that run against one unit the index of before knows one: with such, it stays as
    it is made here and going back stops."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION case_part_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS}
        AS $$
        DECLARE
            whose {CASE};
        BEGIN
            SELECT * INTO whose FROM {CASE} WHERE id = NEW.case_id;
            NEW.readers := ARRAY[{OFFICES}];
            IF TG_TABLE_NAME = '{GROUND}' OR (to_jsonb(NEW) ->> 'to_unit')::boolean THEN
                NEW.readers := NEW.readers || case_parties(whose.unit_id, whose.person_id);
            END IF;
            RETURN NEW;
        END $$
        """
    )
    for function in (*ASKED, *OWN):
        op.execute(f"DROP FUNCTION {function}")
    _read_by(
        f"CASE WHEN {{1}} THEN (SELECT ARRAY[{OFFICES}] || case_parties(unit_id, person_id)"
        f" FROM {CASE} WHERE id = {{0}}.case_id) ELSE ARRAY[{OFFICES}] END"
    )
    _one_running(["item_id", "unit_id", sa.text("coalesce(person_id, 0)")])
