"""Bound telephones and how a session began (decision 0114); 常用语 of one's own (decision 0115)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
PHRASES = "own_phrase"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
PROVEN = "EXISTS (SELECT 1 FROM gate)"


def upgrade() -> None:
    _phones()
    _phrases()


def _phones() -> None:
    op.create_table(
        "bound_phone",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bound_phone_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bound_phone")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bound_phone_public_id")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_bound_phone_secret_sha256")),
    )
    op.create_index(op.f("ix_bound_phone_account_id"), "bound_phone", ["account_id"])
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (last_used_at, ended_at) ON bound_phone TO {WEB}, {WORKER}"
    )
    op.add_column(
        "sign_in_session",
        sa.Column("way", sa.String(), server_default="password", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_sign_in_session_way"),
        "sign_in_session",
        "way IN ('password', 'wecom', 'dingtalk')",
    )
    op.add_column("sign_in_session", sa.Column("phone_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_sign_in_session_phone_id_bound_phone"),
        "sign_in_session",
        "bound_phone",
        ["phone_id"],
        ["id"],
    )
    op.create_index(op.f("ix_sign_in_session_phone_id"), "sign_in_session", ["phone_id"])


def _phrases() -> None:
    op.create_table(
        PHRASES,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "readers = ARRAY[(-person_id)::integer]", name=op.f(f"ck_{PHRASES}_readers")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{PHRASES}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PHRASES}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{PHRASES}_public_id")),
        sa.UniqueConstraint("person_id", "words", name=op.f(f"uq_{PHRASES}_person_id")),
    )
    op.execute(f"ALTER TABLE {PHRASES} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (place), DELETE ON {PHRASES} TO {WEB}")
    op.execute(f"GRANT SELECT ON {PHRASES} TO {WORKER}")
    op.execute(
        f"CREATE POLICY {PHRASES}_web ON {PHRASES} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KEYS} AND {PROVEN})"
    )
    op.execute(
        f"CREATE POLICY {PHRASES}_worker ON {PHRASES} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
    )


def downgrade() -> None:
    op.drop_table(PHRASES)
    op.drop_index(op.f("ix_sign_in_session_phone_id"), table_name="sign_in_session")
    op.drop_constraint(op.f("fk_sign_in_session_phone_id_bound_phone"), "sign_in_session")
    op.drop_column("sign_in_session", "phone_id")
    op.drop_constraint(op.f("ck_sign_in_session_way"), "sign_in_session")
    op.drop_column("sign_in_session", "way")
    op.drop_index(op.f("ix_bound_phone_account_id"), table_name="bound_phone")
    op.drop_table("bound_phone")
