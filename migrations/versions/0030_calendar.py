"""工作日历 as versions that nobody changes, and which version an item's dates were counted by (SPEC §3.3).

The first version is the national tables as they come with the portal on the day of the migration; terms,
vacations and local holidays are the college's own and still empty.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
SAID = "随系统提供的国家节假日表"
NATIONAL = ("national", "report_periods", "office_hours", "quiet_hours")
COUNTED = (
    "item.level IN (2, 3) AND item.deadline_kind = 'days' AND item.issued_on IS NOT NULL"
    " AND item.due_effective = item.due_original AND item.due_reset IS NULL"
)
"""Items whose date was counted by days from the day of 交办 and set anew by nobody."""


def upgrade() -> None:
    _versions()
    _first()
    op.add_column("item", sa.Column("counted_by", sa.Integer(), nullable=True))
    op.create_index("ix_item_counted_by", "item", ["counted_by"], postgresql_where=sa.text("lit"))
    op.execute(
        f"""
        UPDATE item SET counted_by = 1 WHERE {COUNTED} AND NOT EXISTS (
            SELECT 1 FROM change
            WHERE change.item_id = item.id AND change.kind = 'reassign' AND change.state = 'agreed')
        """
    )
    _bearing()


def _versions() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("tables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(number IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_calendar_version_confirmed")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{act}_by_id"],
                ["account.id"],
                name=op.f(f"fk_calendar_version_{act}_by_id_account"),
            )
            for act in ("proposed", "confirmed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_calendar_version_{column}"))
            for column in ("public_id", "key", "number")
        ),
    )
    op.execute(
        """
        CREATE FUNCTION keep_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.number IS NOT NULL OR (to_jsonb(OLD) - 'number' - 'confirmed_by_id' - 'confirmed_at')
                    <> (to_jsonb(NEW) - 'number' - 'confirmed_by_id' - 'confirmed_at')
                    OR NEW.number <> OLD.based_on + 1 THEN
                RAISE EXCEPTION 'a version of the calendar is confirmed once and never changed';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER calendar_version_kept BEFORE UPDATE ON calendar_version"
        " FOR EACH ROW EXECUTE FUNCTION keep_calendar()"
    )
    for what, each in (("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER calendar_version_no_{what.lower()} BEFORE {what} ON calendar_version"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
    op.execute("REVOKE ALL ON FUNCTION keep_calendar() FROM PUBLIC")
    op.execute(f"GRANT SELECT, INSERT ON calendar_version TO {WEB}, {WORKER}")
    op.execute(
        "GRANT UPDATE (number, confirmed_by_id, confirmed_at)"
        f" ON calendar_version TO {WEB}, {WORKER}"
    )


def _first() -> None:
    shipped = json.loads(
        files("portal.rulebook").joinpath("data/calendar.json").read_text(encoding="utf-8")
    )
    tables = {name: shipped[name] for name in NATIONAL}
    tables |= {"local": {"enabled": False, "holidays": []}, "terms": [], "vacations": []}
    table = sa.table(
        "calendar_version",
        sa.column("public_id", sa.Uuid()),
        sa.column("key", sa.Uuid()),
        sa.column("number", sa.Integer()),
        sa.column("based_on", sa.Integer()),
        sa.column("tables", postgresql.JSONB()),
        sa.column("said", sa.String()),
        sa.column("proposed_at", sa.DateTime(timezone=True)),
        sa.column("confirmed_at", sa.DateTime(timezone=True)),
    )
    now = datetime.now(UTC)
    row = {"public_id": uuid4(), "key": uuid4(), "number": 1, "based_on": 0, "said": SAID}
    op.bulk_insert(table, [row | {"tables": tables, "proposed_at": now, "confirmed_at": now}])


def _bearing() -> None:
    """What a new table bears upon, in numbers: no title, no unit, nothing of a sensitive item."""
    op.execute(
        f"""
        CREATE FUNCTION calendar_bearing()
        RETURNS TABLE (
            level integer, policy_version varchar, issued_on date, deadline_days integer,
            due date, counted_by integer, points date[])
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT item.level, item.policy_version, item.issued_on, item.deadline_days,
                item.due_effective, item.counted_by,
                ARRAY(SELECT point.due FROM feedback_point AS point
                    WHERE point.item_id = item.id AND point.due >= item.issued_on ORDER BY point.due)
            FROM item
            WHERE item.lit AND item.state <> 'closing_filing' AND item.counted_by IS NOT NULL AND item.classification <> 'sensitive'
                AND {COUNTED}
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION calendar_bearing() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION calendar_bearing() TO {WEB}, {WORKER}")


def downgrade() -> None:
    op.execute("DROP FUNCTION calendar_bearing()")
    op.drop_index("ix_item_counted_by", "item")
    op.drop_column("item", "counted_by")
    op.drop_table("calendar_version")
    op.execute("DROP FUNCTION keep_calendar()")
