"""Persons as the pages name them: leaders by post (SPEC §8.12), staff within their unit."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from flask import g, has_request_context
from sqlalchemy import select

from portal.accounts.queries import ACTING, post_labels
from portal.extensions import db
from portal.models import Person


class Named(NamedTuple):
    """A person for the macro `person`: the name, and the post in grey after it."""

    name: str
    post: str = ""


def named(person_ids: Collection[int | None], day: date) -> dict[int, Named]:
    """Name and post of each person on a Shanghai day, by id; asked once a request, for a page
    names the same few in every card."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    known = _known(day)
    missing = wanted - known.keys()
    if missing:
        known |= _asked(missing, day)
    return {person_id: known[person_id] for person_id in wanted if person_id in known}


def _known(day: date) -> dict[int, Named]:
    if not has_request_context():
        return {}
    found: dict[date, dict[int, Named]] = g.setdefault("named", {})
    return found.setdefault(day, {})


def _asked(wanted: Collection[int], day: date) -> dict[int, Named]:
    posts = post_labels(wanted, day)
    rows = db.session.execute(
        select(Person.id, Person.name, Person.rank_no).where(Person.id.in_(wanted))
    )
    return {
        id_: Named(name, _short(posts.get(id_, ""), leader=rank is not None))
        for id_, name, rank in rows
    }


def _short(post: str, *, leader: bool) -> str:
    """「党委委员、副院长」 is 「副院长」; 「后勤国资处 处长」 is 「处长」."""
    acting = ACTING if post.endswith(ACTING) else ""
    plain = re.sub(r"（[^）]*）", "", post.removesuffix(ACTING))
    last = plain.split("、")[-1] if leader else plain.split(" ", 1)[-1]
    return last + acting
