"""Parts of co-units apart, who took whom off the list, a log of who looked.

第二十一条, SPEC §7.3, §7.5 (14), §7.6; decision 0066.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
WHOLE = (
    "approval",
    "approval_slot",
    "archive_record",
    "change",
    "closure",
    "comment",
    "document",
    "event",
    "feedback_point",
    "item_member",
    "item_unit",
    "need_to_know",
    "opinion",
)
BEFORE_OF_A_UNIT = ("feedback", "attachment")
OF_A_UNIT = (*BEFORE_OF_A_UNIT, "objection", "milestone")
"""What belongs to one unit: of a sensitive item shown to those whose entry covers that unit."""
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
NARROWING = (
    "unit_of_part(text, bigint)",
    "narrow_to_unit()",
    "narrow_event()",
    "narrow_opinion()",
    "narrow_words()",
)
"""Run by triggers only."""


def upgrade() -> None:
    op.add_column("need_to_know", sa.Column("removed_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_need_to_know_removed_by_id_person"),
        "need_to_know",
        "person",
        ["removed_by_id"],
        ["id"],
    )
    _views()
    _parts_apart()
    _events_apart()
    _spread((*WHOLE, "view_log"), OF_A_UNIT)
    _next_report()
    for function in NARROWING:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def _views() -> None:
    op.create_table(
        "view_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_view_log_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_view_log_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_log")),
    )
    op.create_index(op.f("ix_view_log_item_id"), "view_log", ["item_id"])
    op.execute("ALTER TABLE view_log ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON view_log TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY view_log_web ON view_log TO {WEB} USING ({KEYS}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY view_log_worker ON view_log TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KNOWN} OR {REASON})"
    )
    op.execute(
        "CREATE TRIGGER view_log_readers BEFORE INSERT ON view_log"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    op.execute(
        "CREATE TRIGGER view_log_append_only BEFORE UPDATE OR DELETE ON view_log"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER view_log_no_truncate BEFORE TRUNCATE ON view_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _parts_apart() -> None:
    """Rows of a unit: first the item's readers, as the caller; then, as the owner, fewer of them.

    `unit_readers` tells who is listed, so that nobody but the owner's triggers may ask it.
    """
    op.execute(
        f"""
        CREATE FUNCTION narrow_to_unit() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            NEW.readers := unit_readers(NEW.item_id, NEW.unit_id, NEW.readers);
            RETURN NEW;
        END $$
        """
    )
    for table in BEFORE_OF_A_UNIT:
        op.execute(f"DROP TRIGGER {table}_readers ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_readers()"
        )
    for table in OF_A_UNIT:
        # By its name it runs after the one that takes the item's readers.
        op.execute(
            f"CREATE TRIGGER {table}_readers_of_unit BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
        )
    op.execute("DROP FUNCTION take_unit_readers()")
    op.execute(
        f"REVOKE ALL ON FUNCTION unit_readers(bigint, bigint, int[]) FROM PUBLIC, {WEB}, {WORKER}"
    )


def _events_apart() -> None:
    """What was said with an act on a unit's part is for those who may know of that part."""
    op.execute(
        f"""
        CREATE FUNCTION unit_of_part(part text, wanted bigint) RETURNS bigint
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT CASE part
                WHEN 'item_unit' THEN (SELECT unit_id FROM item_unit WHERE id = wanted)
                WHEN 'feedback' THEN (SELECT unit_id FROM feedback WHERE id = wanted)
                WHEN 'attachment' THEN (SELECT unit_id FROM attachment WHERE id = wanted)
                WHEN 'objection' THEN (SELECT unit_id FROM objection WHERE id = wanted)
                WHEN 'comment' THEN (
                    SELECT unit_id FROM feedback WHERE id = (
                        SELECT feedback_id FROM comment WHERE id = wanted
                    )
                )
            END
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION narrow_event() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF NEW.readers @> '{{0}}' OR NEW.subject_id IS NULL THEN
                RETURN NEW;
            END IF;
            NEW.readers := unit_readers(
                NEW.item_id, unit_of_part(NEW.subject, NEW.subject_id), NEW.readers
            );
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION narrow_opinion() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            said event;
        BEGIN
            IF NEW.readers @> '{{0}}' THEN
                RETURN NEW;
            END IF;
            SELECT * INTO said FROM event WHERE item_id = NEW.item_id AND opinion_id = NEW.id;
            IF said.subject_id IS NOT NULL THEN
                NEW.readers := unit_readers(
                    NEW.item_id, unit_of_part(said.subject, said.subject_id), NEW.readers
                );
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION narrow_words() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            UPDATE opinion SET readers = readers WHERE id = NEW.opinion_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER event_readers_of_part BEFORE INSERT OR UPDATE OF readers ON event"
        " FOR EACH ROW EXECUTE FUNCTION narrow_event()"
    )
    op.execute(
        "CREATE TRIGGER opinion_readers_of_part BEFORE UPDATE OF readers ON opinion"
        " FOR EACH ROW EXECUTE FUNCTION narrow_opinion()"
    )
    op.execute(
        "CREATE TRIGGER event_words_of_part AFTER INSERT ON event FOR EACH ROW"
        " WHEN (NEW.opinion_id IS NOT NULL AND NEW.subject_id IS NOT NULL)"
        " EXECUTE FUNCTION narrow_words()"
    )


def _spread(whole: tuple[str, ...], of_a_unit: tuple[str, ...]) -> None:
    everywhere = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;"
        for table in whole
    )
    apart = "\n".join(
        f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
        " WHERE item_id = NEW.id;"
        for table in of_a_unit
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: the copies follow the item even where its caller could not write them.
        {DEFINER} AS $$
        BEGIN
{everywhere}
{apart}
            RETURN NULL;
        END $$
        """
    )


def _next_report() -> None:
    """A report's number counts all of them, also those the writer may not read."""
    op.execute(
        f"""
        CREATE FUNCTION next_report(wanted bigint) RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT coalesce(max(seq), 0) + 1 FROM feedback
            WHERE item_id = (SELECT id FROM item WHERE id = wanted AND {KEYS})
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION next_report(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION next_report(bigint) TO {WEB}, {WORKER}")


def downgrade() -> None:
    op.execute("DROP FUNCTION next_report(bigint)")
    op.execute("DROP TRIGGER event_words_of_part ON event")
    op.execute("DROP TRIGGER opinion_readers_of_part ON opinion")
    op.execute("DROP TRIGGER event_readers_of_part ON event")
    for table in OF_A_UNIT:
        op.execute(f"DROP TRIGGER {table}_readers_of_unit ON {table}")
    for function in NARROWING:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(f"GRANT EXECUTE ON FUNCTION unit_readers(bigint, bigint, int[]) TO {WEB}, {WORKER}")
    op.execute(
        """
        CREATE FUNCTION take_unit_readers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- As the caller: of an item the caller may not know of, no part can be written.
            SELECT readers INTO NEW.readers FROM item WHERE id = NEW.item_id;
            IF NEW.readers IS NULL THEN
                RAISE EXCEPTION 'no such item' USING ERRCODE = 'foreign_key_violation';
            END IF;
            NEW.readers := unit_readers(NEW.item_id, NEW.unit_id, NEW.readers);
            RETURN NEW;
        END $$
        """
    )
    for table in BEFORE_OF_A_UNIT:
        op.execute(f"DROP TRIGGER {table}_readers ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_unit_readers()"
        )
    _spread((*WHOLE, "objection", "milestone"), BEFORE_OF_A_UNIT)
    op.drop_table("view_log")
    op.drop_column("need_to_know", "removed_by_id")
