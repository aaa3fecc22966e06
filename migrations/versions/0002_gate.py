"""The gate in the database: readers copied to parts, row-level security, append-only events.

第二十一条. `app.keys` are the keys of the person a transaction reads as, `app.because` the
written reason of the clock; the web's role is never let past the keys.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PARTS = (
    "approval",
    "approval_slot",
    "archive_record",
    "closure",
    "document",
    "event",
    "feedback",
    "feedback_point",
    "item_member",
    "item_unit",
    "need_to_know",
    "opinion",
)
APPEND_ONLY = ("event",)
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
OPEN_TABLES = (
    "account",
    "appointment",
    "delegation",
    "number_sequence",
    "person",
    "portfolio",
    "sign_in_failure",
    "sign_in_session",
    "unit",
)


def upgrade() -> None:
    _functions()
    op.execute(f"GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER}")
    for table in OPEN_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}, {WORKER}")
    op.execute(f"GRANT DELETE ON sign_in_failure TO {WEB}, {WORKER}")
    for table in ("item", *PARTS):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        writes = "INSERT" if table in APPEND_ONLY else "INSERT, UPDATE, DELETE"
        op.execute(f"GRANT SELECT, {writes} ON {table} TO {WEB}, {WORKER}")
        check = KEYS if table == "item" else KNOWN
        op.execute(
            f"CREATE POLICY {table}_web ON {table} TO {WEB} USING ({KEYS}) WITH CHECK ({check})"
        )
        op.execute(
            f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
            f" USING ({KEYS} OR {REASON}) WITH CHECK ({check} OR {REASON})"
        )
    op.execute(
        "CREATE TRIGGER item_readers AFTER UPDATE OF readers ON item FOR EACH ROW"
        " WHEN (OLD.readers IS DISTINCT FROM NEW.readers) EXECUTE FUNCTION spread_readers()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_readers()"
        )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _functions() -> None:
    op.execute(
        """
        CREATE FUNCTION take_readers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- As the caller: of an item the caller may not know of, no part can be written.
            SELECT readers INTO NEW.readers FROM item WHERE id = NEW.item_id;
            IF NEW.readers IS NULL THEN
                RAISE EXCEPTION 'no such item' USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    spread = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;"
        for table in PARTS
    )
    op.execute(
        f"""
        CREATE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: the copies follow the item even where its caller could not write them.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
{spread}
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'readers' = to_jsonb(OLD) - 'readers' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    for table in PARTS:
        op.execute(f"DROP TRIGGER {table}_readers ON {table}")
    op.execute("DROP TRIGGER item_readers ON item")
    for table in ("item", *PARTS):
        op.execute(f"DROP POLICY {table}_web ON {table}")
        op.execute(f"DROP POLICY {table}_worker ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in ("item", *PARTS, *OPEN_TABLES):
        op.execute(f"REVOKE ALL ON {table} FROM {WEB}, {WORKER}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {WEB}, {WORKER}")
    for function in ("take_readers", "spread_readers", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}()")
