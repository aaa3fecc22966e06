"""Every act × every person × every state an item can be in, on the line and off it: offered and
done exactly where the table says (第十二至十九条).

The item is walked through the commands. At each stop the kernel is asked for everybody (in the
ordinary run for a sixth of those who may do nothing). Pages are
opened where an act is open for the first time, and in turn by everybody; the form of that act is
sent as it was before the last act and comes back, for this person may do it. Forms of acts that are
not the sender's are forged: in the ordinary run every act at some stops by some person, with
`--long` at every stop by many.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from portal.item.panels import PAGES
from tests.matrix.facts import Facts, Offered, expected, may_know
from tests.matrix.reading import facts_of
from tests.matrix.seats import Seat, addresses, offered, parts_of
from tests.matrix.walks import WALKS
from tests.people import draft
from tests.steps.acting import Actor

PERSONAS = (
    "何玉萍", "杨思源", "泽仁旺姆", "余茂春", "向维岷", "三郎泽里", "坤清祥", "解学农", "陈𬭎",
    "坤建军", "三郎彭措", "邓涛", "覃燚", "王尔基", "杨初", "彭国栋", "余㛃", "郑守方", "林婉清",
    "曾骉", "毛明军", "冉静", "周慎之", "黄素芬",
)  # fmt: skip
NOT_WALKED = {"grant_heads_loan", "keep_ended_copy"}
"""No walk has 党政办主任 borrow (tests/steps/lending) or ends a unit before 归档
(tests/steps/closing/test_archiving.py)."""
STOPS = sum(len(walk.states) for walk in WALKS.values())
APART = 20
"""In the ordinary run an act is forged at every twentieth stop, each time by another person."""


def _some(act: int, person: int, stop: int) -> bool:
    return (act + stop) % APART == 0 and person == (act + stop // APART * 7) % len(PERSONAS)


def _many(act: int, person: int, stop: int) -> bool:
    return (act + person + stop) % 6 == 0


@pytest.mark.parametrize("tries", [_some, pytest.param(_many, marks=pytest.mark.long)])
def test_acts_are_open_exactly_where_the_table_says(
    college: Flask, tries: Callable[[int, int, int], bool]
) -> None:
    """The kernel and the pages offer each person his or her acts and no others; what is forged is
    refused, what is old comes back, and neither changes anything."""
    matrix = Matrix(college, tries)
    for name in WALKS:
        matrix.walk(name)
    assert matrix.opened == set(PAGES) - NOT_WALKED, "an act with a page that was open to nobody"
    assert matrix.refused == set(PAGES), "an act with a page that was refused to nobody"


def test_the_ordinary_run_sends_every_act_by_many() -> None:
    """No act is left to one person or one stop."""
    for act in range(len(PAGES)):
        senders = {
            person
            for stop in range(STOPS)
            for person in range(len(PERSONAS))
            if _some(act, person, stop)
        }
        assert len(senders) >= STOPS // APART - 1


class Matrix:
    """The walks of one run, and which acts' pages were met by whom."""

    def __init__(self, app: Flask, tries: Callable[[int, int, int], bool]) -> None:
        self.app, self.tries = app, tries
        self.seats = [Seat(app, persona) for persona in PERSONAS]
        self.opened: set[str] = set()
        self.refused: set[str] = set()
        self.stop = 0

    def walk(self, name: str) -> None:
        """One item along its walk; at every stop everything is compared."""
        walk = WALKS[name]
        public_id = draft(self.app, "A01", **walk.fields)
        going = walk.moves(Actor(self.app, public_id))
        for state in walk.states:
            with self.app.app_context():
                next(going)
            facts = facts_of(self.app, public_id, walk.drafter)
            assert facts.state == state, name
            self.compare(public_id, facts, f"{name}, {state}")
            assert facts_of(self.app, public_id, walk.drafter) == facts, "something was changed"
            self.stop += 1

    def compare(self, public_id: uuid.UUID, facts: Facts, where: str) -> None:
        """One stop: kernel, pages, forged forms."""
        table = {name: expected(name, facts) for name in PERSONAS}
        asked = [name for number, name in enumerate(PERSONAS) if self._asks(number, table[name])]
        kernel = offered(self.app, asked, public_id)
        for name, seen in kernel.items():
            assert (seen is not None) == may_know(name, facts), (name, where)
            assert (seen or set()) == set(table[name]), (name, where)
        for number, seat in enumerate(self.seats):
            mine = table[seat.name]
            if self._new(mine) or number * 2 == self.stop % (len(PERSONAS) * 2):
                self._look(seat, public_id, facts, mine)
            self._forge(seat, number, public_id, facts, mine)

    def _asks(self, person: int, mine: dict[Offered, str]) -> bool:
        """Whether the kernel is asked for this person: always who may act; of the others every
        sixth one in the ordinary run, at the next stops the others."""
        return bool(mine) or self.tries is not _some or (person + self.stop) % 6 == 0

    def _new(self, mine: dict[Offered, str]) -> dict[str, str]:
        """The acts whose page nobody has met yet, with their addresses."""
        return {act: address for act, address in addresses(mine) if act not in self.opened}

    def _look(
        self, seat: Seat, public_id: uuid.UUID, facts: Facts, mine: dict[Offered, str]
    ) -> None:
        seen = seat.forms(public_id)
        assert (seen is not None) == may_know(seat.name, facts)
        assert (seen or set()) == set(addresses(mine)), (seat.name, facts.state)
        for act, address in self._new(mine).items():
            seat.send_old(public_id, act, address, facts)
            self.opened.add(act)

    def _forge(
        self, seat: Seat, person: int, public_id: uuid.UUID, facts: Facts, mine: dict[Offered, str]
    ) -> None:
        for number, act in enumerate(PAGES):
            if not self.tries(number, person, self.stop):
                continue
            parts = parts_of(act, facts)
            part = parts[(self.stop // APART) % len(parts)]
            if Offered(act, part.id if part else 0, "") in mine:
                continue
            seat.forge(public_id, act, part, facts)
            self.refused.add(act)
