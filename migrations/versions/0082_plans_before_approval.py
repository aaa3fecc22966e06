"""Until its plan is approved an inspection is known to those only who draft it, decide on it or are of
its team (第十七条, decision 0182).

`inspection.kept` follows from the state and says so; whoever reads it then, a function asks: offices
by keys that their holders of the day prove, who signs, who is of the team. Policies beside those of
the item's readers hold back the row and what hangs off it; events and texts, of which there are
millions, bear the plan they are of, so that nobody looks it up for each.
What ended without an approval stays kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
INSPECTION, OPINION, EVENT = "inspection", "opinion", "event"
PLANNED = "'plan_draft', 'plan_pending'"
AT_WORK = (
    "'issued', 'in_progress', 'closing_unit', 'closing_sign', 'closing_check', 'closing_review',"
    " 'closing_report', 'closing_filing'"
)
CHAIN, STEP, SHEET = "inspection", "approve_inspection", "inspection_plan-"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
RARE = "PARALLEL SAFE COST 1"
"""Of a thousand rows of a list hardly one makes a policy call them: the planner must not count them
for each, or it would find every reading of the log dear."""
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
STAFF, HEAD, LEADER, SECRETARY, PRESIDENT = (1_000_000_100 + n for n in range(1, 6))
"""The keys of those who plan and approve, as `rulebook.keys.PLAN_KEYS` counts them."""
OF_ROLE = (
    f"CASE box.role WHEN 'office_leader' THEN {LEADER} WHEN 'secretary' THEN {SECRETARY}"
    f" WHEN 'president' THEN {PRESIDENT} END"
)
OF_PLAN = "plan_id IS NULL OR plan_told('inspection', plan_id)"
HELD_BACK = {
    INSPECTION: "NOT kept OR plan_reader(id)",
    "inspection_member": "plan_told('inspection', inspection_id)",
    "approval": f"chain <> '{CHAIN}' OR plan_told('inspection', subject_id)",
    "approval_slot": f"step <> '{STEP}' OR plan_told('approval', approval_id)",
    EVENT: OF_PLAN,
    OPINION: OF_PLAN,
    "attachment": "subject IS NULL OR subject NOT IN ('inspection', 'approval_slot')"
    " OR plan_told(subject, subject_id)",
    "document": f"kind NOT LIKE '{SHEET}%' OR plan_sheet_told(kind)",
    "stamped_copy": "subject NOT IN ('document', 'attachment') OR plan_told(subject, subject_id)",
}
"""By table, what else must hold of a row that is read or written. A row being written is not found
yet by a function that looks it up, so that each asks for what it hangs off."""
CALLED = (
    "plan_reader(bigint)",
    "plan_told(text, bigint)",
    "plan_sheet_told(text)",
    "lapse_plans(bigint, timestamptz)",
)


def upgrade() -> None:
    _kept()
    _reader()
    _told()
    _lapse()
    for function in CALLED:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}, {WORKER}")
    _acts()
    _words()
    for table, holds in HELD_BACK.items():
        op.execute(
            f"CREATE POLICY {table}_plan_web ON {table} AS RESTRICTIVE TO {WEB} USING ({holds})"
        )
        op.execute(
            f"CREATE POLICY {table}_plan_worker ON {table} AS RESTRICTIVE TO {WORKER}"
            f" USING ({REASON} OR {holds})"
        )


def _kept() -> None:
    """What was approved and cancelled since has a run that was withdrawn, with every box signed."""
    op.add_column(
        INSPECTION,
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.execute(
        f"""
        UPDATE {INSPECTION} SET kept = true
        WHERE state IN ({PLANNED}) OR state = 'finished' AND recorded_at IS NULL AND NOT EXISTS (
            SELECT FROM approval run
            WHERE run.item_id = {INSPECTION}.item_id AND run.chain = '{CHAIN}'
                AND run.subject_id = {INSPECTION}.id AND NOT EXISTS (
                    SELECT FROM approval_slot box
                    WHERE box.approval_id = run.id AND box.state NOT IN ('agreed', 'merged'))
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION keep_plan() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.kept := NEW.state IN ({PLANNED})
                OR (TG_OP = 'UPDATE' AND NEW.state = 'finished' AND OLD.kept);
            RETURN NEW;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION keep_plan() FROM PUBLIC")
    op.execute(
        f"CREATE TRIGGER {INSPECTION}_kept BEFORE INSERT OR UPDATE ON {INSPECTION}"
        " FOR EACH ROW EXECUTE FUNCTION keep_plan()"
    )


def _reader() -> None:
    """党政办; the team but who is of the inspected unit; whose boxes of the plan are, or who signed
    one. By the proven keys of whoever asks, so that nobody learns it of somebody else."""
    op.execute(
        f"""
        CREATE FUNCTION plan_reader(wanted bigint) RETURNS boolean
        LANGUAGE sql STABLE {RARE} {OWNERS} AS $$
            SELECT {PROVEN} AND coalesce(
                {MINE} && ARRAY[{STAFF}, {HEAD}, {LEADER}]
                OR EXISTS (
                    SELECT FROM inspection_member one
                    WHERE one.inspection_id = wanted AND NOT one.inspected
                        AND (-one.person_id)::int = ANY ({MINE}))
                OR EXISTS (
                    SELECT FROM {INSPECTION} plan
                    JOIN approval run ON run.item_id = plan.item_id AND run.chain = '{CHAIN}'
                        AND run.subject_id = plan.id
                    JOIN approval_slot box ON box.approval_id = run.id AND box.step = '{STEP}'
                    WHERE plan.id = wanted AND (
                        (-box.person_id)::int = ANY ({MINE}) OR {OF_ROLE} = ANY ({MINE}))),
                false)
        $$
        """
    )


def _told() -> None:
    """Whether a part may be known as far as its plan goes; of a part there is none of: no. Read by
    parallel workers, too: else no count of the log were done by several."""
    op.execute(
        f"""
        CREATE FUNCTION plan_told(part text, wanted bigint) RETURNS boolean
        LANGUAGE plpgsql STABLE {RARE} {OWNERS} AS $$
        BEGIN
            RETURN CASE part
                WHEN 'inspection' THEN EXISTS (
                    SELECT FROM {INSPECTION} plan
                    WHERE plan.id = wanted AND (NOT plan.kept OR plan_reader(plan.id)))
                WHEN 'approval' THEN EXISTS (
                    SELECT FROM approval run WHERE run.id = wanted
                        AND (run.chain <> '{CHAIN}' OR plan_told('inspection', run.subject_id)))
                WHEN 'approval_slot' THEN EXISTS (
                    SELECT FROM approval_slot box WHERE box.id = wanted
                        AND (box.step <> '{STEP}' OR plan_told('approval', box.approval_id)))
                WHEN 'attachment' THEN EXISTS (
                    SELECT FROM attachment kept WHERE kept.id = wanted AND (
                        kept.subject IS NULL
                        OR kept.subject NOT IN ('inspection', 'approval_slot')
                        OR plan_told(kept.subject, kept.subject_id)))
                WHEN 'document' THEN EXISTS (
                    SELECT FROM document sheet WHERE sheet.id = wanted
                        AND (sheet.kind NOT LIKE '{SHEET}%' OR plan_sheet_told(sheet.kind)))
            END;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION plan_sheet_told(sheet text) RETURNS boolean
        LANGUAGE plpgsql STABLE {RARE} {OWNERS} AS $$
        BEGIN
            RETURN EXISTS (
                SELECT FROM {INSPECTION} plan
                WHERE plan.public_id = CASE WHEN sheet ~ '^{SHEET}[0-9a-f]{{32}}$'
                        THEN substr(sheet, {len(SHEET) + 1})::uuid END
                    AND (NOT plan.kept OR plan_reader(plan.id)));
        END $$
        """
    )


def _lapse() -> None:
    """An item may end by somebody's hand who may not know that a plan waits; the plan ends with it.
    Of an item in work nobody ends one by this."""
    op.execute(
        f"""
        CREATE FUNCTION lapse_plans(wanted bigint, at timestamptz) RETURNS void
        LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM item WHERE id = wanted AND state NOT IN ({AT_WORK}) AND {PROVEN} AND (
                    readers && {MINE} OR (session_user = '{WORKER}' AND {REASON}))
            ) THEN
                RETURN;
            END IF;
            UPDATE approval_slot SET state = 'waiting' WHERE state = 'open' AND approval_id IN (
                SELECT run.id FROM approval run
                JOIN {INSPECTION} plan ON plan.id = run.subject_id AND plan.item_id = run.item_id
                WHERE run.item_id = wanted AND run.chain = '{CHAIN}' AND run.state = 'open'
                    AND plan.state IN ({PLANNED}));
            UPDATE approval run SET state = 'withdrawn', ended_at = at FROM {INSPECTION} plan
            WHERE run.item_id = wanted AND run.chain = '{CHAIN}' AND run.state = 'open'
                AND plan.id = run.subject_id AND plan.item_id = wanted
                AND plan.state IN ({PLANNED});
            UPDATE {INSPECTION} SET state = 'finished'
            WHERE item_id = wanted AND state IN ({PLANNED});
        END $$
        """
    )


def _acts() -> None:
    """An event bears the inspection that it is of: the plan, a box of its approval, a file."""
    op.add_column(EVENT, sa.Column("plan_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_{EVENT}_plan_id_{INSPECTION}"), EVENT, INSPECTION, ["plan_id"], ["id"]
    )
    op.execute(
        f"""
        CREATE FUNCTION plan_of_act(subject text, wanted bigint) RETURNS bigint
        LANGUAGE plpgsql STABLE {OWNERS} AS $$
        BEGIN
            RETURN CASE subject
                WHEN '{INSPECTION}' THEN wanted
                WHEN 'approval_slot' THEN (
                    SELECT run.subject_id FROM approval_slot box
                    JOIN approval run ON run.id = box.approval_id AND run.chain = '{CHAIN}'
                    WHERE box.id = wanted)
                WHEN 'attachment' THEN (
                    SELECT plan_of_act(kept.subject, kept.subject_id) FROM attachment kept
                    WHERE kept.id = wanted AND kept.subject IN ('{INSPECTION}', 'approval_slot'))
            END;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION note_plan() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            NEW.plan_id := plan_of_act(NEW.subject, NEW.subject_id);
            RETURN NEW;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION plan_of_act(text, bigint) FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION note_plan() FROM PUBLIC")
    op.execute(f"ALTER TABLE {EVENT} DISABLE TRIGGER USER")
    op.execute(
        f"UPDATE {EVENT} SET plan_id = plan_of_act(subject, subject_id)"
        f" WHERE subject = '{INSPECTION}' OR subject IN ('approval_slot', 'attachment')"
        " AND plan_of_act(subject, subject_id) IS NOT NULL"
    )
    op.execute(f"ALTER TABLE {EVENT} ENABLE TRIGGER USER")
    op.execute(
        f"CREATE TRIGGER {EVENT}_of_plan BEFORE INSERT ON {EVENT}"
        " FOR EACH ROW EXECUTE FUNCTION note_plan()"
    )


def _words() -> None:
    """What was written with an act on a plan belongs to it: an opinion does not know its event."""
    op.add_column(OPINION, sa.Column("plan_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_{OPINION}_plan_id_{INSPECTION}"), OPINION, INSPECTION, ["plan_id"], ["id"]
    )
    op.execute(
        f"UPDATE {OPINION} SET plan_id = said.plan_id FROM {EVENT} said"
        f" WHERE said.opinion_id = {OPINION}.id AND said.plan_id IS NOT NULL"
    )
    _narrow_words("readers = readers, plan_id = NEW.plan_id")


def _narrow_words(sets: str) -> None:
    """The function of migration 0013 sets these; it keeps its rights."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION narrow_words() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            UPDATE {OPINION} SET {sets} WHERE id = NEW.opinion_id;
            RETURN NULL;
        END $$
        """
    )


def downgrade() -> None:
    for table in HELD_BACK:
        op.execute(f"DROP POLICY {table}_plan_web ON {table}")
        op.execute(f"DROP POLICY {table}_plan_worker ON {table}")
    _narrow_words("readers = readers")
    op.execute(f"DROP TRIGGER {EVENT}_of_plan ON {EVENT}")
    op.execute("DROP FUNCTION note_plan()")
    op.execute("DROP FUNCTION plan_of_act(text, bigint)")
    for table in (EVENT, OPINION):
        op.drop_column(table, "plan_id")
    for function in CALLED:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(f"DROP TRIGGER {INSPECTION}_kept ON {INSPECTION}")
    op.execute("DROP FUNCTION keep_plan()")
    op.drop_column(INSPECTION, "kept")
