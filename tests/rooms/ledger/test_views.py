"""存为视图: an address under a name, for oneself or for 党政办; columns chosen and ordered."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers
from portal.rooms.ledger import views
from portal.rulebook.keys import held_by
from portal.rulebook.scope import moment_of
from tests.attack.test_spoken import speaking
from tests.gate import person_id, saying
from tests.pages import Page, fill, get, send, values_of
from tests.people import draft

As = Callable[[str], FlaskClient]
OFFICE, COLLEAGUE, STRANGER = "何玉萍", "泽仁旺姆", "坤建军"
NEW, VIEWS = "/ledger/views/new", "/ledger/views"
MADE = (
    b"INSERT INTO ledger_view (public_id, owner_id, unit_id, name, query, place, is_default,"
    b" readers) VALUES (gen_random_uuid(), %s, %s, 'x', '', 1, false,"
    b" array_remove(ARRAY[%s, %s]::int[], NULL))"
)


def _save(client: FlaskClient, query: str, name: str, **more: str) -> Page:
    return fill(client, f"{NEW}?{query}", VIEWS, {"name": name, **more})


def _tabs(client: FlaskClient, address: str = "/ledger?all=1") -> list[str]:
    page = get(client, address)
    return [tab.get_text() for tab in page.soup.select('[aria-label="视图"] .db-tab')]


def _act(client: FlaskClient, name: str, act: str, **more: str) -> Page:
    """Press a button beside the view of this name."""
    page = get(client, VIEWS)
    entry = next(row for row in page.soup.select(".db-view-list li") if row.a.get_text() == name)
    form = next(form for form in entry.select("form") if str(form["action"]).endswith(act))
    return send(client, str(form["action"]), {**values_of(form), **more})


def test_a_view_keeps_filters_columns_and_order(as_: As, college: Flask) -> None:
    """It opens on the very address, and counts its rows; under the same name it is replaced."""
    draft(college, "A01")
    client = as_(OFFICE)
    query = "level=1&columns=title%2Cdue&sort=-due"
    saved = _save(client, f"{query}&page=3", "一级事项")
    assert saved.location == f"/ledger?{query}"
    assert _tabs(client) == ["一级事项1"]
    assert get(client, saved.location).soup.select_one('[aria-label="视图"] [aria-current]')
    assert _save(client, "level=2", "一级事项").location == "/ledger?level=2"
    assert _tabs(client) == ["一级事项"]
    assert _save(client, "", "　").status == 422


def test_the_ledger_opens_in_the_default_view(as_: As) -> None:
    """The plain address alone; every address that asks for something stays what it is."""
    client = as_(OFFICE)
    _save(client, "state=running", "在办事项")
    _save(client, "light=red", "逾期")
    assert get(client, "/ledger").status == 200
    _act(client, "逾期", "/default")
    assert get(client, "/ledger").location == "/ledger?light=red"
    assert get(client, "/ledger?all=1").status == 200
    assert get(client, "/ledger?q=1").status == 200
    _act(client, "在办事项", "/default")
    assert get(client, "/ledger").location == "/ledger?state=running"
    _act(client, "在办事项", "/default")
    assert get(client, "/ledger").status == 200


def test_views_are_ordered_renamed_and_deleted(as_: As) -> None:
    client = as_(OFFICE)
    for name in ("甲", "乙", "丙"):
        _save(client, "level=1", name)
    _act(client, "丙", "/place")
    assert _tabs(client) == ["甲", "丙", "乙"]
    page = get(client, VIEWS)
    form = page.soup.select(".db-view-list li")[2].form
    refused = send(client, str(form["action"]), {**values_of(form), "name": "甲"})
    assert (refused.status, "您已有同名视图" in refused.text) == (422, True)
    assert send(client, str(form["action"]), {**values_of(form), "name": "丁"}).status == 303
    _act(client, "甲", "/removal")
    assert _tabs(client) == ["丙", "丁"]


def test_a_shared_view_is_found_by_colleagues_and_changed_by_its_owner(as_: As) -> None:
    office, colleague, stranger = as_(OFFICE), as_(COLLEAGUE), as_(STRANGER)
    _save(office, "light=red", "逾期", shared="1")
    _save(office, "q=%E7%A7%81", "自用")
    assert (_tabs(office), _tabs(colleague), _tabs(stranger)) == (["逾期", "自用"], ["逾期"], [])
    mine = str(get(office, VIEWS).form("/removal")["action"])
    assert "/removal" not in "".join(get(colleague, VIEWS).actions())
    for client in (colleague, stranger):
        token = values_of(get(client, NEW).form(VIEWS))["csrf_token"]
        assert send(client, mine, {"csrf_token": token}).status == 404
    _save(stranger, "light=red", "本处逾期", shared="1")
    assert _tabs(office) == ["逾期", "自用"], "who is not of 党政办 shares with nobody"


def test_there_is_a_bound(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    client = as_(OFFICE)
    for name in ("甲", "乙"):
        assert _save(client, "", name).status == 303
    assert "请先删除不用的视图" in _save(client, "", "丙").text
    assert _save(client, "level=1", "乙").status == 303


def test_the_database_keeps_views_apart(college: Flask, database: Servers, as_: As) -> None:
    """In SQL, with an honest proof of one's own: another's view is neither changed nor deleted, and
    none is made under his name or for a unit that is not one's own."""
    _save(as_(OFFICE), "light=red", "逾期", shared="1")
    with college.app_context():
        owner, colleague = person_id(OFFICE), person_id(COLLEAGUE)
        keys = held_by(colleague, moment_of(college.extensions["portal.clock"])).keys
    with speaking(database.database_url, saying(keys)) as raw:
        assert raw.execute("SELECT name FROM ledger_view").fetchall() == [("逾期",)]
        assert raw.execute("UPDATE ledger_view SET name = ''").rowcount == 0
        assert raw.execute("DELETE FROM ledger_view").rowcount == 0
        for person, unit, own in ((owner, None, -owner), (colleague, 2, -colleague)):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(MADE, [person, unit, own, unit])


def test_columns_are_ticked_and_placed(as_: As, college: Flask) -> None:
    """The form without a script: ticked ones by their numbers, 事项 always among them."""
    draft(college, "A01")
    client = as_(OFFICE)
    page = get(client, "/ledger/columns?level=1&sort=-due")
    ticked = [box["value"] for box in page.soup.select("input[name=column][checked]")]
    assert ticked[:3] == ["light", "number", "title"]
    chosen = "column=urged&column=level&column=nonsense&place-urged=1&place-level=x"
    answer = client.get(f"/ledger/columns?chosen=1&level=1&sort=-due&{chosen}")
    assert answer.location == "/ledger?level=1&columns=title%2Curged%2Clevel&sort=-due"
    heads = [head.get_text().strip() for head in get(client, answer.location).soup.select("th")]
    assert heads == ["事项", "催办", "等级", "速览"]
    assert client.get("/ledger/columns?chosen=1").location == "/ledger?all=1"
