"""第十八条: 「欠报2期」 is another thing than 「逾期」, and the same number everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.item.lines import lines, missing
from portal.item.reports import plan_of
from portal.models import Item, NeedToKnow
from portal.rooms.ledger.columns import BY_KEY
from portal.rooms.ledger.exports.making import rows_of
from portal.steps.execution import commands as execution
from tests.pages import get
from tests.people import draft
from tests.steps.acting import HEAD, OFFICE, Actor, pass_days

As = Callable[[str], FlaskClient]


@pytest.fixture
def actor(college: Flask) -> Actor:
    """A01 in work, 二级: reports on 30 November and 3 December, due on the 8th."""
    made = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        made.to_work()
    return made


def _counts(actor: Actor) -> tuple[int, int, str]:
    """欠报 as the page, the lists and the Excel sheet say it."""
    viewer, item = actor.item()
    page = plan_of(viewer, item, ()).missing
    listed = db.session.execute(lines(viewer).where(Item.id == item.id)).one().missing
    ((remarks,),) = rows_of(viewer, [item.id], (BY_KEY["remarks"],))
    return page, listed, str(remarks)


def test_each_missing_report_counts_from_the_day_after(actor: Actor, as_: As) -> None:
    for days, count in ((7, 0), (1, 1), (2, 1), (1, 2)):
        pass_days(actor.app, days)
        with actor.app.app_context():
            page, listed, remark = _counts(actor)
            assert (page, listed) == (count, count)
            assert (f"欠报{count}期" in remark) == bool(count)
    ledger = get(as_(OFFICE), "/ledger")
    assert "欠报2期" in ledger.text
    assert "临期" in ledger.text
    table = ledger.soup.select_one(".db-ledger")
    assert table is not None
    assert "逾期" not in table.get_text()


def test_a_report_sent_on_is_not_owed_and_a_merged_one_neither(actor: Actor) -> None:
    pass_days(actor.app, 11)
    with actor.app.app_context():
        points = execution.points_of(actor.item(HEAD)[1])
        report = actor.report(HEAD, point_id=points[1].id)
        assert _counts(actor)[:2] == (1, 1)
        viewer, item = actor.item()
        execution.cover(viewer, item, report, _fresh(), [points[0].id])
        assert _counts(actor)[:2] == (0, 0)


def _fresh() -> execution.Intent:
    return execution.Intent(None, uuid.uuid4())


def test_who_knows_of_a_part_alone_is_told_no_number(college: Flask) -> None:
    """第二十一条, SPEC §7.5 (14): reports of others answer the plan."""
    actor = Actor(
        college, draft(college, "A01", level=2, deadline_days=15, classification="sensitive")
    )
    with college.app_context():
        actor.to_work()
        pass_days(college, 8)
        counts = {}
        for who in (HEAD, "王尔基", "覃燚"):
            viewer = actor.viewer(who)
            if actor_sees(viewer.person_id):
                counts[who] = db.session.scalar(select(missing(viewer)).select_from(Item))
    assert counts[HEAD] == 1
    assert {count for who, count in counts.items() if who != HEAD} == {0}


def actor_sees(person_id: int | None) -> bool:
    """Whether the person is on the list."""
    listed = select(NeedToKnow.id).where(NeedToKnow.person_id == person_id)
    return db.session.scalar(listed.limit(1)) is not None
