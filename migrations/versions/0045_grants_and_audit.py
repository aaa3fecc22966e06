"""Roles of the whole college are granted by one administrator and confirmed by another; the auditor reads
what was done and looked at, without a title (SPEC §7.5, §7.7; decisions 0112, 0113).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
AUDITOR = -2147483648
"""The key by which a transaction says that the auditor asks (portal/rulebook/scope.py)."""
ASKED = (
    f"'{{{AUDITOR}}}'::int[] <@ nullif(current_setting('app.keys', true), '')::int[]"
    " AND EXISTS (SELECT 1 FROM gate)"
)
MARK = """
                CASE WHEN item.classification = 'sensitive' THEN '敏感事项 '
                    || left(encode(sha256(convert_to(item.public_id::text, 'UTF8')), 'hex'), 8)
                WHEN item.doc_seq IS NOT NULL
                    THEN item.doc_word || '〔' || item.doc_year || '〕' || item.doc_seq || '号'
                ELSE '未编号事项 '
                    || left(encode(sha256(convert_to(item.public_id::text, 'UTF8')), 'hex'), 8) END"""
"""How the auditor is told which item: its number, of a sensitive one a digest of its address."""
FUNCTIONS = {
    "audit_events(timestamptz, timestamptz, bigint, integer, integer)": f"""
        CREATE FUNCTION audit_events(
            since timestamptz, until timestamptz, who bigint, most integer, skipped integer)
        RETURNS TABLE (id bigint, at timestamptz, actor_id bigint, acting_as varchar,
            on_behalf_of_id bigint, act varchar, item text, item_from varchar, item_to varchar,
            address varchar)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT event.id, event.at, event.actor_id, event.acting_as, event.on_behalf_of_id,
                event.act, {MARK}, event.item_from, event.item_to, event.address
            FROM event JOIN item ON item.id = event.item_id
            WHERE {ASKED} AND event.at >= since AND event.at < until
                AND event.act <> 'save' AND (who IS NULL OR event.actor_id = who)
            ORDER BY event.at DESC, event.id DESC LIMIT most OFFSET skipped
        $$
    """,
    "audit_views(timestamptz, timestamptz, bigint, integer, integer)": f"""
        CREATE FUNCTION audit_views(
            since timestamptz, until timestamptz, who bigint, most integer, skipped integer)
        RETURNS TABLE (id bigint, at timestamptz, actor_id bigint, page varchar, item text,
            address varchar)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT seen.id, seen.at, seen.person_id, seen.page, {MARK}, seen.address
            FROM view_log AS seen JOIN item ON item.id = seen.item_id
            WHERE {ASKED} AND seen.at >= since AND seen.at < until
                AND (who IS NULL OR seen.person_id = who)
            ORDER BY seen.at DESC, seen.id DESC LIMIT most OFFSET skipped
        $$
    """,
}


def upgrade() -> None:
    _grants()
    op.create_index(
        "uq_account_one_administrator",
        "account",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("kind <> 'person'"),
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"])
    op.create_index(op.f("ix_view_log_at"), "view_log", ["at"])
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {WEB}")
    _checks()


def _grants() -> None:
    """Asked for by 安全保密管理员, decided by 系统管理员, never for one of the two."""
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'declined', 'withdrawn')",
            name=op.f("ck_role_grant_state"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_role_grant_decided")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_role_grant_period")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_role_grant_{column}_{table}")
            )
            for column, table in (
                ("person_id", "person"), ("unit_id", "unit"), ("proposed_by_id", "account"),
                ("decided_by_id", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_role_grant_public_id")),
    )  # fmt: skip
    op.execute(
        """
        CREATE FUNCTION separate_grant() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            asking account;
            deciding account;
        BEGIN
            SELECT * INTO asking FROM account WHERE id = NEW.proposed_by_id;
            SELECT * INTO deciding FROM account WHERE id = NEW.decided_by_id;
            IF asking.kind <> 'sec_admin' OR asking.person_id = NEW.person_id
                OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
                OR (TG_OP = 'UPDATE' AND (OLD.state <> 'proposed'
                    OR to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at'
                        <> to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at'))
                OR (NEW.state IN ('confirmed', 'declined') AND (deciding.kind <> 'sys_admin'
                    OR deciding.person_id IN (asking.person_id, NEW.person_id)))
                OR (NEW.state = 'withdrawn' AND deciding.kind <> 'sec_admin')
            THEN
                RAISE EXCEPTION 'a grant is asked for by one administrator, decided by another'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'role_grant_separate';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER role_grant_separate BEFORE INSERT OR UPDATE ON role_grant"
        " FOR EACH ROW EXECUTE FUNCTION separate_grant()"
    )
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (state, decided_by_id, decided_at) ON role_grant TO {WEB}"
    )
    op.execute(f"GRANT SELECT ON role_grant TO {WORKER}")


def _checks() -> None:
    """核验: asked for by the auditor or due each day, made by a worker."""
    op.create_table(
        "audit_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("waiting", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("head", sa.String(), server_default="", nullable=False),
        sa.Column(
            "found", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_audit_check_asked_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.execute(f"GRANT SELECT, INSERT (asked_by_id, asked_at) ON audit_check TO {WEB}")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (made_at, checked, waiting, head, found)"
        f" ON audit_check TO {WORKER}"
    )


def downgrade() -> None:
    op.drop_table("audit_check")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    op.drop_index(op.f("ix_view_log_at"), "view_log")
    op.drop_index(op.f("ix_event_at"), "event")
    op.drop_index("uq_account_one_administrator", "account")
    op.drop_table("role_grant")
    op.execute("DROP FUNCTION separate_grant()")
