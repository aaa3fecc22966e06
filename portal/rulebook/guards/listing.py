"""Conditions of 知悉范围 (第二十一条, SPEC §7.3)."""

from __future__ import annotations

from sqlalchemy import select

from portal.extensions import db
from portal.models import ItemUnit, Person
from portal.rulebook import knowledge
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet


def not_yet_sensitive(situation: Situation) -> None:
    """An item is marked once."""
    if situation.item.classification == "sensitive":
        raise Unmet("本事项已是敏感事项。", article="21")


def now_sensitive(situation: Situation) -> None:
    """Only a sensitive item has a list."""
    if situation.item.classification != "sensitive":
        raise Unmet("本事项不是敏感事项，没有知悉范围。", article="21")


def person_to_list(situation: Situation) -> None:
    """Somebody of today, who is not on the list."""
    chosen = situation.values.get("person_id")
    there = db.session.scalar(select(Person.active).where(Person.id == chosen))
    if not there:
        raise cannot_list("请选择人员。")
    if chosen in knowledge.listed(situation.item):
        raise cannot_list("此人已在知悉范围。")


def cannot_list(said: str) -> Unmet:
    """A person who cannot be listed, at the field that names the person."""
    return Unmet(said, article="21", fields={"person": said})


def part_to_know(situation: Situation) -> None:
    """第八条: everything of the item, or the part of one of its co-units."""
    unit_id = situation.values.get("unit_id")
    if unit_id is None:
        return
    co_unit = select(ItemUnit.id).where(
        ItemUnit.item_id == situation.item.id,
        ItemUnit.unit_id == unit_id,
        ItemUnit.role == "co",
    )
    if db.session.scalar(co_unit) is None:
        said = "请选择全部内容，或本事项的一个协办单位。"
        raise Unmet(said, article="21", fields={"part": said})


def on_the_list(situation: Situation) -> None:
    """Who was taken off is not taken off again."""
    if situation.subject.to_at is not None:
        raise Unmet("此人已不在知悉范围。", article="21")
