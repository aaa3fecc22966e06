"""Approvals over parts of an item, signatures on paper, changes by consent, lists of persons.

第八、十二、十六、十九、二十一条. A sensitive item's reports and evidence of a co-unit are shown to
those whose list entry covers that unit.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
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
    "attachment",
)
OF_A_UNIT = ("feedback", "attachment")
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
LISTED = "to_at IS NULL"
SHARE_STATES = "state IN ('named', 'countersigned', 'issued', 'received')"


def upgrade() -> None:
    _columns()
    _change()
    _functions()


def _columns() -> None:
    op.add_column(
        "item", sa.Column("supplementary", sa.Boolean(), nullable=False, server_default="false")
    )
    op.alter_column("item", "supplementary", server_default=None)
    op.add_column(
        "approval", sa.Column("beside", sa.Boolean(), nullable=False, server_default="false")
    )
    op.alter_column("approval", "beside", server_default=None)
    for name, target in (("unit_id", "unit"), ("scan_id", "attachment")):
        op.add_column("approval_slot", sa.Column(name, sa.BigInteger()))
        op.create_foreign_key(
            op.f(f"fk_approval_slot_{name}_{target}"), "approval_slot", target, [name], ["id"]
        )
    op.add_column("approval_slot", sa.Column("contested_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_approval_slot_approval_id", "approval_slot")
    op.create_unique_constraint(
        "uq_approval_slot_approval_id",
        "approval_slot",
        ["approval_id", "position", "role", "unit_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.drop_constraint(op.f("ck_item_unit_state"), "item_unit")
    op.create_check_constraint(op.f("ck_item_unit_state"), "item_unit", SHARE_STATES)
    op.add_column("need_to_know", sa.Column("unit_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_need_to_know_unit_id_unit"), "need_to_know", "unit", ["unit_id"], ["id"]
    )
    op.add_column(
        "need_to_know",
        sa.Column(
            "public_id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")
        ),
    )
    op.alter_column("need_to_know", "public_id", server_default=None)
    op.create_unique_constraint("uq_need_to_know_public_id", "need_to_know", ["public_id"])
    op.create_index(
        "uq_need_to_know_listed",
        "need_to_know",
        ["item_id", "person_id"],
        unique=True,
        postgresql_where=sa.text(LISTED),
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("before", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('void', 'reassign', 'adjust', 'reset', 'reopen')", name=op.f("ck_change_kind")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'open', 'agreed', 'refused', 'withdrawn')",
            name=op.f("ck_change_state"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_change_item_id_item")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_change_proposed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_change_public_id")),
    )
    op.create_index(op.f("ix_change_item_id"), "change", ["item_id"])
    op.create_index(
        "uq_change_one_open",
        "change",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.execute("ALTER TABLE change ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON change TO {WEB}, {WORKER}")
    op.execute(f"CREATE POLICY change_web ON change TO {WEB} USING ({KEYS}) WITH CHECK ({KNOWN})")
    op.execute(
        f"CREATE POLICY change_worker ON change TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KNOWN} OR {REASON})"
    )
    op.execute(
        "CREATE TRIGGER change_readers BEFORE INSERT ON change"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )


def _functions() -> None:
    op.execute(
        """
        CREATE FUNCTION unit_readers(wanted bigint, unit bigint, everybody int[]) RETURNS int[]
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT CASE WHEN unit IS NULL
                OR (SELECT classification <> 'sensitive' FROM item WHERE id = wanted)
            THEN everybody ELSE coalesce((
                SELECT array_agg(DISTINCT -person_id::int ORDER BY -person_id::int)
                FROM need_to_know
                WHERE item_id = wanted AND to_at IS NULL
                    AND (unit_id IS NULL OR unit_id = unit)
            ), '{}') END
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION unit_readers(bigint, bigint, int[]) FROM PUBLIC")
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
    for table in OF_A_UNIT:
        op.execute(f"DROP TRIGGER {table}_readers ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_unit_readers()"
        )
    _spread((*PARTS, "change"), OF_A_UNIT)
    op.execute(
        f"""
        CREATE FUNCTION share_item(wanted bigint, allowed int[]) RETURNS void LANGUAGE plpgsql
        -- As the owner: an act may take an item out of its actor's own sight.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            UPDATE item SET readers = allowed WHERE id = wanted
                AND ({KEYS} OR (session_user = '{WORKER}' AND {REASON}));
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such item' USING ERRCODE = 'no_data_found';
            END IF;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION share_item(bigint, int[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION share_item(bigint, int[]) TO {WEB}, {WORKER}")


def _spread(tables: tuple[str, ...], of_a_unit: tuple[str, ...]) -> None:
    whole = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;"
        for table in tables
        if table not in of_a_unit
    )
    parts = "\n".join(
        f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
        " WHERE item_id = NEW.id;"
        for table in of_a_unit
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: the copies follow the item even where its caller could not write them.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
{whole}
{parts}
            RETURN NULL;
        END $$
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION share_item(bigint, int[])")
    _spread(PARTS, ())
    for table in OF_A_UNIT:
        op.execute(f"DROP TRIGGER {table}_readers ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_readers()"
        )
    op.execute("DROP FUNCTION take_unit_readers()")
    op.execute("DROP FUNCTION unit_readers(bigint, bigint, int[])")
    op.drop_table("change")
    op.drop_index("uq_need_to_know_listed", "need_to_know")
    op.drop_constraint("uq_need_to_know_public_id", "need_to_know")
    op.drop_column("need_to_know", "public_id")
    op.drop_column("need_to_know", "unit_id")
    op.drop_constraint(op.f("ck_item_unit_state"), "item_unit")
    op.create_check_constraint(
        op.f("ck_item_unit_state"), "item_unit", "state IN ('named', 'issued', 'received')"
    )
    op.drop_constraint("uq_approval_slot_approval_id", "approval_slot")
    op.create_unique_constraint(
        "uq_approval_slot_approval_id", "approval_slot", ["approval_id", "position", "role"]
    )
    for name in ("contested_at", "scan_id", "unit_id"):
        op.drop_column("approval_slot", name)
    op.drop_column("approval", "beside")
    op.drop_column("item", "supplementary")
