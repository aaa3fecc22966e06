"""SPEC §7.5, 1: what one may not know of answers as what does not exist, at every address.

The addresses are those of the application itself, and every id in them is tried: of the item, of a
part, of somebody's session. test_need_to_know.py asks the same of items made sensitive by acts;
here the ids of parts are also asked for below an item that the stranger does know of. What differs
by nature is taken out before two answers are compared: the ids asked for, the nonce, the token.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flask.testing import FlaskClient
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from portal.embedded import Servers, connect
from portal.item.panels import PAGES
from tests.attack.crawl import CHANGING
from tests.attack.world import DRAFTER, World
from tests.people import csrf, sign_in

ITEM = ("public_id", "item_id")
SESSION = "/account/sessions/"
PARTS = {
    "attachment_id": "attachment",
    "box_id": "approval_slot",
    "change_id": "change",
    "comment_id": "comment",
    "entry_id": "need_to_know",
    "extension_id": "extension",
    "inspection_id": "inspection",
    "line_id": "handover",
    "loan_id": "loan",
    "objection_id": "objection",
    "point_id": "rectification",
    "question_id": "urge_question",
    "report_id": "feedback",
    "urge_id": "urge",
}
"""Arguments of addresses that are random ids themselves, and the table they are of."""
OWN = {
    "batch_id", "brief_id", "bundle_id", "case_id", "delivery_id", "export_id", "file_id",
    "given_id", "grant_id", "import_id", "kept_id", "list_id", "message_id", "package_id",
    "phrase_id", "post_id", "release_id", "sheet_id", "spill_id", "template_id", "view_id",
}  # fmt: skip
"""One person's, 党政办's or the administrator's, not an item's: tests/rooms/ledger/,
test_signing_lists.py, test_delegations.py, tests/accounts/, tests/messages/, tests/rooms/archives/,
tests/rooms/batches/, tests/steps/registration/, tests/rooms/organisation/, tests/rooms/scans/,
tests/rooms/accountability/, tests/rooms/reports/, tests/rooms/spills/; a 交接单 is seen by its
lines (tests/steps/handing/)."""
PLAIN = {"code": "BWC", "kind": "filing", "number": "1"}
"""Arguments that mean the same whatever the item."""
FORM = {"title": "甲", "requirement": "乙", "opinion": "丙", "reason": "丁", "declared": "y"}
MEANT = {page.rule: page.act for pages in PAGES.values() for page in pages.by_act.values()}
"""An act of each address: where there are several, the form says which one it means."""
TOKENS = re.compile(r"nonce-[\w-]+|[\w-]{20,}\.[\w-]{6,}\.[\w-]{20,}")
Ids = Mapping[str, str]


class Asked(NamedTuple):
    """A request: its method and the address with its ids left open."""

    method: str
    rule: str


def requests(url_map: Map, *, below: bool = False) -> Iterator[Asked]:
    """Every method of every address with an id; `below`: only those with an id of a part."""
    for rule in url_map.iter_rules():
        wanted = PARTS.keys() if below else {*ITEM, *PARTS}
        if wanted & rule.arguments and not rule.rule.startswith(SESSION):
            yield from (Asked(method, rule.rule) for method in methods(rule))


def methods(rule: Rule) -> list[str]:
    """Those that differ: HEAD is a GET, OPTIONS names the rule's methods."""
    return sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})


def of_item(servers: Servers, item: int) -> Ids:
    """The arguments that lead to this item and its parts."""
    found = {}
    with connect(servers.owner_url) as raw:
        for argument, table in (*((name, "item") for name in ITEM), *PARTS.items()):
            key = "id" if table == "item" else "item_id"
            query = f"SELECT public_id FROM {table} WHERE {key} = %s LIMIT 1".encode()  # noqa: S608 - a table's name
            row = raw.execute(query, [item]).fetchone()
            assert row is not None, table
            found[argument] = str(row[0])
    return found


def of_none() -> Ids:
    """The same arguments, made up."""
    return {name: str(uuid.uuid4()) for name in (*ITEM, *PARTS)}


def answer(
    client: FlaskClient, asked: Asked, ids: Ids, token: str, *, htmx: bool = False
) -> TestResponse:
    """Send the request for these ids."""
    address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: {**PLAIN, **ids}[part[1]], asked.rule)
    form = {**FORM, "act": MEANT.get(asked.rule, ""), "csrf_token": token}
    data = form if asked.method == "POST" else None
    headers = {"HX-Request": "true"} if htmx else {}
    return client.open(address, method=asked.method, data=data, headers=headers)


def seen(response: TestResponse, ids: Ids) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and body, without what differs by nature."""

    def plain(text: str) -> str:
        for name, known in ids.items():
            text = text.replace(known, f"id of {'item' if name in ITEM else name}")
        return TOKENS.sub("", CHANGING.sub("", text))

    headers = [(name, plain(value)) for name, value in response.headers if name != "Date"]
    body = plain(response.get_data(as_text=True))
    response.close()
    return response.status_code, sorted(headers), body


def test_every_random_id_in_an_address_is_tried(world: World) -> None:
    """An argument that comes later has to be given its table above."""
    ids = re.compile(r"<uuid:(\w+)>")
    rules = [rule.rule for rule in world.app.url_map.iter_rules()]
    assert {name for rule in rules for name in ids.findall(rule)} == {*ITEM, *PARTS, *OWN}
    assert len(list(requests(world.app.url_map))) > 50
    numbered = re.compile(r"<int:(?!year>|number>)|<(?:string:)?\w*id>")
    assert [rule for rule in rules if numbered.search(rule)] == []


def test_foreign_and_missing_are_answered_alike(world: World) -> None:
    """As parts of a page, to somebody who sees every open item; whole pages: test_need_to_know."""
    hidden, none = of_item(world.servers, world.hidden), of_none()
    stranger = sign_in(world.app, "黄素芬")
    token, statuses = csrf(stranger, "/"), set()
    for asked in requests(world.app.url_map):
        foreign, missing = (
            seen(answer(stranger, asked, ids, token, htmx=True), ids) for ids in (hidden, none)
        )
        assert foreign == missing, asked
        statuses.add(foreign[0])
    assert statuses <= {403, 404}


def test_a_foreign_part_below_an_item_one_knows(world: World) -> None:
    """The item is there; the part is another item's, or none: not to be told apart."""
    own = of_item(world.servers, world.own)
    item = {name: own[name] for name in ITEM}
    hidden, none = {**of_item(world.servers, world.hidden), **item}, {**of_none(), **item}
    stranger = sign_in(world.app, "坤建军")
    token = csrf(stranger, "/")
    for asked in requests(world.app.url_map, below=True):
        foreign, missing = (
            seen(answer(stranger, asked, ids, token), ids) for ids in (hidden, none)
        )
        assert foreign == missing, asked
        assert foreign[0] in (403, 404), asked


def test_its_drafter_is_answered_otherwise(world: World) -> None:
    """Almost everywhere: the item is there, and the comparisons above could see it."""
    hidden, client = of_item(world.servers, world.hidden), sign_in(world.app, DRAFTER)
    token = csrf(client, "/")
    tried = [asked for asked in requests(world.app.url_map) if asked.rule.startswith("/items/")]
    missed = [
        asked
        for asked in tried
        if seen(answer(client, asked, hidden, token, htmx=True), hidden)[0] in (403, 404)
    ]
    assert len(missed) < 0.12 * len(tried), missed


def test_nobody_signed_in_is_answered_alike(world: World) -> None:
    """The way to the sign-in page, whatever the address."""
    client = world.app.test_client()
    hidden, none = of_item(world.servers, world.hidden), of_none()
    token = csrf(client)
    answer(client, next(requests(world.app.url_map)), none, token).close()
    for asked in requests(world.app.url_map):
        foreign, missing = (seen(answer(client, asked, ids, token), ids) for ids in (hidden, none))
        assert foreign == missing, asked
        assert foreign[0] in (302, 303), asked


def test_somebody_elses_session_is_answered_as_none(world: World) -> None:
    """Nor is it ended."""
    stranger = sign_in(world.app, "黄素芬")
    sign_in(world.app, DRAFTER)
    with connect(world.servers.owner_url) as raw:
        query = (
            "SELECT s.public_id FROM sign_in_session s JOIN account a ON a.id = account_id"
            " JOIN person p ON p.id = person_id WHERE p.name = %s AND ended_at IS NULL LIMIT 1"
        )
        row = raw.execute(query, [DRAFTER]).fetchone()
        assert row is not None
    token, asked = csrf(stranger, "/"), Asked("POST", f"{SESSION}<uuid:public_id>/end")
    foreign, missing = (
        seen(answer(stranger, asked, {"public_id": one}, token), {"public_id": one})
        for one in (str(row[0]), str(uuid.uuid4()))
    )
    assert foreign == missing
    with connect(world.servers.owner_url) as raw:
        ended = raw.execute("SELECT ended_at FROM sign_in_session WHERE public_id = %s", [row[0]])
        assert ended.fetchone() == (None,)
