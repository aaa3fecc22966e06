"""知悉范围 as people meet it: the card, its forms, and what others see instead (SPEC §7.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.steps.registration import commands as registration
from tests.pages import Page, fill, get, send
from tests.people import csrf
from tests.steps.acting import Actor, intent
from tests.steps.knowledge.listing import REASON, entries, sensitive

As = Callable[[str], FlaskClient]
OFFICE_HEAD = "杨思源"
NOBODY = uuid.UUID(int=7)
"""An entry that is on no list."""


@pytest.fixture
def submitted(college: Flask) -> uuid.UUID:
    """A sensitive item that waits for 坤清祥's signature."""
    with sensitive(college) as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        return actor.public_id


def _card(page: Page) -> str:
    found = page.soup.find(id="knowledge")
    return " ".join(found.get_text(" ").split()) if found else ""


@pytest.mark.parametrize(
    ("name", "card", "forms"),
    [
        (OFFICE_HEAD, True, {"/knowledge"}),
        ("坤清祥", True, set()),
        ("余茂春", False, {"/sensitivity/end"}),
        ("何玉萍", False, set()),
        ("向维岷", False, set()),
        ("坤建军", False, set()),
    ],
)
def test_the_list_shows_to_who_keeps_it_and_to_the_responsible_leader(
    submitted: uuid.UUID, as_: As, name: str, card: bool, forms: set[str]
) -> None:
    """Others on the list read 「敏感（工作秘密）」 and nothing of who else knows."""
    page = get(as_(name), f"/items/{submitted}")
    assert "敏感（工作秘密）" in page.text
    assert bool(_card(page)) == card
    address = f"/items/{submitted}"
    tails = {action.removeprefix(address) for action in page.actions()}
    assert {tail for tail in tails if tail in ("/knowledge", "/sensitivity/end")} == forms
    removals = [tail for tail in tails if tail.startswith("/knowledge/")]
    assert bool(removals) == (name == OFFICE_HEAD)


def test_the_card_says_who_since_when_why_and_by_whom(submitted: uuid.UUID, as_: As) -> None:
    card = _card(get(as_(OFFICE_HEAD), f"/items/{submitted}"))
    assert "坤建军 处长 全部内容 单位负责人 11月23日 何玉萍" in card
    assert "覃燚 处长 仅后勤国资处承办部分 单位负责人" in card


@pytest.mark.parametrize(
    "typed", ["冉静", "冉静 20100019", "20100019", "ran jing", "ranjing", "RJ"]
)
def test_a_person_is_added_by_name_pinyin_or_number(
    college: Flask, submitted: uuid.UUID, as_: As, typed: str
) -> None:
    """Without any script: the text alone is enough."""
    address = f"/items/{submitted}"
    office = as_(OFFICE_HEAD)
    assert get(office, address).soup.find("option", attrs={"value": "冉静 20100019"})
    answer = fill(office, address, "/knowledge", {"person": typed, "opinion": REASON})
    assert answer.status == 303, answer.text[:500]
    assert get(as_("冉静"), address).status == 200
    page = get(office, address)
    assert "冉静" in _card(page)
    assert "增加知悉人" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请选择人员"),
        ("无此人", "没有找到此人"),
        ("何玉萍 20100019", "没有找到此人"),
        ("向维岷", "已在知悉范围"),
    ],
)
def test_who_cannot_be_added_is_said_at_the_field(
    submitted: uuid.UUID, as_: As, typed: str, said: str
) -> None:
    address = f"/items/{submitted}"
    answer = fill(as_(OFFICE_HEAD), address, "/knowledge", {"person": typed, "opinion": REASON})
    assert answer.status == 422
    assert said in answer.text
    answer.check()


def test_a_co_units_part_alone(college: Flask, submitted: uuid.UUID, as_: As) -> None:
    address = f"/items/{submitted}"
    office = as_(OFFICE_HEAD)
    part = get(office, address).soup.find("option", string="仅学工部承办部分")
    assert part is not None
    fill(
        office,
        address,
        "/knowledge",
        {"person": "刘翀", "part": part["value"], "opinion": REASON},
    )
    with college.app_context():
        assert entries(Actor(college, submitted))[-1].part == "XGB"


def _remove(client: FlaskClient, submitted: uuid.UUID, name: str) -> Page:
    page = get(client, f"/items/{submitted}")
    for form in page.soup.find_all("form"):
        row = form.find_parent("tr")
        if row is not None and name in row.get_text():
            fields = {str(one["name"]): str(one["value"]) for one in form.find_all("input")}
            return send(client, str(form["action"]), fields)
    raise AssertionError(f"{name} cannot be removed here")


def test_a_person_is_removed_and_stays_as_a_former_one(submitted: uuid.UUID, as_: As) -> None:
    office, address = as_(OFFICE_HEAD), f"/items/{submitted}"
    assert _remove(office, submitted, "坤建军").location == address
    assert get(as_("坤建军"), address).status == 404
    card = _card(get(office, address))
    assert "曾在知悉范围 1人" in card
    assert "由杨思源移出" in card
    timeline = get(as_("何玉萍"), address).text
    assert "移出知悉范围" not in timeline, "who is not shown the list is not shown its changes"
    assert "移出知悉范围" in get(office, address).text


def test_ones_own_removal_answers_with_the_desk(submitted: uuid.UUID, as_: As) -> None:
    """Not a page that is not found."""
    office = as_(OFFICE_HEAD)
    answer = _remove(office, submitted, OFFICE_HEAD)
    assert (answer.status, answer.location) == (303, "/")
    assert "已移出知悉范围" in get(office, "/").text
    assert get(office, f"/items/{submitted}").status == 404


@pytest.mark.parametrize(
    ("removed", "said"),
    [("坤清祥", "坤清祥尚不在知悉范围，本事项无法继续办理。"), ("余茂春", "")],
)
def test_who_must_sign_now_and_is_not_listed_is_named(
    submitted: uuid.UUID, as_: As, removed: str, said: str
) -> None:
    """Only whose turn it is now holds the item up."""
    office = as_(OFFICE_HEAD)
    _remove(office, submitted, removed)
    card = _card(get(office, f"/items/{submitted}"))
    assert ("本事项无法继续办理" in card) == bool(said)
    assert said in card
    waits = get(as_("何玉萍"), f"/items/{submitted}").text
    assert ("由党政办安排" in waits) == bool(said)


@pytest.mark.parametrize(
    "tail", ["/sensitivity", "/sensitivity/end", "/knowledge", f"/knowledge/{NOBODY}/removal"]
)
def test_acts_on_an_item_not_seen_answer_as_on_a_missing_one(
    submitted: uuid.UUID, as_: As, tail: str
) -> None:
    """王尔基 acts for a listed head, 冉静 is of 纪委办: 404, the same as for an id that is none."""
    for name in ("冉静", "王尔基", "周慎之"):
        client = as_(name)
        data = {"csrf_token": csrf(client, "/account/password"), "opinion": REASON}
        for item_id in (submitted, uuid.uuid4()):
            assert send(client, f"/items/{item_id}{tail}", data).status == 404


def test_marking_by_the_form_on_the_page(as_: As, draft_item: Callable[..., uuid.UUID]) -> None:
    """定为敏感 stands apart on the page of an open item, for 党政办主任."""
    public_id = draft_item("A01")
    office = as_(OFFICE_HEAD)
    address = f"/items/{public_id}"
    assert fill(office, address, "/sensitivity", {"opinion": "太短"}).status == 422
    answer = fill(office, address, "/sensitivity", {"opinion": REASON})
    assert (answer.status, answer.location) == (303, address)
    assert "敏感（工作秘密）" in get(office, address).text
