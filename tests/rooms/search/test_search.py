"""搜索 (SPEC §8.8): words and what they find, in which order, as whom."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from portal.steps.registration import commands as registration
from tests.attack.crawl import CHANGING
from tests.conftest import ANCHOR
from tests.pages import Page, get
from tests.shaping import shape
from tests.steps.acting import intent
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
OFFICE, UNIT, STRANGER = "何玉萍", "坤建军", "周慎之"


def _filed(seq: int, year: int = 2026, state: str = "filed") -> dict[str, Any]:
    number = {"doc_word": "阿职督办", "doc_year": year, "doc_seq": seq}
    return {"state": state, **number, "filed_on": ANCHOR.replace(year=year)}


ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "winter": (
        {
            "title": "元旦春节期间校园安全保卫工作",
            "requirement": "排查隐患，WiFi全覆盖，做好值班。",
            "lead_unit": "BWC",
        },
        _filed(18),
    ),
    "safety": (
        {
            "title": "安全生产月活动",
            "requirement": "组织应急演练。",
            "lead_unit": "BWC",
            "co_units": [],
        },
        _filed(180),
    ),
    "old": (
        {
            "title": "开展实验室安全检查",
            "requirement": "逐室检查。",
            "lead_unit": "JWC",
            "co_units": [],
        },
        _filed(18, 2025),
    ),
    "guest": (
        {
            "title": "让布·达尔吉同志来校讲学接待",
            "requirement": "安排食宿。",
            "lead_unit": "JYXY",
            "co_units": [],
        },
        _filed(19),
    ),
    "draft": (
        {"title": "安全宣传的草稿", "requirement": "", "lead_unit": "XCTZ", "co_units": []},
        {},
    ),
}
FOUND: tuple[tuple[str, list[str]], ...] = (
    # A number, however typed.
    ("阿职督办〔2026〕18号", ["winter"]),
    ("阿职督办[2026]018", ["winter"]),
    ("２０２６－１８", ["winter"]),
    ("2026-18", ["winter"]),
    ("[2026]18", ["winter"]),
    ("〔2025〕18号", ["old"]),
    ("18号", ["winter", "old"]),
    ("１８号", ["winter", "old"]),
    ("第18号", ["winter", "old"]),
    ("阿职督办〔2026〕99号", []),
    # Titles that begin so, then the rest, the newest first.
    ("安全", ["draft", "safety", "winter", "old"]),
    ("校园安全 排查", ["winter"]),
    ("校园安全 演练", []),
    ("应急演练", ["safety"]),
    ("wifi", ["winter"]),
    # Titles by pinyin and first letters.
    ("anquan", ["draft", "safety", "winter", "old"]),
    ("xyaqbw", ["winter"]),
    ("yuan dan", ["winter"]),
    ("quanbao", ["safety", "winter"]),
    ("nquan", []),
    # The · of a name, whichever it is, or none.
    ("让布·达尔吉", ["guest"]),
    ("让布•达尔吉", ["guest"]),
    ("rbdej", ["guest"]),
    # Units by short and full name, code, abbreviation, pinyin; persons.
    ("保卫处", ["safety", "winter"]),
    ("安全保卫处", ["safety", "winter"]),
    ("bwc", ["safety", "winter"]),
    ("质量管理办公室", ["old"]),
    ("jyxy", ["guest"]),
    ("教育学院", ["guest"]),
    # Nothing that means something to a database.
    ("%", []),
    ("_", []),
    ("\\", []),
    ("没有这样的事项", []),
)
HOSTILE = (
    "%00", "a%00b", "%ff%fe", "';drop table item--", "(((", "[a-z]*", "a" * 500, "·", "·" * 90,
    "甲 " * 60, "99999999999999999999号", "\\", "<script>alert(1)</script>",
)  # fmt: skip


@pytest.fixture
def found_items(college: Flask, draft_item: Draft) -> dict[str, str]:
    """Address → name of the items above."""
    made = {}
    for name, (fields, columns) in ITEMS.items():
        public_id = draft_item("A01", **fields)
        if columns:
            shape(college, public_id, **columns)
        made[f"/items/{public_id}"] = name
    return made


def card(page: Page, group: str) -> Tag | None:
    """The card of a group: items, units, people, articles, pages."""
    return page.soup.select_one(f"#found-{group}")


def names(page: Page, items: dict[str, str]) -> list[str]:
    """The items that a page lists, in its order."""
    found = card(page, "items")
    return [items[str(a["href"])] for a in found.select(".db-found-title")] if found else []


def shown(page: Page, group: str) -> list[str]:
    found = card(page, group)
    return [a.get_text() for a in found.select(".db-found-title")] if found else []


def test_words_and_what_they_find(as_: As, found_items: dict[str, str]) -> None:
    client = as_(OFFICE)
    answers = {
        word: names(get(client, f"/search?q={_quoted(word)}"), found_items) for word, _ in FOUND
    }
    assert answers == dict(FOUND)


def test_suggestions_are_the_first_of_the_same(as_: As, found_items: dict[str, str]) -> None:
    client = as_(OFFICE)
    answer = client.get("/search/suggestions?q=anquan")
    page = Page(answer.status_code, answer.get_data(as_text=True))
    links = [a for a in page.soup.select("[role=option]") if str(a["href"]) in found_items]
    assert [found_items[str(a["href"])] for a in links] == ["draft", "safety", "winter", "old"]
    assert [mark.get_text() for mark in links[2].select("mark")] == ["安全"]
    assert not page.soup.select("html"), "a part, not a page"
    ids = [str(a["id"]) for a in page.soup.select("[role=option]")]
    assert len(ids) == len(set(ids))


def test_nobody_is_told_of_what_is_not_known(as_: As, found_items: dict[str, str]) -> None:
    """SPEC §7.5 (3), (7): a unit finds its own; a colleague's draft is nobody else's."""
    seen = {
        who: names(get(as_(who), "/search?q=安全"), found_items)
        for who in (OFFICE, "泽仁旺姆", UNIT, STRANGER)
    }
    assert seen == {
        OFFICE: ["draft", "safety", "winter", "old"],
        "泽仁旺姆": ["safety", "winter", "old"],
        UNIT: ["safety", "winter"],
        STRANGER: [],
    }
    page = get(as_(STRANGER), "/search?q=2026-18")
    assert page.soup.select_one("#found-items") is None


BESIDE: tuple[tuple[str, str, list[str]], ...] = (
    ("zrwm", "people", ["泽仁旺姆"]),
    ("zeren", "people", ["泽仁旺姆"]),
    ("wangmu", "people", ["泽仁旺姆"]),
    ("shan xiao", "people", ["单晓燕"]),
    ("xie", "people", ["解学农"]),
    ("qiu", "people", ["仇瑾"]),
    ("qinyi", "people", ["覃燚"]),
    ("20100013", "people", ["何玉萍"]),
    ("让布达尔吉", "people", ["让布·达尔吉"]),
    ("让布•达", "people", ["让布·达尔吉"]),
    ("何玉萍 督办专员", "people", ["何玉萍"]),
    ("邓 保卫处", "people", ["邓涛"]),
    ("jwc", "units", ["教务处"]),
    ("后勤处", "units", ["后勤国资处"]),
    ("团委", "units", ["学工部"]),
    ("档案室", "units", ["党政办"]),
    ("hqgz", "units", ["后勤国资处"]),
    ("jyxy", "units", ["教育学院"]),
    ("第十八条", "articles", ["第十八条"]),
    ("18条", "articles", ["第十八条"]),
    ("日历", "pages", ["日历", "工作日历"]),
    ("bhgl", "pages", ["编号管理"]),
    ("jjxy", "units", []),
    ("没有此人", "people", []),
)


def test_beside_the_items(as_: As) -> None:
    """Persons with their surnames' readings, units by any name, articles, pages."""
    client = as_(OFFICE)
    found = {
        (word, group): shown(get(client, f"/search?q={_quoted(word)}"), group)
        for word, group, _ in BESIDE
    }
    assert found == {(word, group): expected for word, group, expected in BESIDE}
    assert shown(get(client, "/search?q=不可抗因素"), "articles")


def test_pages_are_those_one_may_enter(as_: As) -> None:
    assert shown(get(as_(UNIT), "/search?q=编号"), "pages") == []
    assert shown(get(as_(OFFICE), "/search?q=编号"), "pages") == ["编号管理"]


def test_the_found_part_is_marked_and_the_rest_escaped(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    draft_item(title="检查<b>安全</b>情况", requirement="甲" * 60 + "落实安全责任" + "乙" * 60)
    page = get(as_(OFFICE), "/search?q=安全")
    found = card(page, "items")
    assert found is not None
    assert [mark.get_text() for mark in found.select("mark")] == ["安全", "安全"]
    assert "检查<b>安全</b>情况" in found.get_text()
    excerpt = found.select_one(".db-found-excerpt")
    assert excerpt is not None
    assert len(excerpt.get_text()) < 80
    assert "…甲" in excerpt.get_text()


def test_nothing_in_the_address_breaks_it(as_: As, found_items: dict[str, str]) -> None:
    client = as_(OFFICE)
    answers = {
        f"{address}?q={word}": client.get(f"{address}?q={word}").status_code
        for word in HOSTILE
        for address in (
            "/search",
            "/search/suggestions",
            "/people/suggestions",
            "/units/suggestions",
        )
    }
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_a_sensitive_item_is_found_by_its_list_alone(college: Flask, as_: As) -> None:
    """SPEC §7.5 (3): to all others its words answer like words that stand nowhere, in every way
    to ask."""
    with sensitive(college, title="核查举报线索", requirement="依规核查。") as actor:
        viewer, item = actor.item(OFFICE)
        registration.submit(viewer, item, intent(item), declared=True)
    listed, other = as_(UNIT), as_("泽仁旺姆")
    assert shown(get(listed, "/search?q=举报"), "items") == ["核查举报线索"]
    assert "办理要求：" not in get(listed, "/search?q=依规核查").text
    for word, nowhere in (("举报线索", "无此四字"), ("jbxs", "jqxv"), ("依规核查", "无此四字")):
        for address in ("/search", "/search/suggestions"):
            told, plain = (
                CHANGING.sub("", other.get(f"{address}?q={one}").get_data(as_text=True))
                for one in (word, nowhere)
            )
            assert told.replace(quote(word), quote(nowhere)).replace(word, nowhere) == plain


@pytest.mark.parametrize("who", ["sysadmin01", "auditor01"])
def test_administrators_search_no_business(as_: As, who: str) -> None:
    client = as_(who)
    for address in ("/search?q=安全", "/search/suggestions?q=安全", "/people/suggestions?q=he"):
        assert client.get(address).status_code == 403


def _quoted(word: str) -> str:
    return word.replace("%", "%25").replace("\\", "%5C").replace("[", "%5B").replace("]", "%5D")
