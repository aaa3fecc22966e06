"""问责线索 (第二十二至二十五条, SPEC §6.4): cases, their grounds, acts and files.

Who may know of a case follows from its state, not from the item: a trigger sets its readers, of
offices and unit heads by keys that only their holders of the day prove (decision 0147). Of a
sensitive item's case only those see anything who may know of the item as well.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
CASE, GROUND, ACT, FILE = (
    "accountability",
    "accountability_ground",
    "accountability_act",
    "accountability_file",
)
CHILDREN = (GROUND, ACT, FILE)
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
OF_CASE = f"EXISTS (SELECT 1 FROM {CASE} WHERE {CASE}.id = case_id)"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
HEAD, LEADER, SECRETARY, PRESIDENT, DISCIPLINE, HR, STAFF = (1_000_000_000 + n for n in range(1, 8))
"""The keys of offices, as `rulebook.keys.OFFICE_KEYS` counts them."""
HEADS = 1_100_000_000
"""The key of a unit's head is this and the unit's id added to it."""
REFERRED = f"{HEAD}, {LEADER}, {SECRETARY}, {PRESIDENT}, {DISCIPLINE}"
OFFICES = f"{REFERRED}, {HR}"
STATES = (
    "'clue', 'checking', 'hearing', 'heard', 'referring', 'dropped', 'referred', 'suggested',"
    " 'decided', 'executed', 'appeal', 'closed'"
)
DECIDED = "'decided', 'executed', 'appeal', 'closed'"
FUNCTIONS = (
    "case_readers()",
    "case_part_readers()",
    "case_act_stays()",
    "case_parties(bigint, bigint)",
)
MOVES = (
    "state, since, lead_note, justified, statement_by, stated_by_id, stated_on, silent, referred_to,"
    " referred_on, deciding_body, minutes_no, decided_on, measures, grade, decision, executed_on,"
    " ended_on, readers"
)


def upgrade() -> None:
    _case()
    _ground()
    _act()
    _file()
    _readers()
    _policies()
    _decided()
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def _foreign(table: str, *pairs: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))
        for column, of in (pair.split("->") for pair in pairs)
    ]


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _guard() -> sa.Column[list[int]]:
    return sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False)


def _case() -> None:
    op.create_table(
        CASE,
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("raised_by_id", sa.BigInteger()),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("lead_note", sa.Boolean(), nullable=False),
        sa.Column("justified", sa.Boolean()),
        sa.Column("statement_by", sa.Date()),
        sa.Column("stated_by_id", sa.BigInteger()),
        sa.Column("stated_on", sa.Date()),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("referred_to", sa.String()),
        sa.Column("referred_on", sa.Date()),
        sa.Column("deciding_body", sa.String(), nullable=False),
        sa.Column("minutes_no", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column(
            "measures", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("executed_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        _guard(),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"ck_{CASE}_state")),
        sa.CheckConstraint(
            "origin IN ('system', 'office', 'discipline')", name=op.f(f"ck_{CASE}_origin")
        ),
        sa.CheckConstraint(
            "(origin = 'system') = (raised_by_id IS NULL)", name=op.f(f"ck_{CASE}_raised")
        ),
        sa.CheckConstraint(
            "referred_to IN ('hr', 'discipline', 'both')", name=op.f(f"ck_{CASE}_referred_to")
        ),
        sa.CheckConstraint(
            f"state NOT IN ({DECIDED})"
            " OR (minutes_no <> '' AND decision <> '' AND decided_on IS NOT NULL)",
            name=op.f(f"ck_{CASE}_decided"),
        ),
        sa.CheckConstraint(
            "(ended_on IS NOT NULL) = (state IN ('dropped', 'closed'))",
            name=op.f(f"ck_{CASE}_ended"),
        ),
        *_foreign(
            CASE,
            "item_id->item",
            "unit_id->unit",
            "person_id->person",
            "raised_by_id->person",
            "stated_by_id->person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CASE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{CASE}_public_id")),
    )
    for column in ("item_id", "unit_id", "raised_on"):
        op.create_index(op.f(f"ix_{CASE}_{column}"), CASE, [column])
    op.create_index(
        f"uq_{CASE}_one_running",
        CASE,
        ["item_id", "unit_id", sa.text("coalesce(person_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('dropped', 'closed')"),
    )


def _ground() -> None:
    op.create_table(
        GROUND,
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("urge_id", sa.BigInteger()),
        sa.Column("due_on", sa.Date()),
        sa.Column("noted_on", sa.Date(), nullable=False),
        _guard(),
        *_foreign(GROUND, f"case_id->{CASE}", "urge_id->urge"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{GROUND}")),
        sa.UniqueConstraint("occasion", name=op.f(f"uq_{GROUND}_occasion")),
    )
    op.create_index(op.f(f"ix_{GROUND}_case_id"), GROUND, ["case_id"])


def _act() -> None:
    op.create_table(
        ACT,
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("acting_as", sa.String(), nullable=False),
        sa.Column("on_behalf_of_id", sa.BigInteger()),
        sa.Column("from_state", sa.String()),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("to_unit", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        _guard(),
        *_foreign(ACT, f"case_id->{CASE}", "actor_id->person", "on_behalf_of_id->person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ACT}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{ACT}_key")),
    )
    op.create_index(op.f(f"ix_{ACT}_case_id"), ACT, ["case_id"])
    # What was written may be erased by the owner (涉密误录); its digest and the chain stay.
    op.execute(
        """
        CREATE FUNCTION case_act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            erasable text[] := ARRAY['readers', 'body', 'salt'];
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.body IN ('', OLD.body) AND NEW.salt IN ('', OLD.salt)
                AND to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {ACT}_append_only BEFORE UPDATE OR DELETE ON {ACT}"
        " FOR EACH ROW EXECUTE FUNCTION case_act_stays()"
    )
    op.execute(
        f"CREATE TRIGGER {ACT}_no_truncate BEFORE TRUNCATE ON {ACT}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _file() -> None:
    op.create_table(
        FILE,
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.Column("to_unit", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        _guard(),
        sa.CheckConstraint("size > 0", name=op.f(f"ck_{FILE}_size")),
        *_foreign(FILE, f"case_id->{CASE}", f"act_id->{ACT}", "uploaded_by_id->person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FILE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{FILE}_public_id")),
    )
    op.create_index(op.f(f"ix_{FILE}_case_id"), FILE, ["case_id"])


def _readers() -> None:
    """Who may know of a case in which state; what the unit reads of it, and what only those read
    who handle it."""
    op.execute(
        f"""
        CREATE FUNCTION case_parties(unit bigint, person bigint) RETURNS int[]
        LANGUAGE sql IMMUTABLE AS $$
            SELECT array_remove(ARRAY[({HEADS} + unit)::int, (-person)::int], NULL)
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION case_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            NEW.readers := CASE
                WHEN NEW.state = 'dropped' THEN ARRAY[{HEAD}]
                WHEN NEW.state IN ({DECIDED}) THEN
                    ARRAY[{OFFICES}] || case_parties(NEW.unit_id, NEW.person_id)
                WHEN NEW.state IN ('referred', 'suggested') THEN
                    ARRAY[{REFERRED}] || case_parties(NEW.unit_id, NULL)
                    || CASE WHEN NEW.referred_to = 'discipline' THEN ARRAY[]::int[]
                        ELSE ARRAY[{HR}] END
                ELSE
                    ARRAY[{HEAD}, {LEADER}]
                    || CASE WHEN NEW.state IN ('hearing', 'heard', 'referring')
                        THEN case_parties(NEW.unit_id, NULL) ELSE ARRAY[]::int[] END
                    || CASE WHEN NEW.raised_by_id IS NULL THEN ARRAY[]::int[]
                        ELSE ARRAY[(-NEW.raised_by_id)::int] END
            END;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {CASE}_readers BEFORE INSERT OR UPDATE ON {CASE}"
        " FOR EACH ROW EXECUTE FUNCTION case_readers()"
    )
    op.execute(
        f"""
        CREATE FUNCTION case_part_readers() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
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
    for table in CHILDREN:
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION case_part_readers()"
        )


def _policies() -> None:
    for table in (CASE, *CHILDREN):
        beside = KNOWN if table == CASE else OF_CASE
        seen = f"{KEYS} AND {beside} AND {PROVEN}"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # No DELETE: nothing of a case is ever taken away (SPEC §6.4).
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}, {WORKER}")
        op.execute(
            f"CREATE POLICY {table}_web ON {table} TO {WEB} USING ({seen}) WITH CHECK ({seen})"
        )
        op.execute(
            f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
            f" USING (({REASON} AND {PROVEN}) OR ({seen}))"
            f" WITH CHECK (({REASON} AND {PROVEN}) OR ({seen}))"
        )
    op.execute(f"GRANT UPDATE ({MOVES}) ON {CASE} TO {WEB}, {WORKER}")


def _decided() -> None:
    """第二十三条, SPEC §5.9: what was decided against a unit, for 党政办 which drafts a 通报 and for
    those who handle cases; of the cases of sensitive items nothing, they are in no 通报."""
    may_ask = f"({MINE} && ARRAY[{OFFICES}, {STAFF}] OR {REASON}) AND {PROVEN}"
    op.execute(
        f"""
        CREATE FUNCTION decided_against(unit bigint)
        RETURNS TABLE (
            public_id uuid, decided_on date, minutes_no text, measures text[], decision text
        ) LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT held.public_id, held.decided_on, held.minutes_no::text, held.measures,
                held.decision::text
            FROM {CASE} held JOIN item ON item.id = held.item_id
            WHERE held.unit_id = unit AND held.person_id IS NULL
                AND held.state IN ('decided', 'executed', 'closed')
                AND item.classification <> 'sensitive' AND {may_ask}
            ORDER BY held.decided_on, held.id
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION decided_against(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION decided_against(bigint) TO {WEB}, {WORKER}")


def downgrade() -> None:
    op.execute("DROP FUNCTION decided_against(bigint)")
    for table in (FILE, ACT, GROUND, CASE):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
