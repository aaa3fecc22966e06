"""SPEC §7.2 at the forms of 立项, 反馈 and 办结: marked texts stop and are forgotten."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Person, SecrecyStop
from portal.rulebook.secrecy import CONFIRMATION, STOPPED
from tests.pages import Page, fill, get
from tests.test_main_line import CLOSING, LINE, REPORT, walk

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
MARKED = "秘　密★三年 关于某项工作的要求"
ASKING = "做好保密工作的要求"


class Form(NamedTuple):
    """A form, after how many acts of the main line who meets it where, and its texts."""

    acts: int
    who: str
    at: str
    action: str
    typed: dict[str, str]
    texts: tuple[str, ...]


FORMS = (
    Form(0, "何玉萍", "/form", "/form", {"save": ""}, ("title", "requirement", "source_ref")),
    Form(0, "何玉萍", "/form", "/form", {"save": ""}, ("deadline_basis",)),
    Form(8, "邓涛", "/feedback/new", "/feedback", REPORT,
         ("measures", "progress", "effect", "problems", "next_steps")),
    Form(8, "邓涛", "", "/closing", CLOSING, ("result_text",)),
)  # fmt: skip


def _stops(app: Flask) -> list[str]:
    with app.app_context():
        query = select(Person.name).join(SecrecyStop, SecrecyStop.person_id == Person.id)
        return list(db.session.scalars(query))


def _value(page: Page, name: str) -> str:
    field = page.soup.find(["input", "textarea"], attrs={"name": name})
    assert field is not None
    return field.get_text() if field.name == "textarea" else str(field.get("value", ""))


@pytest.mark.parametrize("form", FORMS, ids=[form.texts[0] for form in FORMS])
def test_a_marked_text_stops_the_form_and_is_forgotten(
    college: Flask, as_: As, draft_item: Draft, form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    """422 at the field, nothing echoed, nothing stored or logged but who and when."""
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[: form.acts])
    client, address = as_(form.who), f"/items/{public_id}{form.at}"
    caplog.set_level(logging.DEBUG)
    for number, name in enumerate(form.texts, start=1):
        answer = fill(
            client, address, form.action, {**form.typed, name: MARKED, "words_clear": "y"}
        )
        assert answer.status == 422
        assert STOPPED in answer.text
        assert "某项工作" not in answer.html
        assert _value(answer, name).strip() == ""
        assert "其余已填内容均已保留" in answer.text
        assert _stops(college) == [form.who] * number
    assert "某项工作" not in caplog.text
    assert "某项工作" not in get(client, f"/items/{public_id}").html


@pytest.mark.parametrize("form", FORMS, ids=[form.texts[0] for form in FORMS])
def test_an_ordinary_word_asks_once_and_keeps_the_text(
    college: Flask, as_: As, draft_item: Draft, form: Form
) -> None:
    """The tick shows with its words; with it the act is done."""
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[: form.acts])
    client, address, name = as_(form.who), f"/items/{public_id}{form.at}", form.texts[0]
    assert CONFIRMATION not in get(client, address).text
    typed = {**form.typed, name: ASKING}
    answer = fill(client, address, form.action, typed)
    assert answer.status == 422
    assert _value(answer, name).strip() == ASKING
    assert "“保密”" in answer.text
    assert CONFIRMATION in answer.text
    assert fill(client, address, form.action, {**typed, "words_clear": "y"}).status == 303
    assert _stops(college) == []


def test_a_new_item_is_not_begun_with_a_marked_text(college: Flask, as_: As) -> None:
    """第二十一条: the first form of all; not even a draft is left."""
    from portal.models import Item
    from portal.rulebook.scope import view_as

    typed = {"title": "绝密事项", "requirement": "排查", "submit": ""}
    answer = fill(as_("何玉萍"), "/items/new?secret=no", "/items/new", typed)
    assert answer.status == 422
    assert "绝密" not in answer.html
    assert _stops(college) == ["何玉萍"]
    with college.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(person, college.extensions["portal.clock"])
        assert db.session.scalar(select(func.count()).select_from(Item)) == 0
