"""承办单位 as minutes name them: by name, short name, an older part's name, or abbreviated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pypinyin import lazy_pinyin

COLLEGES: Final = "二级学院"
EVERY_COLLEGE: Final = ("各二级学院", "各学院", "二级学院", "各院系", "各教学单位")
LIKE_A_UNIT: Final = re.compile(
    r"(?:(?<=[由请、，和与及。；：\s])|(?<=会同|责成|联合)|^)"
    r"(?P<word>(?:(?![由请报向])[\u4e00-\u9fff]){1,12}?"
    r"(?:办公室|处|部|室|中心|学院|馆|办|团委))"
    r"(?:(?P<charged>(?=等?(?:单位|部门)?"
    r"(?:牵头|负责|会同|联合|配合|协助|协办|参与|主办|承办|[、和及与])))"
    r"|(?=[于在应要须按本以\d]))"
)
"""A name that no unit bears. Who is charged in so many words may be unknown; elsewhere a word
counts only if it can be guessed which unit is meant."""
NO_UNITS: Final = re.compile(r"(?:各|本|全|有关|相关|县|州|省|市|国家|上级).*|.*(?:内|外|干)部")
SHORTEST_GUESS: Final = 3


class Unit(NamedTuple):
    """A unit of today, as far as reading needs it; `kind` is 职能部门, 教辅机构 or 二级学院."""

    id: int
    name: str
    short_name: str
    kind: str


class Mention(NamedTuple):
    """Units named at a place of a text; none: it reads like a unit that is not known.

    `guessed`: not by one of its names, so the reader should look at it.
    """

    start: int
    end: int
    word: str
    units: tuple[int, ...]
    guessed: bool = False


class Directory:
    """The names of the units, made once for a text."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = {unit.id: unit for unit in units}
        named = defaultdict(set)
        for unit in units:
            for alias in _aliases(unit):
                named[alias].add(unit.id)
        self.aliases = {alias: ids.pop() for alias, ids in named.items() if len(ids) == 1}
        self._colleges = tuple(unit.id for unit in units if unit.kind == COLLEGES)
        words = sorted((*self.aliases, *EVERY_COLLEGE), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words)))
        self._sounds = {_sound(alias): unit_id for alias, unit_id in self.aliases.items()}

    def mentions(self, text: str) -> list[Mention]:
        """Every unit that a text names, in order; with those that only look like one."""
        sure = [
            Mention(found.start(), found.end(), found[0], self._meant(found[0]))
            for found in self._pattern.finditer(text)
        ]
        taken = {place for mention in sure for place in range(mention.start, mention.end)}
        found = [*sure, *(like for like in self._like(text) if like.start not in taken)]
        return sorted(found)

    def resolve(self, word: str) -> Mention:
        """One name as typed: its unit, a guess, or none."""
        if word in self.aliases or word in EVERY_COLLEGE:
            return Mention(0, len(word), word, self._meant(word))
        guess = self._guess(word)
        return Mention(0, len(word), word, () if guess is None else (guess,), guess is not None)

    def _like(self, text: str) -> Iterator[Mention]:
        for found in LIKE_A_UNIT.finditer(text):
            word = found["word"]
            if NO_UNITS.fullmatch(word) or self._pattern.search(word):
                continue
            mention = self.resolve(word)
            if mention.units or found["charged"] is not None:
                yield mention._replace(start=found.start(), end=found.end())

    def _meant(self, word: str) -> tuple[int, ...]:
        return self._colleges if word in EVERY_COLLEGE else (self.aliases[word],)

    def _guess(self, word: str) -> int | None:
        """「后勤处」 of 后勤与国有资产管理处; a slip of typing that sounds the same."""
        if len(word) < SHORTEST_GUESS:
            return None
        within = {
            unit.id
            for unit in self.units.values()
            if any(_within(word, part) for part in _parts(unit.name))
        }
        return within.pop() if len(within) == 1 else self._sounds.get(_sound(word))


def _aliases(unit: Unit) -> Iterator[str]:
    yield unit.name
    yield unit.short_name
    yield from _parts(unit.name)


def _parts(name: str) -> Iterable[str]:
    """「学生工作部（学生处、团委）」: the name before the brackets, and each one inside."""
    outside, _, inside = name.partition("（")
    return [outside, *(part for part in inside.rstrip("）").split("、") if part)]


def _within(word: str, name: str) -> bool:
    """Whether the word is the name with characters left out, its first and last one kept."""
    rest = iter(name)
    same_ends = word[0] == name[0] or word in name
    return same_ends and word[-1] == name[-1] and all(sign in rest for sign in word)


def _sound(word: str) -> str:
    return " ".join(lazy_pinyin(word))
