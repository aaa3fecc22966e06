"""The shapes of the policy: what a row of the rule-book's numbers and lists consists of.

Every row carries `article` (a reference such as "18(2)", see `text.ground_label`), a verbatim
`quotation` of that article, and `origin`: "S" = the article says so, "J" = the portal's reading
fills a gap beside that article, and the college may change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeVar

Row = TypeVar("Row")
Origin = Literal["S", "J"]
Mode = Literal["natural", "workday"]
Colour = Literal["grey", "blue", "light"]
StepId = Literal["initiate", "issue", "handle", "urge", "feedback", "complete", "archive"]
LightId = Literal["green", "yellow", "red", "blue", "grey"]
PrincipalId = Literal["secretary", "president", "both", "author"]


def _only(rows: Iterable[Row], key: object) -> Row:
    for row in rows:
        return row
    raise KeyError(key)


class Level(NamedTuple):
    """第十八条: one of the four levels. Days count from 交办, the day of issue being day 0.

    `days_min`, `days_max`, `default_days` are None where a level takes no number of days.
    `report_every` is the cycle in days; None means one report half-way.
    `roll`: a last day on a rest day moves to the next working day.
    """

    number: int
    label: str
    days_min: int | None
    days_max: int | None
    default_days: int | None
    report_every: int | None
    mode: Mode
    roll: bool
    article: str
    quotation: str
    origin: Origin


class Category(NamedTuple):
    """第十条: 类别; `retention` is the default 保管期限 of its archive."""

    id: str
    label: str
    retention: str
    article: str
    quotation: str
    origin: Origin


class Choice(NamedTuple):
    """A row of a plain list (督办督查方式, 密级标识, 主要领导): `short` is the word for lists."""

    id: str
    label: str
    short: str
    article: str
    quotation: str
    origin: Origin


class Light(NamedTuple):
    """A deadline light: `label` of the glossary, `word` printed beside the colour."""

    id: LightId
    label: str
    word: str
    article: str
    quotation: str
    origin: Origin


class Step(NamedTuple):
    """第十六条: one of the seven 环节, in the order of the progress bar."""

    id: StepId
    label: str
    article: str
    quotation: str
    origin: Origin


class State(NamedTuple):
    """A state of an item. `steps` are the 环节 running in it; the first is the current one."""

    id: str
    label: str
    colour: Colour
    steps: tuple[StepId, ...]
    article: str
    quotation: str
    origin: Origin

    @property
    def lit(self) -> bool:
        """Whether the item shows a deadline light in this state."""
        return self.colour == "light"


class SourceType(NamedTuple):
    """第十条: where a matter comes from; its usual category, principal (审定) and method.

    `principal` "author" means: the principal who wrote the 批示.
    """

    id: str
    label: str
    category: str
    principal: PrincipalId
    method: str
    article: str
    quotation: str
    origin: Origin


class Retention(NamedTuple):
    """第十六条（七）: a 保管期限 that 档案员 may choose; each category has its usual one."""

    id: str
    article: str
    quotation: str
    origin: Origin


class Limit(NamedTuple):
    """One number of the policy; `level` None holds for every level without a row of its own."""

    id: str
    level: int | None
    value: int
    unit: str
    label: str
    article: str
    quotation: str
    origin: Origin


class Policy(NamedTuple):
    """One edition of the policy; an item keeps the version under which it was filed."""

    version: str
    levels: tuple[Level, ...]
    categories: tuple[Category, ...]
    methods: tuple[Choice, ...]
    classifications: tuple[Choice, ...]
    principals: tuple[Choice, ...]
    source_types: tuple[SourceType, ...]
    lights: tuple[Light, ...]
    steps: tuple[Step, ...]
    states: tuple[State, ...]
    limits: tuple[Limit, ...]
    retentions: tuple[Retention, ...]

    def level(self, number: int) -> Level:
        """第十八条: the level 1 to 4. KeyError if there is none."""
        return _only((row for row in self.levels if row.number == number), number)

    def category(self, id: str) -> Category:
        """第十条: a category by its identifier. KeyError if there is none."""
        return _only((row for row in self.categories if row.id == id), id)

    def method(self, id: str) -> Choice:
        """第十三条: a method by its identifier. KeyError if there is none."""
        return _only((row for row in self.methods if row.id == id), id)

    def classification(self, id: str) -> Choice:
        """第二十一条: 密级标识 by its identifier. KeyError if there is none."""
        return _only((row for row in self.classifications if row.id == id), id)

    def source_type(self, id: str) -> SourceType:
        """第十条: a source type by its identifier. KeyError if there is none."""
        return _only((row for row in self.source_types if row.id == id), id)

    def light(self, id: str) -> Light:
        """A light by its identifier. KeyError if there is none."""
        return _only((row for row in self.lights if row.id == id), id)

    def state(self, id: str) -> State:
        """A state of an item by its identifier. KeyError if there is none."""
        return _only((row for row in self.states if row.id == id), id)

    def limit(self, id: str, level: int | None = None) -> int:
        """A number of the policy, the level's own if it has one. KeyError if there is none."""
        own = [row.value for row in self.limits if row.id == id and row.level == level]
        if own:
            return own[0]
        return _only((row for row in self.limits if row.id == id and row.level is None), id).value
