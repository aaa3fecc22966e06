"""The life of an item, from its draft to the archive: signing, working, asking for more time."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from tests.semester import almanac, cast
from tests.semester.almanac import DAY, SHANGHAI
from tests.semester.ledger import Account, Point, Request
from tests.semester.lives import CLERKS, Life, Lives, Shared
from tests.semester.office import in_office
from tests.semester.requesting import Requesting
from tests.semester.runs import Box, Run

STAND_INS = {one.taker for one in cast.lent()}
STYLES = (("punctual", 55), ("late", 25), ("very late", 10), ("never", 10))


class ItemLives(Lives):
    """Items."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.requesting = Requesting(self.office)

    # 立项 to 交办 --------------------------------------------------------------------------

    def course(self, account: Account) -> Life:
        """An item from its draft to the archive, as far as it gets."""
        luck = self.luck(account.name)
        self.office.draft(account)
        yield self.soon(luck, hours=2)
        yield from self._initiate(account, luck)
        if account.state != "pending_filing":
            return
        yield self.soon(luck)
        release = luck.random() < 0.85
        self.office.file(account, luck.choice(CLERKS[1:]), release=release)
        if not release:
            yield self.soon(luck, days=luck.randint(0, 2))
            self.office.issue(account, luck.choice(CLERKS))
        for unit in (account.unit, *account.co_units):
            self.shared.begin(self._receipt(account, unit))
        yield from self._work(account, luck)

    def _initiate(self, account: Account, luck: random.Random) -> Life:
        run, returns = self.office.submit(account), 0
        while not run.over:
            box = luck.choice(run.asked())
            yield self.patience(luck, urgent=account.level == 1)
            who, chance = self.signer(luck, account, box), luck.random()
            if chance < 0.04 and not returns:
                self.office.send_back(account, run, who)
                returns += 1
                yield self.soon(luck, days=luck.randint(0, 2))
                run = self.office.submit(account)
            elif 0.04 <= chance < 0.05 and box.role != "unit_head":
                self.office.reject(account, run, who)
            else:
                self.office.sign(account, run, box, who)

    def _receipt(self, account: Account, unit: str) -> Life:
        luck = self.luck(f"{account.name}/{unit}")
        hours = 1.5 if account.level == 1 else 6
        if luck.random() < 0.7:
            yield self.soon(luck, hours=hours)
            if account.receipts[unit] == "issued":
                who = luck.choice((cast.head(unit), cast.liaison(unit)))
                self.office.receive(account, unit, who)
        while account.receipts[unit] == "issued":
            yield self.soon(luck, hours=3, days=1)
        yield self.soon(luck, hours=5)
        if account.state in ("issued", "in_progress"):
            able = [person for person in cast.staff(unit) if person not in STAND_INS]
            head = Box("", "unit_head")
            who = self.signer(luck, account, head) if unit == account.unit else cast.head(unit)
            self.office.name_handler(account, unit, who, luck.choice(able))

    # 承办, 反馈 ----------------------------------------------------------------------------

    def _work(self, account: Account, luck: random.Random) -> Life:
        style = luck.choices([name for name, _ in STYLES], [part for _, part in STYLES])[0]
        wait = {"punctual": -luck.randint(0, 3), "late": luck.randint(1, 12),
                "very late": luck.randint(15, 40), "never": 500}[style]  # fmt: skip
        meant: dict[int, date | None] = {}
        asking = self._intentions(account, luck)
        while account.state not in ("exempted", "archived"):
            yield self._tomorrow(luck)
            if account.state != "in_progress" or not account.handlers:
                continue
            if self.today >= self._finish(account, wait):
                who = self._worker(account, luck)
                yield from self._finish_it(account, luck, self.office.apply(account, who))
                continue
            self._ask(account, luck, asking)
            point = self._due_point(account, luck, meant)
            if point is not None or (luck.random() < 0.01 and not account.proposed(self.today)):
                yield from self._report(account, luck, point)

    def _tomorrow(self, luck: random.Random) -> datetime:
        """The next working day, some time."""
        day = almanac.workday_after(self.today)
        start = datetime.combine(day, almanac.OFFICE[0][0], SHANGHAI)
        return in_office(start + timedelta(minutes=luck.uniform(1, 560)))

    def _worker(self, account: Account, luck: random.Random) -> str:
        return luck.choice([*sorted(account.handlers) * 3, cast.head(account.unit)])

    def _finish(self, account: Account, wait: int) -> date:
        """When it will be handed in: as meant at first, or hurried by a notice."""
        due = account.due or account.base + 70 * DAY
        meant = due + wait * DAY
        return min(meant, self.shared.hurried.get(account.name, meant))

    def _due_point(
        self, account: Account, luck: random.Random, meant: dict[int, date | None]
    ) -> Point | None:
        """The first instalment whose report is written today."""
        opens = account.base
        for point in account.points:
            free = not point.written and point.into is None
            if free and opens <= self.today:
                if id(point) not in meant:
                    kind = luck.choices(("in time", "late", "never"), (65, 20, 15))[0]
                    shift = -luck.randint(0, 2) if kind == "in time" else luck.randint(1, 6)
                    meant[id(point)] = None if kind == "never" else point.due + shift * DAY
                day = meant[id(point)]
                if day is not None and day <= self.today:
                    return point
            opens = point.due + DAY
        return None

    def _report(self, account: Account, luck: random.Random, point: Point | None) -> Life:
        writer = luck.choice(sorted(account.handlers))
        self.office.report(account, writer, point)
        yield self.soon(luck, days=luck.choice((0, 0, 0, 1, 2)))
        if account.state != "in_progress":
            return
        head = self.signer(luck, account, Box("", "unit_head"))
        if luck.random() < 0.06:
            self.office.return_report(account, head, "return_to_handler")
            yield self.soon(luck, days=1)
            if account.state != "in_progress":
                return
            self.office.report_again(account, writer)
            yield self.soon(luck)
            if account.state != "in_progress":
                return
        self.office.confirm_report(account, head, point)
        yield self.soon(luck, days=luck.choice((0, 1, 1, 3)))
        if account.state != "in_progress":
            return
        if luck.random() < 0.1:
            self.office.return_report(account, "P03", "return_feedback")
            yield self.soon(luck, days=1)
            if account.state != "in_progress":
                return
            self.office.report_again(account, writer)
            yield self.soon(luck)
            if account.state != "in_progress":
                return
            self.office.confirm_report(account, head, point)
            yield self.soon(luck)
            if account.state != "in_progress":
                return
        self.office.read_report(account, "P03")
        missed = [one for one in account.missing(self.today) if not one.held]
        if point is not None and missed and missed[0].due < point.due and luck.random() < 0.4:
            self.office.merge(account, "P03", missed[0], point)

    # 延期 ----------------------------------------------------------------------------------

    def _intentions(self, account: Account, luck: random.Random) -> list[str]:
        """What will be asked for, in this order."""
        asked = luck.choices(("", "timely", "late", "exempt"), (65, 25, 6, 4))[0]
        if account.due is None:
            return ["exempt"] if luck.random() < 0.2 else []
        return [asked, "timely"] if asked == "timely" and luck.random() < 0.3 else [asked]

    def _ask(self, account: Account, luck: random.Random, asking: list[str]) -> None:
        if account.pending is not None or not asking or not asking[0]:
            return
        what, late = asking[0], False
        if account.due is not None:
            last = almanac.cutoff(account.base, account.due)
            late = self.now.replace(microsecond=0) > last
            first = {"timely": last.date() - 2 * DAY, "late": account.due,
                     "exempt": account.base + 3 * DAY}[what]  # fmt: skip
            if self.today < first:
                return
            if what == "timely" and late:
                asking.pop(0)
                return
        elif self.today < account.base + 40 * DAY:
            return
        asking.pop(0)
        most = {1: 3, 2: 20, 3: 30, 4: 60}[account.level]
        days = None if what == "exempt" else luck.randint(1 if account.level == 1 else 5, most)
        if (
            days
            and account.due
            and almanac.last_day(account.level, account.due, days)[1] < self.today
        ):
            return
        who = self._worker(account, luck)
        self.shared.begin(
            self._decide(account, self.requesting.ask_more(account, who, days, late=late))
        )

    def _decide(self, account: Account, request: Request) -> Life:
        luck = self.luck(f"{account.name}/{len(account.requests)}/ask")
        while request.state == "pending":
            box = luck.choice(request.run.asked())
            yield self.patience(luck, urgent=account.level == 1)
            if request.state != "pending":
                return
            due, asked = account.due, request.asked
            if asked is None:
                fits = account.state == "in_progress"
            else:
                fits = asked >= self.today and (due is None or asked > due)
            ok = fits and luck.random() > 0.06
            self.requesting.decide(account, request, box, self.signer(luck, account, box), ok=ok)

    # 办结, 归档 ----------------------------------------------------------------------------

    def _finish_it(self, account: Account, luck: random.Random, run: Run) -> Life:
        while not run.over:
            box = luck.choice(run.asked())
            yield self.patience(luck, urgent=account.level == 1)
            who = self.signer(luck, account, box)
            if box.step in ("check_close", "confirm_close") and luck.random() < 0.1:
                days = luck.randint(1, 3)
                self.office.ask_supplement(account, run, who, days)
                yield self.soon(luck, days=luck.choice((0, 1, days, days + 2)))
                if account.state != "in_progress":
                    return
                run = self.office.apply(account, self._worker(account, luck))
            else:
                self.office.sign(account, run, box, who)
        yield self.soon(luck, days=luck.choice((0, 0, 1, 3)))
        self.office.close(account, "P03")
        yield self.soon(luck, days=luck.randint(1, 12))
        self.office.keep(account, cast.liaison(account.unit))
        days = luck.choices((luck.randint(1, 20), luck.randint(33, 50), 500), (60, 30, 10))[0]
        yield self.soon(luck, days=days)
        self.office.archive(account, cast.ARCHIVIST)
