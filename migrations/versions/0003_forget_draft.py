"""Deleting a draft: its texts are erased and nobody may know of it; the events stay.

The act takes the row out of its actor's own sight, so it is done in one function of the owner's.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION forget_draft(wanted bigint) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            UPDATE item
            SET title = '', requirement = '', source_ref = '', deadline_basis = '', readers = '{}'
            WHERE id = wanted AND state IN ('draft', 'returned') AND doc_seq IS NULL
                AND readers && nullif(current_setting('app.keys', true), '')::int[];
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such draft' USING ERRCODE = 'no_data_found';
            END IF;
            DELETE FROM item_unit WHERE item_id = wanted;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION forget_draft(bigint) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_draft(bigint) TO portal_web")


def downgrade() -> None:
    op.execute("DROP FUNCTION forget_draft(bigint)")
