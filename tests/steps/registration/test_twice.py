"""One form sent more than once: the same text once, another text as well, and nothing claimed
that was not done."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Event, Item
from tests.pages import get, values_of
from tests.stages import as_of
from tests.steps.registration.pages import ENOUGH, NEW, unit_id

As = Callable[[str], FlaskClient]


def _items(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        as_of(app, "何玉萍")
        rows = db.session.execute(select(Item.title, Item.state).order_by(Item.id))
        return [(row.title, row.state) for row in rows]


def _form(app: Flask, client: FlaskClient) -> dict[str, object]:
    typed = {**values_of(get(client, NEW).form("/items/new")), **ENOUGH}
    del typed["submit"]
    return {**typed, "lead_unit": unit_id(app, "保卫处"), "secret": "no"}


def _saves(app: Flask) -> int:
    with app.app_context():
        as_of(app, "何玉萍")
        return db.session.scalar(select(func.count()).where(Event.act == "save")) or 0


def test_a_new_form_sent_again(college: Flask, as_: As) -> None:
    """保存 twice is one draft; with another title it is that draft with this title; 提交立项 in
    the same form then submits it."""
    client = as_("何玉萍")
    typed = _form(college, client)
    for title in ("消防检查", "消防检查", "消防隐患检查"):
        answer = client.post("/items/new", data={**typed, "title": title, "save": "y"})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:800]
        assert _items(college) == [(title, "draft")]
    assert _saves(college) == 1
    for _click in range(2):
        answer = client.post("/items/new", data={**typed, "title": "消防隐患检查", "submit": "y"})
        assert answer.status_code == 303
        assert _items(college) == [("消防隐患检查", "pending_sign")]
    late = client.post("/items/new", data={**typed, "title": "别的事项", "save": "y"})
    assert late.status_code in (409, 422), "it is with the leader"
    assert _items(college) == [("消防隐患检查", "pending_sign")]


def test_a_draft_saved_twice_with_other_words_shows_the_difference(college: Flask, as_: As) -> None:
    """The second text is not lost: it comes back beside what was saved."""
    client = as_("何玉萍")
    client.post("/items/new", data={**_form(college, client), "title": "消防检查", "save": "y"})
    with college.app_context():
        as_of(college, "何玉萍")
        address = f"/items/{db.session.scalars(select(Item.public_id)).one()}/form"
    form = values_of(get(client, address).form(address))
    first = client.post(address, data={**form, "title": "消防隐患检查", "save": "y"})
    again = client.post(address, data={**form, "title": "消防隐患检查", "save": "y"})
    assert (first.status_code, again.status_code) == (303, 303)
    other = client.post(address, data={**form, "title": "冬季消防检查", "save": "y"})
    assert other.status_code == 409
    assert "冬季消防检查" in other.get_data(as_text=True)
    assert _items(college) == [("消防隐患检查", "draft")]
