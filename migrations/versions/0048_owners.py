"""No open item stands without an active owner (第六、八条, SPEC §1.6, decision 0117).

Somebody who works on an item, or heads its lead unit, owns it. Whoever ends an appointment, a
person or a unit, or hands an item out, must leave it an owner; asked at the end of the transaction,
so that a successor may be entered after his predecessor has left.
"""

from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

WEB, WORKER = "portal_web", "portal_worker"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
OPEN = (
    "'issued', 'in_progress', 'closing_unit', 'closing_sign', 'closing_check', 'closing_review',"
    " 'closing_report', 'closing_filing'"
)
"""From 交办 to 销号."""
HEADS = "(post.role = 'unit_head' OR post.acting_head)"
REFUSED = "'open item without an owner' USING ERRCODE = '23000', CONSTRAINT = 'open_item_has_owner'"

TRIGGERS = {
    "item_owner_new": (
        "item", "AFTER INSERT", f"NEW.state IN ({OPEN})", "item_keeps_owner",
    ),
    "item_owner_moved": (
        "item", "AFTER UPDATE OF state, lead_unit_id",
        f"NEW.state IN ({OPEN}) AND"
        f" (OLD.state NOT IN ({OPEN}) OR OLD.lead_unit_id <> NEW.lead_unit_id)",
        "item_keeps_owner",
    ),
    "item_member_owner": (
        "item_member", "AFTER UPDATE OR DELETE", "OLD.role = 'handler'", "member_leaves_owner",
    ),
    "appointment_owner": (
        "appointment", "AFTER UPDATE OR DELETE", "OLD.unit_id IS NOT NULL", "post_leaves_owner",
    ),
    "person_owner": (
        "person", "AFTER UPDATE OF active", "OLD.active AND NOT NEW.active", "person_leaves_owner",
    ),
    "unit_owner": (
        "unit", "AFTER UPDATE OF valid_to",
        "NEW.valid_to IS NOT NULL AND OLD.valid_to IS DISTINCT FROM NEW.valid_to",
        "unit_leaves_items",
    ),
}  # fmt: skip

FUNCTIONS = {
    "said_day()": """
        CREATE FUNCTION said_day() RETURNS date LANGUAGE sql STABLE AS $$
            SELECT coalesce(nullif(current_setting('app.day', true), '')::date,
                (now() AT TIME ZONE 'Asia/Shanghai')::date)
        $$
    """,
    # The days on which somebody of the college heads the unit or works on the item in it.
    "owner_days(bigint, bigint)": f"""
        CREATE FUNCTION owner_days(of_item bigint, of_unit bigint) RETURNS datemultirange
        LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
            SELECT coalesce(range_agg(daterange(post.valid_from, post.valid_to, '[]')), '{{}}')
            FROM appointment AS post JOIN person ON person.id = post.person_id AND person.active
            WHERE post.unit_id = of_unit AND ({HEADS} OR EXISTS (
                SELECT 1 FROM item_member AS named
                WHERE named.item_id = of_item AND named.unit_id = of_unit
                    AND named.person_id = post.person_id AND named.role = 'handler'))
        $$
    """,
    # Whether an appointment that was given up leaves an open item of the unit without an owner.
    "leaves_unowned(bigint, bigint, boolean, date, date)": f"""
        CREATE FUNCTION leaves_unowned(
            of_unit bigint, of_person bigint, headed boolean, since date, until date)
        RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
            SELECT EXISTS (
                SELECT 1 FROM item
                WHERE item.lead_unit_id = of_unit AND item.state IN ({OPEN})
                    AND (headed OR EXISTS (
                        SELECT 1 FROM item_member AS named
                        WHERE named.item_id = item.id AND named.unit_id = of_unit
                            AND named.person_id = of_person AND named.role = 'handler'))
                    AND NOT owner_days(item.id, of_unit)
                        @> (datemultirange(daterange(since, until, '[]'))
                            * datemultirange(daterange(said_day(), NULL))))
        $$
    """,
    "item_keeps_owner()": f"""
        CREATE FUNCTION item_keeps_owner() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM item WHERE item.id = NEW.id AND item.state IN ({OPEN})
                    AND NOT owner_days(item.id, item.lead_unit_id) @> said_day())
            THEN RAISE {REFUSED}; END IF;
            RETURN NULL;
        END $$
    """,
    "member_leaves_owner()": f"""
        CREATE FUNCTION member_leaves_owner() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM item WHERE item.id = OLD.item_id AND item.state IN ({OPEN})
                    AND item.lead_unit_id = OLD.unit_id
                    AND NOT owner_days(item.id, item.lead_unit_id) @> said_day())
            THEN RAISE {REFUSED}; END IF;
            RETURN NULL;
        END $$
    """,
    "post_leaves_owner()": f"""
        CREATE FUNCTION post_leaves_owner() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF leaves_unowned(OLD.unit_id, OLD.person_id,
                OLD.role = 'unit_head' OR OLD.acting_head, OLD.valid_from, OLD.valid_to)
            THEN RAISE {REFUSED}; END IF;
            RETURN NULL;
        END $$
    """,
    "person_leaves_owner()": f"""
        CREATE FUNCTION person_leaves_owner() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM appointment AS post
                WHERE post.person_id = OLD.id AND post.unit_id IS NOT NULL
                    AND leaves_unowned(post.unit_id, OLD.id, {HEADS},
                        post.valid_from, post.valid_to))
            THEN RAISE {REFUSED}; END IF;
            RETURN NULL;
        END $$
    """,
    "unit_leaves_items()": f"""
        CREATE FUNCTION unit_leaves_items() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM item WHERE item.lead_unit_id = NEW.id AND item.state IN ({OPEN}))
            THEN RAISE {REFUSED}; END IF;
            RETURN NULL;
        END $$
    """,
    # What hangs on a person: a number, and nothing of the items.
    "items_in_hand(bigint)": f"""
        CREATE FUNCTION items_in_hand(of_person bigint) RETURNS bigint
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT count(*) FROM item
            WHERE item.state IN ({OPEN}) AND EXISTS (
                SELECT 1 FROM item_unit AS share
                WHERE share.item_id = item.id AND share.role <> 'former' AND (
                    EXISTS (
                        SELECT 1 FROM item_member AS named
                        WHERE named.item_id = item.id AND named.unit_id = share.unit_id
                            AND named.person_id = of_person
                            AND named.role IN ('handler', 'co_handler'))
                    OR (EXISTS (
                        SELECT 1 FROM appointment AS post
                        WHERE post.unit_id = share.unit_id AND post.person_id = of_person
                            AND {HEADS}
                            AND daterange(post.valid_from, post.valid_to, '[]') @> said_day())
                    AND NOT EXISTS (
                        SELECT 1 FROM appointment AS post
                        JOIN person ON person.id = post.person_id AND person.active
                        WHERE post.unit_id = share.unit_id AND post.person_id <> of_person
                            AND {HEADS}
                            AND (post.valid_to IS NULL OR post.valid_to >= said_day())))))
        $$
    """,
    "items_led(bigint)": f"""
        CREATE FUNCTION items_led(of_unit bigint) RETURNS bigint
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT count(*) FROM item
            WHERE item.lead_unit_id = of_unit AND item.state IN ({OPEN})
        $$
    """,
}
COUNTS = ("items_in_hand(bigint)", "items_led(bigint)")


def upgrade() -> None:
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name in COUNTS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {WEB}, {WORKER}")
    for name, (table, event, when, function) in TRIGGERS.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {name} {event} ON {table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({when})"
            f" EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for name, (table, *_rest) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
