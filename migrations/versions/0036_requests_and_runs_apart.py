"""What the lead unit asks for, and the signatures of that and of a notice that urges one unit, are
kept from the people of other units of a sensitive item (第二十一条, SPEC §7.3; decision 0066).

What an agreed request makes of the item (its day, its end) stays known to all who know of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
PENDING = "'ext_draft', 'ext_unit', 'ext_sign', 'ext_check', 'ext_office_leader', 'ext_principal'"
SPREAD, UNIT_OF, EVENTS = "spread_readers()", "unit_of_part(text, bigint)", "narrow_event()"
LEAD = "(SELECT lead_unit_id FROM item WHERE id = NEW.item_id)"
UNITS = {
    "extension": LEAD,
    "approval": "unit_of_run(NEW.chain, NEW.subject_id)",
    "approval_slot": "unit_of_box(NEW.approval_id)",
    "attachment": "coalesce(NEW.unit_id, unit_of_part(NEW.subject, NEW.subject_id))",
}
"""Whose part a new row is; null: everybody's who knows of the item."""
SPREADING = {
    "extension": "NEW.lead_unit_id",
    "approval": "unit_of_run(chain, subject_id)",
    "approval_slot": "unit_of_box(approval_id)",
    "attachment": "coalesce(unit_id, unit_of_part(subject, subject_id))",
}
"""The same where the list of the item changes."""
OF_OBJECTIONS = (
    "                WHEN 'objection' THEN (SELECT unit_id FROM objection WHERE id = wanted)\n"
)
OF_REQUESTS = """\
                WHEN 'extension' THEN unit_of_run('extension', wanted)
                WHEN 'approval_slot' THEN (
                    SELECT unit_of_box(approval_id) FROM approval_slot WHERE id = wanted
                )
"""
NOT_OF_A_PART = "NEW.subject_id IS NULL THEN"
MOVES_THE_ITEM = (
    "NEW.subject_id IS NULL\n"
    "                OR (NEW.subject IN ('extension', 'approval_slot')"
    " AND NEW.facts ?| ARRAY['due', 'exempted']) THEN"
)
FUNCTIONS = (
    *(f"narrow_{table}()" for table in UNITS),
    "unit_of_box(bigint)",
    "unit_of_run(text, bigint)",
)


def upgrade() -> None:
    _units_of_runs()
    _rewrite(UNIT_OF, OF_OBJECTIONS, OF_OBJECTIONS + OF_REQUESTS)
    _rewrite(EVENTS, NOT_OF_A_PART, MOVES_THE_ITEM)
    op.execute("DROP TRIGGER attachment_readers_of_unit ON attachment")
    for table, unit in UNITS.items():
        _narrow(table, unit)
    for table, unit in SPREADING.items():
        _rewrite(SPREAD, _spread(table), _spread(table, unit))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    _told()
    _rows_that_are_there()


def _units_of_runs() -> None:
    """Whose part an approval is: of a notice the unit it urges, of a request the lead unit."""
    op.execute(
        f"""
        CREATE FUNCTION unit_of_run(part text, wanted bigint) RETURNS bigint
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT CASE part
                WHEN 'urge' THEN (SELECT unit_id FROM urge WHERE id = wanted)
                WHEN 'extension' THEN (
                    SELECT item.lead_unit_id FROM extension
                    JOIN item ON item.id = extension.item_id WHERE extension.id = wanted
                )
            END
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION unit_of_box(run bigint) RETURNS bigint
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT unit_of_run(chain, subject_id) FROM approval WHERE id = run
        $$
        """
    )


def _narrow(table: str, unit: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION narrow_{table}() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            NEW.readers := unit_readers(NEW.item_id, {unit}, NEW.readers);
            RETURN NEW;
        END $$
        """
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {table}_readers_of_unit BEFORE INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION narrow_{table}()"
    )


def _spread(table: str, unit: str = "") -> str:
    """The statement of `spread_readers` for the table, as it is or by the part's unit."""
    before = (
        "unit_readers(NEW.id, unit_id, NEW.readers)" if table == "attachment" else "NEW.readers"
    )
    readers = f"unit_readers(NEW.id, {unit}, NEW.readers)" if unit else before
    return f"UPDATE {table} SET readers = {readers} WHERE item_id = NEW.id;"


def _told() -> None:
    """Of the requests of an item what follows from it for everybody: whether one that came in time
    keeps the light blue, and how many extensions were given."""
    op.execute(
        f"""
        CREATE FUNCTION extensions_told(wanted bigint)
        RETURNS TABLE (waits boolean, given bigint) LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT coalesce(bool_or(part.timely AND part.state IN ({PENDING})), false),
                count(*) FILTER (WHERE part.kind = 'extend' AND part.state = 'approved')
            FROM (
                SELECT id FROM item WHERE id = wanted AND ({KEYS} OR {REASON}) AND {PROVEN}
            ) known LEFT JOIN extension part ON part.item_id = known.id
            GROUP BY known.id
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION extensions_told(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION extensions_told(bigint) TO {WEB}, {WORKER}")


def _rows_that_are_there() -> None:
    """Those of sensitive items, as `spread_readers` would set them now."""
    op.execute(
        "UPDATE document SET unit_id = item.lead_unit_id FROM item WHERE item.id = document.item_id"
        " AND document.unit_id IS NULL AND (kind = 'closing' OR kind LIKE 'extension-%')"
    )
    parts = {"document": "part.unit_id", "extension": "item.lead_unit_id"}
    parts |= {
        "approval": "unit_of_run(part.chain, part.subject_id)",
        "approval_slot": "unit_of_box(part.approval_id)",
        "attachment": "coalesce(part.unit_id, unit_of_part(part.subject, part.subject_id))",
        # Their own triggers narrow them.
        "event": "NULL",
        "opinion": "NULL",
    }
    for table, unit in parts.items():
        op.execute(
            f"UPDATE {table} part SET readers = unit_readers(item.id, {unit}, item.readers)"
            " FROM item WHERE item.id = part.item_id AND item.classification = 'sensitive'"
        )


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one piece of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))"),
        {"function": function},
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION extensions_told(bigint)")
    for table, unit in SPREADING.items():
        _rewrite(SPREAD, _spread(table, unit), _spread(table))
    for table in UNITS:
        op.execute(f"DROP TRIGGER {table}_readers_of_unit ON {table}")
    op.execute(
        "CREATE TRIGGER attachment_readers_of_unit BEFORE INSERT ON attachment"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )
    _rewrite(EVENTS, MOVES_THE_ITEM, NOT_OF_A_PART)
    _rewrite(UNIT_OF, OF_OBJECTIONS + OF_REQUESTS, OF_OBJECTIONS)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in ("extension", "approval", "approval_slot"):
        op.execute(
            f"UPDATE {table} part SET readers = item.readers FROM item"
            " WHERE item.id = part.item_id AND item.classification = 'sensitive'"
        )
