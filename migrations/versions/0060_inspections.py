"""实地督查, its team and the points of its 整改意见书, with their files (第七、十七条, SPEC §2.12).

All three tables are a unit's: of a sensitive item the people of another co-unit see none of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
INSPECTION, MEMBER, POINT = "inspection", "inspection_member", "rectification"
PROVEN = "EXISTS (SELECT 1 FROM gate)"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"
REASON = "nullif(current_setting('app.because', true), '') IS NOT NULL"
KNOWN = "EXISTS (SELECT 1 FROM item WHERE item.id = item_id)"
SPREAD, UNIT_OF = "spread_readers()", "unit_of_part(text, bigint)"
RUN_OF = "unit_of_run(text, bigint)"
OF_NOTICES, *OF_INSPECTIONS = (
    f"            UPDATE {table} SET readers = unit_readers(NEW.id, unit_id, NEW.readers)"
    " WHERE item_id = NEW.id;\n"
    for table in ("urge", INSPECTION, MEMBER, POINT)
)
PART_OF_URGE, *PART_OF_INSPECTION = (
    f"                WHEN '{table}' THEN (SELECT unit_id FROM {table} WHERE id = wanted)\n"
    for table in ("urge", INSPECTION, POINT)
)
PURPOSES = "purpose IN ('filing', 'evidence', 'report', 'closing', 'extension'{}, 'scan')"
OF_A_UNIT = "(purpose IN ('evidence', 'report', 'closing', 'extension'{})) = (unit_id IS NOT NULL)"
SUBJECTS = (
    "subject IS NOT DISTINCT FROM CASE purpose WHEN 'report' THEN 'feedback'"
    " WHEN 'closing' THEN 'closure' WHEN 'extension' THEN 'extension'{}"
    " WHEN 'scan' THEN 'approval_slot' END"
)
NEW_PURPOSES = f", '{INSPECTION}', '{POINT}'"
NEW_SUBJECTS = f" WHEN '{INSPECTION}' THEN '{INSPECTION}' WHEN '{POINT}' THEN '{POINT}'"


def upgrade() -> None:
    _inspection()
    _member()
    _point()
    for table in (INSPECTION, MEMBER, POINT):
        _guard(table)
    # A plan that is written anew names its team anew.
    op.execute(f"GRANT DELETE ON {MEMBER} TO {WEB}, {WORKER}")
    _rewrite(SPREAD, OF_NOTICES, OF_NOTICES + "".join(OF_INSPECTIONS))
    _rewrite(UNIT_OF, PART_OF_URGE, PART_OF_URGE + "".join(PART_OF_INSPECTION))
    _rewrite(RUN_OF, PART_OF_URGE, PART_OF_URGE + PART_OF_INSPECTION[0])
    _files(NEW_PURPOSES, NEW_SUBJECTS)


def _inspection() -> None:
    people = ("drafted_by", "recorded_by", "concluded_by", "issued_by", "objected_by",
              "answered_by")  # fmt: skip
    op.create_table(
        INSPECTION,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("journey", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("methods", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("talks_to_head", sa.Boolean(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("outline", sa.String(), nullable=False),
        sa.Column("shortfall", sa.String(), nullable=False),
        sa.Column("repeat_reason", sa.String(), nullable=False),
        sa.Column("drafted_by_id", sa.BigInteger(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.String(), server_default="", nullable=False)
            for name in ("place", "attendees", "findings", "talks")
        ),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.Column("next_steps", sa.String(), server_default="", nullable=False),
        sa.Column("concluded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_by_id", sa.BigInteger(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deemed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *_part(),
        sa.CheckConstraint(
            "state IN ('plan_draft', 'plan_pending', 'plan_approved', 'conducted',"
            " 'opinion_issued', 'rectifying', 'finished')",
            name=op.f(f"ck_{INSPECTION}_state"),
        ),
        sa.CheckConstraint(
            "methods <@ ARRAY['interview', 'meeting', 'on_site']::varchar[]",
            name=op.f(f"ck_{INSPECTION}_methods"),
        ),
        sa.CheckConstraint(
            "conclusion IN ('good', 'fair', 'poor', 'difficult')",
            name=op.f(f"ck_{INSPECTION}_conclusion"),
        ),
        sa.CheckConstraint(
            "num_nulls(conclusion, concluded_by_id, concluded_at) IN (0, 3)",
            name=op.f(f"ck_{INSPECTION}_concluded"),
        ),
        *(_foreign(INSPECTION, of, of) for of in ("item", "unit")),
        *(_foreign(INSPECTION, column, "person") for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{INSPECTION}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{INSPECTION}_public_id")),
    )
    for column in ("item_id", "unit_id", "journey"):
        op.create_index(op.f(f"ix_{INSPECTION}_{column}"), INSPECTION, [column])
    op.create_index(
        "uq_inspection_one_running",
        INSPECTION,
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('plan_draft', 'finished')"),
    )


def _member() -> None:
    op.create_table(
        MEMBER,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("inspected", sa.Boolean(), nullable=False),
        *_part(),
        sa.CheckConstraint("NOT (leads AND inspected)", name=op.f(f"ck_{MEMBER}_leader")),
        *(_foreign(MEMBER, of, of) for of in ("item", "inspection", "unit", "person")),
        _foreign(MEMBER, "office", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MEMBER}")),
    )
    for column in ("item_id", "person_id"):
        op.create_index(op.f(f"ix_{MEMBER}_{column}"), MEMBER, [column])
    op.create_index("uq_inspection_member", MEMBER, ["inspection_id", "person_id"], unique=True)


def _point() -> None:
    op.create_table(
        POINT,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reply", sa.String(), server_default="", nullable=False),
        sa.Column("replied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.BigInteger(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        *_part(),
        sa.CheckConstraint(
            "state IN ('open', 'replied', 'verified', 'not_passed', 'overdue')",
            name=op.f(f"ck_{POINT}_state"),
        ),
        sa.CheckConstraint("nth > 0", name=op.f(f"ck_{POINT}_nth")),
        *(_foreign(POINT, of, of) for of in ("item", "inspection", "unit")),
        *(_foreign(POINT, column, "person") for column in ("owner", "replied_by", "verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{POINT}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{POINT}_public_id")),
    )
    for column in ("item_id", "unit_id"):
        op.create_index(op.f(f"ix_{POINT}_{column}"), POINT, [column])
    op.create_index(
        "uq_rectification_nth",
        POINT,
        ["inspection_id", "nth"],
        unique=True,
        postgresql_where=sa.text("NOT withdrawn"),
    )


def _part() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("readers", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
    )


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{column}_id"], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_id_{target}")
    )


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}, {WORKER}")
    op.execute(
        f"CREATE POLICY {table}_web ON {table} TO {WEB}"
        f" USING ({KEYS} AND {PROVEN}) WITH CHECK ({KNOWN})"
    )
    op.execute(
        f"CREATE POLICY {table}_worker ON {table} TO {WORKER}"
        f" USING (({KEYS} OR {REASON}) AND {PROVEN})"
        f" WITH CHECK (({KNOWN} OR {REASON}) AND {PROVEN})"
    )
    op.execute(
        f"CREATE TRIGGER {table}_readers BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION take_readers()"
    )
    # By its name it runs after the one that takes the item's readers.
    op.execute(
        f"CREATE TRIGGER {table}_readers_of_unit BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION narrow_to_unit()"
    )


def _files(purposes: str, subjects: str) -> None:
    for name, condition in (
        ("purpose", PURPOSES.format(purposes)),
        ("unit", OF_A_UNIT.format(purposes)),
        ("subject", SUBJECTS.format(subjects)),
    ):
        op.drop_constraint(op.f(f"ck_attachment_{name}"), "attachment")
        op.create_check_constraint(op.f(f"ck_attachment_{name}"), "attachment", condition)


def _rewrite(function: str, before: str, after: str) -> None:
    """Replace one piece of a function, which keeps its rights."""
    made = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))"),
        {"function": function},
    )
    if made.count(before) != 1:
        raise RuntimeError(f"{function} does not read as expected")
    op.get_bind().exec_driver_sql(made.replace(before, after).replace("%", "%%"))


def downgrade() -> None:
    # What was handed in with it stays with the item as evidence of the unit.
    op.execute(
        "UPDATE attachment SET purpose = 'evidence', subject = NULL, subject_id = NULL"
        f" WHERE purpose IN ('{INSPECTION}', '{POINT}')"
    )
    _files("", "")
    _rewrite(RUN_OF, PART_OF_URGE + PART_OF_INSPECTION[0], PART_OF_URGE)
    _rewrite(UNIT_OF, PART_OF_URGE + "".join(PART_OF_INSPECTION), PART_OF_URGE)
    _rewrite(SPREAD, OF_NOTICES + "".join(OF_INSPECTIONS), OF_NOTICES)
    for table in (POINT, MEMBER, INSPECTION):
        op.drop_table(table)
