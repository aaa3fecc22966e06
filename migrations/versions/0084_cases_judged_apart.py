"""Who has a post in the unit that a case is against judges nothing of it: an office all of whose
holders have one there reads of the case what the unit reads; what excuses a unit's lateness is a
clue on that alone; of a sensitive item functions answer those on its list; a copy of a file that was
handed in is noted for whoever takes it (decision 0175)."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

CASE, GROUND, ACT = "accountability", "accountability_ground", "accountability_act"
COPY = "accountability_copy"
PARTS = (GROUND, ACT, "accountability_file", "accountability_bundle", COPY)
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
HEAD, LEADER, SECRETARY, PRESIDENT, DISCIPLINE, HR = (1_000_000_000 + n for n in range(1, 7))
OFFICES = f"{HEAD}, {LEADER}, {SECRETARY}, {PRESIDENT}, {DISCIPLINE}, {HR}"
REFERRED = f"{HEAD}, {LEADER}, {SECRETARY}, {PRESIDENT}, {DISCIPLINE}"
DECIDED = "'decided', 'executed', 'appeal', 'closed'"
FORMER = """EXISTS (
                SELECT FROM appointment
                WHERE appointment.unit_id = NEW.unit_id AND appointment.role = 'office_head'
            )"""
"""What migration 0078 asks."""
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
WITH_ITEM = f"AND item.readers && {MINE}"
OF_LATENESS = f"""held.person_id IS NULL AND EXISTS (
                        SELECT FROM {GROUND}
                        WHERE {GROUND}.case_id = held.id AND criterion IN ('A23', 'A25-1')
                    )"""
"""Whether a case is on the unit's own lateness."""
OF_PART = "to_jsonb({0}) ->> 'to_unit'"


def upgrade() -> None:
    _offices()
    _copies()
    op.execute(
        f"""
        CREATE FUNCTION concerned_offices(unit bigint, raised date, since timestamptz)
        RETURNS int[] LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT offices_of(unit, raised)
                || offices_of(unit, (since AT TIME ZONE 'Asia/Shanghai')::date)
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION concerned_offices(bigint, date, timestamptz) FROM PUBLIC")
    _of_parts("concerned_offices(unit_id, raised_on, since)")
    of_head, of_leader = (f"{key} = ANY (own)" for key in (HEAD, LEADER))
    _readers(
        own="concerned_offices(NEW.unit_id, NEW.raised_on, NEW.since)",
        dropped=f"CASE WHEN {of_head} THEN ARRAY[{LEADER}] ELSE ARRAY[{HEAD}] END",
        early=f"CASE WHEN {of_head} THEN ARRAY[{LEADER}] WHEN {of_leader} THEN ARRAY[{HEAD}]"
        f" ELSE ARRAY[{HEAD}, {LEADER}] END",
    )
    _justified(f"AND {OF_LATENESS} AND (item.readers && {MINE} OR {REASON})")
    _last_link(WITH_ITEM)


def _copies() -> None:
    """Of files, too; and who takes one reads his own row, for he is to write it: of the unit or of
    its case's own office."""
    op.add_column(COPY, sa.Column("file_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f(f"fk_{COPY}_file_id_accountability_file"),
        COPY,
        "accountability_file",
        ["file_id"],
        ["id"],
    )
    op.execute(
        f"""
        CREATE FUNCTION case_copy_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            NEW.readers := readers_of_part(NEW.case_id, false) || (-NEW.person_id)::int;
            RETURN NEW;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION case_copy_readers() FROM PUBLIC")
    _trigger_of_copies("case_copy_readers")


def _trigger_of_copies(function: str) -> None:
    op.execute(
        f"CREATE OR REPLACE TRIGGER {COPY}_readers BEFORE INSERT ON {COPY}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _last_link(narrower: str) -> None:
    """The function of migration 0079, for who knows of the item as well."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION last_link(wanted bigint) RETURNS text
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT act.link FROM {ACT} act JOIN {CASE} held ON held.id = act.case_id
                JOIN item ON item.id = held.item_id
            WHERE held.id = wanted AND {PROVEN}
                AND (held.readers && {MINE} {narrower} OR {REASON})
            ORDER BY act.id DESC LIMIT 1
        $$
        """
    )


def _justified(narrower: str) -> None:
    """The function of migration 0067, for what is late."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION found_justified(wanted bigint, unit bigint) RETURNS boolean
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT EXISTS (
                SELECT 1 FROM {CASE} held JOIN item ON item.id = held.item_id
                WHERE item_id = wanted AND unit_id = unit AND held.state = 'dropped' AND justified
                    AND {MINE} && ARRAY[{DISCIPLINE}, {HR}] AND {PROVEN} {narrower}
            )
        $$
        """
    )


def _offices() -> None:
    """Which offices a case of the unit concerns: those that the unit is, and those all of whose
    holders have a post in it. As `case_tray.concerns`."""
    held, other, post = (
        f"{name}.valid_from <= day AND coalesce({name}.valid_to, day) >= day"
        for name in ("held", "other", "post")
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION offices_of(unit bigint, day date) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT coalesce(array_agg(DISTINCT CASE held.role
                WHEN 'office_head' THEN {HEAD} WHEN 'office_leader' THEN {LEADER}
                WHEN 'discipline' THEN {DISCIPLINE} ELSE {HR} END), ARRAY[]::int[])
            FROM appointment held
            WHERE held.role IN ('office_head', 'office_leader', 'discipline', 'hr') AND {held}
                AND (held.unit_id = unit AND held.role <> 'office_leader' OR NOT EXISTS (
                    SELECT FROM appointment other JOIN person ON person.id = other.person_id
                    WHERE other.role = held.role AND {other} AND person.active AND NOT EXISTS (
                        SELECT FROM appointment post
                        WHERE post.person_id = other.person_id AND post.unit_id = unit
                            AND post.role <> 'office_leader' AND {post}
                    )
                ))
        $$
        """
    )


def _of_parts(own: str) -> None:
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION readers_of_part(wanted bigint, of_unit boolean) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT CASE WHEN of_unit
                THEN ARRAY[{OFFICES}] || case_parties(unit_id, person_id)
                ELSE ARRAY(SELECT unnest(ARRAY[{OFFICES}]) EXCEPT SELECT unnest({own}))
                END
            FROM {CASE} WHERE id = wanted
        $$
        """
    )


def _readers(own: str, dropped: str, early: str) -> None:
    """The function of migration 0078, with these; and the rows that stand."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION case_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        DECLARE
            own int[] := {own};
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
    op.execute(f"ALTER TABLE {COPY} DISABLE TRIGGER {COPY}_append_only")
    for table in PARTS:
        of_unit = f"coalesce(({OF_PART.format(table)})::boolean, {table == GROUND})"
        op.execute(f"UPDATE {table} SET readers = readers_of_part({table}.case_id, {of_unit})")
    op.execute(f"ALTER TABLE {COPY} ENABLE TRIGGER {COPY}_append_only")


def downgrade() -> None:
    _last_link("")
    _justified("")
    held = "valid_from <= day AND coalesce(valid_to, day) >= day"
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION offices_of(unit bigint, day date) RETURNS int[]
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT coalesce(array_agg(DISTINCT CASE role
                WHEN 'office_head' THEN {HEAD} WHEN 'discipline' THEN {DISCIPLINE} ELSE {HR} END),
                ARRAY[]::int[])
            FROM appointment
            WHERE unit_id = unit AND role IN ('office_head', 'discipline', 'hr') AND {held}
        $$
        """
    )
    _of_parts("offices_of(unit_id, raised_on)")
    _readers(
        own=f"CASE WHEN {FORMER} THEN ARRAY[{HEAD}] ELSE ARRAY[]::int[] END",
        dropped=f"CASE WHEN {HEAD} = ANY (own) THEN ARRAY[{LEADER}] ELSE ARRAY[{HEAD}] END",
        early=f"CASE WHEN {HEAD} = ANY (own) THEN ARRAY[{LEADER}] ELSE ARRAY[{HEAD}, {LEADER}] END",
    )
    op.execute("DROP FUNCTION concerned_offices(bigint, date, timestamptz)")
    _trigger_of_copies("case_part_readers")
    op.execute("DROP FUNCTION case_copy_readers()")
    op.drop_column(COPY, "file_id")
