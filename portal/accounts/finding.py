"""Finding one person by 工号, name, pinyin or initials (SPEC §8.8), and the list to choose from."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, any_, func, literal, or_, select

from portal.accounts.pinyin import SEPARATOR, normalise_name
from portal.accounts.queries import post_labels
from portal.extensions import db
from portal.models import Person


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


def _one_of(readings: SQLColumnExpression[str], latin: str) -> ColumnElement[bool]:
    return literal(latin) == any_(func.string_to_array(readings, SEPARATOR))


def _people(day: date, wanted: ColumnElement[bool]) -> list[Somebody]:
    rows = db.session.execute(
        select(Person.id, Person.name, Person.emp_no, Person.pinyin, Person.initials)
        .where(wanted)
        .order_by(Person.rank_no.nulls_last(), Person.sort_no, Person.id)
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
