"""The life of a notice of 催办: its chain, the reason beside it, its receipt and reply."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.semester import almanac, cast
from tests.semester.almanac import DAY, SHANGHAI
from tests.semester.ledger import Account
from tests.semester.lives import CLERKS, Life, Lives, Shared
from tests.semester.urging import Notice, Urging

SIGNING = ("ug_sign", "ug_review", "ug_approve")


class UrgeLives(Lives):
    """Notices."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.urging = Urging(self.office, self.register)

    def urge_now_and_then(self) -> Life:
        """党政办 looks through 建议催办 twice a week."""
        luck = self.luck("urging")
        while True:
            day = almanac.workday_after(self.today)
            while day.weekday() not in (1, 3):
                day = almanac.workday_after(day)
            yield datetime.combine(day, almanac.OFFICE[0][0], SHANGHAI) + timedelta(minutes=71)
            for account in list(self.office.ledger.accounts.values()):
                if self.register.missed(account, self.today) and luck.random() < 0.3:
                    self.shared.begin(self._notice(account))

    def _notice(self, account: Account) -> Life:
        luck = self.luck(f"{account.name}/{len(self.register.notices)}/urge")
        yield self.soon(luck, hours=2)
        if self.register.missed(account, self.today) is None:
            return
        notice = self.urging.urge(account, luck.choice(CLERKS))
        self.shared.begin(self._reason(notice, luck.random() < 0.4, luck.random() < 0.35))
        while notice.state in SIGNING:
            box = luck.choice(notice.run.asked())
            yield self.patience(luck, urgent=True)
            if notice.state not in SIGNING:
                return
            who = self.signer(luck, account, box)
            if luck.random() < 0.02:
                self.urging.refuse(notice, who)
            else:
                self.urging.sign(notice, box, who)
        if notice.state != "ug_filing":
            return
        if not notice.run.over:
            self.shared.begin(self._make_up(notice))
        yield from self._issue(notice, luck)

    def _issue(self, notice: Notice, luck: random.Random) -> Life:
        account = notice.account
        for _ in range(10):
            yield self.soon(luck)
            if notice.state != "ug_filing":
                return
            if not account.waiting(self.today):
                break
            yield self.soon(luck, days=1)
        if notice.state != "ug_filing":
            return
        gone = notice.done_on(self.today) is not None
        if gone or account.waiting(self.today) or not self.register.still(account, self.today):
            self.urging.cancel(notice, cast.OFFICE_HEAD)
            return
        self.urging.issue(notice, "P03")
        if luck.random() < 0.6 and notice.limit_on is not None:
            self.shared.hurried[account.name] = notice.limit_on - luck.randint(0, 1) * DAY
        if luck.random() < 0.65:
            yield self.soon(luck)
            if notice.state == "ug_issued":
                self.urging.receive(notice, luck.choice((cast.head(account.unit),
                                                         cast.liaison(account.unit))))  # fmt: skip
        yield self.soon(luck, days=1)
        if notice.state == "ug_signed" and luck.random() < 0.7:
            self.urging.reply(notice, cast.head(account.unit), self.today + 3 * DAY)

    def _make_up(self, notice: Notice) -> Life:
        luck = self.luck(f"{notice.account.name}/{notice.nth}/make up")
        while not notice.run.over:
            box = luck.choice(notice.run.asked())
            yield self.patience(luck, urgent=False)
            if notice.run.over or notice.state == "ug_void":
                return
            self.urging.sign(notice, box, self.signer(luck, notice.account, box))

    def _reason(self, notice: Notice, given: bool, accepted: bool) -> Life:
        luck = self.luck(f"{notice.account.name}/{notice.nth}/reason")
        ended = ("ug_met", "ug_void")
        yield self.soon(luck, hours=3)
        if not given or notice.question != "asked" or notice.state in ended:
            return
        self.urging.state_reason(notice, cast.head(notice.account.unit))
        yield self.soon(luck, days=luck.randint(0, 4))
        if notice.question == "stated" and notice.state not in ended:
            self.urging.rule(notice, cast.OFFICE_HEAD, accepted=accepted)
