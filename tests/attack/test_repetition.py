"""One form is one act: sent many times at once, sent again later, sent by somebody else."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Event, Feedback, Item, Person
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
TIMES = 8


def _viewer(app: Flask, name: str) -> Viewer:
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def _item(viewer: Viewer, public_id: uuid.UUID) -> Item:
    return db.session.scalars(visible(viewer, Item).where(Item.public_id == public_id)).one()


def at_once(
    clients: list[FlaskClient],
    address: str,
    data: Mapping[str, object] | Callable[[], Mapping[str, object]],
) -> list[Page]:
    """The same form sent by all at the same moment; with files each needs streams of its own."""
    ready = threading.Barrier(len(clients))
    answers: list[Page] = []

    def go(client: FlaskClient) -> None:
        ready.wait(10)
        answers.append(send(client, address, data() if callable(data) else data))

    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def copies(app: Flask, client: FlaskClient) -> list[FlaskClient]:
    """The same browser several times over: one session, one CSRF token."""
    cookie = client.get_cookie("duban")
    assert cookie is not None
    made = [app.test_client() for _ in range(TIMES)]
    for copy in made:
        copy.set_cookie("duban", cookie.value)
    return made


def new_item(client: FlaskClient) -> dict[str, object]:
    """A filled form of a new item."""
    form = get(client, "/items/new?secret=no").form("/items/new")
    lead = form.find("option", string="保卫处")
    assert lead is not None
    typed = {
        "title": "事项",
        "requirement": "要求",
        "source_type": "routine",
        "lead_unit": lead["value"],
        "save": "",
    }
    return {**values_of(form), **typed}


def test_a_new_item_sent_many_times_at_once_is_one(college: Flask, as_: As) -> None:
    office = as_("何玉萍")
    data = new_item(office)
    answers = at_once(copies(college, office), "/items/new", data)
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1


def test_the_form_of_a_deleted_draft_is_spent(as_: As) -> None:
    office = as_("何玉萍")
    data = new_item(office)
    made = send(office, "/items/new", data)
    assert made.location is not None
    assert fill(office, made.location, "/deletion").status == 303
    again = send(office, "/items/new", data)
    assert again.status == 422
    assert "表单已失效" in again.text


def _in_progress(app: Flask, public_id: uuid.UUID) -> None:
    """Up to the lead unit's receipt, its handler named."""
    with app.app_context():
        for name, act in (
            ("何玉萍", "submit"),
            ("坤清祥", "sign"),
            ("余茂春", "review"),
            ("三郎泽里", "approve"),
        ):
            viewer = _viewer(app, name)
            item = _item(viewer, public_id)
            intent = Intent(item.version, uuid.uuid4())
            if act == "submit":
                registration.submit(viewer, item, intent, declared=True)
            else:
                signing.sign(viewer, item, act, intent)
        viewer = _viewer(app, "何玉萍")
        item = _item(viewer, public_id)
        registration.file(viewer, item, Intent(None, uuid.uuid4()), word="阿职督办")
        issuing.issue(viewer, item, Intent(None, uuid.uuid4()))


def _reports(app: Flask, public_id: uuid.UUID) -> int:
    with app.app_context():
        item = _item(_viewer(app, "何玉萍"), public_id)
        count = db.session.scalar(
            select(func.count()).select_from(Feedback).where(Feedback.item_id == item.id)
        )
    return count or 0


def test_a_report_sent_many_times_at_once_is_one(college: Flask, as_: As, draft_item: New) -> None:
    """Each repetition left a draft of a report behind, and took the next instalment's place."""
    public_id = draft_item()
    _in_progress(college, public_id)
    head, address = as_("坤建军"), f"/items/{public_id}"
    share = next(action for action in get(head, address).actions() if action.endswith("/receipt"))
    assert fill(head, address, share).status == 303
    form = get(head, f"{address}/feedback/new").form("/feedback")
    texts = dict.fromkeys(("measures", "progress", "next_steps"), "已办。")
    data = {**values_of(form), **texts, "percent": "10", "declared": "y"}
    answers = at_once(copies(college, head), f"{address}/feedback", data)
    assert {answer.status for answer in answers} == {303}
    assert _reports(college, public_id) == 1


def test_the_key_of_another_act_reports_nothing(college: Flask, as_: As, draft_item: New) -> None:
    """It was answered as done, though nothing was."""
    public_id = draft_item()
    _in_progress(college, public_id)
    head, address = as_("坤建军"), f"/items/{public_id}"
    share = next(action for action in get(head, address).actions() if action.endswith("/receipt"))
    spent = {**values_of(get(head, address).form(share))}
    assert send(head, share, spent).status == 303
    texts = dict.fromkeys(("measures", "progress", "next_steps"), "已办。")
    data = {**texts, "percent": "10", "declared": "y", "key": spent["key"]}
    answer = send(head, f"{address}/feedback", {**data, "csrf_token": csrf(head, address)})
    assert answer.status == 422
    assert _reports(college, public_id) == 0


def test_somebody_elses_key_is_not_ones_own_act(college: Flask, as_: As, draft_item: New) -> None:
    """Who may not sign was told that it was done when sending the signer's own form."""
    public_id = draft_item()
    office, leader = as_("何玉萍"), as_("坤清祥")
    address = f"/items/{public_id}"
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    data = values_of(get(leader, address).form("/signature"))
    assert send(leader, f"{address}/signature", data).status == 303
    taken = {**data, "csrf_token": csrf(office, address)}
    assert send(office, f"{address}/signature", taken).status == 422


def test_a_units_own_draft_handed_in_twice_is_one_act(college: Flask, as_: As) -> None:
    """The second click of the liaison, whose draft goes to the head, was refused."""
    liaison = as_("邓涛")
    made = send(liaison, "/items/new", new_item(liaison))
    assert made.location is not None
    form = get(liaison, made.location).form("/submission")
    data = {**values_of(form), "declared": "y"}
    statuses = [send(liaison, str(form["action"]), data).status for _ in range(2)]
    assert statuses == [303, 303]
    with college.app_context():
        viewer = _viewer(college, "邓涛")
        item = _item(viewer, uuid.UUID(made.location.rsplit("/", 1)[1]))
        acts = db.session.scalars(select(Event.act).where(Event.item_id == item.id)).all()
    assert Counter(acts) == {"create": 1, "submit_unit": 1}
