"""The term itself: 150 days of a driven clock, its people and its jobs in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from flask import Flask

from jobs import tasks
from tests.semester import cast
from tests.semester.almanac import DAY, SHANGHAI
from tests.semester.item_lives import ItemLives
from tests.semester.ledger import Account, Ledger
from tests.semester.lives import CLERKS, Life, Shared
from tests.semester.office import DrivenClock, Office, in_office
from tests.semester.urge_lives import UrgeLives
from tests.semester.urging import Register

FIRST = date(2026, 9, 1)
OFF = (date(2026, 11, 18), date(2026, 11, 21))
"""From the first of these days to the other the machine is off: neither people nor jobs."""
ROUNDS = (time(0, 20), time(8, 20), time(13, 20), time(18, 20))
RULES = (
    "deem_receipts", "end_supplements", "expire_oral", "open_reviews", "follow_urging",
    "follow_rectifying", "recount_deadlines", "remind", "deliver_messages", "seal",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much of a term is lived through."""

    items: int
    days: int


class Term:
    """Drives the clock from one moment to the next."""

    def __init__(self, college: Flask, worker: Flask, size: Size, seed: int) -> None:
        self.clock = DrivenClock(_at(FIRST, time(0, 5)))
        self.worker, self.size, self.seed = worker, size, seed
        for app in (college, worker):
            app.extensions["portal.clock"] = self.clock
        self.ledger, self.register = Ledger(), Register()
        self.office = Office(college, self.clock, self.ledger)
        self.shared = Shared(self.office, self.register, seed, self._go_on)
        self.last = FIRST + size.days * DAY
        self._waiting: list[tuple[datetime, int, Life | None]] = []
        self._order = count()

    @property
    def now(self) -> datetime:
        """The moment, in Shanghai."""
        return self.office.now

    def live(self, after_round: Callable[[], None]) -> None:
        """All of it; what is given is called after each round of the jobs."""
        items = ItemLives(self.shared)
        for account, begins in self._drawn():
            self._wait(begins, items.course(account))
        self._wait(in_office(_at(FIRST, time(9))), UrgeLives(self.shared).urge_now_and_then())
        for number in range(self.size.days):
            for at in ROUNDS:
                moment = _at(FIRST + number * DAY, at)
                if not _off(moment):
                    self._wait(moment, None)
        while self._waiting and self._waiting[0][0].date() < self.last:
            moment, _order, life = heapq.heappop(self._waiting)
            if _off(moment):
                later = in_office(_at(OFF[1], time(9)) + (moment - _at(OFF[0], time(0))) / 60)
                self._wait(later, life)
                continue
            self.clock.go_on(moment)
            if life is None:
                self._round()
                after_round()
            else:
                self._go_on(life)

    def _round(self) -> None:
        for rule in RULES:
            with self.worker.app_context():
                tasks.scheduled(rule)
        for account in self.ledger.accounts.values():
            for unit, how in account.receipts.items():
                running = account.state in ("issued", "in_progress")
                if how == "issued" and running and account.receipt_until() <= self.now:
                    account.received(unit, "deemed")
        self.register.follow(self.now)

    def _go_on(self, life: Life) -> None:
        moment = next(life, None)
        for account in self.ledger.accounts.values():
            self.register.cancel_drafts(account, self.now)
        if moment is not None:
            self._wait(max(moment, self.now + timedelta(seconds=1)), life)

    def _wait(self, moment: datetime, life: Life | None) -> None:
        heapq.heappush(self._waiting, (moment, next(self._order), life))

    def _drawn(self) -> Iterator[tuple[Account, datetime]]:
        luck = Random(self.seed)  # noqa: S311 - a simulation
        for number in range(1, self.size.items + 1):
            day = FIRST + luck.randint(0, max(1, self.size.days - 12)) * DAY
            yield (
                drawn(luck, f"S{number:03}", day),
                in_office(_at(day, time(8, 30)) + timedelta(minutes=luck.uniform(1, 500))),
            )


def drawn(luck: Random, name: str, day: date) -> Account:
    """One item by chance."""
    level = luck.choices((1, 2, 3, 4), (12, 43, 33, 12))[0]
    unit, *co_units = luck.sample(cast.units(), luck.choices((1, 2, 3), (6, 3, 1))[0])
    explicit = None
    days = {1: luck.randint(1, 3), 2: luck.randint(7, 15), 3: luck.randint(10, 30), 4: None}[level]
    if (level == 4 and luck.random() < 0.5) or (level == 3 and luck.random() < 0.2):
        days, explicit = None, day + luck.randint(40, 100) * DAY
    by_unit = luck.random() < 0.3
    drafter = cast.liaison(unit) if by_unit else luck.choice(CLERKS[1:])
    principal = luck.choice(("secretary", "president", "both"))
    return Account(name, level, unit, tuple(co_units), principal, drafter, days, explicit)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def _off(moment: datetime) -> bool:
    return OFF[0] <= moment.date() < OFF[1]
