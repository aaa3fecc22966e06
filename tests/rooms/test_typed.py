"""自动保存 (SPEC §8.14): kept until it is sent, one's own, never a text that must not be here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import SecrecyStop, TypedText
from portal.rooms.typed import commands
from portal.text_names import written
from tests.gate import reads_as
from tests.pages import fill, get
from tests.people import csrf

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
OFFICE, OTHER, STRANGER = "何玉萍", "杨思源", "周慎之"
WINDOW, SECOND = (uuid.uuid4().hex for _ in range(2))


def save(
    client: FlaskClient,
    place: str,
    texts: object,
    window: str = WINDOW,
    seen: int = 0,
) -> tuple[int, dict[str, Any]]:
    """What the page's script does every 30 seconds."""
    sent = {"place": place, "texts": json.dumps(texts), "window": window, "seen": str(seen)}
    token = csrf(client, "/account/password")
    answer = client.post("/typed", data={**sent, "csrf_token": token})
    return answer.status_code, answer.get_json(silent=True) or {}


def kept(client: FlaskClient, place: str) -> list[dict[str, str]]:
    return [row["texts"] for row in client.get("/typed", query_string={"place": place}).json or []]


def test_kept_for_its_writer_until_it_is_sent(as_: As, draft_item: Draft) -> None:
    """Whichever way the session ended; nobody else sees it; accepted, it goes."""
    item = draft_item()
    place, texts = f"/items/{item}/submission", {"opinion": "先写到这里"}
    assert save(as_(OFFICE), place, texts)[0] == 200
    assert kept(as_(OFFICE), place) == [texts]
    assert kept(as_(OTHER), place) == []
    assert fill(as_(OFFICE), f"/items/{item}", "/submission", {"declared": ""}).status == 422
    assert kept(as_(OFFICE), place) == [texts]
    assert fill(as_(OFFICE), f"/items/{item}", "/submission", {"declared": "y"}).status == 303
    assert kept(as_(OFFICE), place) == []


def test_a_whole_week_of_reports_is_kept(as_: As) -> None:
    """本周应报: twelve forms of five texts on one page, and no more than that of any."""
    texts = {f"r{n}-progress": f"已排查{n}栋。" for n in range(60)}
    client = as_(OFFICE)
    assert save(client, "/reports-due", texts)[0] == 200
    assert kept(client, "/reports-due") == [texts]
    assert written(texts) == texts
    assert save(client, "/reports-due", {**texts, "one": "more"})[0] == 400


def test_two_windows_do_not_write_over_each_other(as_: As) -> None:
    client, place = as_(OFFICE), "/items"
    assert save(client, place, {"title": "甲"})[0] == 200
    status, said = save(client, place, {"title": "乙"}, SECOND)
    assert (status, said["version"]) == (409, 1)
    assert kept(client, place) == [{"title": "甲"}]
    assert save(client, place, {"title": "乙"}, SECOND, said["version"])[0] == 200
    assert kept(client, place) == [{"title": "乙"}]
    assert save(client, place, {"title": "甲甲"})[0] == 409


def test_a_state_secret_is_not_kept(college: Flask, as_: As) -> None:
    """SPEC §7.2: the text goes, also what was kept before it; only that it happened is noted."""
    client = as_(OFFICE)
    save(client, "/items", {"title": "甲"})
    status, said = save(client, "/items", {"title": "绝密 有关情况"})
    assert status == 422
    assert "请勿在本系统录入" in said["said"]
    assert kept(client, "/items") == []
    with college.app_context():
        assert len(db.session.scalars(select(SecrecyStop)).all()) == 1


def test_of_an_item_one_may_not_know_nothing_is_kept(
    as_: As, database: Servers, draft_item: Draft
) -> None:
    item, client = draft_item(), as_(OFFICE)
    place = f"/items/{item}/submission"
    hidden = save(as_(STRANGER), place, {"opinion": "甲"})
    assert hidden == save(
        as_(STRANGER), place.replace(str(item), str(uuid.uuid4())), {"opinion": "甲"}
    )
    assert hidden[0] == 404
    save(client, place, {"opinion": "甲"})
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET readers = '{}' WHERE public_id = %s", [item])
    assert kept(client, place) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"place": "javascript:alert(1)"}, {"place": ""}, {"place": "/a" * 200},
        {"texts": '{"a": "\\ud800"}'}, {"texts": '{"a\\u0000": "\\ud800"}'},
        {"texts": "no json"}, {"texts": "[]"}, {"texts": '{"a": 1}'},
        {"texts": json.dumps({"a": "甲" * 5001})},
        {"texts": json.dumps(dict.fromkeys(map(str, range(61)), ""))},
        {"window": "1"}, {"window": ""},
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused(as_: As, changed: dict[str, str]) -> None:
    client = as_(OFFICE)
    token = csrf(client, "/account/password")
    plain = {"place": "/items", "texts": "{}", "window": WINDOW, "csrf_token": token}
    assert client.post("/typed", data={**plain, **changed}).status_code == 400


def test_an_odd_place_is_forgotten_by_nobody(as_: As) -> None:
    client = as_(OFFICE)
    data = {"csrf_token": csrf(client, "/account/password"), "place": "/items\0"}
    assert client.post("/typed/removal", data=data).status_code == 200


def test_a_nul_and_odd_signs_come_back(as_: As) -> None:
    client = as_(OFFICE)
    assert save(client, "/items", {"title": "甲\0乙\u2028𬭎<b>"}, seen=0)[0] == 200
    assert kept(client, "/items") == [{"title": "甲乙\u2028𬭎<b>"}]


def test_the_database_shows_and_takes_ones_own(college: Flask, as_: As) -> None:
    save(as_(OFFICE), "/items", {"title": "甲"})
    with college.app_context():
        other = reads_as(college, OFFICE).person_id or 0
        reads_as(college, OTHER)
        assert db.session.scalars(select(TypedText)).all() == []
        gone = db.session.execute(text("DELETE FROM typed_text RETURNING id")).all()
        assert gone == []
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(
                text(
                    'INSERT INTO typed_text (person_id, place, texts, "window", version, saved_at,'
                    " readers) VALUES (:person, '/', '{}', gen_random_uuid(), 1, now(),"
                    " ARRAY[:reader])"
                ),
                {"person": other, "reader": -other},
            )
        db.session.rollback()


def test_old_ones_go(college: Flask, as_: As, worker: Flask, database: Servers) -> None:
    client = as_(OFFICE)
    save(client, "/items", {"title": "甲"})
    save(client, "/phone", {"title": "乙"})
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE typed_text SET saved_at = saved_at - %s WHERE place = '/items'",
            [commands.KEPT_FOR + timedelta(days=1)],
        )
    with worker.app_context():
        commands.forget_old()
    assert kept(client, "/items") == []
    assert kept(client, "/phone") == [{"title": "乙"}]


def test_what_is_kept_of_one_person_is_bounded(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    """By forms and by characters: the oldest give way, never what was just saved, nobody else's."""
    client, other = as_(OFFICE), as_(OTHER)
    save(other, "/items", {"title": "别人的"})
    monkeypatch.setattr(commands, "MOST", 3)
    for place in range(5):
        assert save(client, f"/items/{place}", {"title": f"第{place}份"})[0] == 200
    found = [bool(kept(client, f"/items/{place}")) for place in range(5)]
    assert found == [False, False, True, True, True]
    monkeypatch.setattr(commands, "ROOM", 100)
    assert save(client, "/items/2", {"title": "甲" * 60})[0] == 200
    found = [bool(kept(client, f"/items/{place}")) for place in range(5)]
    assert found == [False, False, True, False, True]
    assert save(client, "/items/3", {"title": "乙" * 200})[0] == 200
    assert [bool(kept(client, f"/items/{place}")) for place in (2, 3, 4)] == [False, True, False]
    assert kept(other, "/items")


def test_administrators_have_no_texts(as_: As) -> None:
    client = as_("sysadmin01")
    assert client.get("/typed?place=/items").status_code == 403
    assert get(client, "/account/password").status == 200
