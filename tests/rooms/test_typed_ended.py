"""A session that ends while somebody writes (SPEC §8.14, decision 0157): the text comes back after
the sign-in, to its writer alone, also without script."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.accounts.sessions import IDLE, REMEMBERED
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import SecrecyStop, SignInSession
from portal.text_names import UNNAMED, known, label_of, written
from tests import scenes
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.rooms.test_sign_off import address, submit
from tests.rooms.test_typed import WINDOW, kept

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
LEADER, OTHER, DRAFTER = "坤清祥", "杨思源", "何玉萍"
WORDS = "同意。请保卫处会同后勤处，元旦前查完。"


@pytest.fixture
def waiting(college: Flask, draft_item: Draft) -> uuid.UUID:
    """An item before the leader."""

    def make() -> uuid.UUID:
        item = draft_item()
        submit(college, item)
        return item

    return scenes.play(college, ("typed", "waiting"), make, shared=True)


def idle(app: Flask, by: timedelta = IDLE + timedelta(minutes=1)) -> None:
    """Nobody touched the portal for so long."""
    with app.app_context():
        db.session.execute(
            update(SignInSession).values(
                last_seen_at=SignInSession.last_seen_at - by,
                started_at=SignInSession.started_at - by,
            )
        )
        db.session.commit()


def sign(client: FlaskClient, item: uuid.UUID, ended: Callable[[], None], words: str) -> Page:
    """Opens the page of the signature, writes, and sends the form after the session has ended."""
    page = get(client, address(item))
    form = page.form("/signature")
    ended()
    sent = {**values_of(form), "opinion": words}
    answer = client.post(
        str(form["action"]),
        data=sent,
        headers={"Referer": f"http://localhost{address(item)}"},
    )
    return Page(answer.status_code, answer.get_data(as_text=True), answer.headers["Location"])


def target(answer: Page) -> str:
    """Where the sign-in leads."""
    assert answer.status == 303
    assert answer.location is not None
    return parse_qs(urlsplit(answer.location).query).get("next", [""])[0]


def test_the_words_of_a_signature_come_back(college: Flask, as_: As, waiting: uuid.UUID) -> None:
    """Without script: shown after the sign-in, put back into the form, gone once it is sent."""
    back = target(sign(as_(LEADER), waiting, lambda: idle(college), WORDS))
    again = as_(LEADER)
    page = get(again, back)
    assert WORDS in page.text
    link = page.soup.find("a", string="恢复到原页面")
    assert link is not None
    there = get(again, str(link["href"]))
    assert values_of(there.form("/signature"))["opinion"] == [WORDS]
    assert fill(again, str(link["href"]), "/signature").status == 303
    assert "没有保留的内容" in get(again, back).text


def test_a_form_that_is_no_panel_hands_its_texts_over(college: Flask, as_: As) -> None:
    """拟稿: to be copied without script, offered in the form with it."""
    client = as_(DRAFTER)
    at = "/items/new?secret=no"
    form = get(client, at).form("/items/new")
    idle(college)
    sent = {**values_of(form), "title": "元旦值班", "requirement": "排出值班表。"}
    answer = client.post(
        str(form["action"]), data=sent, headers={"Referer": f"http://localhost{at}"}
    )
    page = get(as_(DRAFTER), target(Page(answer.status_code, "", answer.headers["Location"])))
    assert {"元旦值班", "排出值班表。"} <= {
        one.get_text() for one in page.soup.select(".db-kept-words")
    }
    link = page.soup.find("a", string="打开原页面")
    assert link is not None
    assert link["href"] == at


def test_only_its_writer_sees_it(college: Flask, as_: As, waiting: uuid.UUID) -> None:
    """Who signs in next at the same screen may be somebody else."""
    back = target(sign(as_(LEADER), waiting, lambda: idle(college), WORDS))
    for other in (OTHER, DRAFTER):
        page = get(as_(other), back)
        assert WORDS not in page.html
        assert "没有保留的内容" in page.text


def test_nothing_of_it_is_in_the_browser(college: Flask, as_: As, waiting: uuid.UUID) -> None:
    client = as_(LEADER)
    answer = sign(client, waiting, lambda: idle(college), WORDS)
    assert WORDS not in answer.html + (answer.location or "")
    with client.session_transaction() as session:
        assert WORDS not in repr(dict(session))


def test_dropped_without_script(college: Flask, as_: As, waiting: uuid.UUID) -> None:
    back = target(sign(as_(LEADER), waiting, lambda: idle(college), WORDS))
    again = as_(LEADER)
    assert fill(again, back, "/typed/returned").status == 303
    assert "没有保留的内容" in get(again, back).text


def test_an_older_text_of_the_form_gives_way(college: Flask, as_: As, waiting: uuid.UUID) -> None:
    """What was sent counts, not what the script had saved before."""
    first = target(sign(as_(LEADER), waiting, lambda: idle(college), "同意。"))
    second = target(sign(as_(LEADER), waiting, lambda: idle(college), WORDS))
    assert first == second
    text = get(as_(LEADER), second).soup.select(".db-kept-words")
    assert [one.get_text() for one in text] == [WORDS]


@pytest.mark.parametrize("how", ["by its owner", "long ago", "person left"])
def test_a_session_that_proves_nothing_keeps_nothing(
    college: Flask, as_: As, database: Servers, waiting: uuid.UUID, how: str
) -> None:
    def ended() -> None:
        if how == "long ago":
            idle(college, REMEMBERED + timedelta(minutes=1))
            return
        with connect(database.owner_url) as raw:
            if how == "by its owner":
                raw.execute("UPDATE sign_in_session SET ended_at = now()")
            else:
                raw.execute(
                    "UPDATE account SET active = false WHERE person_id IN"
                    " (SELECT id FROM person WHERE name = %s)",
                    [LEADER],
                )

    assert target(sign(as_(LEADER), waiting, ended, WORDS)) == ""
    with connect(database.owner_url) as raw:
        assert raw.execute("SELECT count(*) FROM typed_text").fetchone() == (0,)


def test_a_state_secret_is_not_kept(
    college: Flask, as_: As, database: Servers, waiting: uuid.UUID
) -> None:
    """SPEC §7.2: only that it happened is stored."""
    assert target(sign(as_(LEADER), waiting, lambda: idle(college), "绝密 有关情况")) == ""
    with connect(database.owner_url) as raw:
        assert raw.execute("SELECT count(*) FROM typed_text").fetchone() == (0,)
    with college.app_context():
        assert len(db.session.scalars(select(SecrecyStop)).all()) == 1


def test_of_an_item_out_of_sight_nothing_is_kept(
    college: Flask, as_: As, database: Servers, waiting: uuid.UUID
) -> None:
    def hidden() -> None:
        idle(college)
        with connect(database.owner_url) as raw:
            raw.execute("UPDATE item SET readers = '{}' WHERE public_id = %s", [waiting])

    assert target(sign(as_(LEADER), waiting, hidden, WORDS)) == ""


def test_the_script_learns_that_its_text_is_safe(college: Flask, as_: As) -> None:
    client = as_(DRAFTER)
    token = csrf(client, "/account/password")
    idle(college)
    saved = {"place": "/items", "texts": '{"title": "甲"}', "window": WINDOW, "csrf_token": token}
    answer = client.post("/typed", data=saved, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("Portal-Kept")) == (401, "1")
    assert kept(as_(DRAFTER), "/items") == [{"title": "甲"}]


def test_a_form_of_before_the_sign_in_hands_its_words_back(
    college: Flask, as_: As, waiting: uuid.UUID
) -> None:
    """Signed in anew in another window: the old page's token is void, its words are not."""
    page = get(as_(LEADER), address(waiting))
    form = page.form("/signature")
    answer = send(as_(LEADER), str(form["action"]), {**values_of(form), "opinion": WORDS})
    assert answer.status == 400
    assert WORDS in answer.text
    marked = send(as_(LEADER), str(form["action"]), {**values_of(form), "opinion": "绝密 情况"})
    assert "绝密" not in marked.html


def test_passwords_and_choices_are_no_texts(college: Flask) -> None:
    names = known()
    assert {"opinion", "requirement", "title"} <= set(names.labels)
    assert not {"password", "old", "new", "again", "seen", "key", "act"} & set(names.labels)
    assert label_of("deadline_basis") == "时限依据"
    assert label_of("opinion") == UNNAMED, "several forms call it differently"
    assert written({"password": "p", "opinion": "甲", "csrf_token": "t"}) == {"opinion": "甲"}
    assert written({"title": "甲"}) == {}
    assert written({"row-2-requirement": "乙"}) == {"row-2-requirement": "乙"}
