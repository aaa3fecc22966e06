"""The ledger's rows and numbers, over what the viewer may know of and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from portal.accounts.queries import units_in_order
from portal.extensions import db
from portal.item.counts import light_counts
from portal.item.lights import ORDER, Shade, rank, shows
from portal.item.lines import Leader, Line, lines, read_lines
from portal.models import Item, ItemMember, Person, Unit
from portal.rooms.ledger.filters import ENDED, RUNNING, STARTING, Filters, states_of
from portal.rulebook import numbering
from portal.rulebook.scope import DRAFTING, Viewer

PAGE = 50
DUE = func.coalesce(Item.due_reset, Item.due_effective)
SHORT_NUMBER = re.compile(
    r"[〔\[(【{]?(?P<year>20[0-9]{2})[〕\])】}]第?0*(?P<seq>[1-9][0-9]{0,5})号?"
)
BARE_NUMBER = re.compile(r"第?0*(?P<seq>[1-9][0-9]{0,5})号?")


class Found(NamedTuple):
    """One page of the ledger, and the numbers above it."""

    lines: list[Line]
    page: int
    pages: int
    total: int
    lights: dict[Shade, int]
    groups: dict[str, int]


def find(viewer: Viewer, wanted: Filters, words: Collection[str]) -> Found:
    """The page asked for, or the last one. `words` are the college's 代字."""
    query = _listed(viewer)
    narrowed = query.where(*_conditions(wanted, words))
    lights = light_counts(viewer, narrowed, ORDER)
    if wanted.light:
        narrowed = narrowed.where(shows(_light(wanted), viewer.moment.day))
    total = _count(narrowed)
    pages = max(1, -(-total // PAGE))
    page = min(wanted.page, pages)
    rows = db.session.execute(
        narrowed.order_by(*_order(wanted, viewer.moment.day)).limit(PAGE).offset((page - 1) * PAGE)
    )
    return Found(
        lines=read_lines(rows, viewer.moment.day),
        page=page,
        pages=pages,
        total=total,
        lights=lights,
        groups={
            group: _count(query.where(Item.state.in_(states_of(group))))
            for group in (STARTING, RUNNING, ENDED)
        },
    )


class Matching(NamedTuple):
    """The ids of all items under some filters, in their order; the sensitive ones apart."""

    ordinary: list[int]
    sensitive: list[int]


def matching(viewer: Viewer, wanted: Filters, words: Collection[str]) -> Matching:
    """What an export is made of: the ordinary ones stand in it, the others do not."""
    query = _listed(viewer).where(*_conditions(wanted, words))
    if wanted.light:
        query = query.where(shows(_light(wanted), viewer.moment.day))
    ordered = query.with_only_columns(Item.id, Item.classification)
    found = Matching([], [])
    for row in db.session.execute(ordered.order_by(*_order(wanted, viewer.moment.day))):
        of_its_kind = found.sensitive if row.classification == "sensitive" else found.ordinary
        of_its_kind.append(row.id)
    return found


def _listed(viewer: Viewer) -> Select[Any]:
    """A form still with its drafters is listed for its own drafter only."""
    return lines(viewer).where(
        or_(Item.state.not_in(DRAFTING), Item.drafter_id == viewer.person_id)
    )


def _count(query: Select[Any]) -> int:
    ids = query.with_only_columns(Item.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def _conditions(wanted: Filters, words: Collection[str]) -> list[ColumnElement[bool]]:
    given: Mapping[str, ColumnElement[bool]] = {
        "category": Item.category == wanted.category,
        "method": Item.method == wanted.method,
        "unit": Unit.code == wanted.unit,
        "leader": Leader.emp_no == wanted.leader,
        "state": Item.state.in_(states_of(wanted.state)),
    }
    conditions = [clause for name, clause in given.items() if getattr(wanted, name)]
    if wanted.level:
        conditions.append(Item.level == int(wanted.level))
    if wanted.q:
        conditions.append(_mentions(wanted.q, words))
    return conditions


def _light(wanted: Filters) -> Shade:
    return next(name for name in ORDER if name == wanted.light)


def _mentions(q: str, words: Collection[str]) -> ColumnElement[bool]:
    """文号 however typed, 事项, 办理要求, unit and persons, by name, pinyin or initials."""
    number = _number(q, words)
    clauses = [
        Item.title.contains(q, autoescape=True),
        Item.requirement.contains(q, autoescape=True),
        Unit.name.contains(q, autoescape=True),
        Unit.short_name.contains(q, autoescape=True),
        _is_named(Leader, q),
        exists().where(
            ItemMember.item_id == Item.id, ItemMember.person_id == Person.id, _is_named(Person, q)
        ),
    ]
    if number is not None:
        clauses.append(number)
    return or_(*clauses)


def _is_named(person: Any, q: str) -> ColumnElement[bool]:
    latin = "".join(q.lower().split())
    if not latin.isascii():
        return person.name.contains(q, autoescape=True)  # type: ignore[no-any-return]  # aliased
    plain = func.replace(person.pinyin, " ", "")
    return or_(plain.startswith(latin, autoescape=True), person.initials == latin)


def _number(q: str, words: Collection[str]) -> ColumnElement[bool] | None:
    """A whole 文号, 「〔2026〕18号」 without its word, or 「18号」 alone."""
    plain = "".join(unicodedata.normalize("NFKC", q).split())
    try:
        whole = numbering.parse(q, words)
    except ValueError:
        pass
    else:
        return and_(
            Item.doc_word == whole.word,
            Item.doc_year == whole.year,
            Item.doc_seq == whole.seq,
        )
    short = SHORT_NUMBER.fullmatch(plain)
    if short:
        return and_(Item.doc_year == int(short["year"]), Item.doc_seq == int(short["seq"]))
    bare = BARE_NUMBER.fullmatch(plain)
    return Item.doc_seq == int(bare["seq"]) if bare else None


def _order(wanted: Filters, today: date) -> list[ColumnElement[Any]]:
    """The whitelisted order; equal ones by due day, then by number, so that pages are stable."""
    keys: Mapping[str, list[Any]] = {
        "light": [rank(today)],
        "number": [Item.doc_year, Item.doc_seq],
        "due": [DUE],
        "level": [Item.level],
        "unit": [Unit.sort_no],
        "issued": [Item.issued_on],
    }
    name = wanted.sort.removeprefix("-")
    down = wanted.sort.startswith("-")
    first = [(key.desc() if down else key.asc()).nulls_last() for key in keys[name]]
    return [*first, DUE.asc().nulls_last(), Item.id.desc()]


def choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """单位 and 责任校领导 to choose from, in the official order (SPEC §8.6)."""
    leaders = db.session.execute(
        select(Person.emp_no, Person.name)
        .where(Person.rank_no.is_not(None), Person.active)
        .order_by(Person.rank_no)
    )
    units = units_in_order(viewer.moment.day)
    return {
        "unit": [(unit.code, unit.short_name) for unit in units],
        "leader": [(row.emp_no, row.name) for row in leaders],
    }
