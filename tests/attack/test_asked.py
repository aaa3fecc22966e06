"""第二十一条: asked through the program, in every way its library knows, a stranger gets nothing.

The same ways give the item to its drafter. Without any identity the program itself refuses
(tests/rulebook/test_scope.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import (
    Integer,
    ScalarSelect,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    inspect,
    literal,
    literal_column,
    select,
    table,
    text,
    update,
    values,
)
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import aliased, load_only, make_transient_to_detached
from sqlalchemy.orm.exc import ObjectDeletedError

from portal.extensions import db
from portal.models import Event, Feedback, Item, ItemUnit, Opinion, Person, Unit
from portal.rulebook.scope import visible
from tests.attack.world import DRAFTER, MARK, STRANGERS, World
from tests.gate import reads_as

Asked = Callable[[World], Sequence[Any]]
other = aliased(Item)
bare = table("item", column("id"), column("title"))
inner = select(Item).subquery()
cte = select(Item.id, Item.title).cte()


def scalar(item: int) -> ScalarSelect[str]:
    """The title as a column of something else."""
    return select(Item.title).where(Item.id == item).scalar_subquery()


WAYS: dict[str, Asked] = {
    "entities": lambda w: _all(select(Item).where(Item.id == w.hidden)),
    "a column": lambda w: _all(select(Item.title).where(Item.id == w.hidden)),
    "the identity": lambda w: _some(db.session.get(Item, w.hidden, populate_existing=True)),
    "the identity, to be sure": lambda w: _or_nothing(lambda: db.session.get_one(Item, w.hidden)),
    "the address": lambda w: _all(select(Item).where(Item.public_id == w.address)),
    "legacy query": lambda w: db.session.query(Item).filter_by(id=w.hidden).all(),
    "core": lambda w: _all(select(Item.__table__).where(Item.__table__.c.id == w.hidden)),
    "a bare table": lambda w: _all(select(bare.c.title).where(bare.c.id == w.hidden)),
    "literal columns": lambda w: _all(
        select(literal_column("title")).select_from(text("item")).where(text(f"id = {w.hidden}"))
    ),
    "text": lambda w: _all(text("SELECT * FROM item WHERE id = :id").bindparams(id=w.hidden)),
    "text as entities": lambda w: _all(
        select(Item).from_statement(text("SELECT * FROM item WHERE id = :id")), id=w.hidden
    ),
    "an alias": lambda w: _all(select(other).where(other.id == w.hidden)),
    "some columns": lambda w: _all(
        select(Item).options(load_only(Item.title)).where(Item.id == w.hidden)
    ),
    "a stream": lambda w: _all(
        select(Item).where(Item.id == w.hidden).execution_options(yield_per=1)
    ),
    "a bound list": lambda w: _all(
        select(Item.id).where(Item.id.in_(bindparam("ids", expanding=True))), ids=[w.hidden]
    ),
    "with a lock": lambda w: _all(select(Item).where(Item.id == w.hidden).with_for_update()),
    "a count": lambda w: _all(
        select(func.count()).select_from(Item).where(Item.id == w.hidden).having(func.count() > 0)
    ),
    "exists": lambda w: _all(select(Person.id).where(exists().where(Item.id == w.hidden))),
    "correlated": lambda w: _all(
        select(Unit.id).where(
            exists().where(Item.lead_unit_id == Unit.id, Item.id == w.hidden).correlate(Unit)
        )
    ),
    "a scalar of each row": lambda w: [
        row
        for row in _all(
            select(select(Item.title).where(Item.id == w.hidden).scalar_subquery()).select_from(
                Unit
            )
        )
        if row[0] is not None
    ],
    "a subquery": lambda w: _all(select(inner.c.title).where(inner.c.id == w.hidden)),
    "a CTE": lambda w: _all(select(cte.c.title).where(cte.c.id == w.hidden)),
    "a union": lambda w: _all(
        select(Item.id)
        .where(Item.id == w.hidden)
        .union_all(select(ItemUnit.item_id).where(ItemUnit.item_id == w.hidden))
    ),
    "an intersection": lambda w: _all(select(literal(w.hidden)).intersect(select(Item.id))),
    "a difference": lambda w: [
        () for _ in range(1 - len(_all(select(literal(w.hidden)).except_(select(Item.id)))))
    ],
    "a join": lambda w: _all(
        select(Event.act).join(Item, Item.id == Event.item_id).where(Item.id == w.hidden)
    ),
    "an outer join": lambda w: _all(
        select(Item.title)
        .select_from(Unit)
        .outerjoin(Item, Item.lead_unit_id == Unit.id)
        .where(Item.id == w.hidden)
    ),
    "joined values": lambda w: _all(
        select(Item.id).join(
            given := values(column("id", Integer), name="given").data([(w.hidden,)]),
            given.c.id == Item.id,
        )
    ),
    "a part": lambda w: _all(select(Feedback.progress).where(Feedback.item_id == w.hidden)),
    "a part of a part": lambda w: _all(
        select(Opinion.body)
        .join(Event, Event.opinion_id == Opinion.id)
        .where(Event.item_id == w.hidden)
    ),
    "who was told": lambda w: _all(
        select(Event.tells).where(Event.item_id == w.hidden, func.cardinality(Event.tells) > 0)
    ),
    "the connection": lambda w: (
        db.session.connection().execute(text(f"SELECT 1 FROM item WHERE id = {w.hidden}")).all()  # noqa: S608 - an id
    ),
    "the driver's SQL": lambda w: (
        db.session.connection()
        .exec_driver_sql("SELECT title FROM item WHERE id = %s", (w.hidden,))
        .all()
    ),
    "the driver itself": lambda w: (
        _cursor().execute("SELECT title FROM item WHERE id = %s", [w.hidden]).fetchall()
    ),
    "a function": lambda w: _all(
        text("SELECT * FROM ts_stat(:query)").bindparams(
            query=f"SELECT to_tsvector('simple', id::text) FROM item WHERE id = {w.hidden}"  # noqa: S608 - an id
        )
    ),
    "an update": lambda w: _all(
        update(Item).where(Item.id == w.hidden).values(title=Item.title).returning(Item.title)
    ),
    "a deletion": lambda w: _all(
        delete(ItemUnit).where(ItemUnit.item_id == w.hidden).returning(ItemUnit.id)
    ),
    "an insertion from it": lambda w: _all(
        insert(Opinion)
        .from_select(
            ["item_id", "body", "salt"],
            select(literal(w.own), Item.title, literal("")).where(Item.id == w.hidden),
        )
        .returning(Opinion.body)
    ),
}


def _all(query: Any, **parameters: Any) -> Sequence[Any]:
    return db.session.execute(query, parameters).all()


def _some(found: object) -> Sequence[Any]:
    return [] if found is None else [found]


def _or_nothing(ask: Callable[[], object]) -> Sequence[Any]:
    """What an object tells; nothing if its row is not to be found."""
    try:
        return [ask()]
    except (ObjectDeletedError, InvalidRequestError):
        return []


def _cursor() -> Any:
    driver: Any = db.session.connection().connection.driver_connection
    return driver.cursor()


@contextmanager
def reading(world: World, name: str) -> Iterator[None]:
    """The program as this person, its changes rolled back."""
    with world.app.app_context():
        reads_as(world.app, name)
        yield
        db.session.rollback()


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_gets_nothing(world: World, way: str, name: str) -> None:
    with reading(world, name):
        assert list(WAYS[way](world)) == []


@pytest.mark.parametrize("way", WAYS)
def test_the_drafter_gets_it(world: World, way: str) -> None:
    with reading(world, DRAFTER):
        assert list(WAYS[way](world)) != []


def _again(act: Callable[[Item], object]) -> Callable[[Item], object]:
    return lambda item: (act(item), item.title)[-1]


READERS = [(DRAFTER, True), *((name, False) for name in STRANGERS)]
AGAIN: dict[str, Callable[[Item], object]] = {
    "an attribute": lambda item: item.title,
    "refreshed": _again(db.session.refresh),
    "one attribute refreshed": _again(lambda item: db.session.refresh(item, ["title"])),
    "expired": _again(db.session.expire),
    "merged": lambda item: db.session.merge(_as_if_read(item)).title,
}
"""An object once read, asked again for its title."""


def _as_if_read(item: Item) -> Item:
    copy = Item(id=inspect(item).identity[0])
    db.session.expunge(item)
    make_transient_to_detached(copy)
    return copy


@pytest.mark.parametrize("way", AGAIN)
@pytest.mark.parametrize(
    ("name", "gets"), [(DRAFTER, True), *((name, False) for name in STRANGERS)]
)
def test_an_object_read_by_its_drafter_asked_again(
    world: World, way: str, name: str, gets: bool
) -> None:
    """The session that changed its reader forgets what the one before has read."""
    with reading(world, DRAFTER):
        item = db.session.get_one(Item, world.hidden)
        assert item.title == MARK
        reads_as(world.app, name)
        assert (MARK in _or_nothing(lambda: AGAIN[way](item))) == gets


@pytest.mark.parametrize(
    ("name", "gets"), [(DRAFTER, True), *((name, False) for name in STRANGERS)]
)
def test_the_scope_says_the_same(world: World, name: str, gets: bool) -> None:
    with reading(world, name):
        viewer = reads_as(world.app, name)
        scoped = db.session.scalars(visible(viewer, Item).with_only_columns(Item.id)).all()
        assert (world.hidden in scoped) == gets
