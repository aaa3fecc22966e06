"""An item that has everything an item can have, reported as 疑似涉密, and what is left of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import select

from portal.embedded import connect
from portal.extensions import db
from portal.models import Attachment, Item, Person, Spill
from portal.rooms.spills import handling
from portal.rooms.spills.handling import SPILLS
from portal.rulebook import spills
from portal.rulebook.scope import everything, view_as
from tests.attack.world import MARK, World

OFFICER, REPORTER = "周慎之", "何玉萍"
REASON = "经机要室核对原件，不涉及国家秘密。"
KEPT = {
    "accountability": {
        "state", "origin", "referred_to", "deciding_body", "minutes_no", "measures", "grade",
    },
    "approval": {"chain", "state"},
    "approval_slot": {"step", "role", "state", "picture_sha256", "via"},
    "archive_package": {"state", "sha256", "failure"},
    "archive_record": {"keeper", "retention"},
    "attachment": {"purpose", "subject", "kind", "sha256", "state"},
    "change": {"kind", "state"},
    "closure": {"salt", "reply_form", "via", "outcome"},
    "comment": {"state"},
    "document": {"kind", "state", "sha256", "failure"},
    "event": {
        "act", "acting_as", "subject", "from_state", "to_state", "item_from", "item_to", "address",
        "digest", "facts",
    },
    "extension": {"kind", "state", "salt"},
    "feedback": {"state", "via"},
    "feedback_version": {"salt"},
    "handover": {"kind", "supervisor", "state"},
    "imported_row": {"key"},
    "inspection": {"state", "methods", "conclusion"},
    "item": {
        "category", "method", "classification", "source_type", "deadline_kind", "principal",
        "chosen", "state", "policy_version", "doc_word",
    },
    "item_mark": {"kind"},
    "item_member": {"role"},
    "item_unit": {"role", "state", "confirmed_by"},
    "loan": {"state", "kind"},
    "message": {"kind", "occasion", "facts"},
    "number_placeholder": {"word", "kind", "reason"},
    "objection": {"state"},
    "opinion": {"salt"},
    "phone_record": {"state", "purpose", "channel", "reply_form"},
    "rectification": {"state"},
    "spill": {"about", "number", "state", "outcome", "reason", "failure", "found"},
    "stamped_copy": {"subject", "address", "sha256"},
    "standing": {
        "state", "classification", "doc_word", "points", "notices", "extensions", "shares",
        "workers",
    },
    "transfer_line": {"number", "unit", "retention", "sha256"},
    "typed_text": {"place", "texts"},
    "urge": {"state", "ground", "doc_word"},
    "urge_question": {"state"},
    "view_log": {"page", "detail", "address"},
}  # fmt: skip
"""Columns of an item's rows that hold no words of people: keys of lists, digests, numbers, what the
portal itself says; `typed_text` goes as a whole. A column that is added is thought about here."""
TIED = {"phone_record": {"reply"}, "change": {"values", "before"}}
"""Cleared, too, but not to be filled with any word: what stands there hangs together."""


def words_of(raw: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The columns of an item's rows that may hold words, by table."""
    rows = raw.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND (c.data_type IN ('text', 'character varying', 'jsonb')"
        "      OR c.udt_name IN ('_text', '_varchar'))"
        " AND (c.table_name = 'item' OR EXISTS (SELECT FROM information_schema.columns i"
        "      WHERE i.table_name = c.table_name AND i.column_name = 'item_id'))"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in sorted(rows):
        if column not in KEPT.get(table, ()):
            found.setdefault(table, []).append(column)
    return found


def mark(raw: psycopg.Connection[Any], item_id: int) -> list[tuple[str, str]]:
    """Fill every such column of the item's rows; which were filled."""
    filled = []
    for table, columns in words_of(raw).items():
        which = "id" if table == "item" else "item_id"
        for column in columns:
            if column in TIED.get(table, ()):
                continue
            statement = sql.SQL("UPDATE {} SET {} = {} WHERE {} = {}").format(
                *map(sql.Identifier, (table, column)), MARK, sql.Identifier(which), item_id
            )
            if raw.execute(statement).rowcount:
                filled.append((table, column))
    return filled


def marked(raw: psycopg.Connection[Any]) -> list[str]:
    """The tables of the whole database in which the word still stands anywhere."""
    tables = raw.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    found = []
    for (table,) in tables:
        query = sql.SQL("SELECT count(*) FROM {} AS one WHERE one::text LIKE {}").format(
            sql.Identifier(table), sql.Literal(f"%{MARK}%")
        )
        row = raw.execute(query).fetchone()
        if row is not None and row[0]:
            found.append(table)
    return found


def readers(raw: psycopg.Connection[Any], item_id: int) -> Iterator[tuple[str, object]]:
    """Who may know of each row of the item, by table; case rows have readers of their own."""
    tables = raw.execute(
        "SELECT i.table_name FROM information_schema.columns i"
        " JOIN information_schema.columns r USING (table_schema, table_name)"
        " WHERE i.table_schema = 'public' AND i.column_name = 'item_id'"
        " AND r.column_name = 'readers'"
        " AND i.table_name NOT IN"
        " ('accountability', 'item_mark', 'message', 'spill', 'typed_text') ORDER BY 1"
    ).fetchall()
    for (table,) in tables:
        query = sql.SQL("SELECT readers FROM {} WHERE item_id = {}").format(
            sql.Identifier(table), item_id
        )
        for (row,) in raw.execute(query).fetchall():
            yield table, row


def report(world: World, who: str = REPORTER, about: str = "words") -> uuid.UUID:
    """报告; the address of the report."""
    with world.app.app_context():
        viewer = _viewer(world.app, who)
        spills.report(viewer, world.address, about, uuid.uuid4())
        db.session.commit()
        _viewer(world.app, OFFICER)
        return db.session.scalars(select(Spill.public_id).order_by(Spill.id.desc()).limit(1)).one()


def decide(world: World, address: uuid.UUID, outcome: str, *files: uuid.UUID) -> int:
    """处置, not done yet; the id of the row."""
    with world.app.app_context():
        viewer = _viewer(world.app, OFFICER)
        spill = spills.spill_of(viewer, address)
        spill_id = spill.id
        spills.decide(viewer, spill, outcome, files, REASON if outcome == "released" else "")
        db.session.commit()
        return spill_id


def work(worker: Flask, spill_id: int) -> None:
    """What a worker does."""
    with worker.app_context():
        handling.make(spill_id)


def _viewer(app: Flask, who: str) -> Any:
    person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
    return view_as(person, app.extensions["portal.clock"])


__all__ = [
    "KEPT", "MARK", "OFFICER", "REASON", "REPORTER", "SPILLS", "Attachment", "Item", "connect",
    "decide", "everything", "mark", "marked", "readers", "report", "words_of", "work",
]  # fmt: skip
