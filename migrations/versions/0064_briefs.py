"""学期报告 and 通报 (第二十条): briefs with their texts, figures, boxes, acts, sheets and readers
(decisions 0143-0146)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
MINE = "nullif(current_setting('app.keys', true), '')::int[]"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = f"readers && {MINE} AND {PROVEN}"
REASON = f"nullif(current_setting('app.because', true), '') IS NOT NULL AND {PROVEN}"
PARTS = (
    "brief_snapshot", "brief_text", "brief_box", "brief_act", "brief_sheet", "brief_copy",
)  # fmt: skip
KEPT = ("brief_text", "brief_act")
"""Written once; nothing of them is changed but who may read them."""
CHANGED = {
    "brief": "state, version, name, title, number, criticised_ids, names_checked, released_on,"
    " readers",
    "brief_box": "state, person_id, on_behalf_of_id, opinion, decided_at",
    "brief_sheet": "state, asked_by_id, asked_at, tries, failure",
    "brief_copy": "read_at",
}
"""What the web changes of a row."""
MADE = {
    "brief_snapshot": "state, data, item_ids, sha256, started_at, made_at, tries, failure",
    "brief_sheet": "state, sha256, size, started_at, made_at, tries, failure",
    "brief": "version",
}
"""What the worker changes."""
ACTS = f"-actor_id = ANY ({MINE})"
ASKS = f"-asked_by_id = ANY ({MINE}) AND state = 'asked' AND sha256 IS NULL"
READS = f"-person_id = ANY ({MINE})"
IN_DRAFT = "EXISTS (SELECT 1 FROM brief WHERE brief.id = brief_id AND brief.state = 'draft')"


def upgrade() -> None:
    for make in (_briefs, _snapshots, _texts, _boxes, _acts, _sheets, _copies):
        make()
    _readers()
    for table in ("brief", *PARTS):
        _guard(table)
    # Acts, requests and readings in one's own name; figures while it is a draft.
    _restrict("brief_act", "INSERT", check=ACTS)
    _restrict("brief_snapshot", "INSERT", check=f"{ASKS} AND {IN_DRAFT}")
    _restrict("brief_sheet", "INSERT", check=ASKS)
    _restrict("brief_sheet", "UPDATE", check=ASKS)
    _restrict("brief_copy", "UPDATE", using=READS, check=READS)


def _readers() -> None:
    """A part takes its brief's readers and follows them, as the parts of an item do."""
    op.execute(
        """
        CREATE FUNCTION take_brief_readers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT readers INTO NEW.readers FROM brief WHERE id = NEW.brief_id;
            IF NEW.readers IS NULL THEN
                RAISE EXCEPTION 'no such brief' USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    spread = "\n".join(
        f"            UPDATE {table} SET readers = NEW.readers WHERE brief_id = NEW.id;"
        for table in PARTS
    )
    op.execute(
        f"""
        CREATE FUNCTION spread_brief_readers() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
{spread}
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION spread_brief_readers() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER brief_readers AFTER UPDATE OF readers ON brief FOR EACH ROW"
        " WHEN (OLD.readers IS DISTINCT FROM NEW.readers)"
        " EXECUTE FUNCTION spread_brief_readers()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION take_brief_readers()"
        )


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}, {WORKER}")
    if table in CHANGED:  # the worker, too: it loads the sample's papers
        op.execute(f"GRANT UPDATE ({CHANGED[table]}) ON {table} TO {WEB}, {WORKER}")
    if table in MADE:
        op.execute(f"GRANT UPDATE ({MADE[table]}) ON {table} TO {WORKER}")
    op.execute(f"CREATE POLICY {table}_web ON {table} TO {WEB} USING ({KEYS}) WITH CHECK ({KEYS})")
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING ({KEYS} OR {REASON}) WITH CHECK ({KEYS} OR {REASON})"
    )
    if table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _restrict(table: str, what: str, *, check: str, using: str = "") -> None:
    first = f" USING ({using})" if using else ""
    op.execute(
        f"CREATE POLICY {table}_{what.lower()} ON {table} AS RESTRICTIVE FOR {what} TO {WEB}"
        f"{first} WITH CHECK ({check})"
    )


def downgrade() -> None:
    for table in reversed(("brief", *PARTS)):
        op.drop_table(table)
    op.execute("DROP FUNCTION take_brief_readers()")
    op.execute("DROP FUNCTION spread_brief_readers()")


def _briefs() -> None:
    op.create_table(
        "brief",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "criticised_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("names_checked", sa.Boolean(), nullable=False),
        sa.Column("drafted_by_id", sa.BigInteger(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "(released_on IS NOT NULL) = (state IN ('released', 'recalled'))",
            name=op.f("ck_brief_released"),
        ),
        sa.CheckConstraint(
            "kind = 'circular' OR criticised_ids = '{}'", name=op.f("ck_brief_criticised")
        ),
        sa.CheckConstraint("kind = 'circular' OR first IS NOT NULL", name=op.f("ck_brief_term")),
        sa.CheckConstraint("kind IN ('term_report', 'circular')", name=op.f("ck_brief_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'checking', 'reviewing', 'approving', 'released', 'recalled', 'discarded')",
            name=op.f("ck_brief_state"),
        ),
        sa.CheckConstraint(
            "(first IS NULL) = (last IS NULL) AND first <= last", name=op.f("ck_brief_days")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_brief_drafted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brief_public_id")),
    )
    op.create_index(
        "uq_brief_one_a_term",
        "brief",
        ["first"],
        unique=True,
        postgresql_where=sa.text("kind = 'term_report' AND state <> 'discarded'"),
    )


def _texts() -> None:
    op.create_table(
        "brief_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_text_brief_id_brief")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_brief_text_written_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["brief_snapshot.id"],
            name=op.f("fk_brief_text_snapshot_id_brief_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_text")),
        sa.UniqueConstraint("brief_id", "section", "version", name=op.f("uq_brief_text_brief_id")),
    )
    op.create_index(op.f("ix_brief_text_brief_id"), "brief_text", ["brief_id"], unique=False)


def _snapshots() -> None:
    op.create_table(
        "brief_snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "item_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "(state = 'made') = (data IS NOT NULL)", name=op.f("ck_brief_snapshot_data")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f("ck_brief_snapshot_state")
        ),
        sa.CheckConstraint(
            "(data IS NULL) = (sha256 IS NULL)", name=op.f("ck_brief_snapshot_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_brief_snapshot_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_snapshot_brief_id_brief")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_snapshot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brief_snapshot_public_id")),
    )
    op.create_index(
        op.f("ix_brief_snapshot_brief_id"), "brief_snapshot", ["brief_id"], unique=False
    )
    op.create_index(
        "uq_brief_snapshot_one_in_work",
        "brief_snapshot",
        ["brief_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'making')"),
    )


def _boxes() -> None:
    op.create_table(
        "brief_box",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf_of_id", sa.BigInteger(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "(state IN ('agreed', 'returned')) = (person_id IS NOT NULL)",
            name=op.f("ck_brief_box_signed"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'agreed', 'returned', 'dropped')",
            name=op.f("ck_brief_box_state"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_box_brief_id_brief")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["person.id"], name=op.f("fk_brief_box_on_behalf_of_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_brief_box_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_box")),
        sa.UniqueConstraint("brief_id", "run", "step", "role", name=op.f("uq_brief_box_brief_id")),
    )
    op.create_index(op.f("ix_brief_box_brief_id"), "brief_box", ["brief_id"], unique=False)
    op.create_index(
        "ix_brief_box_open",
        "brief_box",
        ["role"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )


def _acts() -> None:
    op.create_table(
        "brief_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("acting_as", sa.String(), nullable=False),
        sa.Column("on_behalf_of_id", sa.BigInteger(), nullable=True),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_brief_act_actor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_act_brief_id_brief")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["person.id"], name=op.f("fk_brief_act_on_behalf_of_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_act")),
        sa.UniqueConstraint("key", name=op.f("uq_brief_act_key")),
    )
    op.create_index(op.f("ix_brief_act_brief_id"), "brief_act", ["brief_id"], unique=False)


def _sheets() -> None:
    op.create_table(
        "brief_sheet",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'making', 'made', 'failed')", name=op.f("ck_brief_sheet_state")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_brief_sheet_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_sheet_brief_id_brief")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_sheet")),
        sa.UniqueConstraint("brief_id", "of_version", name=op.f("uq_brief_sheet_brief_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brief_sheet_public_id")),
    )
    op.create_index(op.f("ix_brief_sheet_brief_id"), "brief_sheet", ["brief_id"], unique=False)
    op.create_index(op.f("ix_brief_sheet_sha256"), "brief_sheet", ["sha256"], unique=False)


def _copies() -> None:
    op.create_table(
        "brief_copy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brief_id", sa.BigInteger(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_copy_brief_id_brief")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_brief_copy_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_brief_copy_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_copy")),
        sa.UniqueConstraint(
            "brief_id", "unit_id", "person_id", name=op.f("uq_brief_copy_brief_id")
        ),
    )
    op.create_index(op.f("ix_brief_copy_brief_id"), "brief_copy", ["brief_id"], unique=False)
