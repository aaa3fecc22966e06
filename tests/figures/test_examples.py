"""The worked examples of SPEC §6.2, for a viewer of everything and for one who knows of no
sensitive item."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import figures
from portal.embedded import Servers
from portal.extensions import db
from portal.figures import BY_KEY, By, Period, Scope
from portal.models import Item, Person, Unit
from portal.rulebook.scope import Viewer
from tests.figures.plain import fill
from tests.figures.sample import sample
from tests.shaping import read_as

EXAMPLES = json.loads((Path(__file__).parents[1] / "data/indicator_examples.json").read_text())
AS_OF = date.fromisoformat(EXAMPLES["meta"]["as_of"])
PERIOD = Period(*(date.fromisoformat(day) for day in EXAMPLES["meta"]["period"]))
SEES_ALL, SEES_OPEN = "杨思源", "黄素芬"
COUNTS = {"n_filed": "filed", "n_pending_review": "pending", "n_urged": "urged",
          "n_items_urged": "items_urged", "n_extended": "extended",
          "n_overdue": "overdue"}  # fmt: skip
RATES = {"r_closed": "closed", "r_due_closed": "due_closed", "r_on_time": "on_time",
         "r_on_time_original": "on_time_original", "r_feedback": "feedback",
         "avg_days_levels_1_3": "days_used", "avg_overdue_days": "overdue_days"}  # fmt: skip
SETS = {"due_set": "due_closed", "overdue": "overdue"}


def _data(name: str) -> Any:
    text = files("portal.demo").joinpath("data", name).read_text(encoding="utf-8")
    return json.loads(text)


def _load(college: Flask, database: Servers) -> dict[str, int]:
    """The sample's items; the ids of the units by code."""
    people, org = _data("people.json")["people"], _data("org.json")["units"]
    with college.app_context():
        ids = {row.emp_no: row.id for row in db.session.scalars(select(Person))}
        codes = {row.code: row.id for row in db.session.scalars(select(Unit))}
    units = {row["id"]: codes[row["code"]] for row in org}
    by_code = {row["id"]: ids[row["emp_no"]] for row in people}
    fill(database, sample(units, by_code), AS_OF, by_code["P01"])
    return units


@pytest.mark.parametrize("who", [SEES_ALL, SEES_OPEN])
def test_the_worked_examples(college: Flask, database: Servers, who: str) -> None:
    """Every number of every case, and the rows of the sets by name."""
    units = _load(college, database)
    everything = who == SEES_ALL
    wanted = [case for case in EXAMPLES["cases"] if ("sees all" in case["viewer"]) == everything]
    assert wanted
    with college.app_context():
        viewer = read_as(college, who)
        found = figures.of(viewer, PERIOD, AS_OF, Scope(By.UNIT))
        whole = figures.of(viewer, PERIOD, AS_OF)
        assert whole.of() == found.of()
        for case in wanted:
            owner = units.get(case["unit"])
            _compare(viewer, case["expect"], found.of(owner), owner)


def _compare(viewer: Viewer, expect: dict[str, Any], got: Any, owner: int | None) -> None:
    scope = Scope(By.UNIT, None if owner is None else frozenset({owner}))
    assert {key: expect[key] for key in COUNTS} == {
        key: got[name].part for key, name in COUNTS.items()
    }
    assert {key: expect[key] for key in RATES} == {
        key: None if got[name].value is None else got[name].printed for key, name in RATES.items()
    }
    assert (got["feedback"].part, got["feedback"].whole) == (expect["fb_on_time"], expect["fb_due"])
    assert got["closed"].part == expect["n_closed_of_issued"]
    assert got["closed"].whole == expect["n_issued"] - expect["n_exempted_of_issued"]
    assert got["due_closed"].whole == expect["n_due"]
    for key, name in SETS.items():
        query = figures.rows(viewer, BY_KEY[name], PERIOD, AS_OF, scope).subquery()
        titles = select(Item.title).join(query, query.c.item_id == Item.id)
        assert sorted(db.session.scalars(titles)) == expect[key]
