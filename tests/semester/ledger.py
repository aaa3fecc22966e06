"""The second count: what each item's state, days, plan and light are by the articles.

It is told what people did and when. Everything else it works out itself, from `almanac` and `runs`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from tests.semester import almanac
from tests.semester.almanac import DAY
from tests.semester.runs import Run

JUDGED = ("closing_sign", "closing_check", "closing_review", "closing_report", "closing_filing")
OWED = ("issued", "in_progress", "closing_unit")
"""The unit has the next step, and may be reminded."""
LIT = (*OWED, *JUDGED)
STATE_AT = {
    "confirm_unit": "pending_unit", "sign": "pending_sign", "review": "pending_review",
    "approve": "pending_approve", "confirm_close": "closing_unit", "sign_close": "closing_sign",
    "check_close": "closing_check", "review_close": "closing_review",
    "read_close": "closing_report",
}  # fmt: skip
AFTER = {"initiation": "pending_filing", "closing": "closing_filing"}


@dataclass(eq=False)
class Point:
    """One instalment: written on by the unit, sent on by its head, or merged into another."""

    due: date
    written: bool = False
    sent_on: date | None = None
    into: Point | None = None

    @property
    def answered(self) -> date | None:
        """When a report for it was sent on."""
        return self.sent_on or (self.into.sent_on if self.into else None)

    @property
    def held(self) -> bool:
        """Whether a report is at least with the unit's head."""
        return self.written or (self.into is not None and self.into.written)


@dataclass(eq=False)
class Request:
    """延期 or 免于督办: the day asked for (None: 免于督办), how it ended."""

    asked: date | None
    raw: date | None
    timely: bool
    run: Run
    state: str = "pending"


@dataclass(eq=False)
class HandIn:
    """A closing as the head handed it in; sent back for a supplement by `until`."""

    at: datetime | None = None
    until: date | None = None

    @property
    def day(self) -> date | None:
        """The day it was handed in."""
        return self.at.date() if self.at else None


@dataclass(eq=False)
class Account:
    """One item."""

    name: str
    level: int
    unit: str
    co_units: tuple[str, ...]
    principal: str
    drafter: str
    days: int | None
    explicit: date | None
    state: str = "draft"
    number: str | None = None
    issued_at: datetime | None = None
    original: date | None = None
    due: date | None = None
    plan: dict[int, date] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    handlers: set[str] = field(default_factory=set)
    receipts: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    hand_ins: list[HandIn] = field(default_factory=list)
    exempted_on: date | None = None
    closed_on: date | None = None
    archived_on: date | None = None

    @property
    def base(self) -> date:
        """The day of 交办."""
        assert self.issued_at is not None
        return self.issued_at.date()

    # 立项 and 交办 ---------------------------------------------------------------------------

    def open_run(self, run: Run, at: datetime) -> None:
        """An approval begins."""
        self.runs.append(run)
        run.begin(at)
        if run.chain in AFTER:
            self.state = STATE_AT[run.step]

    def signed(self, run: Run, role: str, at: datetime) -> bool:
        """A box is signed; whether it was the last."""
        done = run.sign(role, at)
        if run.chain in AFTER:
            self.state = AFTER[run.chain] if done else STATE_AT[run.step]
        return done

    def issued(self, at: datetime) -> None:
        """下达: dates and plan follow from the day."""
        self.state, self.issued_at = "issued", at
        self.receipts = dict.fromkeys((self.unit, *self.co_units), "issued")
        base = at.date()
        if self.days is None and self.explicit is None:
            self.grow()
            return
        raw, due = (
            almanac.last_day(self.level, base, self.days)
            if self.days is not None
            else (self.explicit, self.explicit)
        )
        assert raw is not None
        assert due is not None
        self.original = self.due = due
        self.plan = almanac.instalments(self.level, base, raw, due)
        self.points = [Point(day) for day in sorted(set(self.plan.values()))]

    def receipt_until(self) -> datetime:
        """视同签收 from then on."""
        assert self.issued_at is not None
        if self.level == 1:
            return almanac.office_hours_after(self.issued_at, 2)
        return almanac.end_of_workday(self.issued_at, 1)

    def received(self, unit: str, how: str) -> None:
        """签收 or 视同签收."""
        self.receipts[unit] = how
        if unit == self.unit and self.state == "issued":
            self.state = "in_progress"

    # 反馈 --------------------------------------------------------------------------------

    def grow(self) -> None:
        """长期: two instalments without a report stand open."""
        free = sum(not point.written for point in self.points)
        last = self.points[-1].due if self.points else self.base
        coming = (day for day in almanac.endless(self.base) if day > last)
        self.points += [Point(day) for day in islice(coming, max(0, 2 - free))]

    def proposed(self, day: date) -> Point | None:
        """SPEC §3.4: the earliest free instalment whose window has begun."""
        opens = self.base
        for point in sorted(self.points, key=lambda one: one.due):
            if not point.written and point.into is None and opens <= day:
                return point
            opens = point.due + DAY
        return None

    def missing(self, day: date) -> list[Point]:
        """Due before a day, and no report was sent on."""
        return [point for point in self.points if point.due < day and point.answered is None]

    # 延期 --------------------------------------------------------------------------------

    @property
    def granted(self) -> int:
        """How many extensions were given."""
        return sum(one.state == "approved" and one.asked is not None for one in self.requests)

    @property
    def pending(self) -> Request | None:
        """The undecided request."""
        return next((one for one in self.requests if one.state == "pending"), None)

    def extended(self, request: Request, at: datetime) -> None:
        """第十九条: another day; the plan goes on in the same step, nothing is asked afterwards."""
        request.state = "approved"
        if request.asked is None:
            self.state, self.exempted_on = "exempted", at.date()
            return
        assert request.raw is not None
        today, self.due = at.date(), request.asked
        self.plan = almanac.continued(
            self.level, self.base, self.plan, request.raw, request.asked, today
        )
        days = {day for day in self.plan.values() if day > today}
        self.points = [
            point for point in self.points
            if point.due <= today or point.written or point.due in days
        ]  # fmt: skip
        self.points += [Point(day) for day in days - {point.due for point in self.points}]
        self.points.sort(key=lambda point: point.due)

    # 办结 --------------------------------------------------------------------------------

    def handed_in(self, at: datetime) -> None:
        """The head has confirmed."""
        self.hand_ins[-1].at = at

    def sent_back(self, day: date, until: date, *, judged: bool) -> None:
        """退回补正: nothing was owed while it was judged."""
        last, self.state = self.hand_ins[-1], "in_progress"
        last.until = until
        if judged and last.day is not None:
            first = last.day
            self.points = [
                point for point in self.points
                if point.written or not first <= point.due < day
            ]  # fmt: skip
        if self.due is None:
            self.grow()

    @property
    def completed(self) -> date:
        """SPEC §3.7: the first hand-in, as long as each supplement came by its own date."""
        first, *again = [one for one in self.hand_ins if one.day is not None]
        assert first.day is not None
        day, until = first.day, first.until
        for one in again:
            assert one.day is not None
            day = day if until is not None and one.day <= until else one.day
            until = one.until
        return day

    # 灯 ----------------------------------------------------------------------------------

    def waiting(self, day: date) -> bool:
        """SPEC §3.5, §3.7: others are to act, or the days of a supplement run."""
        pending = self.pending
        if pending is not None and pending.timely:
            return True
        if self.state in JUDGED:
            return self.due is None or self.completed <= self.due
        until = self.hand_ins[-1].until if self.hand_ins else None
        if until is None and len(self.hand_ins) > 1:
            until = self.hand_ins[-2].until
        return self.state in ("in_progress", "closing_unit") and until is not None and day <= until

    def red_from(self) -> date:
        """The day after the last one; of 长期 after the second missing report."""
        if self.due is not None:
            return self.due + DAY
        return self._free_days()[1] + DAY

    def light(self, day: date) -> str:
        """The colour on a day."""
        if self.state not in LIT:
            return "unissued" if self.issued_at is None and self.state not in ENDED else "grey"
        if self.waiting(day):
            return "blue"
        if self.red_from() <= day:
            return "red"
        yellow = bool(self.missing(day))
        if self.due is not None:
            return (
                "yellow" if yellow or almanac.yellow_from(self.base, self.due) <= day else "green"
            )
        return "yellow" if self._free_days()[0] - 5 * DAY <= day else "green"

    def _free_days(self) -> list[date]:
        return sorted(point.due for point in self.points if point.answered is None)


ENDED = ("rejected", "exempted", "void", "closed", "archived")


@dataclass
class Ledger:
    """All items, and the numbers given out."""

    accounts: dict[str, Account] = field(default_factory=dict)
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def take(self, word: str, day: date) -> str:
        """The next number of the year: 「阿职督办〔2026〕7号」."""
        self.numbers[word, day.year] += 1
        return f"{word}〔{day.year}〕{self.numbers[word, day.year]}号"
