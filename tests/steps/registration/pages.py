"""The form of 立项 as the tests fill it in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, ItemUnit, Person, Unit
from portal.rulebook.scope import view_as, visible
from tests.pages import Page, fill

NEW = "/items/new?secret=no"
LITTLE = {"title": "校园充电点位检查", "save": ""}
"""With a lead unit, all that a draft needs."""
ENOUGH = {
    "title": "校园充电点位检查",
    "requirement": "检查全部点位，建立台账。",
    "source_type": "president_meeting",
    "submit": "",
}
"""With a lead unit and the answer to the 涉密 question, all that is typed for a decision of
院长办公会 at level 2; the level stands already."""


def unit_id(app: Flask, short_name: str) -> str:
    """The value of a unit in the form."""
    with app.app_context():
        return str(db.session.scalars(select(Unit.id).where(Unit.short_name == short_name)).one())


def leader_id(app: Flask, name: str) -> str:
    """The value of a person in the form."""
    with app.app_context():
        return str(db.session.scalars(select(Person.id).where(Person.name == name)).one())


def made(client: FlaskClient, typed: dict[str, Any]) -> str:
    """A new item's address; the form must be taken."""
    answer = fill(client, NEW, "/items/new", typed)
    assert answer.status == 303, answer.text[:800]
    assert answer.location is not None
    return answer.location


def stored(app: Flask, address: str, who: str = "何玉萍") -> Item:
    """The item at an address as somebody may know of it, let go of its session."""
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
        viewer = view_as(person, app.extensions["portal.clock"])
        wanted = uuid.UUID(address.rsplit("/", 1)[-1])
        item = db.session.scalars(visible(viewer, Item).where(Item.public_id == wanted)).one()
        db.session.expunge(item)
        return item


def co_units(app: Flask, address: str) -> set[str]:
    """The short names of an item's co-units."""
    item = stored(app, address)
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(person, app.extensions["portal.clock"])
        names = db.session.scalars(
            select(Unit.short_name)
            .join(ItemUnit, ItemUnit.unit_id == Unit.id)
            .where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
        )
        return set(names)


def wrong(page: Page) -> set[str]:
    """The names of the fields with an error."""
    return {str(error["id"])[2:-6] for error in page.soup.select(".db-error[id^=f-]")}


def value(page: Page, name: str) -> str | list[str]:
    """What stands in a field: text, the chosen option, the ticked boxes."""
    found = page.soup.find_all(attrs={"name": name})
    field = found[0]
    if field.name == "textarea":
        return field.get_text().strip()
    if field.name == "select":
        chosen = field.find("option", selected=True)
        return str(chosen["value"]) if chosen else ""
    if field["type"] == "checkbox":
        return [str(box["value"]) for box in found if box.has_attr("checked")]
    if field["type"] == "radio":
        return next((str(box["value"]) for box in found if box.has_attr("checked")), "")
    return str(field.get("value", ""))
