"""第二十一条, SPEC §7.3: the 机要保密员 keeps lists without seeing an item; decision 0066.

Items show as a number or an id, never with a title. Who asks follows from the session's own key,
as everywhere; the day comes from the portal's clock. Nobody else gets an answer.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WEB = "portal_web"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
LISTS = (
    "kept_lists(date)",
    "list_unseen(date, uuid, bigint, uuid, text, text, text, timestamptz)",
    "unlist_unseen(date, uuid, uuid, uuid, text, text, text, timestamptz)",
)
INNER = (
    "keeps_lists(date)",
    "note_list(bigint, text, text, bigint, jsonb, bigint, date, uuid, text, text, text,"
    " timestamptz)",
)
"""What only the functions above may call."""


def upgrade() -> None:
    _kept()
    _note()
    _listing()
    _unlisting()
    for function in (*INNER, *LISTS):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in LISTS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}")


def _kept() -> None:
    """Who asks, if it is a 机要保密员; and the lists."""
    op.execute(
        f"""
        CREATE FUNCTION keeps_lists(today date) RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT person_id FROM appointment
            WHERE role = 'conf_officer' AND valid_from <= today
                AND (valid_to IS NULL OR valid_to >= today)
                AND -person_id = ANY (nullif(current_setting('app.keys', true), '')::int[])
            LIMIT 1
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION kept_lists(today date) RETURNS TABLE (
            item uuid, year int, seq int, entry uuid, person_id bigint, since timestamptz
        ) LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT kept.public_id, kept.doc_year, kept.doc_seq,
                listed.public_id, listed.person_id, listed.from_at
            FROM item AS kept
            LEFT JOIN need_to_know AS listed ON listed.item_id = kept.id AND listed.to_at IS NULL
            WHERE keeps_lists(today) IS NOT NULL
                AND kept.classification = 'sensitive' AND kept.title <> ''
                AND EXISTS (SELECT 1 FROM need_to_know AS ever WHERE ever.item_id = kept.id)
            ORDER BY kept.id, listed.id
        $$
        """
    )


def _note() -> None:
    """The event of an act on a list, with its reason as a text of the item."""
    op.execute(
        f"""
        CREATE FUNCTION note_list(
            wanted bigint, act text, part text, part_id bigint, facts jsonb,
            keeper bigint, today date, act_key uuid, why text, salt text, digest text, at timestamptz
        ) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            words bigint;
        BEGIN
            INSERT INTO opinion (item_id, body, salt) VALUES (wanted, why, salt)
            RETURNING id INTO words;
            INSERT INTO event (
                item_id, key, act, at, day, actor_id, acting_as, subject, subject_id,
                from_state, to_state, form_version, item_version, opinion_id, digest, facts, tells
            )
            SELECT id, act_key, act, at, today, keeper, 'conf_officer', part, part_id,
                CASE WHEN part = 'item' THEN state END, CASE WHEN part = 'item' THEN state END,
                form_version, version, words, digest, facts, '{{}}'
            FROM item WHERE id = wanted;
        END $$
        """
    )


def _listing() -> None:
    """增加知悉人. The answer is a word: done, missing (also to who keeps no lists), listed, spent."""
    op.execute(
        f"""
        CREATE FUNCTION list_unseen(
            today date, wanted uuid, person bigint,
            act_key uuid, why text, salt text, digest text, at timestamptz
        ) RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            keeper bigint := keeps_lists(today);
            kept item;
            done event;
        BEGIN
            SELECT * INTO kept FROM item
            WHERE public_id = wanted AND classification = 'sensitive' AND title <> '' FOR UPDATE;
            IF keeper IS NULL OR kept.id IS NULL
                OR NOT EXISTS (SELECT 1 FROM need_to_know WHERE item_id = kept.id) THEN
                RETURN 'missing';
            END IF;
            SELECT * INTO done FROM event WHERE key = act_key;
            IF done.id IS NOT NULL THEN
                RETURN CASE WHEN done.item_id = kept.id AND done.act = 'grant_knowledge'
                    AND done.actor_id = keeper THEN 'done' ELSE 'spent' END;
            END IF;
            IF EXISTS (
                SELECT 1 FROM need_to_know
                WHERE item_id = kept.id AND person_id = person AND to_at IS NULL
            ) THEN
                RETURN 'listed';
            END IF;
            INSERT INTO need_to_know (
                public_id, item_id, person_id, added_by_id, reason, from_at
            ) VALUES (gen_random_uuid(), kept.id, person, keeper, why, at);
            PERFORM note_list(
                kept.id, 'grant_knowledge', 'item', NULL, jsonb_build_object('listed', ARRAY[person]),
                keeper, today, act_key, why, salt, digest, at
            );
            -- A form that is with its drafters shows to those of the list who took part in it.
            IF kept.state NOT IN ('draft', 'returned') OR person = kept.drafter_id
                OR EXISTS (SELECT 1 FROM event WHERE item_id = kept.id AND actor_id = person)
                OR EXISTS (
                    SELECT 1 FROM approval_slot WHERE item_id = kept.id AND person_id = person
                ) THEN
                UPDATE item SET readers = ARRAY(
                    SELECT unnest(readers || -person::int) ORDER BY 1
                ) WHERE id = kept.id;
            END IF;
            RETURN 'done';
        END $$
        """
    )


def _unlisting() -> None:
    """移出知悉范围. The answer is a word: done, missing, spent."""
    op.execute(
        f"""
        CREATE FUNCTION unlist_unseen(
            today date, wanted uuid, entry uuid,
            act_key uuid, why text, salt text, digest text, at timestamptz
        ) RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            keeper bigint := keeps_lists(today);
            kept item;
            done event;
            listed need_to_know;
        BEGIN
            SELECT * INTO kept FROM item
            WHERE public_id = wanted AND classification = 'sensitive' AND title <> '' FOR UPDATE;
            IF keeper IS NULL OR kept.id IS NULL THEN
                RETURN 'missing';
            END IF;
            SELECT * INTO done FROM event WHERE key = act_key;
            IF done.id IS NOT NULL THEN
                RETURN CASE WHEN done.item_id = kept.id AND done.act = 'end_knowledge'
                    AND done.actor_id = keeper THEN 'done' ELSE 'spent' END;
            END IF;
            SELECT * INTO listed FROM need_to_know
            WHERE item_id = kept.id AND public_id = entry AND to_at IS NULL FOR UPDATE;
            IF listed.id IS NULL THEN
                RETURN 'missing';
            END IF;
            UPDATE need_to_know SET to_at = at, removed_by_id = keeper WHERE id = listed.id;
            PERFORM note_list(
                kept.id, 'end_knowledge', 'need_to_know', listed.id,
                jsonb_build_object('unlisted', ARRAY[listed.person_id]),
                keeper, today, act_key, why, salt, digest, at
            );
            UPDATE item SET readers = array_remove(readers, -listed.person_id::int)
            WHERE id = kept.id;
            RETURN 'done';
        END $$
        """
    )


def downgrade() -> None:
    for function in (*reversed(LISTS), *reversed(INNER)):
        op.execute(f"DROP FUNCTION {function}")
