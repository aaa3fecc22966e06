"""What the ledger's address may ask for, read kindly: what cannot be meant is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from portal.forms import clean
from portal.item.lights import ENDED as ENDED_STATES
from portal.item.lights import ORDER
from portal.rulebook import policy

LONGEST_QUERY = 100
SORTS = ("light", "number", "due", "level", "unit", "issued")
RUNNING, STARTING, ENDED = "running", "starting", "ended"
GROUPS = {STARTING: "立项中", RUNNING: "在办", ENDED: "已结"}
"""Groups of states, besides each state by its own identifier."""


@dataclass(frozen=True)
class Filters:
    """A reading of the address; empty means 不限. `sort` is one of SORTS, `-` before it: down."""

    q: str = ""
    state: str = ""
    category: str = ""
    level: str = ""
    method: str = ""
    unit: str = ""
    leader: str = ""
    light: str = ""
    sort: str = "light"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return replace(self, sort="light", page=1) != Filters()

    @property
    def chosen(self) -> bool:
        """Whether one of the choices below the search box is set."""
        return any((self.category, self.level, self.method, self.unit, self.leader))

    @property
    def given(self) -> dict[str, str | int]:
        """What was asked for, by name; without what is so anyway."""
        return {
            name: value for name, value in vars(self).items() if value != getattr(Filters, name)
        }

    def href(self, **changes: str | int) -> str:
        """The ledger's address with some parts changed; a new filter begins at page 1."""
        wanted = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # by name
        return f"/ledger?{urlencode(wanted.given)}" if wanted.given else "/ledger"


def read(args: Mapping[str, str]) -> Filters:
    """Read an address. Unknown words, wrong numbers and signs nobody can type are left out."""
    edition = policy.CURRENT
    sort = args.get("sort", "")
    return Filters(
        q=clean(args.get("q"))[:LONGEST_QUERY],
        state=_one_of(args.get("state"), [*GROUPS, *(state.id for state in edition.states)]),
        category=_one_of(args.get("category"), [row.id for row in edition.categories]),
        level=_one_of(args.get("level"), [str(row.number) for row in edition.levels]),
        method=_one_of(args.get("method"), [row.id for row in edition.methods]),
        unit=_code(args.get("unit")),
        leader=_code(args.get("leader")),
        light=_one_of(args.get("light"), ORDER),
        sort=sort if sort.removeprefix("-") in SORTS and sort.count("-") < 2 else "light",
        page=_page(args.get("page")),
    )


def _one_of(given: str | None, allowed: Iterable[str]) -> str:
    return given if given and given in set(allowed) else ""


def _code(given: str | None) -> str:
    """A unit's code or a person's 工号; whether it exists, the query finds out."""
    return given if given and re.fullmatch(r"[A-Za-z0-9]{1,20}", given) else ""


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
