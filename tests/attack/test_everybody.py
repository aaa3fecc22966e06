"""第二十一条: for every person of the sample college the scope, the database and the pages agree.

Three answers to one question, whether this person may know of this item: `visible()`, a bare
SELECT in the web's role under the person's keys, and the status of the item's page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask

from portal import create_app
from portal.clock import Clock
from portal.demo.sample import people
from portal.embedded import Servers, clone_database, connect, drop_database
from portal.extensions import db
from portal.models import Item
from portal.rulebook import policy
from portal.rulebook.scope import visible
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.conftest import ANCHOR, close, test_settings
from tests.gate import reads_as, say, saying
from tests.people import draft, emp_no_of, sign_in
from tests.shaping import shape
from tests.steps.acting import HANDLER, LEADER, Actor, intent

LISTS: Mapping[str, tuple[str, ...]] = {
    "sensitive": ("何玉萍", "坤清祥", "坤建军", "周慎之"),
    "sensitive, of one person": ("彭国栋",),
    "sensitive, of nobody": (),
}
"""Who is on the need-to-know list; the drafter of the last two is not."""
ALWAYS = {
    "何玉萍", "泽仁旺姆", "周慎之", "黄素芬", "向维岷", "单晓燕", "坤清祥", "坤建军", "邓涛",
    "王尔基", "陈𬭎", "彭国栋",
}  # fmt: skip
"""Whose pages are opened in every run: one of each way to know of items; all others in the long."""
LEFT = "泽仁旺姆"
"""Was on each list and is no more (SPEC §7.3: removal at once)."""


@dataclass(frozen=True)
class Everybody:
    """The portal with items of many kinds, by what they are."""

    app: Flask
    servers: Servers
    items: Mapping[str, uuid.UUID]


def _items(app: Flask) -> Iterator[tuple[str, uuid.UUID]]:
    own = {"drafter": emp_no_of(app, HANDLER), "lead_unit": "BWC", "co_units": []}
    yield "a unit's draft", draft(app, "A01", **own)
    yield "the office's draft", draft(app, "A01")
    handed_in = draft(app, "A01", **own)
    with app.app_context():
        viewer, item = Actor(app, handed_in).item(HANDLER)
        registration.submit(viewer, item, intent(item), declared=True)
    yield "at its unit's head", handed_in
    for name, act in (("returned", _return), ("filed", _file), ("in progress", Actor.to_work)):
        made = draft(app, "A01")
        with app.app_context():
            act(Actor(app, made))
        yield name, made
    for name in LISTS:
        yield name, draft(app, "A01")


def _return(actor: Actor) -> None:
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)
    viewer, item = actor.item(LEADER)
    signing.send_back(viewer, item, intent(item, "请补充依据。"), to_previous=False)


def _file(actor: Actor) -> None:
    actor.to_filing()
    actor.file()


def _in_every_state(app: Flask) -> None:
    """One item more of each state; scope and database answer for them, no page is opened."""
    for state in policy.CURRENT.states:
        shape(app, draft(app, "A01"), state=state.id)


def _classify(servers: Servers, item: uuid.UUID, listed: tuple[str, ...]) -> None:
    """敏感 with this list, as the owner: the acts for it come with 知悉范围."""
    with connect(servers.owner_url) as raw, raw.transaction():
        for name in (LEFT, *listed):
            raw.execute(
                "INSERT INTO need_to_know (public_id, item_id, person_id, reason, from_at, to_at)"
                " SELECT gen_random_uuid(), i.id, p.id, '', now(), CASE WHEN %s THEN now() END"
                " FROM item i, person p WHERE public_id = %s AND p.name = %s",
                [name == LEFT, item, name],
            )
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers = ARRAY(SELECT -person_id"
            " FROM need_to_know WHERE item_id = item.id AND to_at IS NULL) WHERE public_id = %s",
            [item],
        )


@pytest.fixture(scope="module")
def everybody(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Everybody]:
    """One college for all questions; nothing in it changes."""
    name = f"{run_name}_everybody"
    clone = clone_database(servers, name, college_template)
    folder = tmp_path_factory.mktemp("everybody")
    app = create_app(test_settings(clone, folder), clock=Clock.standing_at(ANCHOR))
    app.config["TESTING"] = True
    _in_every_state(app)
    items = dict(_items(app))
    for kind, listed in LISTS.items():
        _classify(clone, items[kind], listed)
    yield Everybody(app, clone, items)
    close(app)
    drop_database(servers, name)


def _scope(everybody: Everybody, name: str) -> tuple[set[uuid.UUID], frozenset[int]]:
    """What `visible()` gives, and the person's keys."""
    with everybody.app.app_context():
        viewer = reads_as(everybody.app, name)
        query = visible(viewer, Item).with_only_columns(Item.public_id)
        return set(db.session.scalars(query)), viewer.keys


def _database(everybody: Everybody, keys: frozenset[int]) -> set[object]:
    """What the web's role gives by itself to who proves these keys."""
    with connect(everybody.servers.database_url) as raw, raw.transaction():
        say(raw, saying(keys))
        return {row[0] for row in raw.execute("SELECT public_id FROM item")}


def _pages(everybody: Everybody, name: str) -> set[uuid.UUID]:
    """The items whose page opens; every other answers 404."""
    client = sign_in(everybody.app, name)
    answers = {item: client.get(f"/items/{item}").status_code for item in everybody.items.values()}
    assert set(answers.values()) <= {200, 404}, answers
    return {item for item, status in answers.items() if status == 200}


def test_scope_and_database_agree_for_everybody(everybody: Everybody) -> None:
    for person in people():
        scoped, keys = _scope(everybody, person["name"])
        assert scoped == _database(everybody, keys), person["name"]
        for kind, listed in LISTS.items():
            assert (everybody.items[kind] in scoped) == (person["name"] in listed), kind


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(person["name"], marks=() if person["name"] in ALWAYS else pytest.mark.long)
        for person in people()
    ],
)
def test_pages_agree_with_the_scope(everybody: Everybody, name: str) -> None:
    scoped, _keys = _scope(everybody, name)
    assert scoped & set(everybody.items.values()) == _pages(everybody, name)


def test_each_item_divides_the_college(everybody: Everybody) -> None:
    """Seventy answers that were all alike would prove nothing."""
    knows: dict[str, int] = dict.fromkeys(everybody.items, 0)
    for person in people():
        scoped, _keys = _scope(everybody, person["name"])
        for kind, item in everybody.items.items():
            knows[kind] += item in scoped
    assert len(people()) == 70
    for kind, count in knows.items():
        listed = LISTS.get(kind)
        assert 0 < count < 70 if listed is None else count == len(listed), (kind, count)
    assert knows["a unit's draft"] < knows["the office's draft"] < knows["filed"]
    assert knows["filed"] <= knows["in progress"]
