"""The demo's date, moved on by a control on every page of the demo."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_date",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days_on", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_date_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_date")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON demo_date TO portal_web, portal_worker")
    op.execute(
        "CREATE FUNCTION demo_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN IF NEW.days_on < OLD.days_on THEN"
        " RAISE EXCEPTION 'the demo does not go back' USING ERRCODE = 'restrict_violation';"
        " END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER demo_date_forward BEFORE UPDATE ON demo_date"
        " FOR EACH ROW EXECUTE FUNCTION demo_goes_on()"
    )


def downgrade() -> None:
    op.drop_table("demo_date")
    op.execute("DROP FUNCTION demo_goes_on()")
