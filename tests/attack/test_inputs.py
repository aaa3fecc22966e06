"""Hostile input: whatever a client sends, the answer is a page of the portal and never a 500."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, Person
from portal.rulebook.scope import view_as
from tests.pages import fill, get, send, values_of
from tests.people import csrf

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]

NO_TEXT = (
    {"username": "\ud800", "password": "\ud800"},
    {"username": 1, "password": {"a": 1}, "next": 5},
    {"username": ["x"], "password": None},
    [1, 2],
    None,
)


@pytest.mark.parametrize("body", NO_TEXT)
def test_a_json_body_fills_no_field(client: FlaskClient, body: object) -> None:
    answer = client.post("/login", json=body, headers={"X-CSRFToken": csrf(client)})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["username", "password", "next"])
def test_a_file_is_not_a_text(client: FlaskClient, name: str) -> None:
    body = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in (
            (b"csrf_token", b"", csrf(client).encode()),
            *((other.encode(), b"", b"x") for other in ("username", "password") if other != name),
            (name.encode(), b'; filename="x.txt"', b"x"),
        )
    )
    answer = client.post(
        "/login", data=body + b"--B--\r\n", content_type="multipart/form-data; boundary=B"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("target", ["//[", "//℀.com", "//evil.example", "/\\evil.example"])
def test_an_address_that_is_none_leads_to_the_desk(client: FlaskClient, target: str) -> None:
    assert client.get("/login", query_string={"next": target}).status_code == 200
    headers = {"HX-Request": "true", "HX-Current-URL": f"http:{target}"}
    assert client.get("/ledger", headers=headers).headers["HX-Redirect"].startswith("/login")


REFUSED: Mapping[str, Mapping[str, object]] = {
    "days no database holds": {"deadline_days": "9" * 30},
    "days just too many": {"deadline_days": "3651"},
    "no day": {"deadline_days": "-5"},
    "a day without a calendar": {
        "deadline_kind": "date",
        "deadline_date": "9999-12-31",
        "deadline_basis": "依据",
    },
    "a title nobody sees": {"title": "\u200b\u2066\u200d\ufeff"},
    "no answer to the question": {"secret": []},
    "the other answer": {"secret": "yes"},
}


@pytest.mark.parametrize("typed", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("button", ["save", "submit"])
def test_a_draft_is_refused(as_: As, typed: Mapping[str, object], button: str) -> None:
    office = as_("何玉萍")
    form = get(office, "/items/new?secret=no").form("/items/new")
    lead = form.find("option", string="保卫处")
    assert lead is not None
    plain = {
        "title": "事项",
        "requirement": "要求",
        "source_type": "routine",
        "lead_unit": lead["value"],
        button: "",
    }
    assert send(office, "/items/new", {**values_of(form), **plain, **typed}).status == 422


def test_a_changed_draft_answers_the_question_too(as_: As, draft_item: New) -> None:
    address = f"/items/{draft_item()}"
    answers: tuple[object, ...] = ("yes", [])
    for answer in answers:
        typed = {"secret": answer, "submit": ""}
        assert fill(as_("何玉萍"), f"{address}/form", "/form", typed).status == 422


def test_signs_that_turn_a_line_round_are_dropped(college: Flask, as_: As, draft_item: New) -> None:
    public_id = draft_item()
    typed = {"title": "\u202e甲\u2066乙\u200b", "save": ""}
    assert fill(as_("何玉萍"), f"/items/{public_id}/form", "/form", typed).status == 303
    with college.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(person, college.extensions["portal.clock"])
        title = db.session.scalar(select(Item.title).where(Item.public_id == public_id))
    assert title == "甲乙"


@pytest.mark.parametrize("code", ["%00", "BWC%00", "..", "%F0%9F%98%80", "9" * 400])
def test_a_unit_that_is_none_is_not_found(as_: As, draft_item: New, code: str) -> None:
    office, address = as_("何玉萍"), f"/items/{draft_item()}"
    for part in ("receipt", "handler"):
        answer = send(
            office, f"{address}/units/{code}/{part}", {"csrf_token": csrf(office, address)}
        )
        assert answer.status == 404
