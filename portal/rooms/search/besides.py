"""What is found beside the items: units, persons, articles of the rule-book, the portal's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from flask import url_for

from portal.accounts import finding
from portal.accounts.unit_finding import find_units
from portal.navigation import frame
from portal.readings import pattern_of, reading_of
from portal.rooms.search.asked import Asked
from portal.rooms.search.marking import Piece, excerpt, pieces
from portal.rulebook import text

SHORTEST_TEXT = 2
"""Characters from which articles are searched."""
OWN_PAGES = (
    ("我的收藏", "my_marks.page"),
    ("消息", "messages.page"),
    ("消息设置", "message_account.page"),
    ("签名图片", "signature.page"),
    ("修改密码", "accounts.password"),
    ("登录会话", "accounts.sessions"),
)
"""Pages of the person's own menu."""


class Hit(NamedTuple):
    """A place to go: its name in pieces, a grey word beside it, its address."""

    title: list[Piece]
    note: list[Piece]
    href: str


def units(asked: Asked, day: date, limit: int) -> list[Hit]:
    """Units by their names; the link shows their items."""
    found = find_units(asked.text, day)[:limit] if asked else []
    return [
        Hit(
            pieces(unit.short_name, asked.words),
            pieces(unit.name, asked.words) if unit.name != unit.short_name else [],
            url_for("ledger.page", unit=unit.code),
        )
        for unit in found
    ]


def people(asked: Asked, day: date, limit: int) -> list[Hit]:
    """Persons by name, pinyin, 工号, post and unit; the link shows their items."""
    return [
        Hit(
            pieces(one.name, asked.words),
            pieces(one.post, asked.words),
            url_for("ledger.page", q=one.name),
        )
        for one in finding.suggest(asked.text, day, limit)
    ]


def articles(asked: Asked, limit: int) -> list[Hit]:
    """Articles and their 项 that hold every word, or whose number was asked for."""
    if len(asked.text) < SHORTEST_TEXT:
        return []
    numbered = re.fullmatch(r"第?([0-9一二三四五六七八九十]{1,3})条", asked.text)
    if numbered:
        return list(_article(numbered[1]))[:limit]
    return list(_mentions(asked))[:limit]


def _article(figure: str) -> Iterator[Hit]:
    for article in text.articles():
        if figure in (str(article.number), text.chinese_number(article.number)):
            yield Hit(
                [Piece(article.label, True)],
                [Piece(_head(article.text), False)],
                _at(f"a{article.number}"),
            )


def _mentions(asked: Asked) -> Iterator[Hit]:
    for article in text.articles():
        passages = [(article.label, f"a{article.number}", article.text)]
        passages += [
            (
                f"{article.label}第{clause.label}项",
                f"a{article.number}-{clause.number}",
                clause.text,
            )
            for clause in article.clauses
        ]
        for label, anchor, words in passages:
            if all(word.text in words for word in asked.words):
                yield Hit([Piece(label, False)], excerpt(words, asked.words), _at(anchor))


def pages(asked: Asked, limit: int) -> list[Hit]:
    """Pages that this person's navigation and menu lead to."""
    found = [
        Hit(pieces(label, asked.words), [], href)
        for label, href in _entries()
        if asked and all(_is_called(label, word.text, word.letters) for word in asked.words)
    ]
    return found[:limit]


def _entries() -> list[tuple[str, str]]:
    listed = {entry.label: entry.href for section in frame()["nav"] for entry in section.entries}
    own = {label: url_for(endpoint) for label, endpoint in OWN_PAGES}
    return list({**listed, **own}.items())


def _is_called(label: str, word: str, letters: str) -> bool:
    if word in label:
        return True
    return bool(letters and re.search(pattern_of(letters, from_start=True), reading_of(label)))


def _at(anchor: str) -> str:
    return url_for("help.rulebook", _anchor=anchor)


def _head(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:40]}…"
