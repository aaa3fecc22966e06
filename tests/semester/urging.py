"""催办 and 正当理由 in the second count, and the acts on a notice (第十六条（四）)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.models import UrgeNotice, UrgeQuestion
from portal.rulebook import urging
from portal.steps.urging import commands, replying
from tests.semester import almanac, cast, runs
from tests.semester.ledger import Account, Point
from tests.semester.office import BECAUSE, URGE_WORD, Office, fresh
from tests.semester.runs import Box, Run

IN_CHAIN = ("ug_sign", "ug_review", "ug_approve", "ug_filing")
ISSUED = ("ug_issued", "ug_signed", "ug_replied")
NOT_HANDED_IN = ("issued", "in_progress", "closing_unit")
STATE_AT = {"sign_urge": "ug_sign", "review_urge": "ug_review", "approve_urge": "ug_approve"}


@dataclass(eq=False)
class Notice:
    """One notice to the lead unit: why, how far, and what became of the question beside it."""

    account: Account
    nth: int
    ground: str
    points: list[Point]
    drafted_at: datetime
    run: Run
    fast: bool
    answer_until: date
    state: str = ""
    question: str = "asked"
    ruled_on: date | None = None
    number: str | None = None
    receipt_until: date | None = None
    limit_on: date | None = None
    issued_at: datetime | None = None
    told: frozenset[str] = frozenset()

    def settle(self) -> None:
        """Where the chain stands; of level 1 the rest is signed beside the notice."""
        if self.fast and self.run.place > 0:
            self.state = "ug_filing"
        else:
            self.state = "ug_filing" if self.run.over else STATE_AT[self.run.step]

    @property
    def running(self) -> bool:
        """Neither ended nor void."""
        return self.state in (*IN_CHAIN, *ISSUED)

    @property
    def against(self) -> bool:
        """第二十五条（一）: its limit passed, and no reason was accepted or given."""
        return self.state == "ug_unmet" and self.question in ("refused", "unanswered")

    def done_on(self, today: date) -> date | None:
        """The day it was obeyed, or nobody needs it any more."""
        account = self.account
        found = [
            one.at.date() for one in account.hand_ins
            if one.at is not None and one.at >= self.drafted_at
        ]  # fmt: skip
        if self.ground == "reports":
            found += self._reported(today)
        if account.state not in NOT_HANDED_IN:
            found.append(today)
        if self.ground == "overdue" and (account.due is None or account.due >= today):
            found.append(today)
        return min(found, default=None)

    def _reported(self, today: date) -> list[date]:
        asked = [point for point in self.points if point in self.account.points]
        days = [point.answered for point in asked if point.answered is not None]
        if len(days) < len(asked):
            return []
        return [max(days, default=today)]


@dataclass
class Register:
    """All notices of the term."""

    notices: list[Notice] = field(default_factory=list)

    def of(self, account: Account) -> list[Notice]:
        """Those of an item."""
        return [one for one in self.notices if one.account is account]

    def missed(self, account: Account, day: date) -> tuple[str, list[Point]] | None:
        """SPEC §2.8: why the lead unit may be urged; None: it may not."""
        mine = self.of(account)
        if (
            account.state != "in_progress"
            or account.waiting(day)
            or any(one.running for one in mine)
        ):
            return None
        ruled = [one.ruled_on for one in mine if one.question == "accepted" and one.ruled_on]
        covered = max(ruled, default=date.min)
        missing = account.missing(day)
        if account.due is not None and covered <= account.due < day:
            return "overdue", missing
        if len(missing) > 1 and any(point.due >= covered for point in missing):
            return "reports", missing
        return None

    def still(self, account: Account, day: date) -> bool:
        """Whether a drafted notice has a cause, reasons aside."""
        late = account.due is not None and account.due < day
        return late or len(account.missing(day)) > 1

    def cancel_drafts(self, account: Account, at: datetime) -> None:
        """The unit has handed in, or the item goes no further: no number is used."""
        if account.state in NOT_HANDED_IN:
            return
        for one in self.of(account):
            if one.state in IN_CHAIN:
                one.run.stop(at)
                one.state = "ug_void"

    def follow(self, now: datetime) -> None:
        """What the clock does at a round."""
        today = now.date()
        for one in self.notices:
            late = one.state == "ug_issued" and _past(one.receipt_until, today)
            if late and not self._obeyed(one, today):
                one.state = "ug_signed"
        for one in self.notices:
            if one.state in ISSUED:
                if self._obeyed(one, today):
                    one.state = "ug_met"
                elif _past(one.limit_on, today) and one.state != "ug_issued":
                    one.state = "ug_unmet"
        for one in self.notices:
            silent = one.question == "asked" and one.answer_until < today
            if silent and one.state not in ("ug_met", "ug_void"):
                one.question = "unanswered"

    def _obeyed(self, one: Notice, today: date) -> bool:
        done = one.done_on(today)
        return done is not None and one.limit_on is not None and done <= one.limit_on


def _past(day: date | None, today: date) -> bool:
    return day is not None and day < today


class Urging:
    """The acts on notices."""

    def __init__(self, office: Office, register: Register) -> None:
        self.office, self.register = office, register

    def urge(self, account: Account, who: str) -> Notice:
        """拟催办."""
        missed = self.register.missed(account, self.office.now.date())
        assert missed is not None
        with self.office.as_(who, account) as (viewer, item):
            now = self.office.now
            why = urging.urgeable(item, now.date())[item.lead_unit_id]
            subject = commands.subject_of(item, item.lead_unit_id, why, now.date())
            commands.urge(
                viewer, item, item.lead_unit_id, fresh(), subject=subject,
                limit_days=commands.limit_days_of(item), declared=True,
            )  # fmt: skip
        earlier = [
            one for one in self.register.of(account) if one.number and one.state != "ug_void"
        ]
        fast = account.level == 1
        run = runs.urge(account.unit, account.principal, now.date(), fast=fast)
        notice = Notice(
            account, len(earlier) + 1, *missed, now, run, fast,
            almanac.workday_after(now.date()),
        )  # fmt: skip
        account.open_run(run, now)
        notice.settle()
        self.register.notices.append(notice)
        return notice

    def _act(self, notice: Notice, who: str, do: Any) -> None:
        with self.office.as_(who, notice.account) as (viewer, item):
            row = self.office.first(
                viewer, item, UrgeNotice, UrgeNotice.nth == notice.nth,
                UrgeNotice.drafted_at == notice.drafted_at,
            )  # fmt: skip
            do(viewer, item, row)

    def sign(self, notice: Notice, box: Box, who: str) -> None:
        """A signature."""
        self._act(notice, who, lambda viewer, item, row: commands.sign(
            viewer, item, box.step, row, fresh()))  # fmt: skip
        notice.account.signed(notice.run, box.role, self.office.now)
        if notice.state in IN_CHAIN:
            notice.settle()

    def refuse(self, notice: Notice, who: str) -> None:
        """不同意催办."""
        self._act(notice, who, lambda viewer, item, row: commands.refuse(
            viewer, item, row, fresh(BECAUSE)))  # fmt: skip
        self._void(notice)

    def cancel(self, notice: Notice, who: str) -> None:
        """取消催办."""
        self._act(notice, who, lambda viewer, item, row: commands.cancel(
            viewer, item, row, fresh()))  # fmt: skip
        self._void(notice)

    def _void(self, notice: Notice) -> None:
        notice.state = "ug_void"
        notice.run.stop(self.office.now)

    def issue(self, notice: Notice, who: str) -> None:
        """编号下达."""
        self._act(notice, who, lambda viewer, item, row: commands.issue(
            viewer, item, row, fresh(), word=URGE_WORD))  # fmt: skip
        today = self.office.now.date()
        notice.number, notice.state = self.office.ledger.take(URGE_WORD, today), "ug_issued"
        notice.receipt_until = almanac.workday_after(today)
        limit = 1 if notice.account.level == 1 else 3
        notice.limit_on = almanac.workday_after(today, limit)
        notice.issued_at, notice.told = self.office.now, self._told(notice) - {who}

    def _told(self, notice: Notice) -> frozenset[str]:
        """N09: the unit's head and handlers, its leader, 纪委办 and 组织人事部."""
        account, now = notice.account, self.office.now
        roles = ("unit_head", "responsible_leader", "discipline", "hr")
        found = (cast.holders(role, account.unit, now) for role in roles)
        return frozenset(account.handlers.union(*found))

    def receive(self, notice: Notice, who: str) -> None:
        """签收."""
        self._act(notice, who, lambda viewer, item, row: commands.receive(
            viewer, item, row, fresh()))  # fmt: skip
        notice.state = "ug_signed"

    def reply(self, notice: Notice, who: str, promised: date) -> None:
        """回复催办."""
        self._act(notice, who, lambda viewer, item, row: replying.reply(
            viewer, item, row, fresh("任务量超出预计。"), measures="增派人员。",
            promised_on=promised, declared=True))  # fmt: skip
        notice.state = "ug_replied"

    def state_reason(self, notice: Notice, who: str) -> None:
        """说明正当理由."""
        self._question(notice, who, lambda viewer, item, row: commands.state_reason(
            viewer, item, row, fresh("供应商未按期到货。"), declared=True))  # fmt: skip
        notice.question = "stated"

    def rule(self, notice: Notice, who: str, *, accepted: bool) -> None:
        """采纳 or 不采纳; 采纳 cancels a notice without a number."""
        do = commands.accept_reason if accepted else commands.refuse_reason
        self._question(notice, who, lambda viewer, item, row: do(
            viewer, item, row, fresh("已核实有关情况。")))  # fmt: skip
        notice.question = "accepted" if accepted else "refused"
        notice.ruled_on = self.office.now.date()
        if accepted and notice.number is None:
            self._void(notice)

    def _question(self, notice: Notice, who: str, do: Any) -> None:
        with self.office.as_(who, notice.account) as (viewer, item):
            asked = self.office.first(
                viewer, item, UrgeQuestion, UrgeQuestion.asked_at == notice.drafted_at
            )
            do(viewer, item, asked)
