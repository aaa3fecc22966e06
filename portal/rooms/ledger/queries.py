"""The ledger's rows and numbers, over what the viewer may know of and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from portal.accounts.queries import units_in_order
from portal.extensions import db
from portal.item.counted import listed
from portal.item.lights import ORDER, Shade, rank
from portal.models import Item, Person
from portal.rooms.ledger import filters
from portal.rooms.ledger.beside import Told, told_of
from portal.rooms.ledger.columns import needs_of, shown
from portal.rooms.ledger.conditions import FACETS, conditions, in_term
from portal.rooms.ledger.filters import Filters, states_of
from portal.rooms.ledger.orders import ids_in_order, ordered
from portal.rulebook.scope import Viewer

PAGE: Final = 50
"""Rows of a page; of many columns LONG_PAGE, so that no page is heavy."""
LONG_PAGE: Final = 20
MANY: Final = 15
Clauses = Mapping[str, ColumnElement[bool]]
Test = Callable[[Any], bool]
TERM_TABS: Final = ("current", "previous", "year")


class Found(NamedTuple):
    """One page of the ledger, and the numbers above it.

    `everything` and `running` count all that the viewer may know of; `groups`, `lights` and `terms`
    what a click on that tab would show: each under all filters but its own. `views`: the rows of
    each saved view.
    """

    rows: list[Told]
    page: int
    pages: int
    total: int
    everything: int
    running: int
    groups: dict[str, int]
    lights: dict[Shade, int]
    terms: dict[str, int]
    views: list[int]


def find(
    viewer: Viewer, wanted: Filters, words: Collection[str], views: Sequence[Filters] = ()
) -> Found:
    """The page asked for, or the last one. `words` are the college's 代字; `views` are only
    counted."""
    clauses = conditions(viewer, wanted, words)
    counts = counts_of(viewer, clauses, wanted)
    at_all = _at_all(viewer, words, views) if clauses or views else _of_all(counts)
    total, size = counts["total"], page_size(wanted)
    pages = max(1, -(-total // size))
    page = min(wanted.page, pages)
    first = (page - 1) * size
    lights = {light: counts[f"light {light}"] for light in ORDER}
    ids = ids_in_order(viewer, clauses, wanted, lights, first, size) if total else []
    needs = needs_of(shown(wanted.columns))
    return Found(
        rows=list(told_of(viewer, ids, needs, first + 1)),
        page=page,
        pages=pages,
        total=total,
        everything=at_all["everything"],
        running=at_all["running"],
        groups={group: counts[f"state {group}"] for group in ("", *filters.GROUPS)},
        lights=lights,
        terms={name: counts[f"term {name}"] for name in TERM_TABS},
        views=[at_all[f"view {number}"] for number in range(len(views))],
    )


def page_size(wanted: Filters) -> int:
    """How many rows a page has."""
    return PAGE if len(shown(wanted.columns)) < MANY else LONG_PAGE


def counts_of(viewer: Viewer, clauses: Clauses, wanted: Filters) -> dict[str, int]:
    """The rows, and the rows under each tab, from one reading of them: they are counted by light,
    state and terms together, and the few groups are added up."""
    groups = _groups(viewer, clauses, wanted)
    holds = {"light": _of_light, "state": _of_states, "term": _of_term}
    chosen = {name: holds[name](getattr(wanted, name)) for name in FACETS if getattr(wanted, name)}

    def number(facet: str, value: str) -> int:
        """The rows of a tab of one facet, under what is chosen of the others."""
        tests = [test for name, test in chosen.items() if name != facet]
        if value:
            tests.append(holds[facet](value))
        return sum(row.n for row in groups if all(test(row) for test in tests))

    tabs = {"light": ORDER, "state": ("", *filters.GROUPS), "term": TERM_TABS}
    counts = {f"{name} {tab}": number(name, tab) for name, each in tabs.items() for tab in each}
    return {"total": number("", ""), **counts}


def _of_light(light: str) -> Test:
    return lambda row: ORDER[row.place] == light


def _of_states(wanted: str) -> Test:
    return lambda row: row.state in states_of(wanted)


def _of_term(term: str) -> Test:
    return lambda row: bool(row._mapping[term])


def _groups(viewer: Viewer, clauses: Clauses, wanted: Filters) -> Sequence[Any]:
    """The rows under all filters that are no tabs, counted by light, state and terms."""
    fixed = [clause for name, clause in clauses.items() if name not in FACETS]
    terms = dict.fromkeys((*TERM_TABS, *([wanted.term] if wanted.term else [])))
    rows = (
        listed(viewer)
        .where(*fixed)
        .with_only_columns(
            rank(viewer.moment.day).label("place"),
            Item.state,
            *(in_term(name, wanted, viewer).label(name) for name in terms),
        )
        .subquery()
    )
    by = list(rows.c)
    return db.session.execute(select(*by, func.count().label("n")).group_by(*by)).all()


def _at_all(viewer: Viewer, words: Collection[str], views: Sequence[Filters]) -> dict[str, int]:
    """Counts that no filter touches."""
    asked: dict[str, list[ColumnElement[bool]]] = {
        "everything": [],
        "running": [Item.state.in_(states_of(filters.RUNNING))],
    }
    for number, view in enumerate(views):
        asked[f"view {number}"] = list(conditions(viewer, view, words).values())
    return _counted(viewer, asked, [])


def _of_all(counts: Mapping[str, int]) -> dict[str, int]:
    """The same of the plain ledger, whose tabs count just that."""
    return {"everything": counts["total"], "running": counts[f"state {filters.RUNNING}"]}


def _counted(
    viewer: Viewer,
    asked: Mapping[str, Sequence[ColumnElement[bool]]],
    fixed: Sequence[ColumnElement[bool]],
) -> dict[str, int]:
    query = (
        listed(viewer)
        .where(*fixed)
        .with_only_columns(
            *(
                func.count().filter(true(), *clauses).label(f"n{place}")
                for place, clauses in enumerate(asked.values())
            )
        )
    )
    return dict(zip(asked, db.session.execute(query).one(), strict=True))


class Matching(NamedTuple):
    """The ids of all items under some filters, in their order; the sensitive ones apart."""

    ids: list[int]
    sensitive: frozenset[int]

    @property
    def ordinary(self) -> list[int]:
        """Those that stand in an export without more ado."""
        return [id_ for id_ in self.ids if id_ not in self.sensitive]


def matching(
    viewer: Viewer,
    wanted: Filters,
    words: Collection[str],
    within: ColumnElement[bool] | None = None,
) -> Matching:
    """What an export is made of: all rows of all pages, those among them that `within` says."""
    clauses = conditions(viewer, wanted, words)
    query = listed(viewer).where(*clauses.values())
    if within is not None:
        query = query.where(within)
    rows = db.session.execute(
        ordered(query, wanted, viewer.moment.day).with_only_columns(Item.id, Item.classification)
    ).all()
    sensitive = frozenset(row.id for row in rows if row.classification == "sensitive")
    return Matching([row.id for row in rows], sensitive)


def how_many(
    viewer: Viewer,
    wanted: Filters,
    words: Collection[str],
    within: ColumnElement[bool] | None = None,
) -> int:
    """How many rows an export would have, sensitive ones among them."""
    clauses = [*conditions(viewer, wanted, words).values()]
    if within is not None:
        clauses.append(within)
    return _counted(viewer, {"rows": []}, clauses)["rows"]


def choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """单位 and 责任校领导 to choose from, in the official order (SPEC §8.6)."""
    leaders = db.session.execute(
        select(Person.emp_no, Person.name)
        .where(Person.rank_no.is_not(None), Person.active)
        .order_by(Person.rank_no)
    )
    units = [(unit.code, unit.short_name) for unit in units_in_order(viewer.moment.day)]
    return {
        "unit": units,
        "co": units,
        "leader": [(row.emp_no, row.name) for row in leaders],
    }
