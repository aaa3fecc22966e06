"""延期督办 and 免于督办 (第十九条, SPEC §2.9, §3.6), with the files handed in with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
SPREAD = "            UPDATE extension SET readers = NEW.readers WHERE item_id = NEW.id;\n"
RETURN = "            RETURN NULL;"
OPEN = "'ext_unit', 'ext_sign', 'ext_check', 'ext_office_leader', 'ext_principal'"
STATES = f"'ext_draft', {OPEN}, 'approved', 'rejected', 'withdrawn', 'lapsed'"
PURPOSES = "purpose IN ('filing', 'evidence', 'report', 'closing'{}, 'scan')"
OF_A_UNIT = "(purpose IN ('evidence', 'report', 'closing'{})) = (unit_id IS NOT NULL)"
SUBJECTS = (
    "subject IS NOT DISTINCT FROM CASE purpose WHEN 'report' THEN 'feedback'"
    " WHEN 'closing' THEN 'closure'{} WHEN 'scan' THEN 'approval_slot' END"
)
PEOPLE = ("applied_by_id", "oral_by_id", "oral_leader_id")


def upgrade() -> None:
    _table()
    op.execute("ALTER TABLE extension ENABLE ROW LEVEL SECURITY")
    # The portal never takes a request away again.
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON extension TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY extension_web ON extension TO {WEB} USING ({KEYS} AND {PROVEN})"
        f" WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY extension_worker ON extension TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN}) WITH CHECK ({KNOWN} OR {REASON})"
    )
    op.execute(
        "CREATE TRIGGER extension_readers BEFORE INSERT ON extension"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    _spread(RETURN, SPREAD + RETURN)
    _files(", 'extension'", " WHEN 'extension' THEN 'extension'")


def _table() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("asked_days", sa.Integer()),
        sa.Column("asked_due", sa.Date()),
        sa.Column("late_ground", sa.Boolean(), nullable=False),
        sa.Column("of_superior", sa.Boolean(), nullable=False),
        sa.Column("due_before", sa.Date()),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cutoff", sa.DateTime(timezone=True)),
        sa.Column("timely", sa.Boolean(), nullable=False),
        sa.Column("oral_at", sa.DateTime(timezone=True)),
        sa.Column("oral_by_id", sa.BigInteger()),
        sa.Column("oral_leader_id", sa.BigInteger()),
        sa.Column("written_until", sa.DateTime(timezone=True)),
        sa.Column("due_after", sa.Date()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('extend', 'exempt')", name=op.f("ck_extension_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_extension_state")),
        sa.CheckConstraint(
            "state = 'ext_draft' OR (kind = 'extend') = (asked_due IS NOT NULL)"
            " OR state IN ('withdrawn', 'lapsed')",
            name=op.f("ck_extension_asked_due"),
        ),
        sa.CheckConstraint(
            "(oral_at IS NULL) = (written_until IS NULL)", name=op.f("ck_extension_oral")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_extension_{column}_person")
            )
            for column in PEOPLE
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_extension_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("public_id", name=op.f("uq_extension_public_id")),
        sa.UniqueConstraint("item_id", "seq", name=op.f("uq_extension_item_id")),
    )
    op.create_index(op.f("ix_extension_item_id"), "extension", ["item_id"])
    op.create_index(
        "uq_extension_one_open",
        "extension",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({OPEN})"),
    )


def _spread(before: str, after: str) -> None:
    """One more, or one less, among the parts that follow their item's readers, whichever others
    there are."""
    body = op.get_bind().scalar(
        sa.text("SELECT prosrc FROM pg_proc WHERE proname = 'spread_readers'")
    )
    if body.count(before) != 1:
        raise RuntimeError("spread_readers is not what this migration knows")
    op.execute(
        sa.text(
            "CREATE OR REPLACE FUNCTION spread_readers() RETURNS trigger LANGUAGE plpgsql"
            f" {DEFINER} AS $${body.replace(before, after)}$$".replace(":", r"\:")
        )
    )


def _files(purpose: str, subject: str) -> None:
    for name, condition in (
        ("purpose", PURPOSES.format(purpose)),
        ("unit", OF_A_UNIT.format(purpose)),
        ("subject", SUBJECTS.format(subject)),
    ):
        op.drop_constraint(op.f(f"ck_attachment_{name}"), "attachment")
        op.create_check_constraint(op.f(f"ck_attachment_{name}"), "attachment", condition)


def downgrade() -> None:
    # What was handed in with a request stays with the item as evidence of the unit.
    op.execute(
        "UPDATE attachment SET purpose = 'evidence', subject = NULL, subject_id = NULL"
        " WHERE purpose = 'extension'"
    )
    _files("", "")
    _spread(SPREAD, "")
    op.drop_table("extension")
