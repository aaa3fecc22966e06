"""The ledger's search box: 文号 however typed, words, units, persons (SPEC §8.8)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from portal.models import Item, ItemMember, Person, Unit
from portal.rulebook import numbering

SHORT_NUMBER = re.compile(
    r"[〔\[(【{]?(?P<year>20[0-9]{2})[〕\])】}]第?0*(?P<seq>[1-9][0-9]{0,5})号?"
)
BARE_NUMBER = re.compile(r"第?0*(?P<seq>[1-9][0-9]{0,5})号?")


def mentions(q: str, words: Collection[str]) -> ColumnElement[bool]:
    """文号 however typed, 事项, 办理要求, unit and persons, by name, pinyin or initials."""
    number = _number(q, words)
    units = select(Unit.id).where(
        or_(Unit.name.contains(q, autoescape=True), Unit.short_name.contains(q, autoescape=True))
    )
    people = select(Person.id).where(_is_named(q))
    clauses = [
        Item.title.contains(q, autoescape=True),
        Item.requirement.contains(q, autoescape=True),
        Item.lead_unit_id.in_(units),
        Item.responsible_leader_id.in_(people),
        exists().where(ItemMember.item_id == Item.id, ItemMember.person_id.in_(people)),
    ]
    if number is not None:
        clauses.append(number)
    return or_(*clauses)


def _is_named(q: str) -> ColumnElement[bool]:
    latin = "".join(q.lower().split())
    if not latin.isascii():
        return Person.name.contains(q, autoescape=True)
    plain: Any = func.replace(Person.pinyin, " ", "")
    return or_(plain.startswith(latin, autoescape=True), Person.initials == latin)


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
