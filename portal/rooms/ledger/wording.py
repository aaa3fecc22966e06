"""The ledger's filters and order in words: removable chips above the table, 口径说明 in the file,
names proposed for views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.filters import full_date
from portal.item.lights import NOT_ISSUED
from portal.item.marks import LABELS as MARKS
from portal.models import Person, Unit
from portal.rooms.ledger.columns import COLUMNS
from portal.rooms.ledger.filters import BELONG, EXTENDED, GROUPS, OWED, URGED, Filters
from portal.rooms.ledger.periods import CUSTOM, DUES, TERMS
from portal.rulebook import policy

CUSTOM_LABELS: Final = {
    "term": "立项日期",
    "due": "现行时限",
    "filed": "立项备案日期",
    "closed": "销号日期",
}
"""What 自定义 is about, once its days are said."""


class Chip(NamedTuple):
    """One filter that is set: its name in the address, 「类别」, 「批示类」."""

    name: str
    label: str
    words: str

    @property
    def said(self) -> str:
        """「类别：批示类」."""
        return f"{self.label}：{self.words}"


def light_words() -> dict[str, str]:
    """The ledger's lights by their words, 未交办 among them."""
    return {row.id: row.word for row in policy.CURRENT.lights} | {"unissued": NOT_ISSUED}


def options() -> dict[str, list[tuple[str, str]]]:
    """What each filter that is a list of the policy may be, with its words."""
    edition = policy.CURRENT
    return {
        "state": [*GROUPS.items(), *((row.id, row.label) for row in edition.states)],
        "category": [(row.id, row.label) for row in edition.categories],
        "level": [(str(row.number), row.label) for row in edition.levels],
        "method": [(row.id, row.label) for row in edition.methods],
        "source": [(row.id, row.label) for row in edition.source_types],
        "classification": [(row.id, row.label) for row in edition.classifications],
        "light": list(light_words().items()),
        "term": list(TERMS.items()),
        "due": list(DUES.items()),
        "urged": list(URGED.items()),
        "extended": list(EXTENDED.items()),
        "owed": list(OWED.items()),
        "mark": list(MARKS.items()),
    }


LABELS: Final = {
    "q": "关键词",
    "state": "状态",
    "light": "灯号",
    "term": "学期",
    "category": "类别",
    "level": "等级",
    "method": "方式",
    "source": "来源",
    "classification": "密级标识",
    "unit": "牵头单位",
    "co": "协办单位",
    "leader": "责任校领导",
    "handler": "承办人",
    "due": "时限",
    "filed": "立项备案",
    "closed": "销号",
    "urged": "催办",
    "extended": "延期",
    "owed": "反馈",
    "mark": "标记",
}
"""The filters by their words, in the order in which they are said."""


def chips(wanted: Filters) -> list[Chip]:
    """The filters that are set, in words. A unit or person that there is not is said as typed."""
    named = options()
    found = []
    for name, label in LABELS.items():
        value = getattr(wanted, name)
        if not value:
            continue
        if value == CUSTOM:
            found.append(Chip(name, CUSTOM_LABELS[name], _days(wanted, name)))
        elif name in NAMES:
            found.append(Chip(name, label, NAMES[name](value) or value))
        else:
            found.append(Chip(name, label, dict(named.get(name, ())).get(value, value)))
    return found


def order_words(wanted: Filters) -> str:
    """「时限，降序」; of the plain ledger 「灯号」."""
    name = wanted.sort.removeprefix("-")
    label = next(column.head for column in COLUMNS if column.sort == name)
    return f"{label}，降序" if wanted.sort.startswith("-") else label


def _days(wanted: Filters, name: str) -> str:
    first, last = (getattr(wanted, part) for part in BELONG[name])
    if first and last:
        return f"{_day(first)}至{_day(last)}"
    return f"{_day(first)}起" if first else f"{_day(last)}止"


def _day(iso: str) -> str:
    return full_date(date.fromisoformat(iso))


def _unit(code: str) -> str | None:
    return db.session.scalar(select(Unit.short_name).where(Unit.code == code))


def _person(emp_no: str) -> str | None:
    return db.session.scalar(select(Person.name).where(Person.emp_no == emp_no))


NAMES: Final[Mapping[str, Callable[[str], str | None]]] = {
    "unit": _unit,
    "co": _unit,
    "leader": _person,
    "handler": _person,
}
