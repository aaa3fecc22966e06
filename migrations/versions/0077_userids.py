"""An account of 企业微信 or 钉钉 becomes a person's once a second administrator has confirmed it
(decision 0177). What was entered before stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
WAITS = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "userid_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("userid", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "field IN ('wecom_userid', 'dingtalk_userid')", name=op.f("ck_userid_change_field")
        ),
        sa.CheckConstraint("userid <> ''", name=op.f("ck_userid_change_userid")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'declined', 'withdrawn')",
            name=op.f("ck_userid_change_state"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_userid_change_decided")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_userid_change_{column}_{table}")
            )
            for column, table in (
                ("person_id", "person"), ("proposed_by_id", "account"),
                ("decided_by_id", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_userid_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_userid_change_public_id")),
    )  # fmt: skip
    for name, columns in (("person", ["person_id", "field"]), ("userid", ["field", "userid"])):
        op.create_index(
            f"uq_userid_change_{name}", "userid_change", columns, unique=True,
            postgresql_where=WAITS,
        )  # fmt: skip
    _separate()
    _confirmed_only()
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (state, decided_by_id, decided_at) ON userid_change TO {WEB}"
    )
    op.execute(f"GRANT SELECT ON userid_change TO {WORKER}")


def _separate() -> None:
    """Asked for by 系统管理员, decided by 安全保密管理员, who is another person; one that another
    one follows is withdrawn by 系统管理员. What was decided stays."""
    op.execute(
        """
        CREATE FUNCTION separate_userid_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            asking account;
            deciding account;
        BEGIN
            SELECT * INTO asking FROM account WHERE id = NEW.proposed_by_id;
            SELECT * INTO deciding FROM account WHERE id = NEW.decided_by_id;
            IF asking.kind <> 'sys_admin'
                OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
                OR (TG_OP = 'UPDATE' AND (OLD.state <> 'proposed'
                    OR to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at'
                        <> to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at'))
                OR (NEW.state IN ('confirmed', 'declined')
                    AND (deciding.kind IS DISTINCT FROM 'sec_admin'
                        OR deciding.person_id = asking.person_id))
                OR (NEW.state = 'withdrawn' AND deciding.kind IS DISTINCT FROM 'sys_admin')
            THEN
                RAISE EXCEPTION 'a userid is asked for by one administrator, decided by another'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'userid_change_separate';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER userid_change_separate BEFORE INSERT OR UPDATE ON userid_change"
        " FOR EACH ROW EXECUTE FUNCTION separate_userid_change()"
    )


def _confirmed_only() -> None:
    """The portal itself cannot write a userid at a person that was not confirmed for this one; the
    owner of the tables can, and a sample is loaded with those it has."""
    op.execute(
        f"""
        CREATE FUNCTION userid_is_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            was jsonb := to_jsonb(OLD);
            now jsonb := to_jsonb(NEW);
            wanted text;
        BEGIN
            IF current_user NOT IN ('{WEB}', '{WORKER}') THEN
                RETURN NEW;
            END IF;
            FOREACH wanted IN ARRAY ARRAY['wecom_userid', 'dingtalk_userid'] LOOP
                IF now ->> wanted <> '' AND now ->> wanted IS DISTINCT FROM was ->> wanted
                    AND NOT EXISTS (
                        SELECT FROM userid_change AS asked
                        WHERE asked.person_id = NEW.id AND asked.field = wanted
                            AND asked.userid = now ->> wanted
                            AND asked.state = 'confirmed')
                THEN
                    RAISE EXCEPTION 'a userid needs a second administrator'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'person_userid_confirmed';
                END IF;
            END LOOP;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER person_userid_confirmed BEFORE UPDATE OF wecom_userid, dingtalk_userid"
        " ON person FOR EACH ROW EXECUTE FUNCTION userid_is_confirmed()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER person_userid_confirmed ON person")
    op.execute("DROP FUNCTION userid_is_confirmed()")
    op.drop_table("userid_change")
    op.execute("DROP FUNCTION separate_userid_change()")
