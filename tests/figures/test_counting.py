"""The figures of generated items against an independent count, by everybody who may ask."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import figures
from portal.embedded import Servers
from portal.extensions import db
from portal.figures import By, Period, Scope
from portal.models import Person, Unit
from portal.rulebook.scope import Viewer
from tests.conftest import ANCHOR
from tests.figures.count import DONE, WAITING, WHOLE, Owner, Told, count, of_person, of_unit
from tests.figures.plain import DAY, Plain, fill
from tests.shaping import read_as

KNOWS, DOES_NOT, PART = "杨思源", "黄素芬", "冉静"
"""On every list and seeing everything; seeing everything open; on the lists for one part alone."""
PERIOD = Period(ANCHOR - 20 * DAY, ANCHOR + 10 * DAY)
STATES = (
    "filed", "issued", "in_progress", "in_progress", "closing_unit", "closing_check",
    "closing_filing", "closed", "archived", "exempted", "void",
)  # fmt: skip
ACTS = ("return_feedback", "return_supplement", "not_met", "enter_paper", "read_feedback")
DAYS = st.integers(-30, 20).map(lambda number: ANCHOR + number * DAY)
PAST = st.integers(-30, 0).map(lambda number: ANCHOR + number * DAY)
SOME = st.one_of(st.none(), DAYS)
# The rows of an example stay for the next: taking rows away does not make a smaller one.
SHORT = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LONG = settings(SHORT, max_examples=25, derandomize=False)


class Cast:
    """Three units, three people to work in them, and who reads."""

    def __init__(self) -> None:
        self.units = list(db.session.scalars(select(Unit.id).order_by(Unit.sort_no).limit(3)))
        by_name = {row.name: row.id for row in db.session.scalars(select(Person))}
        self.knows, self.part = by_name[KNOWS], by_name[PART]
        self.workers = sorted(by_name.values())[20:23]


@st.composite
def _items(draw: Any, cast: Cast) -> Plain:
    """An item that could have come about; dates in any order, for formulas must bear them."""
    unit, co = draw(st.sampled_from(cast.units)), draw(st.sampled_from(cast.units))
    state = draw(st.sampled_from(STATES))
    issued = None if state == "filed" else draw(DAYS)
    light = ""
    if state in ("in_progress", "issued", "closing_check"):
        light = draw(st.sampled_from(("red", "blue", "green")))
    day = st.lists(DAYS, max_size=2)
    return Plain(
        name="事项",
        state=state,
        level=draw(st.integers(1, 4)),
        unit=unit,
        filed=draw(DAYS),
        issued=issued,
        original=draw(SOME),
        due=draw(SOME),
        closed=draw(DAYS) if state in DONE else None,
        light=light,
        sensitive=draw(st.booleans()),
        reports=draw(st.lists(st.tuples(DAYS, day), max_size=3)),
        notices=draw(st.lists(
            st.tuples(st.sampled_from((unit, co)), DAYS, st.sampled_from(("ug_met", "ug_void"))),
            max_size=2,
        )),
        extensions=draw(st.lists(
            st.tuples(st.sampled_from(("extend", "exempt")),
                      st.sampled_from(("approved", "rejected")), DAYS), max_size=2,
        )),
        returns=draw(st.lists(
            st.tuples(st.sampled_from(ACTS), PAST,
                      st.sampled_from(("closing_unit", "closing_check", "in_progress"))),
            max_size=2,
        )),
        shares=[] if co == unit else [
            (co, draw(st.sampled_from(("named", "received", "handed_in"))), draw(SOME), draw(SOME))
        ],
        closures=[("not_met", draw(DAYS)), ("accepted", draw(DAYS))] if state in DONE else [],
        handed_in=draw(DAYS) if state in WAITING else None,
        workers=draw(
            st.lists(
                st.tuples(
                    st.sampled_from(cast.workers),
                    st.sampled_from((unit, co)),
                    st.sampled_from(("handler", "co_handler", "helper")),
                ),
                max_size=3,
                unique_by=lambda one: one[:2],
            )
        ),
        knows=[(cast.knows, None), *([(cast.part, co)] if co != unit else [])],
    )  # fmt: skip


def _told(found: Any) -> dict[str, Told]:
    return {key: Told(one.part, one.whole, one.printed, one.median) for key, one in found.items()}


def _check(college: Flask, database: Servers, data: st.DataObject, made: list[Plain]) -> None:
    with college.app_context():
        cast = Cast()
        new = data.draw(st.lists(_items(cast), min_size=1, max_size=8))
        fill(database, new, ANCHOR, cast.knows, before=len(made))
        made += new
        everything = (made, None)
        open_ones = [item for item in made if not item.sensitive]
        for who, (known, shared) in (
            (KNOWS, everything), (DOES_NOT, (open_ones, None)), (PART, (open_ones, made)),
        ):  # fmt: skip
            viewer = read_as(college, who)
            _compare(viewer, cast, known, shared, Scope())
        viewer = read_as(college, KNOWS)
        _compare(viewer, cast, open_ones, None, Scope(official=True))
        _tomorrow(college)


def _tomorrow(college: Flask) -> None:
    """What is counted today is what is said of today tomorrow."""
    clock = college.extensions["portal.clock"]
    for scope in (Scope(By.UNIT), Scope(By.PERSON), Scope(official=True)):
        for who in (KNOWS, DOES_NOT):
            said = figures.of(read_as(college, who), PERIOD, ANCHOR, scope)
            clock.shift += DAY
            assert figures.of(read_as(college, who), PERIOD, ANCHOR, scope) == said, (who, scope)
            clock.shift -= DAY


def _compare(
    viewer: Viewer, cast: Cast, known: list[Plain], shared: list[Plain] | None, scope: Scope
) -> None:
    def expected(owner: Owner) -> dict[str, Told]:
        return count(known, *PERIOD, ANCHOR, owner, shared)

    asked = (viewer, PERIOD, ANCHOR)
    units = figures.of(*asked, scope._replace(by=By.UNIT))
    assert _told(figures.of(*asked, scope).of()) == expected(WHOLE) == _told(units.of())
    assert units.owners <= set(cast.units)
    for unit in cast.units:
        assert _told(units.of(unit)) == expected(of_unit(unit))
        _rows(viewer, units.of(unit), scope._replace(by=By.UNIT, only=frozenset({unit})))
    people = figures.of(*asked, scope._replace(by=By.PERSON))
    for person in cast.workers:
        assert _told(people.of(person)) == expected(of_person(person))


def _rows(viewer: Viewer, found: Any, scope: Scope) -> None:
    """Behind each figure are as many rows as it says."""
    for one in found.values():
        query = figures.rows(viewer, one.indicator, PERIOD, ANCHOR, scope)
        rows = db.session.execute(query).all()
        if one.indicator.kind == "mean":
            assert (len(rows), sum(row.days for row in rows)) == (one.whole, one.part)
        elif one.indicator.kind == "rate":
            assert (len(rows), sum(row.counts for row in rows)) == (one.whole, one.part)
        else:
            kept = {row.item_id for row in rows} if one.indicator.kind == "items" else rows
            assert len(kept) == one.part


@SHORT
@given(data=st.data())
def _short(college: Flask, database: Servers, made: list[Plain], data: st.DataObject) -> None:
    _check(college, database, data, made)


@LONG
@given(data=st.data())
def _long(college: Flask, database: Servers, made: list[Plain], data: st.DataObject) -> None:
    _check(college, database, data, made)


def test_figures_are_those_of_a_plain_count(college: Flask, database: Servers) -> None:
    """The items of all examples lie in the tables together."""
    _short(college, database, [])


@pytest.mark.long
def test_figures_are_those_of_a_plain_count_many(college: Flask, database: Servers) -> None:
    """The same with many more items."""
    _long(college, database, [])


def test_a_period_without_items(college: Flask) -> None:
    """「—」 where nothing can be divided, 0 where something was counted."""
    with college.app_context():
        viewer = read_as(college, KNOWS)
        empty = figures.of(viewer, Period(date(2020, 1, 1), date(2020, 1, 31)), ANCHOR)
        for one in empty.of().values():
            whole = one.indicator.kind in ("rate", "mean")
            assert one.said == ("—" if whole else f"0{one.indicator.unit}")
