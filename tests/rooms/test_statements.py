"""What a list asks the database does not grow with its rows: counted at one row and at three."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from portal.extensions import db
from portal.models import ApprovalSlot
from portal.rooms.batches.warnings import Planned, warnings_for
from portal.rooms.sign_off import batch
from portal.rooms.urging import queries as urging
from portal.rulebook import delegating, slots
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.handing import commands, queries
from portal.steps.handing.commands import Line, Wanted
from tests.conftest import ANCHOR
from tests.people import draft
from tests.rooms.desk.test_numbers import counted
from tests.stages import as_of, bring, item_of, person, tomorrow, unit
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE

FEW, MANY = 1, 3


def asked(app: Flask, look: Callable[[], Any]) -> int:
    """How many statements a look takes, once what it meets is warm."""
    look()
    with counted(app) as statements:
        look()
    return len(statements)


def brought(app: Flask, number: int, state: str) -> list[uuid.UUID]:
    """So many items in this state."""
    made = [draft(app, "A01", title=f"第{place}件事项") for place in range(number)]
    with app.app_context():
        for public_id in made:
            bring(app, public_id, state)
    return made


def test_a_list_of_handing_over(college: Flask) -> None:
    made = brought(college, FEW + MANY, "in_progress")
    with college.app_context():
        found = []
        for part in (made[:FEW], made[FEW:]):
            viewer = as_of(college, HEAD)
            lines = [Line(item_of(viewer, public_id).id) for public_id in part]
            wanted = Wanted("person", unit("BWC"), person(HANDLER), person("三郎彭措"), "岗位调整")
            begun = commands.begin(viewer, wanted, lines, Intent(None, uuid.uuid4()), declared=True)
            giver = as_of(college, HANDLER)
            rows = queries.rows_of(giver, begun)
            assert [row.waits for row in rows] == [True] * len(part)
            found.append(asked(college, lambda g=giver, b=begun: queries.rows_of(g, b)))
        assert found[0] == found[1]


def test_suggestions_to_urge(college: Flask) -> None:
    found = []
    for more in (FEW, MANY - FEW):
        brought(college, more, "in_progress")
        with college.app_context():
            before = college.extensions["portal.clock"].shift
            tomorrow(college, 40)
            viewer = as_of(college, OFFICE)
            number = len(urging.suggestions(viewer).rows)
            assert number >= more
            found.append((number, asked(college, lambda v=viewer: urging.suggestions(v))))
            college.extensions["portal.clock"].shift = before
    (few, at_few), (many, at_many) = found
    assert few < many
    assert at_few == at_many


def test_closings_to_be_signed_together(college: Flask) -> None:
    found = []
    for more in (FEW, MANY - FEW):
        brought(college, more, "closing_unit")
        with college.app_context():
            viewer = as_of(college, HEAD)
            rows = batch.rows_of(viewer, "confirm_close")
            assert all(row.matter for row in rows)
            look = lambda v=viewer: batch.rows_of(v, "confirm_close")  # noqa: E731
            found.append((len(rows), asked(college, look)))
    assert [number for number, _asked in found] == [FEW, MANY]
    assert found[0][1] == found[1][1]


def test_weeks_of_a_paper(college: Flask) -> None:
    def planned(number: int) -> list[Planned]:
        units = [unit(code) for code in ("JWC", "BWC", "HGC", "XGB", "DZB")[:number]]
        return [
            Planned(place, f"事项{place}", one, frozenset({one}), ANCHOR + timedelta(7 * place))
            for place, one in enumerate(units)
        ]

    def look(viewer: Viewer, number: int) -> int:
        rows = planned(number)
        return asked(college, lambda: warnings_for(viewer, rows))

    with college.app_context():
        viewer = as_of(college, OFFICE)
        assert look(viewer, FEW) == look(viewer, MANY)


def test_to_whom_a_box_may_be_passed(college: Flask) -> None:
    """Of however many boxes of an item that are open at once."""
    [public_id] = brought(college, 1, "pending_sign")
    with college.app_context():
        viewer = as_of(college, LEADER)
        item = item_of(viewer, public_id)

        def look() -> Any:
            return delegating.delegates(
                viewer.person_id, item, viewer.moment, slots.offices_asked(item)
            )

        before = asked(college, look)
        other = db.session.query(ApprovalSlot).filter_by(item_id=item.id, state="waiting")
        assert other.update({"state": "open"}) > 1
        assert asked(college, look) == before
        db.session.rollback()
