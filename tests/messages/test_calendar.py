"""/calendar/<secret>.ics: a person's days, and nobody else's (第十八条, SPEC §7.3, §7.5)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from portal.config import Settings
from portal.embedded import Servers, connect
from portal.messages import feeds
from portal.messages.days import Day
from portal.messages.ics import calendar_of
from tests.pages import fill, get
from tests.stages import bring

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
HANDLER, HEAD, STRANGER = "邓涛", "坤建军", "周慎之"


@pytest.fixture
def item(college: Flask, draft_item: New) -> uuid.UUID:
    """In work with 保卫处."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
    return public_id


def address_of(client: FlaskClient) -> str:
    """A new address, as the page shows it once."""
    page = fill(client, "/account/messages", "/account/calendar")
    assert page.status == 201
    found = page.soup.select_one("#calendar-address")
    assert found is not None
    return re.sub(r"^https?://[^/]+", "", str(found["value"]))


def days(client: FlaskClient, address: str) -> dict[str, str]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(event["uid"]): str(event["summary"]) for event in events}


def test_due_days_and_feedback_days_without_sign_in(
    as_: As, client: FlaskClient, item: uuid.UUID
) -> None:
    """The handler's and the head's, by the same names; a stranger's calendar is empty."""
    found = days(client, address_of(as_(HANDLER)))
    assert f"due-{item}@duban" in found
    assert any(uid.startswith(f"feedback-{item}-") for uid in found)
    assert days(client, address_of(as_(HEAD))) == found
    assert days(client, address_of(as_(STRANGER))) == {}


def test_of_a_sensitive_item_only_that_something_is_due(
    as_: As, client: FlaskClient, item: uuid.UUID, database: Servers
) -> None:
    address, other = address_of(as_(HANDLER)), address_of(as_(HEAD))
    before = client.get(address).get_data(as_text=True)
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', title = 'Canary', readers = ARRAY["
            "-(SELECT id FROM person WHERE name = %s)::int]",
            [HANDLER],
        )
        number = raw.execute("SELECT doc_seq FROM item").fetchone()
    assert number is not None
    assert f"〔2026〕{number[0]}号" in before.replace("\r\n ", "")
    after = client.get(address).get_data(as_text=True).replace("\r\n ", "")
    assert "1项督办事项应办结" in after
    assert "Canary" not in after
    assert "〔2026〕" not in after
    assert f"/items/{item}" not in after
    assert days(client, other) == {}


def test_shown_once_kept_as_a_digest_and_taken_back(
    as_: As, client: FlaskClient, database: Servers
) -> None:
    person = as_(HANDLER)
    first = address_of(person)
    token = first.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 43
    assert token not in get(person, "/account/messages").html
    with connect(database.owner_url) as raw:
        kept = raw.execute("SELECT digest FROM calendar_feed").fetchall()
    assert kept == [(feeds.digest_of(token),)]
    second = address_of(person)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    fill(person, "/account/messages", "/account/calendar/end")
    unknown = client.get(f"/calendar/{'x' * 43}.ics")
    gone = client.get(second)
    assert gone.status_code == unknown.status_code == 404
    assert re.sub(r"nonce-[\w-]+|nonce=\"[^\"]+\"", "", gone.get_data(as_text=True)) == re.sub(
        r"nonce-[\w-]+|nonce=\"[^\"]+\"", "", unknown.get_data(as_text=True)
    )


def test_it_ends_with_its_person(as_: As, client: FlaskClient, database: Servers) -> None:
    address = address_of(as_(HANDLER))
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE account SET active = false WHERE username <> ''")
    assert client.get(address).status_code == 404


def test_it_may_be_kept_and_is_asked_for_again(
    as_: As, client: FlaskClient, item: uuid.UUID
) -> None:
    address = address_of(as_(HANDLER))
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_guessing_is_slowed_down_and_hinders_nobody_else(
    as_: As, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "TRIES", 3)
    address = address_of(as_(HANDLER))
    statuses = [client.get(f"/calendar/{n}.ics").status_code for n in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert [client.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_an_open_address_shows_the_owners_days_to_whoever_is_signed_in(
    as_: As, item: uuid.UUID
) -> None:
    """The secret says whose days they are, not the browser's session."""
    address = address_of(as_(STRANGER))
    assert days(as_(HANDLER), address) == {}


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300)


@given(summary=TEXTS, note=TEXTS, on=st.dates(date(2020, 1, 1), date(2099, 12, 30)))
@settings(max_examples=60, deadline=None)
def test_whatever_a_title_holds_the_file_is_sound(summary: str, note: str, on: date) -> None:
    """Lines of at most 75 octets ending in CRLF; what is read back is what was put in."""
    day = Day("due-1", on, summary, note, "/items/1", datetime(2026, 1, 1, tzinfo=UTC), 3)
    content = calendar_of([day], Settings(public_url="https://duban.example"))
    assert content == calendar_of([day], Settings(public_url="https://duban.example"))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == summary
    assert str(event["description"]) == note
    assert event["dtstart"].dt == on
