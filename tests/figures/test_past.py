"""时点台账: a term is lived through; each evening is reproduced later as it was seen then."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.embedded import Servers
from tests.figures.plain import DAY
from tests.figures.remembering import Days
from tests.semester.compare import Comparison
from tests.semester.term import Size, Term

READERS = ("杨思源", "覃燚")
"""Who sees everything open, and a unit's head."""


def _live(college: Flask, worker: Flask, database: Servers, size: Size, seed: int) -> None:
    term = Term(college, worker, size, seed)
    comparison, days = Comparison(term, database), Days(college, READERS)

    def evening() -> None:
        if term.now.hour >= 18:
            days.evening(term.now.date())

    term.live(evening)
    comparison.raw.close()
    term.clock.go_on(term.now + DAY)
    assert days.compare() > size.items
    first = days.digests()
    assert len(set(first)) > 2
    assert first == days.digests()


def test_each_evening_is_reproduced(college: Flask, worker: Flask, database: Servers) -> None:
    """Two items of a week: ledger and figures, of units and persons, by two readers."""
    _live(college, worker, database, Size(items=2, days=7), 3)


@pytest.mark.long
def test_each_evening_of_a_term(college: Flask, worker: Flask, database: Servers) -> None:
    """More items and a longer time."""
    _live(college, worker, database, Size(items=60, days=110), 7)
