"""督办事项通知单: a stored notice of a sensitive item is its own unit's (第十六条（二）, SPEC §7.3)."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WHOLE = (
    "approval",
    "approval_slot",
    "archive_record",
    "change",
    "closure",
    "comment",
    "event",
    "feedback_point",
    "item_member",
    "item_unit",
    "need_to_know",
    "opinion",
    "view_log",
)
OF_A_UNIT = ("feedback", "attachment", "objection", "milestone")
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"


def upgrade() -> None:
    op.add_column("document", sa.Column("unit_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_document_unit_id_unit"), "document", "unit", ["unit_id"], ["id"])
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        "CREATE TRIGGER document_readers_of_unit BEFORE INSERT ON document"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )
    _spread(WHOLE, (*OF_A_UNIT, "document"))


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


def downgrade() -> None:
    _spread((*WHOLE, "document"), OF_A_UNIT)
    op.execute("DROP TRIGGER document_readers_of_unit ON document")
    op.drop_column("document", "unit_id")
