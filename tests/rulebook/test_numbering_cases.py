"""SPEC §4 on the tables: each case of the case file that takes a number, by the portal's own acts.

S10 takes none (test_numbering.py), S07 from real processes as well (test_numbers_at_once.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from portal.clock import Clock, shanghai_instant
from portal.documents.table import fill as fill_sheet
from portal.embedded import Servers
from portal.extensions import db
from portal.models import NumberSequence
from portal.rooms.numbers.commands import register_history
from portal.rooms.numbers.plan import plan
from portal.rooms.numbers.queries import registers
from portal.rooms.numbers.reading import read
from portal.rulebook import numbering, workflow
from portal.rulebook.item_texts import number_of
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.filing import (
    WORD,
    Job,
    Standing,
    as_person,
    fails,
    file,
    file_at_once,
    item_of,
    submitted,
    waiting,
)
from tests.rulebook.test_numbering import CASES, WORDS
from tests.shaping import shape
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]


def _set_counters(college: Flask, case: dict[str, Any]) -> None:
    """The counters as the case begins."""
    rows = [
        {"word": word, "year": int(year), "value": value}
        for (word, year), value in (
            (name.split("/"), value) for name, value in case["state"].items()
        )
    ]
    with college.app_context():
        db.session.execute(insert(NumberSequence), rows)
        db.session.commit()


def _stand_at(college: Flask, instant: datetime) -> None:
    college.extensions["portal.clock"] = Standing(instant)


def _morning(day: str) -> datetime:
    return shanghai_instant(date.fromisoformat(day), time(9))


@pytest.mark.parametrize("id_", ["S01", "S02", "S03"])
def test_the_next_number(college: Flask, id_: str) -> None:
    """No leading zero, no 「第」; each word and year by itself."""
    case = CASES[id_]
    _set_counters(college, case)
    word, day = case["op"]["take"]
    with college.app_context():
        assert str(numbering.take(word, date.fromisoformat(day))) == case["expect"]
        db.session.rollback()


def test_the_year_is_that_of_the_day_in_shanghai(college: Flask, database: Servers) -> None:
    """S04, filed by the office at that instant."""
    case = CASES["S04"]
    _set_counters(college, case)
    (public_id,) = waiting(college, database, 1)
    word, instant = case["op"]["take_at"]
    _stand_at(college, datetime.fromisoformat(instant))
    assert word == WORD
    assert file(college, public_id) == case["expect"]


def test_what_is_rejected_or_returned_before_filing_takes_none(
    college: Flask, database: Servers
) -> None:
    """S05."""
    case = CASES["S05"]
    _set_counters(college, case)
    rejected, (returned, filed) = submitted(college), waiting(college, database, 2)
    with college.app_context():
        leader = as_person(college, "坤清祥")
        item = item_of(leader, rejected)
        signing.reject(leader, item, Intent(item.version, uuid.uuid4(), "不属于督办范围。"))
        office = as_person(college, "何玉萍")
        item = item_of(office, returned)
        registration.send_back(office, item, Intent(item.version, uuid.uuid4(), "请补充依据。"))
    _stand_at(college, _morning(case["op"]["reject_then_take"][1]))
    assert file(college, filed) == case["expect"]


def test_a_void_number_is_not_used_again(college: Flask, database: Servers) -> None:
    """S06: it stays with the item that is void."""
    case = CASES["S06"]
    _set_counters(college, {"state": {f"{WORD}/2026": case["op"]["void"] - 1}})
    voided, filed = waiting(college, database, 2)
    _stand_at(college, _morning(case["op"]["take"][1]))
    assert file(college, voided) == f"{WORD}〔2026〕{case['op']['void']}号"
    shape(college, voided, state="void")
    assert file(college, filed) == case["expect"]
    with college.app_context():
        assert str(number_of(item_of(as_person(college, "何玉萍"), voided))).endswith("35号")


@pytest.mark.long
def test_filings_at_once(college: Flask, database: Servers, tmp_path: Path) -> None:
    """S07."""
    case = CASES["S07"]
    _set_counters(college, case)
    ids = waiting(college, database, case["op"]["concurrent"])
    jobs = [Job(ids[place::2], datetime(2026, 11, 24, 1, tzinfo=UTC)) for place in range(2)]
    one, two = file_at_once(database, tmp_path, jobs)
    assert one is not None
    assert two is not None
    numbers = sorted(numbering.parse(number, WORDS) for number in one + two)
    first, _, last = case["expect"]
    assert [str(numbers[0]), str(numbers[-1])] == [first, last]
    assert [number.seq for number in numbers] == list(range(36, 56))


def test_a_failed_filing_gives_its_number_back(
    college: Flask, database: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S08."""
    case = CASES["S08"]
    _set_counters(college, case)
    failing, filed = waiting(college, database, 2)
    _stand_at(college, _morning(case["op"]["fail_then_take"][1]))
    with monkeypatch.context() as broken:
        broken.setattr(workflow, "record", fails)
        with pytest.raises(RuntimeError):
            file(college, failing)
    assert file(college, filed) == case["expect"]


def test_an_import_keeps_given_numbers_and_moves_the_counter(college: Flask) -> None:
    """S09: the gaps are reported."""
    case = CASES["S09"]
    _set_counters(college, case)
    with college.app_context():
        office = as_person(college, "何玉萍")
        lines = read("\n".join(case["op"]["import"]), WORDS, office.moment.day)
        found = plan(lines, registers(office, WORDS))
        register_history(office, lines, found.digest, Intent(None, uuid.uuid4()))
        office = as_person(college, "何玉萍")
        register = registers(office, WORDS)[WORD, 2023]
        assert [seq for run in register.gaps for seq in run] == case["expect"]["gaps"]
        assert str(register.following) == case["expect"]["next"]
        assert str(numbering.take(WORD, date(2023, 12, 1))) == case["expect"]["next"]
        db.session.rollback()


@pytest.mark.parametrize(
    ("id_", "filed", "closed"),
    [
        ("S11", "2026-11-23", "2026-11-23"),
        pytest.param("S12", "2025-12-29", "2026-11-23", marks=pytest.mark.long),
    ],
)
def test_an_item_closes_under_its_own_number(
    college: Flask,
    as_: As,
    draft_item: Callable[..., uuid.UUID],
    id_: str,
    filed: str,
    closed: str,
) -> None:
    """Annex 3 repeats the number of annex 1, also in a later year, and takes none."""
    case = CASES[id_]
    number = numbering.parse(case["op"]["close"], WORDS)
    with college.app_context():
        numbering.hold(WORD, number.year).value = number.seq - 1
        db.session.commit()
    public_id = draft_item("A01")
    college.extensions["portal.clock"] = Clock.standing_at(date.fromisoformat(filed))
    walk(college, as_, public_id, LINE[:5])
    college.extensions["portal.clock"] = Clock.standing_at(date.fromisoformat(closed))
    walk(college, as_, public_id, LINE[5:])
    with college.app_context():
        viewer = as_person(college, "何玉萍")
        item = item_of(viewer, public_id)
        assert item.state == "archived"
        for kind in ("filing", "closing"):
            assert fill_sheet(viewer, item, kind, item.id, "阿坝职业学院").number == case["expect"]
        counter = db.session.scalar(select(NumberSequence.value).filter_by(year=number.year))
    assert counter == number.seq
