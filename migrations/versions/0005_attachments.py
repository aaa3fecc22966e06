"""附件 of an item behind the gate, and the list of refused texts (第二十一条, SPEC §7.2)."""

# ruff: noqa: S608 - only the names of tables below are put into statements
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
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
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
WITH_DRAFT = ("item_unit",)


def upgrade() -> None:
    _attachment()
    op.execute("ALTER TABLE attachment ENABLE ROW LEVEL SECURITY")
    # No DELETE: removing hides the row.
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON attachment TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY attachment_web ON attachment TO {WEB} USING ({KEYS}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY attachment_worker ON attachment TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KNOWN} OR {REASON})"
    )
    op.execute(
        "CREATE TRIGGER attachment_readers BEFORE INSERT ON attachment"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _spread(*PARTS, "attachment")
    _forget(*WITH_DRAFT, "attachment")
    op.create_table(
        "secrecy_stop",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_secrecy_stop_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrecy_stop")),
    )
    op.execute(f"GRANT SELECT, INSERT ON secrecy_stop TO {WEB}, {WORKER}")


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("state IN ('kept', 'removed')", name=op.f("ck_attachment_state")),
        sa.CheckConstraint("purpose IN ('filing', 'evidence')", name=op.f("ck_attachment_purpose")),
        sa.CheckConstraint(
            "(purpose = 'evidence') = (unit_id IS NOT NULL)", name=op.f("ck_attachment_unit")
        ),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_at IS NOT NULL)", name=op.f("ck_attachment_removed")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_attachment_item_id_item")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_attachment_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_attachment_uploaded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["person.id"], name=op.f("fk_attachment_removed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
    )
    op.create_index(op.f("ix_attachment_item_id"), "attachment", ["item_id"], unique=False)


def _spread(*tables: str) -> None:
    """The function that copies an item's readers to its parts, for these parts."""
    spread = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE item_id = NEW.id;"
        for table in tables
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql
        -- As the owner: the copies follow the item even where its caller could not write them.
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
{spread}
            RETURN NULL;
        END $$
        """
    )


def _forget(*tables: str) -> None:
    """删除草稿: the function that erases a draft's texts, with the rows of these parts."""
    deletes = "\n".join(
        f"            DELETE FROM {table} WHERE item_id = wanted;" for table in tables
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION forget_draft(wanted bigint) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            UPDATE item
            SET title = '', requirement = '', source_ref = '', deadline_basis = '', readers = '{{}}'
            WHERE id = wanted AND state IN ('draft', 'returned') AND doc_seq IS NULL
                AND readers && nullif(current_setting('app.keys', true), '')::int[];
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such draft' USING ERRCODE = 'no_data_found';
            END IF;
{deletes}
        END $$
        """
    )


def downgrade() -> None:
    op.drop_table("secrecy_stop")
    _forget(*WITH_DRAFT)
    _spread(*PARTS)
    op.drop_table("attachment")
