"""The last day for what is made up is stored with the item (第十五条), and forms that came back from
beyond their unit are known to 党政办 while they are being corrected (第二十一条, decision 0083).
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

DRAFTING = "('draft', 'returned', 'pending_unit')"
UNTIL = """
    UPDATE item SET made_up_by = (
        SELECT max(day) FROM (
            SELECT day::date AS day FROM generate_series(
                (run.opened_at AT TIME ZONE 'Asia/Shanghai')::date + 1,
                (run.opened_at AT TIME ZONE 'Asia/Shanghai')::date + 7, interval '1 day'
            ) AS day WHERE extract(isodow FROM day) < 6 ORDER BY day LIMIT 2
        ) AS following
    )
    FROM approval AS run
    WHERE run.item_id = item.id AND run.chain = 'initiation' AND run.beside AND item.supplementary
"""
"""Two days from Monday to Friday after it was handed out: across a holiday the stored day is early."""
TOLD = f"""
    UPDATE item SET readers = ARRAY(
        SELECT DISTINCT key FROM unnest(readers || ARRAY(
            SELECT unit_id::integer FROM appointment
            WHERE role IN ('office_staff', 'office_head') AND unit_id IS NOT NULL AND valid_to IS NULL
        )) AS key ORDER BY key
    )
    WHERE state IN {DRAFTING} AND classification <> 'sensitive' AND EXISTS (
        SELECT 1 FROM event WHERE event.item_id = item.id AND event.act <> 'withdraw'
            AND event.item_from NOT IN {DRAFTING} AND event.item_to IN {DRAFTING}
    )
"""
"""The parts follow by the trigger. A sensitive form takes its readers at its next act."""


def upgrade() -> None:
    op.add_column("item", sa.Column("made_up_by", sa.Date()))
    op.execute(UNTIL)
    op.execute(TOLD)


def downgrade() -> None:
    # Who was told of a form stays told: nothing says whom the next act would tell.
    op.drop_column("item", "made_up_by")
