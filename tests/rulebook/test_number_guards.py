"""SPEC §4 in the database itself: no number is used twice or goes back, whatever asks for it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Item, NumberAct, NumberPlaceholder, NumberSequence, Person
from portal.rulebook import numbering
from tests.conftest import ANCHOR
from tests.filing import WORD, as_person, item_of
from tests.shaping import shape

New = Callable[..., uuid.UUID]


def _numbered(seq: int | None, word: str | None = WORD) -> dict[str, Any]:
    return {
        "state": "filed",
        "doc_word": word,
        "doc_year": 2026 if seq else None,
        "doc_seq": seq,
        "filed_on": ANCHOR if seq else None,
    }


def _placeholder(seq: int, kind: str = "offline", **columns: Any) -> NumberPlaceholder:
    person = db.session.scalars(select(Person.id).where(Person.name == "杨思源")).one()
    given = {
        "word": WORD,
        "year": 2026,
        "reason": "纸质台账无记载" if kind == "void" else "",
        "used_on": ANCHOR if kind == "offline" else None,
        "entered_by_id": person,
        "entered_at": datetime.now(UTC),
        **columns,
    }
    return NumberPlaceholder(seq=seq, kind=kind, **given)


def _place(college: Flask, seq: int, kind: str = "offline", **columns: Any) -> None:
    with college.app_context():
        db.session.add(_placeholder(seq, kind, **columns))
        db.session.commit()


def _register(college: Flask) -> list[tuple[int, str]]:
    with college.app_context():
        rows = db.session.execute(
            text("SELECT seq, kind FROM number_register() WHERE year = 2026 ORDER BY seq")
        )
        return [(row.seq, row.kind) for row in rows]


@pytest.mark.parametrize("kind", ["offline", "history", "void"])
def test_an_item_and_a_placeholder_never_share_a_number(
    college: Flask, draft_item: New, kind: str
) -> None:
    """Neither may come second, also where the item is one the placeholder's writer cannot know."""
    first, second = draft_item(), draft_item("A03")
    shape(college, first, **_numbered(7))
    with pytest.raises(IntegrityError):
        _place(college, 7, kind)
    _place(college, 8, kind)
    with pytest.raises(IntegrityError):
        shape(college, second, **_numbered(8))
    assert _register(college) == [(7, "item"), (8, kind)]


def test_an_item_and_a_placeholder_at_the_same_moment(
    college: Flask, database: Servers, draft_item: New
) -> None:
    """One waits for the other, and then is refused."""
    public_id = draft_item()
    refused: list[Exception] = []

    def number_the_item() -> None:
        try:
            shape(college, public_id, **_numbered(3))
        except IntegrityError as error:
            refused.append(error)

    with connect(database.owner_url) as raw, raw.transaction():
        person = raw.execute("SELECT id FROM person LIMIT 1").fetchone()
        raw.execute(
            "INSERT INTO number_placeholder"
            " (word, year, seq, kind, used_on, reason, entered_by_id, entered_at)"
            " VALUES (%s, 2026, 3, 'offline', '2026-11-23', '', %s, now())",
            [WORD, person[0] if person else 0],
        )
        second = threading.Thread(target=number_the_item)
        second.start()
        second.join(0.5)
        assert second.is_alive(), "it did not wait"
    second.join(30)
    assert len(refused) == 1
    assert _register(college) == [(3, "offline")]


def test_a_number_stays_with_its_item_for_life(college: Flask, draft_item: New) -> None:
    public_id = draft_item()
    shape(college, public_id, **_numbered(7))
    for other in (_numbered(8), _numbered(None, None), _numbered(7, "阿职催办")):
        with pytest.raises(IntegrityError, match="stays for life"):
            shape(college, public_id, **other)
    shape(college, public_id, **_numbered(7), title="只改题目")
    assert _register(college) == [(7, "item")]


def test_the_counter_is_never_behind_a_number_in_use(college: Flask, draft_item: New) -> None:
    """However the number came in."""
    shape(college, draft_item(), **_numbered(7))
    _place(college, 12)
    _place(college, 3)
    with college.app_context():
        assert numbering.take(WORD, ANCHOR).seq == 13
        db.session.rollback()


def test_the_counter_goes_back_only_while_no_number_is_in_use(college: Flask) -> None:
    back = update(NumberSequence).where(NumberSequence.year == 2026).values(value=1)
    with college.app_context():
        numbering.hold(WORD, 2026).value = 40
        db.session.commit()
        db.session.execute(back)
        db.session.commit()
    _place(college, 5)
    with college.app_context(), pytest.raises(IntegrityError, match="never go back"):
        db.session.execute(back)


@pytest.mark.parametrize("seq", [0, -1, 1_000_000])
def test_a_number_has_one_to_six_figures(college: Flask, seq: int) -> None:
    with pytest.raises(IntegrityError):
        _place(college, seq)


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("offline", {"used_on": None}),
        ("offline", {"reason": "x"}),
        ("void", {"reason": ""}),
        ("nonsense", {}),
        ("offline", {"item_id": 1}),
    ],
)
def test_a_placeholder_says_what_its_kind_says(
    college: Flask, kind: str, columns: dict[str, Any]
) -> None:
    """线下使用 has its day, a void gap its reason; only the backlog leads to an item."""
    with pytest.raises(IntegrityError):
        _place(college, 5, kind, **columns)


def test_a_number_of_the_backlog_goes_to_the_item_it_is_released_to(
    college: Flask, database: Servers, draft_item: New
) -> None:
    """Once, to that item and no other, and never one used offline."""
    mine, other = draft_item(), draft_item("A03")
    _place(college, 5, "history")
    _place(college, 6, "offline")
    with college.app_context():
        item_id = item_of(as_person(college, "何玉萍"), mine).id
    release = "UPDATE number_placeholder SET item_id = %s WHERE seq = %s"
    with connect(database.owner_url) as raw:
        raw.execute(release, [item_id, 5])
        with pytest.raises(psycopg.errors.RestrictViolation):
            raw.execute(release, [item_id + 1, 5])
        with pytest.raises(psycopg.errors.CheckViolation):
            raw.execute(release, [item_id + 1, 6])
    with pytest.raises(IntegrityError):
        shape(college, other, **_numbered(5))
    shape(college, mine, **_numbered(5))
    assert _register(college) == [(5, "item"), (6, "offline")]


def test_placeholders_and_the_log_are_only_added_to(college: Flask, database: Servers) -> None:
    """Not even by the owner of the tables; the web's role has no right to in the first place."""
    _place(college, 5)
    with college.app_context():
        person = as_person(college, "杨思源").person_id
        db.session.add(
            NumberAct(
                key=uuid.uuid4(), act="offline", at=datetime.now(UTC),
                actor_id=person, acting_as="office_head", facts={},
            )
        )  # fmt: skip
        db.session.commit()
        for change in (
            update(NumberPlaceholder).values(seq=9),
            delete(NumberPlaceholder),
            update(NumberAct).values(act="void"),
            delete(NumberAct),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(change)
            db.session.rollback()
    with connect(database.owner_url) as raw:
        for statement in (
            "UPDATE number_placeholder SET seq = 9",
            "DELETE FROM number_placeholder",
            "TRUNCATE number_placeholder",
            "UPDATE number_act SET act = 'void'",
            "DELETE FROM number_act",
            "TRUNCATE number_act",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                raw.execute(statement)


def test_the_table_of_numbers_in_use_is_closed(college: Flask) -> None:
    """The roles of the portal reach it through number_register() alone, the worker's not at all."""
    with college.app_context():
        for statement in (
            "SELECT * FROM number_taken",
            "INSERT INTO number_taken VALUES ('阿职督办', 2026, 1, 'item')",
            "SELECT claim_number('阿职督办', 2026, 1, 'item')",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(text(statement))
            db.session.rollback()
        may = db.session.scalars(
            text(
                "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'portal%'"
                " AND has_function_privilege(oid, 'number_register()', 'EXECUTE') ORDER BY 1"
            )
        ).all()
        columns = db.session.execute(text("SELECT * FROM number_register()")).keys()
    # The worker brings in matters of the paper years.
    assert may == ["portal_owner", "portal_web", "portal_worker"]
    assert list(columns) == ["word", "year", "seq", "kind"]


def test_a_deleted_row_leaves_its_number_used(
    college: Flask, database: Servers, draft_item: New
) -> None:
    """Whoever takes an item away past the program cannot make its number free again."""
    public_id = draft_item()
    shape(college, public_id, **_numbered(7))
    with connect(database.owner_url) as raw, raw.transaction():
        found = raw.execute("SELECT id FROM item WHERE public_id = %s", [public_id]).fetchone()
        assert found is not None
        raw.execute("ALTER TABLE event DISABLE TRIGGER USER")
        for table in ("event", "item_unit"):
            raw.execute(f"DELETE FROM {table} WHERE item_id = %s", [found[0]])  # noqa: S608
        raw.execute("ALTER TABLE event ENABLE TRIGGER USER")
        raw.execute("DELETE FROM item WHERE id = %s", [found[0]])
    assert _register(college) == [(7, "item")]
    with college.app_context():
        as_person(college, "何玉萍")
        assert db.session.scalar(select(Item.id).where(Item.public_id == public_id)) is None
