"""Messages to those whom the events told, in one statement (SPEC §8.15)."""

from __future__ import annotations

from datetime import date, timedelta

from bench.filling.college import Connection
from portal.rulebook.posting import ASKED, DECIDED, NOTED, OF_ACTS

ASKS = {
    "pending_unit": "确认", "pending_sign": "审签", "pending_review": "审核",
    "pending_approve": "审定", "closing_unit": "确认办结", "closing_sign": "审核办结",
    "closing_check": "审核办结", "closing_review": "审核办结", "closing_report": "阅示",
    "ext_sign": "延期签字", "ext_check": "审核延期", "ug_sign": "审核催办",
    "ug_review": "审核催办", "ug_approve": "审定催办",
}  # fmt: skip
"""The word of 待办 for what an act asks by the state it leads to."""
TELL = """
    INSERT INTO message (public_id, person_id, kind, occasion, item_id, event_id, facts, at,
                         read_at, planned_at, readers)
    SELECT gen_random_uuid(), person, CASE
             WHEN asked.word IS NOT NULL THEN %(asked)s
             WHEN meant.kind = %(decided)s AND NOT facts ?| ARRAY['due', 'exempted'] THEN %(noted)s
             ELSE coalesce(meant.kind, %(noted)s) END,
           key::text, item_id, event.id,
           CASE WHEN asked.word IS NULL THEN '{}'
                ELSE jsonb_build_object('action', asked.word) END,
           at, CASE WHEN at < %(news)s OR (event.id + person) %% 2 = 0
                    THEN at + interval '3 hours' END,
           at, ARRAY[-person]
    FROM event CROSS JOIN unnest(tells) person
    LEFT JOIN unnest(%(states)s::text[], %(words)s::text[]) asked (state, word) ON state = to_state
    LEFT JOIN unnest(%(acts)s::text[], %(kinds)s::text[]) meant (of, kind) ON of = act
    ORDER BY event.id
"""
"""What is older than `news` was read, of the rest a half."""
NEWS = timedelta(days=30)


def tell(connection: Connection, today: date) -> int:
    """Write the messages of all events; how many."""
    told = connection.execute(
        TELL,
        {
            "asked": ASKED, "decided": DECIDED, "noted": NOTED, "news": today - NEWS,
            "states": list(ASKS), "words": list(ASKS.values()),
            "acts": list(OF_ACTS), "kinds": list(OF_ACTS.values()),
        },
    )  # fmt: skip
    return told.rowcount
