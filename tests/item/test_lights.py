"""SPEC §3.5: the light of a row and the light as a condition of a list are one and the same."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.frame import Light
from portal.item.lights import NOT_ISSUED, ORDER, Shade, light_of, rank, shows
from portal.models import Item
from tests.conftest import ANCHOR
from tests.shaping import read_as

DAY = timedelta(days=1)
DATES = (
    (None, None, None),
    (ANCHOR, ANCHOR - DAY, ANCHOR + DAY),
    (ANCHOR - DAY, ANCHOR - 3 * DAY, ANCHOR),
    (ANCHOR + 9 * DAY, ANCHOR + DAY, ANCHOR + 10 * DAY),
    (ANCHOR + 9 * DAY, ANCHOR, ANCHOR + 10 * DAY),
    (None, ANCHOR + DAY, ANCHOR + 35 * DAY),
    (None, ANCHOR - 40 * DAY, ANCHOR - DAY),
)
STATES = ("draft", "pending_sign", "filed", "in_progress", "closing_unit", "closed", "rejected")


def _shade(shown: Light) -> Shade:
    return "unissued" if shown.word == NOT_ISSUED else shown.name


def test_both_forms_agree(college: Flask, draft_item: Callable[..., uuid.UUID]) -> None:
    """Every combination of stored dates, flags and states falls into exactly one shade."""
    public_id = draft_item("A01")
    with college.app_context():
        read_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        seen = set()
        for dates, lit, blue, state, issued in itertools.product(
            DATES, (True, False), (True, False), STATES, (None, ANCHOR - 9 * DAY)
        ):
            item.due, item.yellow_from, item.red_from = dates
            item.lit, item.blue, item.state, item.issued_on = lit, blue, state, issued
            db.session.flush()
            columns = [shows(shade, ANCHOR).label(shade) for shade in ORDER]
            row = db.session.execute(
                select(*columns, rank(ANCHOR).label("place")).where(Item.id == item.id)
            ).one()
            held = [shade for shade in ORDER if row._mapping[shade]]
            expected = _shade(light_of(item, ANCHOR))
            assert held == [expected], (dates, lit, blue, state, issued)
            assert ORDER[row.place] == expected
            seen.add(expected)
        assert seen == set(ORDER)
        db.session.rollback()


@pytest.mark.parametrize(
    ("due", "word"),
    [
        (ANCHOR - 3 * DAY, "逾期3天"),
        (ANCHOR - DAY, "逾期1天"),
        (ANCHOR, "临期"),
        (ANCHOR + DAY, "临期"),
        (ANCHOR + 20 * DAY, "正常"),
    ],
)
def test_the_due_day_itself_is_yellow(due: date, word: str) -> None:
    """SPEC §3.5: red begins on the day after, and says by how many days."""
    item = Item(
        state="in_progress",
        issued_on=ANCHOR - 9 * DAY,
        due=due,
        yellow_from=due - 3 * DAY,
        red_from=due + DAY,
        lit=True,
        blue=False,
    )
    assert light_of(item, ANCHOR).word == word
