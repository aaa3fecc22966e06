"""What the ledger's address may ask for, read kindly: what cannot be meant is left out.

The parameters are an interface: desks, messages and saved views hold such addresses.

| name | value |
| --- | --- |
| q | words: 文号 however typed, 事项, 办理要求, unit, persons (pinyin and initials too) |
| state | starting, running, ended (GROUPS), or the identifier of a state |
| light | red, yellow, blue, green, unissued, grey |
| level | 1 to 4 |
| category, method, source, classification | an identifier of the policy's list |
| unit, co | code of the lead unit, of a co-unit |
| leader, handler | 工号 of 责任校领导, of 承办人 |
| term | current, previous, year; custom with since and until (ISO days): 立项日期 |
| due | week, next_week, month; custom with due_from and due_to (ISO days): 现行时限 |
| filed | custom with filed_from and filed_to: 立项备案日期, without what was voided |
| closed | custom with closed_from and closed_to: 销号日期 |
| urged | 0 never, 1 at least once, 2 at least twice |
| extended | 0 never, 1 at least once |
| owed | 1: reports are missing (欠报) |
| mark | star (收藏), follow (关注) |
| columns | keys of `columns.COLUMNS` with commas, in the order shown; all: every one |
| sort | a key of SORTS, `-` before it: downwards |
| page | from 1 |
| all | 1: nothing is asked for, not even the person's own view |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from portal.codes import is_code
from portal.forms import clean
from portal.item.lights import ENDED as ENDED_STATES
from portal.item.lights import ORDER
from portal.item.marks import LABELS as MARKS
from portal.rooms.ledger import periods
from portal.rooms.ledger.columns import read_columns
from portal.rulebook import policy

LONGEST_QUERY = 100
SORTS: Final = (
    "light", "number", "category", "method", "source", "level", "unit", "leader", "issued", "first",
    "due", "state", "urged", "extended", "closed",
)  # fmt: skip
RUNNING, STARTING, ENDED = "running", "starting", "ended"
GROUPS: Final = {STARTING: "立项中", RUNNING: "在办", ENDED: "已结"}
"""Groups of states, besides each state by its own identifier."""
URGED: Final = {"0": "未催办", "1": "已催办", "2": "催办2次以上"}
EXTENDED: Final = {"0": "未延期", "1": "已延期"}
OWED: Final = {"1": "欠报反馈"}
NOT_FILTERS: Final = ("sort", "page", "columns")
"""What says how the rows are shown, not which."""
UNASKED: Final = "all=1"
BELONG: Final = {
    "term": ("since", "until"),
    "due": ("due_from", "due_to"),
    "filed": ("filed_from", "filed_to"),
    "closed": ("closed_from", "closed_to"),
}
"""Filters that say nothing alone, by the one they are a part of."""
SPANS: Final[Mapping[str, Iterable[str]]] = {
    "term": periods.TERMS, "due": periods.DUES,
    "filed": (periods.CUSTOM,), "closed": (periods.CUSTOM,),
}  # fmt: skip
"""The spans of days by their names."""


@dataclass(frozen=True)
class Filters:
    """A reading of the address; empty means 不限. `sort` is one of SORTS, `-` before it: down."""

    q: str = ""
    state: str = ""
    category: str = ""
    level: str = ""
    method: str = ""
    source: str = ""
    classification: str = ""
    unit: str = ""
    co: str = ""
    leader: str = ""
    handler: str = ""
    light: str = ""
    term: str = ""
    since: str = ""
    until: str = ""
    due: str = ""
    due_from: str = ""
    due_to: str = ""
    filed: str = ""
    filed_from: str = ""
    filed_to: str = ""
    closed: str = ""
    closed_from: str = ""
    closed_to: str = ""
    urged: str = ""
    extended: str = ""
    owed: str = ""
    mark: str = ""
    columns: str = ""
    sort: str = "light"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(name not in NOT_FILTERS for name in self.given)

    @property
    def given(self) -> dict[str, str | int]:
        """What was asked for, by name; without what is so anyway."""
        return {
            name: value for name, value in vars(self).items() if value != getattr(Filters, name)
        }

    @property
    def query(self) -> str:
        """The address's part after the question mark, without a page: what a view keeps and what
        an export is asked for with. Empty for the plain ledger."""
        return urlencode({name: value for name, value in self.given.items() if name != "page"})

    def href(self, **changes: str | int) -> str:
        """The ledger's address with some parts changed; a new filter begins at page 1."""
        wanted = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # by name
        return f"/ledger?{urlencode(wanted.given) or UNASKED}"

    def without(self, name: str) -> str:
        """The address without one filter and what is a part of it."""
        return self.href(**dict.fromkeys((name, *BELONG.get(name, ())), ""))


def read(args: Mapping[str, str]) -> Filters:
    """Read an address. Unknown words, wrong numbers and signs nobody can type are left out."""
    edition = policy.CURRENT
    sort = args.get("sort", "")
    found = Filters(
        q=clean(args.get("q"))[:LONGEST_QUERY],
        state=_one_of(args.get("state"), [*GROUPS, *(state.id for state in edition.states)]),
        category=_one_of(args.get("category"), [row.id for row in edition.categories]),
        level=_one_of(args.get("level"), [str(row.number) for row in edition.levels]),
        method=_one_of(args.get("method"), [row.id for row in edition.methods]),
        source=_one_of(args.get("source"), [row.id for row in edition.source_types]),
        classification=_one_of(
            args.get("classification"), [row.id for row in edition.classifications]
        ),
        unit=_code(args.get("unit")),
        co=_code(args.get("co")),
        leader=_code(args.get("leader")),
        handler=_code(args.get("handler")),
        light=_one_of(args.get("light"), ORDER),
        urged=_one_of(args.get("urged"), URGED),
        extended=_one_of(args.get("extended"), EXTENDED),
        owed=_one_of(args.get("owed"), OWED),
        mark=_one_of(args.get("mark"), MARKS),
        columns=read_columns(args.get("columns")),
        sort=sort if sort.removeprefix("-") in SORTS and sort.count("-") < 2 else "light",
        page=_page(args.get("page")),
    )
    spans: dict[str, str] = {}
    for name, allowed in SPANS.items():
        parts = (name, *BELONG[name])
        spans |= zip(parts, _span(args, name, allowed, *BELONG[name]), strict=True)
    return replace(found, **spans)  # type: ignore[arg-type]  # by name


def _span(
    args: Mapping[str, str], name: str, allowed: Iterable[str], first: str, last: str
) -> tuple[str, str, str]:
    """A named span, or two days of which one may be missing: days typed without saying so mean
    自定义, and 自定义 without a day means nothing."""
    named = _one_of(args.get(name), allowed)
    if named and named != periods.CUSTOM:
        return named, "", ""
    days = _day(args.get(first)), _day(args.get(last))
    return (periods.CUSTOM, *days) if any(days) else ("", "", "")


def _one_of(given: str | None, allowed: Iterable[str]) -> str:
    return given if given and given in set(allowed) else ""


def _code(given: str | None) -> str:
    """A unit's code or a person's 工号; whether it exists, the query finds out."""
    return given if given and is_code(given) else ""


def _day(given: str | None) -> str:
    """An ISO day as browsers send it."""
    if not given or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        return ""
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        return ""


def _page(given: str | None) -> int:
    return max(1, int(given)) if given and re.fullmatch(r"[0-9]{1,6}", given) else 1


def states_of(wanted: str) -> tuple[str, ...]:
    """The states a filter means: a group's, or the one named."""
    if wanted not in GROUPS:
        return (wanted,)
    return tuple(state.id for state in policy.CURRENT.states if _group(state) == wanted)


def _group(state: policy.State) -> str:
    if state.lit:
        return RUNNING
    return ENDED if state.id in ENDED_STATES else STARTING
