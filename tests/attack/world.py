"""What the attacks are aimed at: a sensitive item that has everything an item can have.

Every text of it holds MARK, so that a glimpse of any shows. Beside it lies an item that the
attackers do know of, to attack from, and a draft of the office that they do not.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql

from portal import create_app, store
from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.models import (
    Batch,
    Brief,
    BriefAct,
    BriefBox,
    BriefCopy,
    BriefSheet,
    BriefSnapshot,
    BriefText,
    Case,
    CaseAct,
    CaseBundle,
    CaseCopy,
    CaseFile,
    CaseGround,
    Guarded,
    ItemMark,
    ItemTemplate,
    LedgerExport,
    LedgerRelease,
    LedgerView,
    OwnPhrase,
    ScanBatch,
    ScanFile,
    ScanSheet,
    SignaturePicture,
    SigningList,
    Spill,
    TransferList,
    TypedText,
    WorkbookImport,
    YearPackage,
)
from portal.models.base import Base
from portal.rulebook.keys import held_by
from portal.rulebook.scope import moment_of
from tests.conftest import ANCHOR, test_settings
from tests.gate import person_id
from tests.people import draft
from tests.steps.acting import HEAD, Actor

MARK = "隐而不宣"
DRAFTER = "何玉萍"
LISTED = (DRAFTER, "坤清祥")
"""Who is on the list of the sensitive item."""
STRANGERS = ("周慎之", "坤建军", "三郎泽里", "黄素芬")
"""No key but his own; head of its unit, who acted on it; who approved it; who archives."""
KEEPER = STRANGERS[0]
"""The 机要保密员: keeps the lists of items without seeing them (decision 0066)."""
APART = (
    Batch,
    Brief,
    BriefAct,
    BriefBox,
    BriefCopy,
    BriefSheet,
    BriefSnapshot,
    BriefText,
    Case,
    CaseAct,
    CaseBundle,
    CaseCopy,
    CaseFile,
    CaseGround,
    ItemMark,
    ItemTemplate,
    LedgerExport,
    LedgerRelease,
    LedgerView,
    OwnPhrase,
    ScanBatch,
    ScanFile,
    ScanSheet,
    SignaturePicture,
    SigningList,
    Spill,
    TransferList,
    TypedText,
    WorkbookImport,
    YearPackage,
)
GUARDED = sorted(
    mapper.class_.__tablename__
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Guarded) and mapper.class_ not in APART
)
"""Tables of items. A case is known to fewer than its item (tests/rulebook/test_cases.py). The
others are one person's own, like an export (tests/rooms/test_export.py), an
import (tests/steps/registration/test_importing.py), a picture (tests/accounts/test_signatures.py),
a scan (tests/rooms/scans), the package of a year
(tests/rooms/archives/test_years.py), a list of items to be signed 党政办's
(tests/rooms/test_signing_lists.py), a 移交清单 that of the archive's keepers
(tests/rooms/archives/test_transfer.py), a report of a spill the 机要保密员's
(tests/rooms/spills), a 学期报告 the office's and a 通报 everybody's
(tests/rooms/reports), a mark or a text somebody's own (tests/item/test_marks.py,
tests/rooms/test_typed.py)."""
TEXTS = {
    "item": ("title", "requirement", "source_ref", "deadline_basis"),
    "opinion": ("body",),
    "feedback": ("measures", "progress", "effect", "problems", "next_steps"),
    "closure": ("result_text",),
    "need_to_know": ("reason",),
    "extension": ("reason", "progress"),
    "attachment": ("name",),
    "batch_item": ("quotation",),
    "archive_record": ("archive_no",),
    "milestone": ("title",),
    "phone_record": ("content", "requirement"),
    "loan": ("reason",),
    "transfer_line": ("title",),
    "handover": ("reason", "open_matters"),
    "urge": ("subject",),
    "inspection": ("matter", "findings"),
    "rectification": ("problem", "requirement"),
}
OF_ONE = "FROM item WHERE id = %(item)s"
ADDED = {
    "need_to_know": "INSERT INTO need_to_know (public_id, item_id, person_id, reason, from_at)"
    " VALUES (gen_random_uuid(), %(item)s, %(person)s, '', now())",
    "attachment": "INSERT INTO attachment (item_id, public_id, purpose, name, kind, size, sha256,"
    " state, uploaded_by_id, uploaded_at) VALUES"
    " (%(item)s, gen_random_uuid(), 'filing', '', 'pdf', 1, %(stored)s, 'kept', %(person)s, now())",
    "document": "INSERT INTO document (item_id, public_id, kind, as_of_id, state, asked_by_id,"
    " asked_at, tries) SELECT %(item)s, gen_random_uuid(), 'sample', max(id), 'asked', %(person)s,"
    " now(), 0 FROM event WHERE item_id = %(item)s",
    "archive_package": "INSERT INTO archive_package (item_id, public_id, unit_id, as_of_id,"
    " version, state, asked_by_id, asked_at, tries, done, total) SELECT id, gen_random_uuid(),"
    " lead_unit_id, (SELECT max(id) FROM event WHERE item_id = item.id), 1, 'asked', %(person)s,"
    " now(), 0, 0, 0 FROM item WHERE id = %(item)s",
    "archive_record": "INSERT INTO archive_record"
    " (item_id, keeper, archive_no, retention, location) VALUES (%(item)s, 'unit', '', '', '')",
    "batch_item": "WITH paper AS (INSERT INTO batch (public_id, key, source_type, source_ref,"
    " words, made_by_id, made_at) VALUES (gen_random_uuid(), gen_random_uuid(), '', '', '',"
    " %(person)s, now()) RETURNING id, public_id) INSERT INTO batch_item (item_id, batch_id,"
    " batch_uuid, seq, quotation) SELECT %(item)s, id, public_id, 1, '' FROM paper",
    "change": "INSERT INTO change (item_id, public_id, kind, state, proposed_by_id, proposed_at)"
    " VALUES (%(item)s, gen_random_uuid(), 'adjust', 'open', %(person)s, now())",
    "comment": "INSERT INTO comment (item_id, public_id, state, given_by_id, given_at)"
    " VALUES (%(item)s, gen_random_uuid(), 'given', %(person)s, now())",
    "objection": "INSERT INTO objection (item_id, public_id, unit_id, state, raised_by_id,"
    f" raised_at) SELECT id, gen_random_uuid(), lead_unit_id, 'raised', %(person)s, now() {OF_ONE}",
    "extension": "INSERT INTO extension (item_id, public_id, seq, kind, state, reason, progress,"
    " salt, late_ground, of_superior, granted, applied_by_id, applied_at, timely) VALUES (%(item)s,"
    " gen_random_uuid(), 1, 'exempt', 'ext_unit', '', '', '', false, false, 0, %(person)s, now(),"
    " true)",
    "milestone": "INSERT INTO milestone (item_id, unit_id, seq, title, due)"
    f" SELECT id, lead_unit_id, 1, '', current_date {OF_ONE}",
    "phone_record": "INSERT INTO phone_record (item_id, public_id, state, purpose, channel,"
    " called_at, caller_id, callee_id, content, requirement, reply, recorded_by_id, recorded_at)"
    " VALUES (%(item)s, gen_random_uuid(), 'noted', 'supervise', 'phone', now(), %(person)s,"
    " %(person)s, '', '', '', %(person)s, now())",
    "loan": "INSERT INTO loan (item_id, public_id, state, kind, reason, borrower_id, asked_at,"
    " due_back) VALUES (%(item)s, gen_random_uuid(), 'returned', 'original', '…', %(person)s,"
    " now(), current_date)",
    "transfer_line": "WITH made AS (INSERT INTO transfer_list (public_id, year, nth, total,"
    " waiting, digest, drawn_by_id, drawn_at, readers) SELECT gen_random_uuid(), 2026, id, 1, 0,"
    " '', %(person)s, now(), ARRAY[1000000001, 1000000007, 1000000008] FROM item"
    " WHERE id = %(item)s RETURNING id) INSERT INTO transfer_line (item_id, list_id, place,"
    " archive_no, number, title,"
    " unit, retention, archived_on, version, files, pages, size, sha256) SELECT %(item)s, id, 1,"
    " '', '', '', '', '', current_date, 1, 1, 1, 1, '' FROM made",
    "handover": "WITH begun AS (INSERT INTO handover_list (public_id, key, kind, unit_id, from_id,"
    " to_id, supervisor, begun_at) SELECT gen_random_uuid(), gen_random_uuid(), 'person',"
    " lead_unit_id, %(person)s, (SELECT min(id) FROM person WHERE id <> %(person)s), 'unit_head',"
    " now() FROM item WHERE id = %(item)s RETURNING *)"
    " INSERT INTO handover (item_id, public_id, list_id, kind, unit_id, from_id, to_id,"
    " supervisor, state, begun_at, reason) SELECT %(item)s,"
    " gen_random_uuid(), id, kind, unit_id, from_id, to_id, supervisor, 'withdrawn', begun_at, ''"
    " FROM begun",
    "urge": "INSERT INTO urge (item_id, public_id, unit_id, state, nth, ground, missed_on, subject,"
    " limit_days, fast, deemed, drafted_by_id, drafted_at) SELECT id, gen_random_uuid(),"
    " lead_unit_id, 'ug_void', 1, 'overdue', current_date, '', 3, false, false, %(person)s, now()"
    f" {OF_ONE}",
    "urge_question": "INSERT INTO urge_question (item_id, public_id, urge_id, unit_id, state,"
    " asked_at, answer_by) SELECT item_id, gen_random_uuid(), id, unit_id, 'asked', now(), now()"
    " FROM urge WHERE item_id = %(item)s AND id NOT IN (SELECT urge_id FROM urge_question)",
    "inspection": "INSERT INTO inspection (item_id, public_id, journey, unit_id, state, methods,"
    " talks_to_head, matter, planned_on, outline, shortfall, repeat_reason, drafted_by_id,"
    " drafted_at) SELECT id, gen_random_uuid(), gen_random_uuid(), lead_unit_id, 'finished',"
    f" '{{on_site}}', false, '', current_date, '', '', '', %(person)s, now() {OF_ONE}",
    "inspection_member": "INSERT INTO inspection_member (item_id, inspection_id, unit_id,"
    " person_id, office_id, leads, inspected) SELECT item_id, id, unit_id, %(person)s, unit_id,"
    " true, false FROM inspection WHERE item_id = %(item)s",
    "rectification": "INSERT INTO rectification (item_id, public_id, inspection_id, unit_id, nth,"
    " state, problem, requirement, owner_id, asked_owner_id, asked_due, due) SELECT item_id,"
    " gen_random_uuid(), id, unit_id, 1, 'verified', '', '', %(person)s, %(person)s, current_date,"
    " current_date FROM inspection"
    " WHERE item_id = %(item)s",
    "stamped_copy": "INSERT INTO stamped_copy (item_id, subject, subject_id, person_id, at,"
    " address, sha256) SELECT %(item)s, 'document', max(id), %(person)s, now(), '', ''"
    " FROM document WHERE item_id = %(item)s",
    "imported_row": "WITH made AS (INSERT INTO workbook_import (public_id, purpose, name, sha256,"
    " state, asked_by_id, asked_at, tries, done, total, readers) VALUES (gen_random_uuid(),"
    " 'drafts', '', '', 'dropped', %(person)s, now(), 0, 0, 0, ARRAY[(-%(person)s)::integer])"
    " RETURNING id) INSERT INTO imported_row (item_id, import_id, place, key)"
    " SELECT %(item)s, id, 2, '' FROM made",
    "view_log": "INSERT INTO view_log (item_id, person_id, page, detail, at, address)"
    " VALUES (%(item)s, %(person)s, 'item', '', now(), '127.0.0.1')",
}
"""Rows of the parts that the acts below do not write."""


@dataclass(frozen=True)
class World:
    """The application, the two items and the draft by their ids of the database, and an entry of
    the hidden item's list; of its people their ids and their keys."""

    app: Flask
    servers: Servers
    address: uuid.UUID
    hidden: int
    own: int
    draft: int
    entry: uuid.UUID
    ids: Mapping[str, int]
    keys: Mapping[str, frozenset[int]]


def make(clone: Servers, folder: Path) -> World:
    """Fill a copy of the sample college."""
    app = create_app(test_settings(clone, folder), clock=Clock.standing_at(ANCHOR))
    app.config["TESTING"] = True
    addresses = [draft(app, "A01") for _ in range(3)]
    with app.app_context():
        stored = store.put(app.extensions["portal.settings"].files_dir, b"1")
        for address in addresses[:2]:
            actor = Actor(app, address)
            actor.to_work()
            actor.report(HEAD)
            actor.apply_close()
        people = {name: person_id(name) for name in (*LISTED, *STRANGERS)}
        moment = moment_of(app.extensions["portal.clock"])
        keys = {name: held_by(one, moment).keys for name, one in people.items()}
    with connect(clone.owner_url) as raw:
        hidden, own, kept = (
            _one(raw, "SELECT id FROM item WHERE public_id = %s", address) for address in addresses
        )
        for item, table in itertools.product((hidden, own), ADDED):
            listed = LISTED if table == "need_to_know" else (DRAFTER,)
            for name in listed:
                given = {"item": item, "person": people[name], "stored": stored}
                raw.execute(ADDED[table].encode(), given)
        raw.execute("UPDATE item SET classification = 'sensitive' WHERE id = %s", [hidden])
        _readers(raw, hidden, [-people[name] for name in LISTED])
        _readers(raw, own, [-people[name] for name in (*LISTED, *STRANGERS)])
        _mark(raw, hidden)
        listed = raw.execute("SELECT public_id FROM need_to_know WHERE item_id = %s", [hidden])
        entry = listed.fetchall()[0][0]
        assert isinstance(entry, uuid.UUID)
        raw.execute("ANALYZE")
    return World(app, clone, addresses[0], hidden, own, kept, entry, people, keys)


def _one(raw: psycopg.Connection[tuple[object, ...]], query: str, value: object) -> int:
    row = raw.execute(query.encode(), [value]).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def _readers(raw: psycopg.Connection[tuple[object, ...]], item: int, readers: list[int]) -> None:
    raw.execute("UPDATE item SET readers = %s WHERE id = %s", [readers, item])


def _mark(raw: psycopg.Connection[tuple[object, ...]], item: int) -> None:
    for table, columns in TEXTS.items():
        where = "id" if table == "item" else "item_id"
        for column in columns:
            raw.execute(
                sql.SQL("UPDATE {} SET {} = {} WHERE {} = {}").format(
                    *map(sql.Identifier, (table, column)), MARK, sql.Identifier(where), item
                )
            )
