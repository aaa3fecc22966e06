"""`python3 -m bench.figures`: 指标 of a term with 100,000 items of ten years (wanted: under 1 s).

The rows are made by the database itself, statement by statement, for what indicators count of an
item: its days, reports, notices, extensions, shares. The times are medians of some rounds in one
process, behind the gate. With `--past` it also leaves how each item stood, as acts do one by one,
and counts the same from that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import event, select

from bench.__main__ import DATA_DIR, TODAY, application
from bench.college import Connection, read
from bench.statements import median_of
from portal import figures
from portal.config import Settings
from portal.embedded import Servers, attach, connect, create_database, drop_database
from portal.extensions import db
from portal.figures import By, Period, Scope
from portal.models import Person
from portal.rulebook.scope import Viewer, view_as

SIZE: Final = 100_000
TERM: Final = Period(
    TODAY.replace(month=8, day=1), TODAY.replace(year=TODAY.year + 1, month=1, day=31)
)
PEOPLE: Final = {"office": "杨思源", "leader": "坤清祥", "unit head": "覃燚"}
TABLES: Final = (
    "item", "need_to_know", "item_unit", "item_member", "feedback_point", "feedback", "closure",
    "urge", "extension", "event",
)  # fmt: skip
DAYS_BACK: Final = 3650
ITEM = """
INSERT INTO item (id, public_id, version, title, requirement, category, level, method,
    classification, source_type, source_ref, deadline_kind, deadline_basis, principal,
    responsible_leader_id, lead_unit_id, drafter_id, state, state_since, form_version,
    supplementary, policy_version, created_at, doc_word, doc_year, doc_seq, filed_on, issued_on,
    due_original, due_effective, reset_count, closed_on, due, yellow_from, red_from, blue, lit,
    readers)
SELECT n, gen_random_uuid(), 1, '事项' || n, '要求', 'instruction', 1 + n %% 4, 'written',
    CASE WHEN n %% 50 = 0 THEN 'sensitive' ELSE 'internal' END, '领导批示', '', 'open', '',
    'secretary', %(leader)s, unit, %(person)s,
    CASE WHEN done THEN 'archived' ELSE 'in_progress' END, now(), 1, false,
    '2023-05-19', now(), '测', 2000, n, filed, filed, filed + 20,
    filed + 20 + n %% 3 * 5, 0, CASE WHEN done THEN filed + 15 + n %% 20 END, filed + 20,
    filed + 14, filed + 21, false, NOT done,
    CASE WHEN n %% 50 = 0 THEN ARRAY[-%(person)s] ELSE ARRAY[0, unit] END
FROM (
    SELECT n, %(today)s::date - (n::bigint * %(back)s / %(count)s)::int AS filed,
        (%(units)s::int[])[1 + n %% cardinality(%(units)s::int[])] AS unit,
        n %% 100 >= 4 AND n > %(count)s / 200 AS done
    FROM generate_series(1, %(count)s) AS n
) AS made
"""
PARTS = (
    "INSERT INTO need_to_know (item_id, public_id, person_id, reason, from_at, readers)"
    " SELECT id, gen_random_uuid(), %(person)s, '', now(), readers FROM item"
    " WHERE classification = 'sensitive'",
    "INSERT INTO item_unit (item_id, unit_id, role, state, deemed, confirmed_by, readers)"
    " SELECT id, lead_unit_id, 'lead', 'received', false, '', readers FROM item",
    "INSERT INTO item_unit (item_id, unit_id, role, state, inner_due, handed_in_at, deemed,"
    " confirmed_by, readers) SELECT id, co.unit, 'co', 'handed_in', filed_on + 18,"
    " filed_on + 16 + (id % 4)::int, false, '', readers FROM item,"
    " LATERAL (SELECT min(i.lead_unit_id) AS unit FROM item i WHERE i.id <= 20"
    " AND i.lead_unit_id <> item.lead_unit_id) AS co WHERE id % 3 = 0",
    "INSERT INTO item_member (item_id, person_id, unit_id, role, readers)"
    " SELECT id, 10 + id % 50, lead_unit_id, 'handler', readers FROM item",
    "INSERT INTO feedback_point (item_id, seq, due, readers) SELECT id, seq, filed_on + seq * 5,"
    " readers FROM item, generate_series(1, 4) AS seq",
    "INSERT INTO feedback (item_id, public_id, seq, unit_id, point_id, state, form_version,"
    " measures, progress, effect, problems, next_steps, percent, no_progress, final,"
    " written_by_id, returns, confirmed_at, via, readers) SELECT p.item_id, gen_random_uuid(),"
    " p.seq, i.lead_unit_id, p.id, 'fb_read', 1, '', '', '', '', '', 50, false, false,"
    " i.drafter_id, 0, p.due - 1 + (p.id % 10 = 0)::int * 3, 'online', p.readers"
    " FROM feedback_point p JOIN item i ON i.id = p.item_id WHERE p.id % 25 <> 0",
    "INSERT INTO closure (item_id, result_text, salt, written_by_id, handed_in_at, outcome,"
    " completed_on, readers) SELECT id, '', '', drafter_id, closed_on - 2, 'accepted',"
    " closed_on - 2, readers FROM item WHERE closed_on IS NOT NULL",
    "INSERT INTO urge (item_id, public_id, unit_id, state, nth, ground, missed_on, subject,"
    " limit_days, fast, deemed, drafted_by_id, drafted_at, doc_word, doc_year, doc_seq, issued_on,"
    " limit_on, receipt_by, readers) SELECT id, gen_random_uuid(), lead_unit_id, 'ug_met', 1,"
    " 'overdue', filed_on, '', 3, false, false, drafter_id, now(), '测催', 2000, id, filed_on + 22,"
    " filed_on + 25, now(), readers FROM item WHERE id % 10 = 0",
    "INSERT INTO extension (item_id, public_id, seq, kind, state, reason, progress, salt,"
    " late_ground, of_superior, granted, applied_by_id, applied_at, timely, asked_due, decided_at,"
    " readers) SELECT id, gen_random_uuid(), 1, 'extend', 'approved', '', '', '', false, false, 0,"
    " drafter_id, now(), true, due_effective, filed_on + 12, readers FROM item WHERE id % 3 > 0",
    "INSERT INTO event (item_id, key, act, at, day, actor_id, subject, item_from, item_to,"
    " form_version, item_version, readers) SELECT id, gen_random_uuid(), act, filed_on + nth,"
    " filed_on + nth, drafter_id, 'item', 'closing_check', 'in_progress', 1, nth, readers"
    " FROM item, (VALUES ('issue', 1), ('sign_receipt', 2), ('read_feedback', 9),"
    " ('return_supplement', 14)) AS acts (act, nth) WHERE nth < 14 OR id % 10 = 0",
)
STAND = "SELECT stand(id, filed_on + 14) FROM item ORDER BY id"
LINE: Final = "{:<34}{:<12}{:>10}{:>12}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.figures", description=__doc__)
    parser.add_argument("--items", type=int, default=SIZE, help="another number of items")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each count (default 5)")
    parser.add_argument("--past", action="store_true", help="also as of a past day")
    wanted = parser.parse_args()
    servers = attach(Settings(data_dir=DATA_DIR))
    name = f"bench_figures_{wanted.items}"
    drop_database(servers, name)
    ours = create_database(servers, name)
    try:
        app = application(ours)
        _fill(ours, wanted.items, past=wanted.past)
        _measure(app, wanted.rounds, past=wanted.past)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        drop_database(servers, name)
    return 0


def _fill(servers: Servers, count: int, *, past: bool) -> None:
    began = time.monotonic()
    with connect(servers.owner_url) as connection, connection.transaction():
        college = read(connection, TODAY)
        units = [unit.unit_id for unit in college.units]
        person = college.holders["office_head"]
        values = {"person": person, "leader": college.units[0].leader_id, "units": units,
                  "count": count, "today": TODAY, "back": DAYS_BACK}  # fmt: skip
        _triggers(connection, "DISABLE")
        connection.execute(ITEM.encode(), values)
        for statement in PARTS:
            needs = values if "%(person)s" in statement else None
            connection.execute(statement.encode(), needs)
        _triggers(connection, "ENABLE")
    print(f"{count:,} items, filled in {time.monotonic() - began:.0f} s", flush=True)
    with connect(servers.owner_url) as connection:
        connection.autocommit = True
        if past:
            began = time.monotonic()
            connection.execute(STAND.encode())
            each = (time.monotonic() - began) / count * 1000
            print(f"how an item stood: {each:.2f} ms each", flush=True)
        connection.execute(b"ANALYZE")


def _triggers(connection: Connection, change: str) -> None:
    for table in TABLES:
        connection.execute(f"ALTER TABLE {table} {change} TRIGGER USER".encode())


def _measure(app: Flask, rounds: int, *, past: bool) -> None:
    days = {"today": TODAY} | ({"as of yesterday": TODAY - timedelta(days=1)} if past else {})
    print(LINE.format("the term's indicators", "as", "ms", "statements"), flush=True)
    for said, day in days.items():
        for by in By:
            for who, name in PEOPLE.items():
                with app.app_context():
                    viewer = _viewer(app, name)
                    count = _counted(viewer, by, day)
                    took = median_of(count, rounds) * 1000
                    made = _statements(count)
                    print(LINE.format(f"{by.value}, {said}", who, f"{took:.0f}", made), flush=True)


def _viewer(app: Flask, name: str) -> Viewer:
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def _counted(viewer: Viewer, by: By, day: date) -> Callable[[], object]:
    return lambda: figures.of(viewer, TERM, day, Scope(by))


def _statements(act: Callable[[], object]) -> int:
    made = 0

    def note(*_args: object) -> None:
        nonlocal made
        made += 1

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    return made


if __name__ == "__main__":
    sys.exit(main())
