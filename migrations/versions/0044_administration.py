"""The administrators' rooms: what they keep of units, persons and posts, a chained log of what they did,
and what a change would move, in numbers alone (SPEC §1.4, §7.7; decisions 0111, 0112).

Of the rights on these tables those stay that the portal uses: nobody gives a row another key.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
ONE_OF_THE_COLLEGE = ("secretary", "president", "office_leader", "office_head")
DAYS = "daterange(valid_from, valid_to, '[]') WITH &&"
UNIT, PERSON = (
    "int8range({0}, {0}, '[]') WITH &&".format,
    "int8range(person_id, person_id, '[]') WITH &&",
)
ONE_A_DAY = {
    "ex_appointment_one_head_a_day": f"{UNIT('unit_id')}, {DAYS}) WHERE (role = 'unit_head'",
    "ex_appointment_one_acting_a_day": f"{UNIT('unit_id')}, {DAYS}) WHERE (acting_head",
    "ex_appointment_one_main_post_a_day": f"{PERSON}, {DAYS}) WHERE (is_primary",
    **{
        f"ex_appointment_one_{role}_a_day": f"{DAYS}) WHERE (role = '{role}'"
        for role in ONE_OF_THE_COLLEGE
    },
}
UNIQUE_OF_PERSON = {
    "rank_no": "rank_no IS NOT NULL",
    "wecom_userid": "wecom_userid <> ''",
    "dingtalk_userid": "dingtalk_userid <> ''",
}
WRITTEN = {
    "unit": "name, short_name, aliases, kind, sort_no, pinyin, valid_to, merged_into_id",
    "person": "name, pinyin, initials, rank_no, sort_no, phone, email, wecom_userid, dingtalk_userid, active",
    "appointment": "person_id, post, is_primary, acting_head, valid_to",
    "portfolio": "leader_id, kind, valid_to",
}
"""What of a row may be written again."""
OPEN = (
    "item.state NOT IN ('draft', 'returned', 'closed', 'archived', 'rejected', 'exempted', 'void')"
)
SYS_ADMIN = -2147483646
"""The key by which a transaction says that the system administrator asks (portal/rulebook/scope.py)."""


def upgrade() -> None:
    _columns()
    _one_a_day()
    _log()
    _bearing()
    for table, columns in WRITTEN.items():
        op.execute(f"REVOKE UPDATE ON {table} FROM {WEB}, {WORKER}")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {WEB}, {WORKER}")


def _columns() -> None:
    op.add_column(
        "unit",
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("unit", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_unit_merged_into_id_unit"), "unit", "unit", ["merged_into_id"], ["id"]
    )
    op.create_check_constraint("period", "unit", "valid_to IS NULL OR valid_to >= valid_from")
    op.create_check_constraint(
        "merged",
        "unit",
        "merged_into_id IS NULL OR (valid_to IS NOT NULL AND merged_into_id <> id)",
    )
    op.add_column(
        "person", sa.Column("dingtalk_userid", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "appointment",
        sa.Column(
            "public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.create_unique_constraint(op.f("uq_appointment_public_id"), "appointment", ["public_id"])
    op.add_column(
        "account",
        sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def _one_a_day() -> None:
    """Asked at the end of a transaction: a successor may be entered before his predecessor ends."""
    for name, columns in ONE_A_DAY.items():
        op.execute(
            f"ALTER TABLE appointment ADD CONSTRAINT {name} EXCLUDE USING gist ({columns})"
            " DEFERRABLE INITIALLY DEFERRED"
        )
    for column, where in UNIQUE_OF_PERSON.items():
        op.create_index(
            f"uq_person_{column}",
            "person",
            [column],
            unique=True,
            postgresql_where=sa.text(f"active AND {where}"),
        )


def _log() -> None:
    """Each row bears the digest of itself behind the one before: who writes has no say in that."""
    op.create_table(
        "admin_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_admin_act_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_act")),
        sa.UniqueConstraint("position", name=op.f("uq_admin_act_position")),
    )
    op.create_index(op.f("ix_admin_act_key"), "admin_act", ["key"])
    op.create_index(op.f("ix_admin_act_at"), "admin_act", ["at"])
    op.execute(
        """
        CREATE FUNCTION admin_act_digest(said admin_act) RETURNS text LANGUAGE sql STABLE
        SET timezone = 'UTC' AS $$
            -- Empty columns are left out, so that a column added later changes no digest.
            SELECT encode(sha256(convert_to(
                said.previous || E'\\n' || jsonb_object_agg(part.key, part.value)::text, 'UTF8')), 'hex')
            FROM jsonb_each(to_jsonb(said)) AS part
            WHERE part.key <> 'digest' AND part.value <> 'null'
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION chain_admin_act() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last admin_act;
        BEGIN
            PERFORM pg_advisory_xact_lock(x'61646d696e'::bigint);
            SELECT * INTO last FROM admin_act ORDER BY position DESC LIMIT 1;
            NEW.position := coalesce(last.position, 0) + 1;
            NEW.previous := coalesce(last.digest, repeat('0', 64));
            NEW.digest := admin_act_digest(NEW);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER admin_act_chained BEFORE INSERT ON admin_act"
        " FOR EACH ROW EXECUTE FUNCTION chain_admin_act()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_any_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for what, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER admin_act_no_{what.split()[0].lower()} BEFORE {what} ON admin_act"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_any_change()"
        )
    op.execute(f"GRANT SELECT, INSERT ON admin_act TO {WEB}")
    op.execute(f"GRANT SELECT ON admin_act TO {WORKER}")


def _bearing() -> None:
    """How many open items hang on a unit, how many boxes wait for its head and for its leader."""
    asked = (
        f"'{{{SYS_ADMIN}}}'::int[] <@ nullif(current_setting('app.keys', true), '')::int[]"
        " AND EXISTS (SELECT 1 FROM gate)"
    )
    waits = """
                (SELECT count(*) FROM approval_slot AS box
                    JOIN approval ON approval.id = box.approval_id AND approval.state = 'open'
                    JOIN item ON item.id = box.item_id
                    WHERE box.state = 'open' AND box.role = '{role}'
                    AND coalesce(box.unit_id, item.lead_unit_id) = wanted)"""
    shares = f"""
                (SELECT count(*) FROM item_unit AS share JOIN item ON item.id = share.item_id
                    WHERE share.unit_id = wanted AND share.role = '{{role}}' AND {OPEN})"""
    op.execute(
        f"""
        CREATE FUNCTION unit_bearing(wanted bigint)
        RETURNS TABLE (led bigint, joined bigint, for_head bigint, for_leader bigint)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT {shares.format(role="lead")}, {shares.format(role="co")},
                {waits.format(role="unit_head")}, {waits.format(role="responsible_leader")}
            WHERE {asked}
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION unit_bearing(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION unit_bearing(bigint) TO {WEB}")


def downgrade() -> None:
    for table, columns in WRITTEN.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM {WEB}, {WORKER}")
        op.execute(f"GRANT UPDATE ON {table} TO {WEB}, {WORKER}")
    op.execute("DROP FUNCTION unit_bearing(bigint)")
    op.execute("DROP TRIGGER admin_act_chained ON admin_act")
    op.execute("DROP FUNCTION chain_admin_act()")
    op.execute("DROP FUNCTION admin_act_digest(admin_act)")
    op.drop_table("admin_act")
    op.execute("DROP FUNCTION refuse_any_change()")
    for column in UNIQUE_OF_PERSON:
        op.drop_index(f"uq_person_{column}", "person")
    for name in ONE_A_DAY:
        op.drop_constraint(name, "appointment")
    op.drop_column("account", "must_change")
    op.drop_constraint(op.f("uq_appointment_public_id"), "appointment")
    op.drop_column("appointment", "public_id")
    op.drop_column("person", "dingtalk_userid")
    op.drop_constraint(op.f("ck_unit_merged"), "unit")
    op.drop_constraint(op.f("ck_unit_period"), "unit")
    op.drop_column("unit", "merged_into_id")
    op.drop_column("unit", "aliases")
