"""SPEC §7.2 at the forms of 立项, 反馈, 办结, at opinions: marked texts stop and are forgotten."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from wtforms import HiddenField, StringField
from wtforms.fields.core import UnboundField
from wtforms.widgets import HiddenInput

from portal.extensions import db
from portal.forms import ActForm
from portal.models import Person, SecrecyStop
from portal.person_field import PersonField
from portal.rulebook.secrecy import CONFIRMATION, STOPPED
from portal.scanned_forms import no_marks, no_secrets
from tests.pages import Page, fill, get, send
from tests.people import csrf
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


@pytest.mark.parametrize("action", ["/signature", "/return"])
def test_opinions_and_reasons_are_stopped_and_never_ask(
    college: Flask, as_: As, draft_item: Draft, action: str
) -> None:
    """A leader's signature, a return: a mark is forgotten, a word of daily life passes."""
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[:1])
    who = "坤清祥"
    client, address = as_(who), f"/items/{public_id}"
    marked = fill(client, address, action, {"opinion": f"请按{MARKED}办理，材料另送。"})
    assert marked.status == 422
    assert STOPPED in marked.text
    assert "某项工作" not in marked.html
    assert _stops(college) == [who]
    assert fill(client, address, action, {"opinion": f"{ASKING}，请一并考虑。"}).status == 303
    assert _stops(college) == [who]


def test_a_mark_typed_into_a_form_of_a_gone_item_is_not_handed_back(
    college: Flask, as_: As
) -> None:
    """404 gives back what was typed, but for this."""
    client = as_("坤清祥")
    for typed, handed_back in (("请依规办理。", True), (f"请按{MARKED}办理。", False)):
        data = {"csrf_token": csrf(client, "/account/password"), "opinion": typed}
        answer = send(client, f"/items/{uuid.uuid4()}/signature", data)
        assert (answer.status, typed in answer.html) == (404, handed_back)
    assert _stops(college) == ["坤清祥"]


def _classes(of: type[ActForm] = ActForm) -> Iterator[type[ActForm]]:
    for form in of.__subclasses__():
        if form.__module__.startswith("portal."):  # not those that another test makes up
            yield form
        yield from _classes(form)


IDENTIFYING = {
    "code", "emp_no", "phone", "email", "wecom_userid", "dingtalk_userid", "person", "username",
}  # fmt: skip
"""What an administrator says who or what somebody or a unit is by: each in a form of its own, no
sentence."""


def texts_of_acts() -> Iterator[tuple[str, Any]]:
    """Every field of every form of an act into which words of one's own are typed; of a person
    who is looked for, nothing typed is kept."""
    for form in _classes():
        for name in dir(form):
            made = getattr(form, name)
            if not isinstance(made, UnboundField) or not issubclass(made.field_class, StringField):
                continue
            hidden = isinstance(made.kwargs.get("widget"), HiddenInput)
            if form.__module__.startswith("portal.rooms.organisation") and name in IDENTIFYING:
                continue
            if not hidden and not issubclass(made.field_class, HiddenField | PersonField):
                yield f"{form.__name__}.{name}", made


def test_no_text_of_an_act_goes_in_unread(college: Flask) -> None:
    """第二十一条 holds for forms that come later, too."""
    assert college
    read = {
        name: {no_secrets, no_marks} & set(field.kwargs["validators"])
        for name, field in texts_of_acts()
    }
    assert len(read) > 30
    assert [name for name, checks in read.items() if not checks] == []


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
