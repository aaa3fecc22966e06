"""查阅记录 (SPEC §7.6): every look at a sensitive item is a row, and nobody takes it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Person, ViewLog
from portal.rulebook.scope import view_as
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from tests.attachments import files
from tests.attachments.kept import given
from tests.pages import fill, get, send, values_of
from tests.people import csrf, draft, sign_in
from tests.steps.acting import Actor, intent
from tests.steps.knowledge.listing import person_id, sensitive

As = Callable[[str], FlaskClient]
Row = tuple[str, str, str, str]
OFFICE, OFFICE_HEAD, LEADER = "何玉萍", "杨思源", "坤清祥"


@pytest.fixture
def item_id(college: Flask) -> uuid.UUID:
    """A sensitive item with a picture, submitted."""
    public_id = draft(college, "A01", classification="sensitive")
    sent = {"files": given(("现场.png", files.png())), "declared": "y"}
    assert fill(sign_in(college, OFFICE), f"/items/{public_id}", "/attachments", sent).status == 303
    with college.app_context():
        viewer, item = Actor(college, public_id).item()
        registration.submit(viewer, item, intent(item), declared=True)
    return public_id


def _rows(app: Flask, after: int = 0) -> list[Row]:
    """Who, what, which, from where, in the order of the looks."""
    with app.app_context():
        view_as(person_id(OFFICE_HEAD), app.extensions["portal.clock"])
        found = db.session.execute(
            select(Person.name, ViewLog.page, ViewLog.detail, ViewLog.address)
            .join(ViewLog, ViewLog.person_id == Person.id)
            .order_by(ViewLog.id)
        ).all()
    return [tuple(row) for row in found][after:]  # type: ignore[misc]  # four columns each


def _file(client: FlaskClient, item_id: uuid.UUID) -> str:
    page = get(client, f"/items/{item_id}").html
    return page.split("/attachments/")[1][:36]


def test_every_look_is_a_row_of_who_what_and_from_where(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """Its page, the page of a file, the file; asking is what counts, whichever route answers."""
    leader = as_(LEADER)
    before = len(_rows(college))
    file_id = _file(leader, item_id)
    from_afar = {"REMOTE_ADDR": "10.1.2.3"}
    for tail in (f"/attachments/{file_id}/page", f"/attachments/{file_id}"):
        leader.get(f"/items/{item_id}{tail}", environ_overrides=from_afar).close()
    assert _rows(college, before) == [
        (LEADER, "item.page", "", "127.0.0.1"),
        (LEADER, "attachments.shown", file_id, "10.1.2.3"),
        (LEADER, "attachments.download", file_id, "10.1.2.3"),
    ]


def test_a_form_that_comes_back_with_errors_is_a_look(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """It shows the item's title."""
    leader = as_(LEADER)
    token = csrf(leader, "/account/password")
    before = len(_rows(college))
    data = {"csrf_token": token, "act": "reject", "opinion": "短"}
    assert leader.post(f"/items/{item_id}/rejection", data=data).status_code == 422
    assert _rows(college, before) == [(LEADER, "signing.rejection", "", "127.0.0.1")]


def test_what_was_done_meanwhile_is_a_look(college: Flask, as_: As, item_id: uuid.UUID) -> None:
    """409 shows the item's title and the acts of others."""
    leader, address = as_(LEADER), f"/items/{item_id}"
    typed = values_of(get(leader, address).form("/signature"))
    for action, ticks in (("/withdrawal", {}), ("/submission", {"declared": "y"})):
        assert fill(as_(OFFICE), address, action, ticks).status == 303
    before = len(_rows(college))
    assert send(leader, f"{address}/signature", typed).status == 409
    assert _rows(college, before) == [(LEADER, "signing.signature", "", "127.0.0.1")]


def test_a_list_that_shows_results_is_a_look_at_each(college: Flask, as_: As) -> None:
    """批量阅知 shows 办结情况; other lists show titles and are not logged."""
    with sensitive(college) as actor:
        actor.to_work()
        actor.apply_close()
        for who, act in ((LEADER, "sign_close"), (OFFICE_HEAD, "check_close"),
                         ("余茂春", "review_close")):  # fmt: skip
            actor.sign(who, act)
    before, reader = len(_rows(college)), as_("向维岷")
    assert "隐患17处" in get(reader, "/todo/reading").text
    assert get(reader, "/todo").status == 200
    assert _rows(college, before) == [("向维岷", "reading.page", "", "127.0.0.1")]


@pytest.mark.parametrize("who", ["冉静", "王尔基"])
def test_who_sees_nothing_leaves_no_row(
    college: Flask, as_: As, item_id: uuid.UUID, who: str
) -> None:
    before = len(_rows(college))
    assert as_(who).get(f"/items/{item_id}").status_code == 404
    assert _rows(college, before) == []


def test_open_items_are_not_logged(college: Flask, as_: As) -> None:
    public_id = draft(college, "A03")
    assert get(as_(OFFICE), f"/items/{public_id}").status == 200
    with college.app_context():
        view_as(person_id(OFFICE), college.extensions["portal.clock"])
        assert db.session.scalars(select(ViewLog)).all() == []


def test_no_answer_without_its_row(
    college: Flask, as_: As, item_id: uuid.UUID, database: Servers
) -> None:
    """Where the row cannot be written, the page is not shown."""
    leader = as_(LEADER)
    with connect(database.owner_url) as raw:
        raw.execute("REVOKE INSERT ON view_log FROM portal_web")
    college.config["PROPAGATE_EXCEPTIONS"] = False
    college.testing = False
    answer = leader.get(f"/items/{item_id}")
    assert answer.status_code == 500
    assert "冬季校园" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE view_log SET address = ''", "DELETE FROM view_log", "TRUNCATE view_log"],
)
def test_rows_are_append_only(
    college: Flask, as_: As, item_id: uuid.UUID, database: Servers, statement: str
) -> None:
    """For the owner of the tables and for the web's role."""
    assert get(as_(LEADER), f"/items/{item_id}").status == 200
    with connect(database.owner_url) as raw, pytest.raises(Exception, match="append-only"):
        raw.execute(statement)
    with college.app_context():
        view_as(person_id(LEADER), college.extensions["portal.clock"])
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("who", "reads"),
    [(OFFICE_HEAD, True), (LEADER, True), (OFFICE, False), ("向维岷", False), ("坤建军", False)],
)
def test_the_log_shows_to_the_keeper_and_the_responsible_leader(
    as_: As, item_id: uuid.UUID, who: str, reads: bool
) -> None:
    """On the item's page and, page by page, on one of its own."""
    assert get(as_("余茂春"), f"/items/{item_id}").status == 200
    client = as_(who)
    page = get(client, f"/items/{item_id}")
    assert ("查阅记录" in page.text) == reads
    answer = get(client, f"/items/{item_id}/views")
    assert answer.status == (200 if reads else 422)
    assert ("余茂春 党委副书记 事项页面 127.0.0.1" in answer.text) == reads
    if reads:
        assert get(client, f"/items/{item_id}/views?page=99").status == 200


def test_the_log_goes_with_the_list(college: Flask, as_: As, item_id: uuid.UUID) -> None:
    """A row's readers follow the item's, as those of every part."""
    get(as_(LEADER), f"/items/{item_id}")
    with college.app_context():
        actor = Actor(college, item_id)
        viewer, item = actor.item(OFFICE_HEAD)
        knowledge.grant(viewer, item, intent(item, "依规参与核查。"), person_id("冉静"), None)
        viewer, item = actor.item("冉静")
        rows = db.session.scalars(select(ViewLog)).all()
        assert rows
        assert {tuple(row.readers) for row in rows} == {tuple(item.readers)}


@pytest.mark.parametrize("tail", ["", "/attachments/{file}/page", "/views", "/feedback/new"])
def test_every_page_of_the_item_carries_the_readers_watermark(
    college: Flask, as_: As, tail: str
) -> None:
    """Name, 工号 and time, over the whole page."""
    public_id = draft(college, "A01", classification="sensitive")
    sent = {"files": given(("现场.png", files.png())), "declared": "y"}
    fill(as_(OFFICE), f"/items/{public_id}", "/attachments", sent)
    with college.app_context():
        Actor(college, public_id).to_work()
    who, number = ("邓涛", "20100049") if tail == "/feedback/new" else (OFFICE_HEAD, "20100011")
    client = as_(who)
    address = f"/items/{public_id}{tail.format(file=_file(client, public_id))}"
    mark = get(client, address).soup.find("svg", class_="db-watermark")
    assert mark is not None
    assert f"{who}　{number}　2026年11月23日" in mark.get_text()


def test_files_of_a_sensitive_item_have_names_that_say_nothing(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """SPEC §7.5 (9); those of an open one keep theirs."""
    client = as_(LEADER)
    file_id = _file(client, item_id)
    told = _name_of(client, f"/items/{item_id}/attachments/{file_id}")
    assert file_id[:6] in told
    assert "%E7%8E%B0" not in told
    public_id = draft(college, "A03")
    sent = {"files": given(("现场.png", files.png())), "declared": "y"}
    fill(as_(OFFICE), f"/items/{public_id}", "/attachments", sent)
    office = as_(OFFICE)
    address = f"/items/{public_id}/attachments/{_file(office, public_id)}"
    assert "%E7%8E%B0" in _name_of(office, address)


def _name_of(client: FlaskClient, address: str) -> str:
    """What the answer calls the file; 「现」 is %E7%8E%B0 there."""
    answer = client.get(address)
    answer.close()
    return answer.headers["Content-Disposition"]
