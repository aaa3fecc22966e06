"""收藏 and 关注 (SPEC §8.14): one's own, seen by nobody else, gone with the right to know."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.item.marks import FOLLOW, STAR, marked
from portal.models import Item, ItemMark
from portal.rulebook.scope import visible
from tests.gate import reads_as
from tests.pages import Page, get, send, values_of
from tests.steps.acting import OFFICE

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
HEAD_OF_OFFICE, STRANGER = "杨思源", "周慎之"


def press(client: FlaskClient, item: uuid.UUID, kind: str) -> Page:
    """The button of one's own mark on the item's page."""
    form = get(client, f"/items/{item}").form(f"/marks/{kind}")
    return send(client, str(form["action"]), values_of(form))


def kinds(app: Flask, who: str) -> list[str]:
    """The marks that the database shows to a person."""
    with app.app_context():
        reads_as(app, who)
        return sorted(db.session.scalars(select(ItemMark.kind)))


@pytest.mark.parametrize(("kind", "word"), [(STAR, "收藏"), (FOLLOW, "关注")])
def test_set_and_taken_away_by_the_same_button(
    college: Flask, as_: As, draft_item: Draft, kind: str, word: str
) -> None:
    item, client = draft_item(), as_(OFFICE)
    assert press(client, item, kind).location == f"/items/{item}"
    page = get(client, f"/items/{item}")
    assert f"已{word}" in page.text
    assert kinds(college, OFFICE) == [kind]
    assert press(client, item, kind).status == 303
    assert f"已取消{word}" in get(client, f"/items/{item}").text
    assert kinds(college, OFFICE) == []


def test_set_twice_is_set_once(college: Flask, as_: As, draft_item: Draft) -> None:
    """Two windows: the second click finds it done; another's mark is another row."""
    item, client = draft_item(), as_(OFFICE)
    form = get(client, f"/items/{item}").form("/marks/star")
    for _ in range(2):
        assert send(client, str(form["action"]), values_of(form)).status == 303
    assert press(as_(HEAD_OF_OFFICE), item, STAR).status == 303
    assert kinds(college, OFFICE) == kinds(college, HEAD_OF_OFFICE) == [STAR]
    assert kinds(college, STRANGER) == []


def test_htmx_gets_the_buttons_alone(as_: As, draft_item: Draft) -> None:
    item, client = draft_item(), as_(OFFICE)
    form = get(client, f"/items/{item}").form("/marks/star")
    sent = {name: values[0] for name, values in values_of(form).items()}
    answer = client.post(str(form["action"]), data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count("<form") == 2
    assert "已收藏" in answer.get_data(as_text=True)


def test_strangers_and_wrong_kinds_meet_nothing(as_: As, draft_item: Draft) -> None:
    """Whoever may not know of the item gets the answer of an item that is not there."""
    item = draft_item()
    answers = []
    for who, address in (
        (STRANGER, f"/items/{item}/marks/star"),
        (STRANGER, f"/items/{uuid.uuid4()}/marks/star"),
        (OFFICE, f"/items/{item}/marks/like"),
    ):
        client = as_(who)
        token = str(get(client, "/account/password").soup.select_one("[name=csrf_token]")["value"])  # type: ignore[index]
        answers.append(send(client, address, {"csrf_token": token, "wanted": "1"}).status)
    assert answers == [404, 404, 404]


def test_gone_with_the_right_to_know(
    college: Flask, as_: As, database: Servers, draft_item: Draft
) -> None:
    """Taken off its readers, one finds neither the item nor one's own mark on it."""
    item, client = draft_item(), as_(OFFICE)
    press(client, item, STAR)
    with college.app_context():
        viewer = reads_as(college, OFFICE)
        mine = visible(viewer, Item).where(marked(viewer, STAR)).with_only_columns(Item.public_id)
        assert db.session.scalars(mine).all() == [item]
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET readers = '{}' WHERE public_id = %s", [item])
    assert kinds(college, OFFICE) == []


def test_the_database_takes_ones_own_and_changes_none(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    item = draft_item()
    press(as_(OFFICE), item, STAR)
    insert = (
        "INSERT INTO item_mark (person_id, item_id, kind, at, readers)"
        " SELECT :person, id, 'follow', now(), ARRAY[:reader] FROM item WHERE public_id = :item"
    )
    with college.app_context():
        other = reads_as(college, HEAD_OF_OFFICE).person_id or 0
        me = reads_as(college, OFFICE).person_id or 0
        for person, reader, refusal in (
            (other, -other, "row-level security"),
            (me, -other, "row-level security"),
            (other, -me, "ck_item_mark_readers"),
        ):
            with pytest.raises(DBAPIError, match=refusal):
                db.session.execute(text(insert), {"person": person, "reader": reader, "item": item})
            db.session.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text("UPDATE item_mark SET kind = 'follow'"))
        db.session.rollback()
        reads_as(college, HEAD_OF_OFFICE)
        gone = db.session.execute(text("DELETE FROM item_mark RETURNING id")).all()
        assert gone == []
