"""催办 (第十六条（四）, 附件 2): notices with numbers of their own, and the question of 正当理由.

Both are a unit's: of a sensitive item the people of another co-unit see neither.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
OWNERS = "SECURITY DEFINER SET search_path = public, pg_temp"
RUNNING = (
    "'ug_sign', 'ug_review', 'ug_approve', 'ug_filing', 'ug_issued', 'ug_signed', 'ug_replied'"
)
STATES = f"'ug_draft', {RUNNING}, 'ug_met', 'ug_unmet', 'ug_void'"
SPREAD = "spread_readers()"
OF_REPORTS, OF_NOTICES, OF_QUESTIONS = (
    f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
    " WHERE item_id = NEW.id;\n"
    for table in ("feedback", "urge", "urge_question")
)
UNIT_OF = "unit_of_part(text, bigint)"
OF_OBJECTIONS = (
    "                WHEN 'objection' THEN (SELECT unit_id FROM objection WHERE id = wanted)\n"
)
OF_URGING = "".join(
    f"                WHEN '{table}' THEN (SELECT unit_id FROM {table} WHERE id = wanted)\n"
    for table in ("urge", "urge_question")
)
"""Whose part an event is about."""
KINDS = "'item', 'offline', 'history', 'void'"


def upgrade() -> None:
    _notice()
    _question()
    for table in ("urge", "urge_question"):
        _guard(table)
    _rewrite(SPREAD, OF_REPORTS, OF_REPORTS + OF_NOTICES + OF_QUESTIONS)
    _rewrite(UNIT_OF, OF_OBJECTIONS, OF_OBJECTIONS + OF_URGING)
    _kinds(f"'urge', {KINDS}")
    _claiming()


def _notice() -> None:
    people = ("drafted_by", "received_by", "replied_by", "hr_noted_by", "discipline_noted_by")
    op.create_table(
        "urge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("points", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("missed_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("fast", sa.Boolean(), nullable=False),
        sa.Column("drafted_by_id", sa.BigInteger(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc_word", sa.String()),
        sa.Column("doc_year", sa.Integer()),
        sa.Column("doc_seq", sa.Integer()),
        sa.Column("issued_on", sa.Date()),
        sa.Column("limit_on", sa.Date()),
        sa.Column("receipt_by", sa.DateTime(timezone=True)),
        sa.Column("deemed", sa.Boolean(), nullable=False),
        sa.Column("received_by_id", sa.BigInteger()),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("replied_by_id", sa.BigInteger()),
        sa.Column("replied_at", sa.DateTime(timezone=True)),
        sa.Column("promised_on", sa.Date()),
        sa.Column("hr_noted_at", sa.DateTime(timezone=True)),
        sa.Column("hr_noted_by_id", sa.BigInteger()),
        sa.Column("discipline_noted_at", sa.DateTime(timezone=True)),
        sa.Column("discipline_noted_by_id", sa.BigInteger()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_urge_state")),
        sa.CheckConstraint(
            "ground IN ('overdue', 'reports', 'inner', 'asked')", name=op.f("ck_urge_ground")
        ),
        sa.CheckConstraint("nth > 0 AND limit_days > 0", name=op.f("ck_urge_counted")),
        sa.CheckConstraint(
            "num_nulls(doc_word, doc_year, doc_seq, issued_on, limit_on, receipt_by) IN (0, 6)",
            name=op.f("ck_urge_issued"),
        ),
        *(_foreign("urge", of, of) for of in ("item", "unit")),
        *(_foreign("urge", column, "person") for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_urge_public_id")),
        sa.UniqueConstraint("doc_word", "doc_year", "doc_seq", name="uq_urge_doc_no"),
    )
    for column in ("item_id", "unit_id"):
        op.create_index(op.f(f"ix_urge_{column}"), "urge", [column])
    op.create_index(
        "uq_urge_one_running",
        "urge",
        ["item_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({RUNNING})"),
    )


def _question() -> None:
    table = "urge_question"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("urge_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by_id", sa.BigInteger()),
        sa.Column("stated_at", sa.DateTime(timezone=True)),
        sa.Column("ruled_by_id", sa.BigInteger()),
        sa.Column("ruled_at", sa.DateTime(timezone=True)),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'stated', 'accepted', 'refused', 'unanswered')",
            name=op.f("ck_urge_question_state"),
        ),
        *(_foreign(table, of, of) for of in ("item", "unit", "urge")),
        *(_foreign(table, column, "person") for column in ("stated_by", "ruled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_urge_question_public_id")),
        sa.UniqueConstraint("urge_id", name=op.f("uq_urge_question_urge_id")),
    )
    op.create_index(op.f("ix_urge_question_item_id"), table, ["item_id"])


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{column}_id"], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_id_{target}")
    )


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {table}_web ON {table} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {table}_readers_of_unit BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_number_taken_kind"), "number_taken")
    op.create_check_constraint(op.f("ck_number_taken_kind"), "number_taken", f"kind IN ({kinds})")


def _claiming() -> None:
    """A notice's number is used once, and stays with it for life (SPEC §4)."""
    op.execute(
        f"""
        CREATE FUNCTION claim_for_urge() RETURNS trigger LANGUAGE plpgsql {OWNERS} AS $$
        BEGIN
            IF OLD.doc_seq IS NOT NULL THEN
                RAISE EXCEPTION 'a number stays for life' USING ERRCODE = 'restrict_violation';
            END IF;
            PERFORM claim_number(NEW.doc_word, NEW.doc_year, NEW.doc_seq, 'urge');
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION claim_for_urge() FROM PUBLIC")
    changed = " OR ".join(
        f"OLD.doc_{part} IS DISTINCT FROM NEW.doc_{part}" for part in ("word", "year", "seq")
    )
    op.execute(
        "CREATE TRIGGER urge_number AFTER UPDATE OF doc_word, doc_year, doc_seq ON urge"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION claim_for_urge()"
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
    _rewrite(UNIT_OF, OF_OBJECTIONS + OF_URGING, OF_OBJECTIONS)
    _rewrite(SPREAD, OF_REPORTS + OF_NOTICES + OF_QUESTIONS, OF_REPORTS)
    op.drop_table("urge_question")
    op.drop_table("urge")
    op.execute("DROP FUNCTION claim_for_urge()")
    op.execute("DELETE FROM number_taken WHERE kind = 'urge'")
    _kinds(KINDS)
