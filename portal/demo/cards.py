"""The people of the sample college to sign in as, on the sign-in page of the demo (SPEC §9)."""

from __future__ import annotations

from collections import defaultdict

from flask import current_app
from sqlalchemy import select

from portal.accounts.queries import post_labels
from portal.accounts.welcome import Card
from portal.clock import Clock
from portal.demo import sample
from portal.extensions import db
from portal.models import Item, Person
from portal.rulebook.scope import view_as, view_as_nobody, visible
from portal.rulebook.tray import waiting

# By the sample's id, in the order of the main line; what the post alone does not say.
SHOWN = {
    "P03": "",
    "P01": "",
    "L06": "分管后勤、保卫",
    "L03": "分管党政办",
    "L01": "",
    "L02": "",
    "P37": "",
    "P39": "联络员、承办人",
    "P33": "",
    "P34": "",
    "L09": "",
    "P09": "",
    "P06": "",
    "P05": "",
}


def cards() -> list[Card]:
    """One card a person of SHOWN that is loaded, with the number of things that wait."""
    clock: Clock = current_app.extensions["portal.clock"]
    emp_nos = {person["emp_no"]: person["id"] for person in sample.people()}
    wanted = [emp_no for emp_no, id_ in emp_nos.items() if id_ in SHOWN]
    people = db.session.scalars(select(Person).where(Person.emp_no.in_(wanted))).all()
    posts = defaultdict(str, post_labels([person.id for person in people], clock.today()))
    order = list(SHOWN)
    found = [
        (person.id, person.emp_no, person.name)
        for person in sorted(people, key=lambda person: order.index(emp_nos[person.emp_no]))
    ]
    return [
        Card(emp_no, name, _post(posts[id_], SHOWN[emp_nos[emp_no]]), _waits(id_, clock))
        for id_, emp_no, name in found
    ]


def _post(post: str, note: str) -> str:
    return f"{post}（{note}）" if note else post


def _waits(person_id: int, clock: Clock) -> int:
    """How many things wait for a person, counted through that person's own eyes; without those of
    sensitive items, for everybody reads the sign-in page (SPEC §7.5 (4))."""
    try:
        viewer = view_as(person_id, clock)
        rows = waiting(viewer)
        sensitive = set(
            db.session.scalars(
                visible(viewer, Item)
                .where(Item.classification == "sensitive")
                .with_only_columns(Item.id)
            )
        )
        return sum(row.item_id not in sensitive for row in rows)
    finally:
        view_as_nobody()
