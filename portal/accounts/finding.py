"""Finding persons by 工号, name, pinyin or initials (SPEC §8.8): who is meant, who may be meant
while somebody types, and the list to choose from."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    any_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from portal.accounts.pinyin import INTERPUNCT, SEPARATOR, normalise_name
from portal.accounts.queries import post_labels
from portal.accounts.unit_finding import find_units
from portal.extensions import db
from portal.models import Appointment, Person
from portal.readings import letters_of, pattern_of
from portal.rulebook.roles import in_force

SUGGESTED = 8
MOST_WORDS = 4
READING: SQLColumnExpression[str] = func.replace(func.initcap(Person.pinyin), " ", "")
"""As `portal.readings` writes it; several are parted by SEPARATOR."""
PLAIN_NAME: SQLColumnExpression[str] = func.replace(Person.name, INTERPUNCT, "")
"""The · of a name is ignored in search (SPEC §8.9)."""


class Somebody(NamedTuple):
    """A person to choose: `value` is what the choice types in, `hint` what it shows beside it."""

    person_id: int
    name: str
    emp_no: str
    post: str
    readings: str

    @property
    def value(self) -> str:
        """「何玉萍 20100013」: no two persons read alike."""
        return f"{self.name} {self.emp_no}"

    @property
    def hint(self) -> str:
        """Post and readings, so that the browser finds the choice by pinyin as well."""
        return "　".join(part for part in (self.post, self.readings) if part)


def everybody(day: date) -> list[Somebody]:
    """All active persons with their posts of the day, in official order (SPEC §8.6)."""
    return _people(day, Person.active.is_(True))


def find(typed: str, day: date) -> list[Somebody]:
    """Who is meant: by 工号 alone or after the name, else by whole name, pinyin or initials."""
    words = normalise_name(typed).split()
    if not words:
        return []
    by_number = _people(day, Person.active.is_(True) & (Person.emp_no == words[-1]))
    if by_number and words[:-1] in ([], [by_number[0].name]):
        return by_number
    latin = "".join(words).lower()
    return _people(
        day,
        Person.active.is_(True)
        & or_(
            Person.name == " ".join(words),
            _one_of(func.replace(Person.pinyin, " ", ""), latin),
            _one_of(Person.initials, latin),
        ),
    )


def suggest(typed: str, day: date, limit: int = SUGGESTED) -> list[Somebody]:
    """Who may be meant so far: each word is of the name, its pinyin or first letters, the 工号, a
    post or a unit. Names that begin so come first, then the official order."""
    words = normalise_name(typed).replace(INTERPUNCT, "").split()[:MOST_WORDS]
    if not words:
        return []
    wanted = and_(Person.active, *(_meets(word, day) for word in words))
    return _people(day, wanted, _begins(words[0]), limit)


def named_like(word: str) -> ColumnElement[bool]:
    """A condition on `Person`: the name holds the word, or is read so from its beginning."""
    clauses = [PLAIN_NAME.contains(word.replace(INTERPUNCT, ""), autoescape=True)]
    if letters := letters_of(word):
        clauses.append(READING.regexp_match(pattern_of(letters, from_start=True)))
    return or_(*clauses)


def _meets(word: str, day: date) -> ColumnElement[bool]:
    units = [unit.id for unit in find_units(word, day)]
    holds = exists().where(
        Appointment.person_id == Person.id,
        in_force(Appointment, day),
        or_(Appointment.post.contains(word, autoescape=True), Appointment.unit_id.in_(units)),
    )
    clauses = [named_like(word), Person.emp_no.startswith(word, autoescape=True), holds]
    if letters := letters_of(word):  # 旺姆 of 泽仁旺姆
        clauses.append(READING.regexp_match(pattern_of(letters)))
    return or_(*clauses)


def _begins(word: str) -> ColumnElement[int]:
    """0 where the name begins with the word, 1 where it is read so, 2 elsewhere."""
    begins = [(PLAIN_NAME.startswith(word, autoescape=True), 0)]
    if letters := letters_of(word):
        begins.append((READING.regexp_match(pattern_of(letters, from_start=True)), 1))
    return case(*begins, else_=2)


def _one_of(readings: SQLColumnExpression[str], latin: str) -> ColumnElement[bool]:
    return literal(latin) == any_(func.string_to_array(readings, SEPARATOR))


def _people(
    day: date,
    wanted: ColumnElement[bool],
    first: ColumnElement[int] | None = None,
    limit: int | None = None,
) -> list[Somebody]:
    order = [Person.rank_no.nulls_last(), Person.sort_no, Person.id]
    rows = db.session.execute(
        select(Person.id, Person.name, Person.emp_no, Person.pinyin, Person.initials)
        .where(wanted)
        .order_by(*([] if first is None else [first]), *order)
        .limit(limit)
    ).all()
    posts = post_labels([row.id for row in rows], day)
    return [
        Somebody(
            row.id,
            row.name,
            row.emp_no,
            posts.get(row.id, ""),
            f"{row.pinyin} {row.initials}".replace(SEPARATOR, " ").strip(),
        )
        for row in rows
    ]
