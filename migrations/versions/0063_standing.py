"""时点台账: how each item stood at the end of each day; what the day's ledger hashes to
(issue 8; decision 0141).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "standing"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
ALL = "nullif(current_setting('app.keys', true), '')::int[] @> '{0}'"
DRAFTING = "'draft', 'returned', 'pending_unit'"
DONE = "'closed', 'archived'"
HANDED_IN = "'closing_sign', 'closing_check', 'closing_review', 'closing_report', 'closing_filing'"
SENDS_BACK = (
    "'return_feedback', 'return_supplement', 'return_supplement_filing', 'not_met',"
    " 'not_met_filing', 'enter_paper'"
)
SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"
CALLS = "            UPDATE batch_item SET readers = NEW.readers WHERE item_id = NEW.id;\n"
ROWS = (
    f"            UPDATE {TABLE} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
    " WHERE item_id = NEW.id;\n"
)
UNITS = "            DELETE FROM item_unit WHERE item_id = wanted;\n"
PAST = f"            DELETE FROM {TABLE} WHERE item_id = wanted;\n"

COPIED = (
    "state", "level", "classification", "responsible_leader_id", "form_version", "doc_word",
    "doc_year", "doc_seq", "filed_on", "issued_on", "due_original", "due_effective", "due_reset",
    "closed_on", "due", "yellow_from", "red_from", "blue", "lit",
)  # fmt: skip
LISTS = ("points", "notices", "extensions", "shares", "workers")
ACCEPTED = (
    "(SELECT completed_on FROM closure WHERE item_id = i.id AND outcome = 'accepted'"
    " ORDER BY id DESC LIMIT 1)"
)
EXEMPTED = (
    f"(SELECT max((decided_at {SHANGHAI})::date) FROM extension"
    " WHERE item_id = i.id AND kind = 'exempt' AND state = 'approved')"
)
REPLIED = (
    f"(SELECT (handed_in_at {SHANGHAI})::date FROM closure WHERE item_id = i.id"
    " ORDER BY id DESC LIMIT 1)"
)
SIGNED = (
    f"(SELECT coalesce(s.paper_on, (s.decided_at {SHANGHAI})::date) FROM approval_slot s"
    " JOIN approval a ON a.id = s.approval_id WHERE s.item_id = i.id AND a.chain = 'closing'"
    " AND s.step = 'confirm_close' AND s.decided_at IS NOT NULL ORDER BY s.id DESC LIMIT 1)"
)
# The very conditions of portal/figures/facts.py, which counts today's rows; that both say the same
# at the end of every day is proved by tests/figures/test_past.py.
DERIVED = {
    "completed_on": f"CASE WHEN i.state IN ({DONE}) THEN {ACCEPTED} END",
    "ended_on": f"CASE WHEN i.state IN ({DONE}) THEN {ACCEPTED}"
    f" WHEN i.state = 'exempted' THEN {EXEMPTED}"
    f" WHEN i.state IN ({HANDED_IN}) THEN coalesce({REPLIED}, {SIGNED}) END",
    "points": f"""(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', p.id, 'due', p.due, 'met_on', (
                SELECT min((f.confirmed_at {SHANGHAI})::date) FROM feedback f
                WHERE f.point_id = p.id OR f.point_id = p.merged_into_id)
        ) ORDER BY p.id), '[]') FROM feedback_point p WHERE p.item_id = i.id)""",
    "notices": """(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', u.id, 'unit_id', u.unit_id, 'day', u.issued_on
        ) ORDER BY u.id), '[]') FROM urge u
        WHERE u.item_id = i.id AND u.doc_seq IS NOT NULL AND u.state <> 'ug_void')""",
    "extensions": f"""(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', e.id, 'day', (e.decided_at {SHANGHAI})::date
        ) ORDER BY e.id), '[]') FROM extension e
        WHERE e.item_id = i.id AND e.kind = 'extend' AND e.state = 'approved')""",
    "shares": f"""(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', s.id, 'unit_id', s.unit_id, 'due', s.inner_due,
            'met_on', (s.handed_in_at {SHANGHAI})::date
        ) ORDER BY s.id), '[]') FROM item_unit s
        WHERE s.item_id = i.id AND s.role = 'co'
            AND s.state IN ('issued', 'received', 'handed_in'))""",
    "workers": """(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'unit_id', m.unit_id, 'person_id', m.person_id
        ) ORDER BY m.id), '[]') FROM item_member m
        WHERE m.item_id = i.id AND m.role IN ('handler', 'co_handler'))""",
}


def upgrade() -> None:
    _table()
    _functions()
    _rewrite("spread_readers()", CALLS, CALLS + ROWS)
    _rewrite("forget_draft(bigint)", UNITS, UNITS + PAST)
    op.execute("SELECT stand(item_id, max(day)) FROM event GROUP BY item_id ORDER BY item_id")
    op.execute(f"UPDATE {TABLE} SET rebuilt = true")
    # A period's items are found by the day that counts.
    for column in ("filed_on", "issued_on", "due_effective"):
        op.create_index(f"ix_item_{column}", "item", [column])
    op.create_index(
        "ix_event_sent_back",
        "event",
        ["day"],
        postgresql_where=sa.text(f"act IN ({SENDS_BACK})"),
    )


def _table() -> None:
    day, text_, number, yes = sa.Date(), sa.String(), sa.BigInteger(), sa.Boolean()
    kinds = {
        "state": text_, "level": sa.Integer(), "classification": text_,
        "responsible_leader_id": number, "form_version": sa.Integer(), "blue": yes, "lit": yes,
    }  # fmt: skip
    open_ = {"doc_word": text_, "doc_year": sa.Integer(), "doc_seq": sa.Integer()}
    dates = [name for name in (*COPIED, "completed_on", "ended_on") if name not in kinds | open_]
    op.create_table(
        TABLE,
        sa.Column("item_id", number, nullable=False),
        sa.Column("day", day, nullable=False),
        sa.Column("until", day, nullable=True),
        sa.Column("rebuilt", yes, server_default=sa.text("false"), nullable=False),
        sa.Column("unit_id", number, nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in kinds.items()),
        *(sa.Column(name, kind, nullable=True) for name, kind in open_.items()),
        *(sa.Column(name, day, nullable=True) for name in dates),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in LISTS),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{TABLE}_item_id_item")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{TABLE}_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["responsible_leader_id"],
            ["person.id"],
            name=op.f(f"fk_{TABLE}_responsible_leader_id_person"),
        ),
        sa.PrimaryKeyConstraint("item_id", "day", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_standing_days", TABLE, ["day", "until"])
    op.create_index(
        "uq_standing_now",
        TABLE,
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {TABLE} TO {WEB}, {WORKER}")
    op.execute(f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB} USING ({KEYS} AND {PROVEN})")
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
    )
    # Whole items stand here: who knows of a co-unit's part alone has none of it.
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {TABLE}_readers_of_unit BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )


def _functions() -> None:
    columns = ", ".join((*COPIED, *DERIVED))
    values = ", ".join((*(f"i.{name}" for name in COPIED), *DERIVED.values()))
    op.execute(
        f"""
        CREATE FUNCTION stand(wanted bigint, on_day date) RETURNS void LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $$
        DECLARE
            known date;
        BEGIN
            SELECT day INTO known FROM {TABLE} WHERE item_id = wanted AND until IS NULL FOR UPDATE;
            -- A form that never left its drafters stands in no ledger.
            IF known IS NULL AND EXISTS (
                SELECT FROM item WHERE id = wanted AND state IN ({DRAFTING})
            ) THEN
                RETURN;
            END IF;
            on_day := greatest(on_day, known);
            DELETE FROM {TABLE} WHERE item_id = wanted AND day = on_day;
            UPDATE {TABLE} SET until = on_day WHERE item_id = wanted AND until IS NULL;
            INSERT INTO {TABLE} (item_id, day, unit_id, {columns})
            SELECT i.id, on_day, i.lead_unit_id, {values} FROM item i WHERE i.id = wanted;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION stand(bigint, date) FROM PUBLIC")
    op.execute(
        """
        CREATE FUNCTION note_standing() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: what stands is the whole item, whatever of it the actor may know.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            PERFORM stand(NEW.item_id, NEW.day);
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION note_standing() FROM PUBLIC")
    # At the end of the transaction: an act goes on after its event.
    op.execute(
        "CREATE CONSTRAINT TRIGGER event_standing AFTER INSERT ON event"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_standing()"
    )
    canonical = ", ".join(
        f"s.{name}" for name in ("item_id", "unit_id", *COPIED, "completed_on", "ended_on", *LISTS)
    )
    op.execute(
        f"""
        CREATE FUNCTION ledger_digest(at_day date) RETURNS text LANGUAGE sql STABLE
        -- As the owner: what a report says is proved also of what became sensitive since. Nothing
        -- but the digest is told.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT encode(sha256(convert_to(coalesce(string_agg(
                jsonb_build_array({canonical})::text, E'\\n' ORDER BY s.item_id
            ), ''), 'UTF8')), 'hex')
            FROM {TABLE} s
            WHERE s.day <= at_day AND (s.until IS NULL OR s.until > at_day)
                AND s.classification <> 'sensitive'
                -- A form without a number may still be deleted.
                AND s.doc_seq IS NOT NULL
            -- Whoever knows all these rows, or the clock.
            HAVING ({ALL} OR {REASON}) AND {PROVEN}
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION ledger_digest(date) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ledger_digest(date) TO {WEB}, {WORKER}")


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one statement of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text(f"SELECT pg_get_functiondef(CAST('{function}' AS regprocedure))")
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    op.drop_index("ix_event_sent_back", "event")
    for column in ("filed_on", "issued_on", "due_effective"):
        op.drop_index(f"ix_item_{column}", "item")
    _rewrite("forget_draft(bigint)", UNITS + PAST, UNITS)
    _rewrite("spread_readers()", CALLS + ROWS, CALLS)
    op.execute("DROP TRIGGER event_standing ON event")
    op.execute("DROP FUNCTION ledger_digest(date)")
    op.execute("DROP FUNCTION note_standing()")
    op.execute("DROP FUNCTION stand(bigint, date)")
    op.drop_table(TABLE)
