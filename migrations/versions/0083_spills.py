"""涉密误录处置 (SPEC §7.2, decision 0183): an item that is said to hold state secrets is held back from
everybody at once; 机要保密员 lets it go again, has files of it destroyed, or all of it.

`item.held` empties the readers of the item and, by the triggers there are, of all that hangs off it,
whatever an act or the clock would make of them. Reporting and deciding are functions of the owner's,
for who reports loses sight of the item and who decides never had it; what they answer names nothing.
`clear_spill` overwrites words and forgets files; the worker calls it and destroys the bytes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
TABLE = "spill"
OFFICER = 1_000_000_009
"""The key of the 机要保密员, as `rulebook.keys.OFFICE_KEYS` counts it."""
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
KEYS = f"readers && {MINE}"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
GONE = "（内容已按保密规定清除）"
NO_FILE = "repeat('0', 64)"
"""In the place of a digest whose bytes were destroyed."""
OPEN = "state <> 'made'"
MOVES = "state, started_at, tries, made_at, failure, found"

WORDS = {
    "archive_record": ("archive_no", "location"),
    "batch_item": ("quotation",),
    "closure": ("result_text",),
    "extension": ("reason", "progress"),
    "feedback": ("measures", "progress", "effect", "problems", "next_steps"),
    "feedback_version": ("body",),
    "handover": ("reason", "progress", "open_matters", "materials"),
    "inspection": (
        "matter", "outline", "shortfall", "repeat_reason", "place", "attendees", "findings",
        "talks", "next_steps",
    ),
    "loan": ("reason",),
    "milestone": ("title",),
    "need_to_know": ("reason",),
    "opinion": ("body",),
    "phone_record": ("content", "requirement", "reply"),
    "rectification": ("problem", "requirement", "reply"),
    "transfer_line": ("archive_no", "title"),
    "urge": ("subject",),
}  # fmt: skip
"""What people wrote, by table of an item's parts; empty stays empty."""
UNDER_WEB = ("report_spill(uuid, bigint, text, uuid, timestamptz)",
             "spill_files(uuid)",
             "decide_spill(uuid, bigint, text, uuid[], text, timestamptz)")  # fmt: skip
UNDER_WORKER = ("clear_spill(bigint)",)
UNIT_IS_NONE = "SELECT CASE WHEN unit IS NULL"
NOBODY_OR_NONE = "SELECT CASE WHEN everybody = '{}' OR unit IS NULL"


def upgrade() -> None:
    op.add_column(
        "item", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(
        """
        CREATE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.readers := '{}';
            RETURN NEW;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION hold_back() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER item_held BEFORE UPDATE ON item FOR EACH ROW WHEN (NEW.held)"
        " EXECUTE FUNCTION hold_back()"
    )
    # Of an item that nobody may know of, nobody knows a unit's part either.
    _rewrite(UNIT_IS_NONE, NOBODY_OR_NONE)
    _table()
    _report()
    _files()
    _decide()
    _clear()
    for function in (*UNDER_WEB, *UNDER_WORKER):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in UNDER_WEB:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}")
    for function in UNDER_WORKER:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WORKER}")


def _rewrite(before: str, after: str) -> None:
    """Replace the one condition in `unit_readers`, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text(
            "SELECT pg_get_functiondef(CAST('unit_readers(bigint, bigint, int[])' AS regprocedure))"
        )
    )
    if made.count(before) != 1:
        raise RuntimeError("unit_readers() does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def _table() -> None:
    """Entered and decided by functions only; the worker says how far it is."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("file_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("found", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint("about IN ('words', 'file', 'unsure')", name=op.f("ck_spill_about")),
        sa.CheckConstraint(
            "state IN ('held', 'asked', 'making', 'made', 'failed')", name=op.f("ck_spill_state")
        ),
        sa.CheckConstraint(
            "outcome IN ('released', 'files', 'whole')", name=op.f("ck_spill_outcome")
        ),
        sa.CheckConstraint(
            "(state = 'held') = (num_nulls(outcome, asked_by_id, decided_at, asked_at) = 4)"
            " AND num_nulls(outcome, asked_by_id, decided_at, asked_at) IN (0, 4)",
            name=op.f("ck_spill_decided"),
        ),
        sa.CheckConstraint(f"readers = ARRAY[{OFFICER}]", name=op.f("ck_spill_readers")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_spill_item_id_item")),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_spill_reported_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_spill_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spill")),
        sa.UniqueConstraint("public_id", name=op.f("uq_spill_public_id")),
        sa.UniqueConstraint("key", name=op.f("uq_spill_key")),
    )
    op.create_index(op.f("ix_spill_item_id"), TABLE, ["item_id"])
    op.create_index(
        "uq_spill_open", TABLE, ["item_id"], unique=True, postgresql_where=sa.text(OPEN)
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {TABLE} TO {WEB}")
    op.execute(f"GRANT SELECT, UPDATE ({MOVES}) ON {TABLE} TO {WORKER}")
    op.execute(f"CREATE POLICY {TABLE}_web ON {TABLE} TO {WEB} USING ({KEYS} AND {PROVEN})")
    op.execute(
        f"CREATE POLICY {TABLE}_worker ON {TABLE} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
    )


def _report() -> None:
    """报告疑似涉密 by who knows of the item. The answer is a word: done, missing."""
    op.execute(
        f"""
        CREATE FUNCTION report_spill(
            wanted uuid, who bigint, which text, act_key uuid, at timestamptz
        ) RETURNS text LANGUAGE plpgsql {OWNERS} AS $$
        DECLARE
            found item;
        BEGIN
            IF NOT {PROVEN} OR NOT coalesce((-who)::int = ANY ({MINE}), false) THEN
                RETURN 'missing';
            END IF;
            IF EXISTS (SELECT FROM spill WHERE key = act_key AND reported_by_id = who) THEN
                RETURN 'done';
            END IF;
            SELECT * INTO found FROM item
            WHERE public_id = wanted AND title <> '' AND {KEYS} FOR UPDATE;
            IF found.id IS NULL THEN
                RETURN 'missing';
            END IF;
            INSERT INTO spill (
                public_id, key, item_id, about, reported_by_id, reported_at, number, held_since,
                state, reason, file_ids, tries, readers
            ) VALUES (
                gen_random_uuid(), act_key, found.id, which, who, at,
                coalesce(found.doc_word || '〔' || found.doc_year || '〕' || found.doc_seq || '号', ''),
                found.created_at, 'held', '', '{{}}', 0, ARRAY[{OFFICER}]
            );
            UPDATE item SET held = true, readers = '{{}}', version = version + 1
            WHERE id = found.id;
            RETURN 'done';
        END $$
        """
    )


def _files() -> None:
    """The files of an item held back, those taken away too, for 机要保密员: never by their names."""
    op.execute(
        f"""
        CREATE FUNCTION spill_files(wanted uuid) RETURNS TABLE (
            file uuid, purpose text, kind text, size bigint, who bigint, at timestamptz, there boolean
        ) LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT kept.public_id, kept.purpose, kept.kind, kept.size, kept.uploaded_by_id,
                kept.uploaded_at, kept.state = 'kept'
            FROM spill JOIN attachment AS kept ON kept.item_id = spill.item_id
            WHERE spill.public_id = wanted AND kept.sha256 <> {NO_FILE}
                AND {PROVEN} AND {OFFICER} = ANY ({MINE})
            ORDER BY kept.id
        $$
        """
    )


def _decide() -> None:
    """机要保密员 decides; a worker does it. The answer is a word: done, missing, ended, empty."""
    op.execute(
        f"""
        CREATE FUNCTION decide_spill(
            wanted uuid, who bigint, chosen text, files uuid[], why text, at timestamptz
        ) RETURNS text LANGUAGE plpgsql {OWNERS} AS $$
        DECLARE
            found spill;
            ids bigint[];
        BEGIN
            IF NOT {PROVEN} OR NOT coalesce(ARRAY[(-who)::int, {OFFICER}] <@ {MINE}, false) THEN
                RETURN 'missing';
            END IF;
            SELECT * INTO found FROM spill WHERE public_id = wanted FOR UPDATE;
            IF found.id IS NULL THEN
                RETURN 'missing';
            END IF;
            IF found.state NOT IN ('held', 'failed') THEN
                RETURN 'ended';
            END IF;
            SELECT coalesce(array_agg(id ORDER BY id), '{{}}') INTO ids FROM attachment
            WHERE chosen = 'files' AND item_id = found.item_id AND public_id = ANY (files)
                AND sha256 <> {NO_FILE};
            IF chosen = 'files' AND ids = '{{}}' THEN
                RETURN 'empty';
            END IF;
            UPDATE spill SET state = 'asked', outcome = chosen, reason = why, file_ids = ids,
                asked_by_id = who, decided_at = at, asked_at = now(), tries = 0, failure = NULL
            WHERE id = found.id;
            RETURN 'done';
        END $$
        """
    )


def _clear() -> None:
    """Under the worker's role, of a spill that is being done. What it gives: `digests` of bytes to
    be destroyed, `counts` of what was cleared, `copies` that left the portal before (who, when, what),
    `briefs` (their names) that tell of the item. Asked again after a fall it finds what is left."""
    words = "\n".join(_overwritten(table, columns) for table, columns in WORDS.items())
    op.execute(
        f"""
        CREATE FUNCTION clear_spill(wanted bigint) RETURNS jsonb LANGUAGE plpgsql {OWNERS} AS $$
        DECLARE
            spilt spill;
            whole boolean;
            cases bigint[];
            uploads text[];
            doomed text[];
            picked text[];
            copies jsonb;
            counts jsonb := '{{}}';
            n bigint;
            texts bigint := 0;
        BEGIN
            IF NOT {PROVEN} OR NOT {REASON} THEN
                RAISE EXCEPTION 'no such spill' USING ERRCODE = 'no_data_found';
            END IF;
            SELECT * INTO spilt FROM spill
            WHERE id = wanted AND state = 'making' AND outcome IN ('files', 'whole') FOR UPDATE;
            IF spilt.id IS NULL THEN
                RAISE EXCEPTION 'no such spill' USING ERRCODE = 'no_data_found';
            END IF;
            whole := spilt.outcome = 'whole';
            SELECT coalesce(array_agg(id), '{{}}') INTO cases FROM accountability
            WHERE item_id = spilt.item_id;
            SELECT coalesce(jsonb_agg(one ORDER BY one ->> 'at'), '[]') INTO copies FROM (
                SELECT jsonb_build_object('who', person_id, 'at', at, 'what', 'copy') AS one
                FROM stamped_copy WHERE item_id = spilt.item_id
                UNION ALL
                SELECT jsonb_build_object('who', person_id, 'at', at, 'what', 'bundle')
                FROM accountability_copy WHERE case_id = ANY (cases)
                UNION ALL
                SELECT jsonb_build_object('who', asked_by_id, 'at', asked_at, 'what', 'ledger')
                FROM ledger_export
                WHERE whole AND item_ids @> ARRAY[spilt.item_id] AND state IN ('made', 'given')
            ) AS taken;

            -- Bytes that somebody uploaded: destroyed wherever they are.
            SELECT coalesce(array_agg(DISTINCT sha256), '{{}}') INTO uploads FROM (
                SELECT sha256 FROM attachment
                WHERE item_id = spilt.item_id AND (whole OR id = ANY (spilt.file_ids))
                UNION ALL
                SELECT sha256 FROM accountability_file WHERE whole AND case_id = ANY (cases)
                UNION ALL
                SELECT batch.sha256 FROM batch JOIN batch_item ON batch_item.batch_id = batch.id
                WHERE whole AND batch_item.item_id = spilt.item_id
            ) AS of_item WHERE sha256 <> {NO_FILE};
            doomed := uploads;
            SELECT count(*) INTO n FROM attachment
            WHERE sha256 = ANY (uploads) AND item_id <> spilt.item_id;
            counts := counts || jsonb_build_object('elsewhere', n);
            UPDATE attachment SET state = 'removed', name = '{GONE}', sha256 = {NO_FILE},
                removed_at = coalesce(removed_at, spilt.decided_at),
                removed_by_id = coalesce(removed_by_id, spilt.asked_by_id)
            WHERE sha256 = ANY (uploads);
            GET DIAGNOSTICS n = ROW_COUNT;
            counts := counts || jsonb_build_object('files', n);
            UPDATE accountability_file SET name = '{GONE}', sha256 = {NO_FILE}
            WHERE sha256 = ANY (uploads);
            GET DIAGNOSTICS n = ROW_COUNT;
            counts := counts || jsonb_build_object('case_files', n);
            UPDATE batch SET words = '{GONE}', name = NULL, sha256 = NULL, size = NULL
            WHERE sha256 = ANY (uploads)
                OR whole AND id IN (SELECT batch_id FROM batch_item WHERE item_id = spilt.item_id);
            GET DIAGNOSTICS n = ROW_COUNT;
            counts := counts || jsonb_build_object('batches', n);
            -- Scans that the bytes came from go with all that came in at once.
            SELECT coalesce(array_agg(DISTINCT batch_id::text), '{{}}') INTO picked FROM (
                SELECT batch_id FROM scan_file WHERE sha256 = ANY (uploads)
                UNION ALL
                SELECT batch_id FROM scan_sheet WHERE sha256 = ANY (uploads)
            ) AS scanned;
            doomed := doomed || ARRAY(
                SELECT sha256 FROM scan_file WHERE batch_id::text = ANY (picked)
                UNION SELECT sha256 FROM scan_sheet
                WHERE batch_id::text = ANY (picked) AND entered_at IS NULL
                UNION SELECT unnest(pictures) FROM scan_sheet WHERE batch_id::text = ANY (picked)
            );
            DELETE FROM scan_batch WHERE id::text = ANY (picked);
            counts := counts || jsonb_build_object('scans', cardinality(picked));

            -- What the portal made of it.
            n := 0;
            {_forgotten("document", "item_id = spilt.item_id")}
            counts := counts || jsonb_build_object('sheets', n);
            n := 0;
            {_forgotten("archive_package", "item_id = spilt.item_id")}
            {_forgotten("year_package", "item_ids @> ARRAY[spilt.item_id]")}
            {_forgotten("accountability_bundle", "case_id = ANY (cases)")}
            {_forgotten("ledger_export", "whole AND item_ids @> ARRAY[spilt.item_id]")}
            {_forgotten("signing_list", "whole AND item_ids @> ARRAY[spilt.item_id]")}
            counts := counts || jsonb_build_object('packages', n);

            IF whole THEN
                -- The item's own words first: by the title others know that it is forgotten.
                UPDATE item SET title = '', title_reading = '', requirement = '', source_ref = '',
                    deadline_basis = '', state = 'void', state_since = spilt.decided_at,
                    lit = false, blue = false, version = version + 1
                WHERE id = spilt.item_id;
{words}
                UPDATE change SET "values" = '{{}}', "before" = '{{}}' WHERE item_id = spilt.item_id;
                GET DIAGNOSTICS n = ROW_COUNT;
                texts := texts + n;
                UPDATE accountability SET decision = '{GONE}'
                WHERE id = ANY (cases) AND decision <> '';
                UPDATE accountability_act SET body = '', salt = '' WHERE case_id = ANY (cases);
                GET DIAGNOSTICS n = ROW_COUNT;
                texts := texts + n;
                DELETE FROM typed_text WHERE item_id = spilt.item_id;
                GET DIAGNOSTICS n = ROW_COUNT;
                texts := texts + n;
                UPDATE workbook_import SET content = NULL
                WHERE id IN (SELECT import_id FROM imported_row WHERE item_id = spilt.item_id);
                counts := counts || jsonb_build_object('texts', texts);
            END IF;
            RETURN jsonb_build_object(
                'digests', to_jsonb(ARRAY(
                    SELECT DISTINCT one FROM unnest(doomed) AS one
                    WHERE one IS NOT NULL AND one <> {NO_FILE}
                )),
                'counts', counts,
                'copies', copies,
                'briefs', to_jsonb(ARRAY(
                    SELECT DISTINCT CASE brief.kind WHEN 'circular' THEN '通报' ELSE '学期报告' END
                        || '（' || coalesce(nullif(brief.number, ''), brief.name) || '）'
                    FROM brief
                    JOIN brief_snapshot ON brief_snapshot.brief_id = brief.id
                    WHERE whole AND brief_snapshot.item_ids @> ARRAY[spilt.item_id]
                        AND brief.state <> 'discarded'
                ))
            );
        END $$
        """
    )


def _overwritten(table: str, columns: tuple[str, ...]) -> str:
    """The statement that overwrites the words of a table; what is empty or missing stays so."""
    sets = ", ".join(
        f"{column} = CASE WHEN coalesce({column}, '') = '' THEN {column} ELSE '{GONE}' END"
        for column in columns
    )
    return (
        f"                UPDATE {table} SET {sets} WHERE item_id = spilt.item_id;\n"
        "                GET DIAGNOSTICS n = ROW_COUNT;\n"
        "                texts := texts + n;"
    )


def _forgotten(table: str, which: str) -> str:
    """The statements that forget the made files of a table and doom their bytes."""
    return f"""
            doomed := doomed || ARRAY(SELECT sha256 FROM {table} WHERE {which});
            UPDATE {table} SET state = 'failed', failure = '{GONE}', sha256 = NULL, size = NULL
            WHERE ({which}) AND (sha256 IS NOT NULL OR state IN ('asked', 'making'));
            n := n + (SELECT count(*) FROM {table} WHERE ({which}) AND failure = '{GONE}');"""


def downgrade() -> None:
    for function in (*UNDER_WEB, *UNDER_WORKER):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table(TABLE)
    _rewrite(NOBODY_OR_NONE, UNIT_IS_NONE)
    op.execute("DROP TRIGGER item_held ON item")
    op.execute("DROP FUNCTION hold_back()")
    op.drop_column("item", "held")
