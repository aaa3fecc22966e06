"""文号 used outside the items, every number in use in one table, the counter's first number.

SPEC §4 rules 4 to 6. A number stands in `number_taken` once, whichever table carries it, and
keeps its place there for good; triggers of the owner's write it, so that an item the caller may
not know of counts as well.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
FUNCTIONS = (
    "number_register()",
    "keep_counter()",
    "keep_placeholder()",
    "claim_for_placeholder()",
    "claim_for_item()",
    "claim_number(varchar, integer, integer, varchar)",
)


def upgrade() -> None:
    _first_numbers()
    _taken()
    _placeholder()
    _act()
    _counting()
    _claiming()
    _claiming_for_items()
    _claiming_for_placeholders()
    _register()
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION number_register() TO {WEB}")
    op.execute(f"GRANT SELECT, INSERT ON number_placeholder, number_act TO {WEB}, {WORKER}")


def _first_numbers() -> None:
    """What was given out before the first number of an item was given out on paper."""
    op.add_column(
        "number_sequence",
        sa.Column("start", sa.Integer(), server_default="1", nullable=False),
    )
    op.execute(
        """
        UPDATE number_sequence SET start = coalesce(
            (SELECT min(doc_seq) FROM item WHERE doc_word = word AND doc_year = year), value + 1)
        """
    )
    op.create_check_constraint(op.f("ck_number_sequence_start"), "number_sequence", "start > 0")
    op.create_check_constraint(
        op.f("ck_number_sequence_value"), "number_sequence", "value >= start - 1"
    )


def _taken() -> None:
    op.create_table(
        "number_taken",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("seq BETWEEN 1 AND 999999", name=op.f("ck_number_taken_seq")),
        sa.CheckConstraint(
            "kind IN ('item', 'offline', 'history', 'void')", name=op.f("ck_number_taken_kind")
        ),
        sa.PrimaryKeyConstraint("word", "year", "seq", name=op.f("pk_number_taken")),
    )
    op.execute(
        "INSERT INTO number_taken (word, year, seq, kind)"
        " SELECT doc_word, doc_year, doc_seq, 'item' FROM item WHERE doc_seq IS NOT NULL"
    )


def _placeholder() -> None:
    op.create_table(
        "number_placeholder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('offline', 'history', 'void')", name=op.f("ck_number_placeholder_kind")
        ),
        sa.CheckConstraint(
            "kind <> 'offline' OR used_on IS NOT NULL", name=op.f("ck_number_placeholder_used_on")
        ),
        sa.CheckConstraint(
            "(kind = 'void') = (reason <> '')", name=op.f("ck_number_placeholder_reason")
        ),
        sa.CheckConstraint(
            "kind = 'history' OR item_id IS NULL", name=op.f("ck_number_placeholder_item")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["person.id"],
            name=op.f("fk_number_placeholder_entered_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_placeholder")),
        sa.UniqueConstraint("word", "year", "seq", name="uq_number_placeholder_number"),
        sa.UniqueConstraint("item_id", name=op.f("uq_number_placeholder_item_id")),
    )


def _act() -> None:
    op.create_table(
        "number_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("acting_as", sa.String(), nullable=False),
        sa.Column("on_behalf_of_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "act IN ('offline', 'history', 'void', 'start')", name=op.f("ck_number_act_act")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_number_act_actor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["person.id"], name=op.f("fk_number_act_on_behalf_of_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_act")),
        sa.UniqueConstraint("key", name=op.f("uq_number_act_key")),
    )
    op.execute(
        "CREATE TRIGGER number_act_append_only BEFORE UPDATE OR DELETE ON number_act"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER number_act_no_truncate BEFORE TRUNCATE ON number_act"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _counting() -> None:
    """The counter goes back only while none of its numbers is in use: 首号 is being set."""
    op.execute(
        f"""
        CREATE FUNCTION keep_counter() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM number_taken WHERE (word, year) = (OLD.word, OLD.year)) THEN
                RAISE EXCEPTION 'numbers never go back' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER number_sequence_forward BEFORE UPDATE ON number_sequence"
        " FOR EACH ROW WHEN (NEW.value < OLD.value) EXECUTE FUNCTION keep_counter()"
    )


def _claiming() -> None:
    """A number is used: never twice, and the counter is never behind it."""
    op.execute(
        f"""
        CREATE FUNCTION claim_number(varchar, integer, integer, varchar) RETURNS void
        LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            -- First the counter: its row is what everything about its numbers waits for.
            INSERT INTO number_sequence AS counter (word, year, value) VALUES ($1, $2, $3)
            ON CONFLICT (word, year) DO UPDATE SET value = excluded.value
                WHERE counter.value < excluded.value;
            INSERT INTO number_taken (word, year, seq, kind) VALUES ($1, $2, $3, $4);
        END $$
        """
    )


def _claiming_for_items() -> None:
    op.execute(
        f"""
        CREATE FUNCTION claim_for_item() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF (OLD.doc_word, OLD.doc_year, OLD.doc_seq)
                    IS NOT DISTINCT FROM (NEW.doc_word, NEW.doc_year, NEW.doc_seq) THEN
                    RETURN NULL;
                ELSIF OLD.doc_seq IS NOT NULL THEN
                    RAISE EXCEPTION 'a number stays for life' USING ERRCODE = 'restrict_violation';
                END IF;
            END IF;
            IF NEW.doc_seq IS NULL THEN
                RETURN NULL;
            END IF;
            -- A number of the paper backlog that was released to just this item.
            UPDATE number_taken AS taken SET kind = 'item'
            FROM number_placeholder AS held
            WHERE held.item_id = NEW.id AND taken.kind = 'history'
                AND (held.word, held.year, held.seq) = (NEW.doc_word, NEW.doc_year, NEW.doc_seq)
                AND (taken.word, taken.year, taken.seq) = (held.word, held.year, held.seq);
            IF NOT FOUND THEN
                PERFORM claim_number(NEW.doc_word, NEW.doc_year, NEW.doc_seq, 'item');
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER item_number AFTER INSERT OR UPDATE OF doc_word, doc_year, doc_seq ON item"
        " FOR EACH ROW EXECUTE FUNCTION claim_for_item()"
    )


def _claiming_for_placeholders() -> None:
    op.execute(
        f"""
        CREATE FUNCTION claim_for_placeholder() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            PERFORM claim_number(NEW.word, NEW.year, NEW.seq, NEW.kind);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER number_placeholder_number AFTER INSERT ON number_placeholder"
        " FOR EACH ROW EXECUTE FUNCTION claim_for_placeholder()"
    )
    op.execute(
        """
        CREATE FUNCTION keep_placeholder() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- All that may change is the item a number of the backlog is released to, once.
            IF TG_OP = 'UPDATE' AND OLD.item_id IS NULL
                AND to_jsonb(NEW) - 'item_id' = to_jsonb(OLD) - 'item_id' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER number_placeholder_kept BEFORE UPDATE OR DELETE ON number_placeholder"
        " FOR EACH ROW EXECUTE FUNCTION keep_placeholder()"
    )
    op.execute(
        "CREATE TRIGGER number_placeholder_no_truncate BEFORE TRUNCATE ON number_placeholder"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _register() -> None:
    """Which numbers are in use, and nothing else: right also for who may not know every item."""
    op.execute(
        f"""
        CREATE FUNCTION number_register()
        RETURNS TABLE (word varchar, year integer, seq integer, kind varchar)
        LANGUAGE sql STABLE {OWNERS} AS $$
            SELECT taken.word, taken.year, taken.seq, taken.kind FROM number_taken AS taken
        $$
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER item_number ON item")
    op.execute("DROP TRIGGER number_sequence_forward ON number_sequence")
    for table in ("number_act", "number_placeholder", "number_taken"):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("number_sequence", "start")
