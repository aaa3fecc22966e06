"""The rule-book's own words: chapters, articles, items and annexes, and how they are cited.

A reference is "12", "18(2)" (第十八条第（二）项), "16(2)(3)", "A1" (附件1), or several joined by
commas; 项 may be typed as figures or as （二）.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

_DIGITS: Final = "一二三四五六七八九"
_REFERENCE: Final = re.compile(r"(?P<annex>A?)(?P<number>\d+)(?P<clauses>(?:\(\w+\))*)")


class Clause(NamedTuple):
    """One 项 of an article, such as （二）."""

    number: int
    label: str
    text: str


class Article(NamedTuple):
    """One 条; `text` may hold several paragraphs, parted by line ends."""

    number: int
    label: str
    text: str
    clauses: tuple[Clause, ...]


class Chapter(NamedTuple):
    """One 章 with its articles."""

    number: int
    label: str
    title: str
    articles: tuple[Article, ...]


class Annex(NamedTuple):
    """One 附件 as it stands, its table row by row; slips of typing are not mended here."""

    number: int
    label: str
    title: str
    number_line: str
    rows: tuple[tuple[str, ...], ...]


class Rulebook(NamedTuple):
    """The whole text; `attachments` and `issued` are the lines after the last article."""

    title: str
    chapters: tuple[Chapter, ...]
    attachments: tuple[str, ...]
    annexes: tuple[Annex, ...]
    issued: tuple[str, ...]


class Reference(NamedTuple):
    """A place in the rule-book: an article (or annex) and, perhaps, some of its 项."""

    annex: bool
    number: int
    clauses: tuple[int, ...]


@cache
def rulebook() -> Rulebook:
    """The rule-book, read once."""
    path = files("portal.rulebook").joinpath("data/rulebook.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    return Rulebook(
        data["title"],
        tuple(_chapter(row) for row in data["chapters"]),
        tuple(data["attachments"]),
        tuple(
            Annex(
                row["number"],
                row["label"],
                row["title"],
                row["number_line"],
                tuple(tuple(cells) for cells in row["rows"]),
            )
            for row in data["annexes"]
        ),
        tuple(data["issued"]),
    )


def _chapter(row: dict[str, Any]) -> Chapter:
    return Chapter(
        row["number"],
        row["label"],
        row["title"],
        tuple(
            Article(
                article["number"],
                article["label"],
                article["text"],
                tuple(Clause(**clause) for clause in article["clauses"]),
            )
            for article in row["articles"]
        ),
    )


def articles() -> list[Article]:
    """All articles, in order."""
    return [article for chapter in rulebook().chapters for article in chapter.articles]


def references(ref: str) -> list[Reference]:
    """The places a reference names, each checked to exist. ValueError if one does not."""
    places = []
    for part in re.split(r"[,，、]", ref.replace("（", "(").replace("）", ")")):
        found = _REFERENCE.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"no reference: {ref}")
        clauses = tuple(_figure(text) for text in re.findall(r"\((\w+)\)", found["clauses"]))
        place = Reference(bool(found["annex"]), int(found["number"]), clauses)
        _find(place)
        places.append(place)
    return places


def passage(ref: str) -> str:
    """The words at a reference: the named 项, or the whole article or annex."""
    return "\n".join(_find(place) for place in references(ref))


def ground_label(ref: str) -> str:
    """How a reference is cited: "18(2)" is 「第十八条第（二）项」, "A1" is 「附件1」."""
    return "、".join(_cited(place) for place in references(ref))


def ground_anchor(ref: str) -> str:
    """The anchor of a reference's first place on the page of the rule-book: "a18-2", "annex-1"."""
    place = references(ref)[0]
    if place.annex:
        return f"annex-{place.number}"
    return "-".join([f"a{place.number}", *(str(clause) for clause in place.clauses[:1])])


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese figures: 18 is 「十八」."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return head + (_DIGITS[ones - 1] if ones else "")


def _figure(text: str) -> int:
    if text.isdecimal():
        return int(text)
    for number in range(1, 100):
        if chinese_number(number) == text:
            return number
    raise ValueError(f"no figure: {text}")


def _find(place: Reference) -> str:
    if place.annex:
        annex = next((row for row in rulebook().annexes if row.number == place.number), None)
        if annex is None or place.clauses:
            raise ValueError(f"no such annex: {place}")
        return "\n".join([annex.title, annex.number_line, *(" ".join(row) for row in annex.rows)])
    article = next((row for row in articles() if row.number == place.number), None)
    if article is None:
        raise ValueError(f"no such article: {place}")
    clauses = {clause.number: clause.text for clause in article.clauses}
    if any(number not in clauses for number in place.clauses):
        raise ValueError(f"no such item: {place}")
    if place.clauses:
        return "\n".join(clauses[number] for number in place.clauses)
    return "\n".join([article.text, *clauses.values()])


def _cited(place: Reference) -> str:
    if place.annex:
        return f"附件{place.number}"
    clauses = "、".join(f"（{chinese_number(number)}）" for number in place.clauses)
    article = f"第{chinese_number(place.number)}条"
    return f"{article}第{clauses}项" if clauses else article
