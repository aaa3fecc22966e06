"""What each item of the ledger is: its state, its days, who carries it; drawn once, the oldest
first, so that numbers and ids rise with time as they do in a college."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice

from bench.filling.college import College, UnitPeople
from portal.demo import sample
from portal.rulebook import deadlines, policy
from portal.rulebook.readers import DRAFTING
from portal.rulebook.workdays import Calendar

LINE = (
    "draft", "pending_sign", "pending_review", "pending_approve", "pending_filing", "filed",
    "issued", "in_progress", "closing_unit", "closing_sign", "closing_check", "closing_review",
    "closing_report", "closing_filing", "closed", "archived",
)  # fmt: skip
"""The states of the main line in their order."""
REACHED = {"pending_unit": "draft", "returned": "pending_sign", "rejected": "pending_sign",
           "exempted": "in_progress", "void": "filed"}  # fmt: skip
"""How far a side state went along the line."""
WEIGHTS = {"archived": 850, "in_progress": 80, "closed": 20, "issued": 5}
"""Of a thousand items; the other states share what is left alike."""
YEARS = 10
SENSITIVE, LATE, EXTENDED, OFFICE = 0.02, 0.12, 0.06, 0.7
"""Shares: sensitive items, late ones, those with an extension, those drafted by 党政办."""
DAY = timedelta(days=1)


def place_of(state: str) -> int:
    """How far along the line an item in this state has come."""
    return LINE.index(REACHED.get(state, state))


FILED, ISSUED, RUNNING = place_of("filed"), place_of("issued"), place_of("in_progress")
HANDED_IN, JUDGED, CLOSED = (
    place_of("closing_unit"), place_of("closing_sign"), place_of("closed")
)  # fmt: skip


@dataclass(frozen=True)
class Matter:
    """One item as it is drawn.

    `begun`: the day of 立项 and 交办, of a form that did not come so far the day it was drafted.
    `completed`: the day of the unit's last hand-in. `plan` is that of the date which holds,
    `first_due` the one before an extension, if there was one.
    """

    number: int
    state: str
    place: int
    title: str
    requirement: str
    level: int
    sensitive: bool
    by_office: bool
    begun: date
    days: int | None
    plan: deadlines.Plan | None
    first_due: date | None
    points: tuple[date, ...]
    completed: date | None
    closed_on: date | None
    archived_on: date | None
    unit: UnitPeople
    co_units: tuple[UnitPeople, ...]
    handler: int
    co_handlers: tuple[int, ...]
    principal: str

    @property
    def kind(self) -> str:
        """How its date was given: days, date, open."""
        if self.days is not None:
            return "days"
        return "date" if self.level == 4 and self.plan and self.plan.due else "open"


@dataclass(frozen=True)
class Seed:
    """What decides the place of an item in time."""

    state: str
    level: int
    begun: date
    due: date | None


class Drawing:
    """Draws `count` matters of a college as it stands today."""

    def __init__(
        self,
        college: College,
        calendar: Calendar,
        today: date,
        count: int,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.college, self.calendar, self.today, self.count = college, calendar, today, count
        self.random = random.Random(count)  # noqa: S311 - sample rows, no secret
        self.texts = [(item["title"], item["requirement"]) for item in sample.items()]
        self.states, self.weights = _weighed(weights or {})
        self.plan_of = cache(self._plan)

    def matters(self) -> Sequence[Matter]:
        """All of them, by the day they begun."""
        seeds = [self._seed() for _ in range(self.count)]
        seeds.sort(key=lambda seed: seed.begun)
        return [self._matter(number, seed) for number, seed in enumerate(seeds, start=1)]

    def _seed(self) -> Seed:
        pick = self.random
        state = pick.choices(self.states, self.weights)[0]
        level = pick.choices((1, 2, 3, 4), (5, 45, 40, 10))[0]
        length = pick.randint(60, 400) if level == 4 else _days(level)
        if place_of(state) < RUNNING and state != "exempted":
            begun = self.today - timedelta(days=pick.randint(0, 4))
        elif place_of(state) >= CLOSED or state in ("exempted", "rejected", "void"):
            begun = self.today - timedelta(days=pick.randint(length + 30, 365 * YEARS + length))
        else:
            late = 1.3 if pick.random() < LATE else 1.0
            begun = self.today - timedelta(days=pick.randint(1, max(2, int(length * late))))
        begun = self.calendar.previous_workday(begun + DAY)
        open_ended = level == 4 and pick.random() < 0.4
        due = begun + timedelta(days=length) if level == 4 and not open_ended else None
        return Seed(state, level, begun, due)

    def _matter(self, number: int, seed: Seed) -> Matter:
        pick, place = self.random, place_of(seed.state)
        sensitive = pick.random() < SENSITIVE and seed.state not in DRAFTING
        many = 1 if sensitive else pick.choices((1, 2, 3), (6, 3, 1))[0]
        unit, *co_units = pick.sample(self.college.units, many)
        title, requirement = pick.choice(self.texts)
        days = None if seed.level == 4 else _days(seed.level)
        plan = self.plan_of(seed.level, seed.begun, days, seed.due) if place >= ISSUED else None
        first_due, late = plan.due if plan else None, pick.random() < LATE
        if plan and plan.due and days and place >= RUNNING and pick.random() < EXTENDED:
            later = self.calendar.roll_forward(plan.due + timedelta(days=10))
            plan = self.plan_of(seed.level, seed.begun, None, later)
        completed = self._completed(seed, place, plan, late=late)
        closed_on = self._later(completed, 5) if place >= CLOSED else None
        return Matter(
            number=number, state=seed.state, place=place, title=f"{title}（{number}）",
            requirement=requirement, level=seed.level, sensitive=sensitive,
            by_office=pick.random() < OFFICE, begun=seed.begun, days=days, plan=plan,
            first_due=first_due, points=self._points(seed, plan, completed), completed=completed,
            closed_on=closed_on,
            archived_on=self._later(closed_on, 15) if seed.state == "archived" else None,
            unit=unit, co_units=tuple(co_units), handler=pick.choice(unit.people),
            co_handlers=tuple(pick.choice(co.people) for co in co_units),
            principal=pick.choice(("secretary", "president", "both")),
        )  # fmt: skip

    def _plan(self, level: int, begun: date, days: int | None, due: date | None) -> deadlines.Plan:
        open_ended = days is None and due is None
        return deadlines.plan(
            policy.CURRENT.level(level), begun, self.calendar,
            days=days, explicit=due, open_ended=open_ended,
        )  # fmt: skip

    def _completed(
        self, seed: Seed, place: int, plan: deadlines.Plan | None, *, late: bool
    ) -> date | None:
        """The day of the hand-in, after that of the notice: of what is being judged a few days
        ago."""
        first = seed.begun + DAY
        if place < HANDED_IN or plan is None:
            return None
        if place < CLOSED:
            return max(first, self.today - timedelta(days=self.random.randint(0, 4)))
        if plan.due is None:
            last = min(self.today - 25 * DAY, seed.begun + timedelta(days=400))
            return max(first, last - timedelta(days=self.random.randint(0, 60)))
        if late:
            return min(plan.due + timedelta(days=self.random.randint(1, 12)), self.today - 22 * DAY)
        return max(first, plan.due - timedelta(days=self.random.randint(0, 5)))

    def _points(
        self, seed: Seed, plan: deadlines.Plan | None, completed: date | None
    ) -> tuple[date, ...]:
        """The instalments: those after the hand-in are not owed any more; of 长期 two are ahead."""
        if plan is None:
            return ()
        if plan.due is not None:
            ended = completed or date.max
            return tuple(day for day in plan.points if day < ended)
        every = deadlines.open_points(policy.CURRENT.level(4), seed.begun, self.calendar)
        days = tuple(islice(every, 20))
        if completed is not None and place_of(seed.state) >= CLOSED:
            return tuple(day for day in days if day < completed)
        return days[: sum(day <= self.today for day in days) + 2]

    def _later(self, day: date | None, most: int) -> date | None:
        return day and min(self.today, day + timedelta(days=self.random.randint(1, most)))


def _weighed(given: Mapping[str, float]) -> tuple[list[str], list[float]]:
    states = [state.id for state in policy.CURRENT.states]
    if given:
        return states, [given.get(state, 0.0) for state in states]
    rest = (1000 - sum(WEIGHTS.values())) / (len(states) - len(WEIGHTS))
    return states, [WEIGHTS.get(state, rest) for state in states]


def _days(level: int) -> int:
    days = policy.CURRENT.level(level).default_days
    if days is None:
        raise ValueError(f"level {level} is not counted by days")
    return days


def drafting(matter: Matter) -> bool:
    """Whether its form is with its drafters."""
    return matter.state in DRAFTING
