"""密级标识 on the form of 立项 (第二十一条, SPEC §7.1)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook.refusals import Unmet
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands
from portal.steps.registration.classification import Marking
from tests.pages import Page, fill, get
from tests.people import draft
from tests.steps.acting import Actor, intent
from tests.steps.knowledge.listing import REASON, sensitive

As = Callable[[str], FlaskClient]
OFFICE, LIAISON = "何玉萍", "邓涛"
FORM = "/items/new?secret=no"


def _send(client: FlaskClient, **typed: object) -> Page:
    page = get(client, FORM)
    lead = page.soup.find("option", string="保卫处")
    assert lead is not None
    return fill(client, FORM, "/items/new", {"title": "试", "lead_unit": lead["value"], **typed})


def _choices(page: Page) -> dict[str, str]:
    boxes = page.soup.find_all("input", attrs={"name": "classification"})
    return {
        str(box["value"]): "".join(box.find_parent("label").get_text().split())  # type: ignore[union-attr]  # each stands in its label
        for box in boxes
    }


@pytest.mark.parametrize(("who", "public"), [(OFFICE, True), (LIAISON, False)])
def test_public_is_offered_to_the_office_only(as_: As, who: str, public: bool) -> None:
    """Never a state secret's grade, and who will know of a sensitive item is said."""
    page = get(as_(who), FORM)
    expected = {"internal": "内部", "sensitive": "敏感（工作秘密）"}
    assert _choices(page) == expected | ({"public": "公开"} if public else {})
    assert ("已进行保密审查" in page.text) == public
    assert "敏感事项仅知悉范围内人员可见" in page.text
    chosen = page.soup.find("input", attrs={"name": "classification", "checked": True})
    assert chosen is not None
    assert chosen["value"] == "internal"


@pytest.mark.parametrize(
    ("who", "typed", "stored", "said"),
    [
        (OFFICE, {}, "internal", ""),
        (OFFICE, {"classification": "sensitive"}, "sensitive", ""),
        (OFFICE, {"classification": "public", "reviewed": "y"}, "public", ""),
        (OFFICE, {"classification": "public"}, None, "应进行保密审查"),
        (OFFICE, {"classification": "secret"}, None, ""),
        (LIAISON, {"classification": "sensitive"}, "sensitive", ""),
        (LIAISON, {"classification": "public", "reviewed": "y"}, None, ""),
    ],
)
def test_what_is_chosen_is_stored(
    college: Flask, as_: As, who: str, typed: dict[str, str], stored: str | None, said: str
) -> None:
    answer = _send(as_(who), **typed)
    assert answer.status == (303 if stored else 422)
    assert said in answer.text
    if stored is None:
        return
    assert answer.location is not None
    with college.app_context():
        _viewer, item = Actor(college, uuid.UUID(answer.location[-36:])).item(who)
        assert item.classification == stored
        event = db.session.scalars(select(Event).where(Event.item_id == item.id)).one()
        assert event.facts["classification"] == stored, "公开 stands there with its review only"
        assert event.facts.keys() == {"classification", "content"}


@pytest.mark.parametrize(
    ("marking", "said"),
    [
        (Marking("public", reviewed=True), "由党政办审查后标注"),
        (Marking("public"), "由党政办审查后标注"),
    ],
)
def test_a_unit_cannot_publish_by_whatever_it_sends(
    college: Flask, marking: Marking, said: str
) -> None:
    public_id = draft(college, "A01", drafter="20100049")
    with college.app_context():
        viewer, item = Actor(college, public_id).item(LIAISON)
        fields = _fields(item)
        with pytest.raises(Unmet, match=said):
            commands.revise(viewer, item, fields, intent(item), marking=marking)


def _fields(item: Item) -> commands.ItemFields:
    return commands.ItemFields(title=item.title, lead_unit_id=item.lead_unit_id, level=item.level)


def test_a_draft_may_be_marked_and_unmarked(college: Flask) -> None:
    """While it is the drafter's own; without a word about it, it stays as it was."""
    with sensitive(college) as actor:
        for marking, stored in (
            (None, "sensitive"),
            (Marking(), "internal"),
            (Marking("sensitive"), "sensitive"),
        ):
            viewer, item = actor.item()
            commands.revise(viewer, item, _fields(item), intent(item), marking=marking)
            _viewer, item = actor.item()
            assert item.classification == stored


def test_what_went_out_sensitive_is_not_lowered_by_its_drafter(college: Flask, as_: As) -> None:
    """SPEC §7.3: down by 党政办分管领导 only."""
    with sensitive(college) as actor:
        viewer, item = actor.item()
        commands.submit(viewer, item, intent(item), declared=True)
        viewer, item = actor.item()
        commands.withdraw(viewer, item, intent(item))
        public_id = actor.public_id
    answer = fill(as_(OFFICE), f"/items/{public_id}/form", "/form", {"classification": "internal"})
    assert answer.status == 422
    assert "敏感标识由党政办分管领导取消。" in answer.text
    with college.app_context():
        _viewer, item = Actor(college, public_id).item()
        assert item.classification == "sensitive"


def test_the_form_shows_how_the_draft_is_marked(college: Flask, as_: As) -> None:
    """Opened, with the fold open; also after 党政办主任 marked it."""
    public_id = draft(college, "A01")
    with college.app_context():
        viewer, item = Actor(college, public_id).item("杨思源")
        knowledge.mark(viewer, item, intent(item, REASON))
    page = get(as_(OFFICE), f"/items/{public_id}/form")
    chosen = page.soup.find("input", attrs={"name": "classification", "checked": True})
    assert chosen is not None
    assert chosen["value"] == "sensitive"
    fold = page.soup.find("details", id="item-rest")
    assert fold is not None
    assert fold.has_attr("open")
