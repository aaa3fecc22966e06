"""What people do with their items, and when: prompt, late, silent, careless, by one fixed seed.

Each life is a generator of the moments at which it goes on; between them others act.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.semester import cast
from tests.semester.ledger import Account
from tests.semester.office import Office, later
from tests.semester.runs import Box
from tests.semester.urging import Register

Life = Iterator[datetime]
CLERKS = ("P02", "P03", "P04")


@dataclass
class Shared:
    """What all lives have in common: where they act, by which seed, how another life begins, and
    the days to which notices hurry units."""

    office: Office
    register: Register
    seed: int
    begin: Callable[[Life], None]
    hurried: dict[str, date] = field(default_factory=dict)


class Lives:
    """Who signs when, and chance."""

    def __init__(self, shared: Shared) -> None:
        self.shared, self.office, self.register = shared, shared.office, shared.register

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.office.now

    @property
    def today(self) -> date:
        """Its day."""
        return self.office.now.date()

    def luck(self, name: str) -> random.Random:
        """Chance for one life, the same in every run."""
        return random.Random(f"{self.shared.seed}/{name}")  # noqa: S311 - a simulation

    def signer(self, luck: random.Random, account: Account, box: Box) -> str:
        """Who signs a box: its holder, or whoever stands in."""
        role, unit = box.role, account.unit
        if role == "responsible_leader":
            own = cast.leader(unit, self.today)
        elif role == "unit_head":
            own = cast.head(unit)
        else:
            own = {"office_head": cast.OFFICE_HEAD, "office_leader": cast.OFFICE_LEADER,
                   "secretary": cast.SECRETARY, "president": cast.PRESIDENT}[role]  # fmt: skip
        others = sorted(cast.stand_ins(role, {own}, self.now))
        return luck.choice(others) if others and luck.random() < 0.7 else own

    def patience(self, luck: random.Random, *, urgent: bool) -> datetime:
        """When somebody gets round to signing."""
        kind = luck.choices(("soon", "days", "silent"), (90, 8, 2) if urgent else (70, 20, 10))[0]
        if kind == "soon":
            return later(self.now, minutes=luck.randint(15, 240), seconds=luck.randint(0, 59))
        days = luck.randint(1, 2) if kind == "days" else luck.randint(4, 9)
        return later(self.now, days=days, minutes=luck.randint(0, 300))

    def soon(self, luck: random.Random, *, hours: float = 6, days: int = 0) -> datetime:
        """Within the next hours, or so many days later."""
        minutes = luck.uniform(5, hours * 60)
        return later(self.now, days=days, minutes=minutes)
