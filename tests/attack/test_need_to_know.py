"""SPEC §7.5: whoever is not on the list of a sensitive item does not learn that it exists.

Two portals stand side by side: the same college and the same ordinary items, the sensitive A06 and
A07 in one of them only. For a person off the list both must read alike, page by page. (n) is the
number of the acceptance test.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.routing import Rule

from portal import create_app
from portal.clock import Clock
from portal.documents import commands as documents
from portal.embedded import Servers, clone_database, drop_database
from portal.extensions import db
from portal.models import Event, Guarded, Item
from portal.models.base import Base
from portal.rulebook.scope import view_as
from portal.steps.registration import commands as registration
from tests.attack.canaries import (
    CO_REPORT,
    LETTER,
    LISTED_A06,
    LISTED_A07,
    TOUR,
    Scene,
    set_up,
)
from tests.attack.crawl import CHANGING, Answer, Walk, ask, crawl, send
from tests.attack.world import APART
from tests.conftest import ANCHOR, close, test_settings
from tests.people import csrf, draft, sign_in
from tests.steps.acting import HANDLER, Actor, intent
from tests.steps.knowledge.listing import person_id

OFF_THE_LIST = (
    "泽仁旺姆",  # 督办专员, sees every open item
    "周慎之",  # 机要保密员
    "黄素芬",  # 档案员
    "斯朗尼玛",  # 纪委办
    "王垚", "扎西尼玛",  # 组织人事部
    "单晓燕", "解学农", "坤清祥",  # other 校领导
    "陈𬭎",  # acts for 解学农
    "王尔基",  # acts for 覃燚, who is on the list of A07
    "仇瑾",  # 党委委员
    "让布·达尔吉", "唐雨薇", "尕让他", "陈尔玛",  # 尕让他, 陈尔玛: of the lead unit of A06
    "赵丽华",  # of a co-unit of A07
    "郑守方", "坤建军", "邓涛", "余世华", "何志刚", "彭国栋", "刘翀",
    "sysadmin01", "secadmin01", "auditor01", "daping01",
)  # fmt: skip
EVERY_RUN = {"泽仁旺姆"}
"""Who sees every open item; a crawl takes seconds, so the others are walked by --long."""
PARTLY = {
    **dict.fromkeys(LISTED_A06 - LISTED_A07, TOUR),
    **dict.fromkeys(LISTED_A07 - LISTED_A06, LETTER),
}
"""Who is on one list: the words of the other item."""
ONE_OF_THEM = {"毛明军"}
"""Whose walk other tests ask for, too; the others of either list are walked by --long."""
QUERIES = (
    LETTER.title, TOUR.title, TOUR.requirement, LETTER.pinyin, TOUR.pinyin,
    "2号", "〔2026〕2号", "阿职督办〔2026〕2号", "卓玛青措", "罗䶮",
)  # fmt: skip
TOLD = {"周慎之": ["/", "/knowledge"], "泽仁旺姆": ["/numbers"]}
"""What an office is told of the items without being listed: their lists, by number (decision 0066),
and on its desk how many lists there are; to 党政办, that a number is used (0062). No word of them
stands there either."""
OWN = ("/account/sessions",)
"""Differs between any two sign-ins."""


def _some_long(names: Collection[str], every_run: Collection[str]) -> list[Any]:
    """The names as parameters; those not of every run are marked long."""
    assert set(every_run) <= set(names)
    return [
        pytest.param(name, marks=() if name in every_run else pytest.mark.long) for name in names
    ]


def _ordinary(app: Flask) -> None:
    """One item in work with a report, one that waits for 审签, one draft."""
    working, waiting = draft(app, "A01"), draft(app, "A03")
    draft(app, "B06")
    with app.app_context():
        actor = Actor(app, working)
        actor.to_work()
        actor.report(HANDLER)
        viewer, item = Actor(app, waiting).item()
        registration.submit(viewer, item, intent(item), declared=True)


@pytest.fixture(scope="module")
def portals(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Scene]]:
    """The portal without the two items, and the one with them."""
    names = [f"{run_name}_{part}" for part in ("without", "with")]
    clock = Clock.standing_at(ANCHOR)
    first = clone_database(servers, names[0], college_template)
    without = create_app(test_settings(first, tmp_path_factory.mktemp("a")), clock=clock)
    _ordinary(without)
    close(without)
    folder = tmp_path_factory.mktemp("b")
    second = clone_database(servers, names[1], names[0])
    with_them = create_app(test_settings(second, folder), clock=clock)
    scene = set_up(with_them)
    _print(second, folder, scene)
    yield without, scene
    for app in (without, with_them):
        close(app)
    for name in reversed(names):
        drop_database(servers, name)


def _print(servers: Servers, folder: Path, scene: Scene) -> None:
    """立项备案单 of A07, asked for by its drafter and made by a worker."""
    with scene.app.app_context():
        viewer, item = Actor(scene.app, scene.tour).item()
        documents.ask(viewer, item, "filing")
    worker = create_app(
        replace(test_settings(servers, folder), database_url=servers.worker_url),
        clock=Clock.standing_at(ANCHOR),
        worker=True,
    )
    with worker.app_context():
        documents.make(1)
    close(worker)


@pytest.fixture(scope="module")
def walked(portals: tuple[Flask, Scene]) -> Callable[[str], Walk]:
    """What somebody reaches where the two items are: walked once, however many tests ask."""
    _without, scene = portals
    return cache(lambda name: crawl(scene.client(name), queries=QUERIES))


def _steady(walk: Walk) -> dict[str, tuple[int, str]]:
    return {
        address: (answer.status, answer.steady)
        for address, answer in walk.reached.items()
        if not address.startswith(OWN)
    }


# Off the list ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", _some_long(OFF_THE_LIST, EVERY_RUN))
def test_the_portal_is_the_same_without_the_items(portals: tuple[Flask, Scene], name: str) -> None:
    """(3) searches, (4) lists, lights and 待办, (6) numbers, (7) totals, (11), (12), (15), (16)."""
    without, scene = portals
    before = crawl(sign_in(without, name), queries=QUERIES)
    after = crawl(scene.client(name), queries=QUERIES)
    assert after.met((*LETTER.all, *TOUR.all, *CO_REPORT.values())) == set()
    first, then = _steady(before), _steady(after)
    for address in TOLD.get(name, ()):
        assert then.pop(address) != first.pop(address)
    assert then.keys() == first.keys()
    assert [address for address in then if then[address] != first[address]] == []


def _targets(app: Flask) -> list[Rule]:
    """Every route that names an item."""
    rules = [rule for rule in app.url_map.iter_rules() if "public_id" in rule.arguments]
    assert len(rules) > 25
    return rules


def _built(app: Flask, rule: Rule, item_id: uuid.UUID, inner: uuid.UUID) -> str:
    """The rule's address with this item, and `inner` or a plausible word below it."""
    words = {"code": "XGB", "kind": "filing", "number": 1}
    values = {name: words.get(name, inner) for name in rule.arguments} | dict(rule.defaults or {})
    with app.test_request_context():
        return str(app.url_map.bind("").build(rule.endpoint, {**values, "public_id": item_id}))


@pytest.mark.parametrize(
    "name",
    _some_long(
        ("泽仁旺姆", "周慎之", "冉静", "王尔基", "单晓燕", "黄素芬", "sysadmin01"),
        {"周慎之"},
    ),
)
def test_every_address_of_the_item_answers_as_of_a_missing_one(
    portals: tuple[Flask, Scene], name: str
) -> None:
    """(1) GET and POST: page, files, sheets, forms, acts; status and every byte."""
    _without, scene = portals
    client, app = scene.client(name), scene.app
    token = {"csrf_token": csrf(client, "/account/password"), "opinion": "请依规核查办理。"}
    items = {LETTER: (scene.letter, scene.letter_file)}
    if name not in LISTED_A07:
        items[TOUR] = (scene.tour, scene.tour_file)
    missing = uuid.uuid4()
    for rule in _targets(app):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            # The one item's file below a missing item: the same for both items.
            none = _asked(client, method, _built(app, rule, missing, scene.letter_file), token)
            for item_id, file_id in items.values():
                real = _asked(client, method, _built(app, rule, item_id, file_id), token)
                assert real.status == none.status, (rule.rule, method)
                assert real.status in (403, 404), (rule.rule, method)
                assert real.steady.replace(str(item_id), "") == none.steady.replace(
                    str(missing), ""
                ), (rule.rule, method)
                assert _told(real) == _told(none)


COPIES = ("/items/new?secret=no&copy={}", "/items/new?copy={}", "/items/{}")
"""Where an item's id stands in an address without a route of its own, or its page is a part."""


@pytest.mark.parametrize("name", ["泽仁旺姆", "王尔基", "陈尔玛"])
def test_other_ways_to_name_the_item_answer_as_of_a_missing_one(
    portals: tuple[Flask, Scene], name: str
) -> None:
    """(1) copying it into a new form, and a fragment in place of a page."""
    _without, scene = portals
    client = scene.client(name)
    for address in COPIES:
        for headers in ({}, {"HX-Request": "true"}):
            answers = {
                id_: client.get(address.format(id_), headers=headers)
                for id_ in (scene.letter, scene.tour, uuid.uuid4())
            }
            bodies = {
                CHANGING.sub("", answer.get_data(as_text=True)).replace(str(id_), "")
                for id_, answer in answers.items()
            }
            assert {answer.status_code for answer in answers.values()} == {404}, address
            assert len(bodies) == 1, address


def _asked(client: FlaskClient, method: str, address: str, token: dict[str, str]) -> Answer:
    return ask(client, address) if method == "GET" else send(client, address, token)


def _told(answer: Answer) -> str:
    """The headers without the nonce and what hangs on it."""
    return re.sub(r"nonce-[\w-]+|Content-Length: \d+", "", answer.headers)


@pytest.mark.parametrize("name", _some_long(sorted(PARTLY), ONE_OF_THEM))
def test_who_is_on_one_list_knows_nothing_of_the_other(
    walked: Callable[[str], Walk], name: str
) -> None:
    assert walked(name).met(PARTLY[name].all) == set()


@pytest.mark.parametrize("name", ["泽仁旺姆", "王尔基", "周慎之", "单晓燕"])
def test_the_database_has_no_row_for_them(portals: tuple[Flask, Scene], name: str) -> None:
    """Whatever a page might ask: none of the tables shows a row of the two items."""
    _without, scene = portals
    with scene.app.app_context():
        view_as(person_id("何玉萍"), scene.app.extensions["portal.clock"])
        hidden = set(db.session.scalars(select(Item.id).where(Item.classification == "sensitive")))
        assert len(hidden) == 2
        viewer = view_as(person_id(name), scene.app.extensions["portal.clock"])
        assert viewer.keys
        for mapper in Base.registry.mappers:
            if issubclass(mapper.class_, Guarded) and mapper.class_ not in APART:
                key = "id" if mapper.class_ is Item else "item_id"
                rows = select(func.count()).where(getattr(mapper.class_, key).in_(hidden))
                assert db.session.scalar(rows) == 0, mapper.class_.__tablename__


def test_only_those_listed_were_ever_told(portals: tuple[Flask, Scene]) -> None:
    """The ids in the events, from which messages are made."""
    _without, scene = portals
    for public_id, listed in ((scene.letter, LISTED_A06), (scene.tour, LISTED_A07)):
        with scene.app.app_context():
            viewer, item = Actor(scene.app, public_id).item()
            assert viewer.keys
            tells = select(Event.tells).where(Event.item_id == item.id)
            told = {id_ for row in db.session.scalars(tells) for id_ in row}
            assert told
            assert told <= {person_id(name) for name in listed}


def test_sessions_ended_leave_nothing(
    portals: tuple[Flask, Scene], walked: Callable[[str], Walk]
) -> None:
    """(13) no page is kept: back after signing out, the address asks to sign in."""
    _without, scene = portals
    walk = walked("毛明军")
    assert walk.met(TOUR.all)
    for address, answer in walk.reached.items():
        assert "Cache-Control: no-store" in answer.headers, address
    client = sign_in(scene.app, "毛明军")
    assert TOUR.title in ask(client, f"/items/{scene.tour}").text
    send(client, "/logout", {"csrf_token": csrf(client, "/account/password")})
    after = ask(client, f"/items/{scene.tour}")
    assert (after.status, TOUR.title in after.whole) == (303, False)


# On the list -------------------------------------------------------------------------------


def test_the_lists_are_those_of_the_specification(portals: tuple[Flask, Scene]) -> None:
    _without, scene = portals
    for public_id, listed in ((scene.letter, LISTED_A06), (scene.tour, LISTED_A07)):
        with scene.app.app_context():
            found = Actor(scene.app, public_id)
            viewer, item = found.item()
            rows = db.session.scalars(
                text("SELECT person_id FROM need_to_know WHERE item_id = :id AND to_at IS NULL"),
                {"id": item.id},
            ).all()
            assert viewer.keys
            assert set(rows) == {person_id(name) for name in listed}


def test_who_is_listed_meets_every_word(portals: tuple[Flask, Scene]) -> None:
    """So that the tests above can fail; and what tabs, histories, logs between and folders of
    downloads show, says nothing (9)."""
    _without, scene = portals
    walk = crawl(scene.client("何玉萍"), queries=QUERIES[3:])
    sheet = ask(scene.client("何玉萍"), f"/items/{scene.tour}/documents/filing.pdf")
    walk.reached["sheet"] = sheet
    words = (*LETTER.all, *TOUR.all, *CO_REPORT.values())
    assert walk.met(words) == set(words)
    assert sheet.status == 200
    assert TOUR.title in sheet.text
    assert [word for word in words if word in walk.outside()] == []
    assert "Content-Disposition: inline; filename=" in walk.outside()


@pytest.mark.parametrize(
    ("name", "reads", "does_not"),
    [
        ("毛明军", {CO_REPORT["ZZRS"]}, {CO_REPORT["JCC"], TOUR.report}),
        pytest.param("冉静", set(), {*CO_REPORT.values(), TOUR.report}, marks=pytest.mark.long),
        pytest.param("余茂春", {*CO_REPORT.values(), TOUR.report}, set(), marks=pytest.mark.long),
        pytest.param(
            "孙敏", {CO_REPORT["JCC"]}, {CO_REPORT["ZZRS"], TOUR.report}, marks=pytest.mark.long
        ),
        pytest.param("罗䶮", {*CO_REPORT.values(), TOUR.report}, set(), marks=pytest.mark.long),
    ],
)
def test_a_co_unit_reads_its_own_part(
    walked: Callable[[str], Walk], name: str, reads: set[str], does_not: set[str]
) -> None:
    """(14) of several co-units none reads what another one wrote."""
    walk = walked(name)
    assert walk.met((TOUR.title,)), "all of them know of the item"
    assert walk.met(reads) == reads
    assert walk.met(does_not) == set()


def test_the_ids_of_items_are_random(portals: tuple[Flask, Scene]) -> None:
    """(2)"""
    _without, scene = portals
    assert {scene.letter.version, scene.tour.version} == {4}


def test_the_sign_in_page_counts_no_sensitive_item(portals: tuple[Flask, Scene]) -> None:
    """(4) the demo's cards say how much waits for whom, to everybody."""
    without, scene = portals
    pages = [app.test_client().get("/login").get_data(as_text=True) for app in (without, scene.app)]
    cards = [re.findall(r"待办[0-9]+件", page) for page in pages]
    assert cards[0], "somebody's ordinary items wait"
    assert cards[0] == cards[1]
