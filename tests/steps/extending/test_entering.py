"""代录延期申请 (第十九条, SPEC §8.4): the sheet the head signed; by its day the cut-off judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.errors import NotOffered
from portal.extensions import db
from portal.rulebook.refusals import Unmet
from portal.steps.extending import commands
from portal.steps.paper import commands as paper
from tests.attachments.kept import given
from tests.pages import get, send, values_of
from tests.people import draft
from tests.steps import entries
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE, OFFICE_HEAD, REASON, Actor, intent
from tests.steps.extending import asking
from tests.steps.paper import sheet

As = Callable[[str], FlaskClient]
LAST = date(2026, 12, 3)
"""Issued on 23 November for 15 days, due on 8 December: the last day for a request."""


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work, the day after its last day for a request."""
    found = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        found.to_work()
        asking.stand(found, "2026-12-04 09:00:00")
        yield found


def _enter(actor: Actor, who: str = OFFICE, **how: Any) -> None:
    viewer, item = actor.item(who)
    files = how.pop("files", (entries.scan("延期申请.pdf"),))
    asked = how.pop("asked", asking.asked())
    signer = how.pop("signer", HEAD)
    entry = entries.entry(signer, **{"paper_on": LAST, **how})
    commands.enter(viewer, item, asked, entry, intent(item), declared=True, files=files)


def test_the_papers_day_is_judged_and_the_heads_box_is_filled(actor: Actor) -> None:
    """Typed in the day after: timely, blue, with the leader; signed by the head on paper."""
    _enter(actor)
    found = asking.latest(actor)
    assert (found.state, found.timely, found.applied_by_id) == (
        "ext_sign", True, actor.viewer(HEAD).person_id,
    )  # fmt: skip
    _viewer, item = actor.item()
    assert item.blue
    box = sheet.slot(item, "ext_unit")
    assert (box.state, box.via, box.paper_on) == ("agreed", "paper", LAST)
    assert box.scan_id is not None
    event = actor.events()[-1]
    assert (event.act, event.facts["signed"], event.facts["paper_on"]) == (
        "enter_extension", "ext_unit", LAST.isoformat(),
    )  # fmt: skip
    assert actor.viewer(HEAD).person_id in event.tells
    asking.agree(actor, "agree_extension", LEADER)
    asking.agree(actor, "check_extension", OFFICE_HEAD)
    assert actor.item()[1].due == date(2026, 12, 14)


def test_the_head_may_object(actor: Actor) -> None:
    """The box is asked anew, as every signature on paper is."""
    _enter(actor)
    viewer, item = actor.item(HEAD)
    paper.contest(viewer, item, sheet.slot(item, "ext_unit"), intent(item, REASON))
    assert asking.latest(actor).state == "ext_unit"


def test_late_it_needs_the_ground_and_a_proof_besides_the_sheet(actor: Actor) -> None:
    late = {"paper_on": date(2026, 12, 4), "asked": asking.asked(late_ground=True)}
    with pytest.raises(Unmet) as refused:
        _enter(actor, paper_on=date(2026, 12, 4))
    db.session.rollback()
    assert set(refused.value.fields) == {"late_ground"}
    with pytest.raises(Unmet) as refused:
        _enter(actor, **late)
    db.session.rollback()
    assert set(refused.value.fields) == {"files"}
    _enter(actor, **late, files=(entries.scan("延期申请.pdf"), entries.scan("通告.pdf")))
    assert not asking.latest(actor).timely


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signer": HANDLER}, "signer_id"),
        ({"signer": OFFICE}, "signer_id"),
        ({"paper_on": date(2026, 12, 5)}, "paper_on"),
        ({"paper_on": date(2026, 11, 22)}, "paper_on"),
        ({"files": ()}, "files"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(
    actor: Actor, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unmet) as refused:
        _enter(actor, **wrong)
    db.session.rollback()
    assert field in refused.value.fields


def test_it_is_the_written_form_of_a_request_made_by_word(college: Flask) -> None:
    """Of level 1: within a working day of the call, the call is what counts."""
    found = Actor(college, draft(college, "A01", level=1, deadline_days=3))
    with college.app_context():
        found.to_work()
        asking.call(found, found.viewer(OFFICE).moment.instant, HEAD, LEADER)
        called = asking.latest(found)
        _enter(found, paper_on=found.viewer(OFFICE).moment.day)
        written = asking.latest(found)
        assert (written.id, written.state, written.timely) == (called.id, "ext_sign", True)
        assert written.applied_at == written.oral_at


def test_only_the_office_types_it_in(actor: Actor) -> None:
    for name in (OFFICE_HEAD, HEAD, HANDLER, LEADER):
        with pytest.raises(NotOffered):
            _enter(actor, name)
        db.session.rollback()


def test_the_page(college: Flask, as_: As) -> None:
    """The link, the form, the scan; who may not type it in finds no form."""
    found = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        found.to_work()
        head = str(found.viewer(HEAD).person_id)
    address = f"/items/{found.public_id}/extension/entry"
    office = as_(OFFICE)
    assert address in get(office, f"/items/{found.public_id}").html
    form = get(office, address).form(address)
    typed: dict[str, object] = {
        **values_of(form), "signer_id": head, "paper_on": "2026-11-23", "days": "5",
        "reason": asking.WHY, "progress": asking.SO_FAR, "declared": "y",
    }  # fmt: skip
    without = send(office, address, typed)
    assert without.status == 422
    assert asking.WHY in without.text
    done = send(office, address, {**typed, "files": given(("延期申请.pdf", sheet.SCAN))})
    assert done.status == 303, done.text[:800]
    page = get(office, f"/items/{found.public_id}")
    assert "提出时间 2026年11月23日，在最迟申请时间" in page.text
    assert address not in page.html
    assert as_(HEAD).get(address).status_code == 422
