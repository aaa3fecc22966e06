"""The field's words: Chinese label, identifier in the code, meaning."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple


class Term(NamedTuple):
    """A word: `zh` on the screen, `id` in the code; origin "S" stands in the rule-book."""

    zh: str
    id: str
    meaning: str
    origin: Literal["S", "J"]


@cache
def groups() -> dict[str, tuple[Term, ...]]:
    """All terms by group (concepts, states, buttons, fields …), in order."""
    path = files("portal.rulebook").joinpath("data/glossary.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(Term(**row) for row in rows) for name, rows in data["groups"].items()}


def group(name: str) -> tuple[Term, ...]:
    """The terms of a group. KeyError if there is none."""
    return groups()[name]


def label(name: str, id: str) -> str:
    """The Chinese label of an identifier in a group. KeyError if there is none."""
    for term in group(name):
        if term.id == id:
            return term.zh
    raise KeyError((name, id))
