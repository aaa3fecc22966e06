"""第十六条第（一）项, SPEC §4: 编号备案 from several processes at once, over one database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.embedded import Servers
from portal.extensions import db
from portal.models import Item, NumberSequence
from portal.rulebook.numbering import Number
from tests.filing import WORD, Job, as_person, file, file_at_once, waiting

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LAST_SECOND = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 31, 16, tzinfo=UTC)


def _numbers(year: int, first: int, count: int) -> list[str]:
    return [str(Number(WORD, year, seq)) for seq in range(first, first + count)]


def _given(answers: list[list[str] | None]) -> Iterator[str]:
    for answer in answers:
        yield from answer or ()


def _in_order(numbers: Iterator[str]) -> list[str]:
    return sorted(numbers, key=lambda number: int(number.split("〕")[1].removesuffix("号")))


def _register(college: Flask, year: int) -> tuple[list[int], int]:
    """The numbers in use of a year, and its counter."""
    with college.app_context():
        taken = db.session.scalars(
            text("SELECT seq FROM number_register() WHERE year = :year ORDER BY seq"),
            {"year": year},
        ).all()
        counter = db.session.scalar(select(NumberSequence.value).filter_by(word=WORD, year=year))
    return list(taken), counter or 0


def test_sixty_four_filings_from_many_processes(
    college: Flask, database: Servers, tmp_path: Path
) -> None:
    """64 consecutive numbers; what fails or dies after taking one gives it back (case S08)."""
    ids = waiting(college, database, 64 + 5)
    failing, dying, filing = ids[:4], ids[4:5], ids[5:]
    jobs = [Job(filing[place::8], NOW) for place in range(8)]
    jobs += [Job(failing, NOW, "fail"), Job(dying, NOW, "die")]
    *answers, failed, died = file_at_once(database, tmp_path, jobs)
    assert _in_order(_given(answers)) == _numbers(2026, 1, 64)
    assert failed == ["RuntimeError"] * 4
    assert died is None
    assert _register(college, 2026) == (list(range(1, 65)), 64)
    again = [file(college, public_id) for public_id in (*failing, *dying)]
    assert again == _numbers(2026, 65, 5)


@pytest.mark.long
def test_filings_at_the_turn_of_the_year(college: Flask, database: Servers, tmp_path: Path) -> None:
    """Midnight in Shanghai parts them (case S04), whichever of them comes first."""
    ids = waiting(college, database, 32)
    with college.app_context():
        db.session.add(NumberSequence(word=WORD, year=2026, value=60))
        db.session.commit()
    moments = [LAST_SECOND, MIDNIGHT, LAST_SECOND, MIDNIGHT]
    jobs = [Job(ids[place::4], moment) for place, moment in enumerate(moments)]
    old, new, old_too, new_too = file_at_once(database, tmp_path, jobs)
    assert _in_order(_given([old, old_too])) == _numbers(2026, 61, 16)
    assert _in_order(_given([new, new_too])) == _numbers(2027, 1, 16)
    assert [_register(college, year)[1] for year in (2026, 2027)] == [76, 16]
    with college.app_context():
        as_person(college, "何玉萍")
        days = db.session.scalars(
            select(Item.filed_on)
            .where(Item.doc_seq.is_not(None))
            .distinct()
            .order_by(Item.filed_on)
        ).all()
    assert [day.isoformat() for day in days if day] == ["2026-12-31", "2027-01-01"]
