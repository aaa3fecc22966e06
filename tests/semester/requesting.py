"""延期督办 and 免于督办 in the second count: asking, and deciding box by box (第十九条)."""

from __future__ import annotations

from portal.models import Extension
from portal.models.extension import PENDING
from portal.steps.extending import commands as extending
from tests.semester import almanac, cast, runs
from tests.semester.ledger import Account, Request
from tests.semester.office import BECAUSE, Office, fresh
from tests.semester.runs import Box
from tests.steps.extending.asking import evidence

ACTS = {
    "ext_unit": "sign_extension", "ext_sign": "agree_extension", "ext_check": "check_extension",
    "ext_office_leader": "review_extension", "ext_principal": "approve_extension",
}  # fmt: skip


class Requesting:
    """The acts on requests."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def ask_more(self, account: Account, who: str, days: int | None, *, late: bool) -> Request:
        """申请延期, or 免于督办 without days; later than the cut-off with its ground and proof."""
        asked = extending.Asked(
            kind="extend" if days else "exempt", reason="外部条件变化。", progress="已完成一半。",
            days=days, late_ground=late, named_by="college",
        )  # fmt: skip
        files = evidence() if late else []
        with self.office.as_(who, account) as (viewer, item):
            extending.extend(viewer, item, asked, fresh(), declared=True, files=files)
        request = self._request(account, days)
        account.requests.append(request)
        account.open_run(request.run, self.office.now)
        if who in cast.holders("unit_head", account.unit, self.office.now):
            account.signed(request.run, "unit_head", self.office.now)
        return request

    def _request(self, account: Account, days: int | None) -> Request:
        raw = asked = None
        due = account.due
        if days is not None and due is not None:
            raw, asked = almanac.last_day(account.level, due, days)
        timely = due is None or self.office.now.replace(microsecond=0) <= almanac.cutoff(
            account.base, due
        )
        longer = bool(
            asked and due and account.original and asked - due > account.original - account.base
        )
        grave = days is None or account.level == 1
        again = days is not None and account.granted > 0
        run = runs.extension(
            account.principal, office_leader=not timely or again or longer or grave,
            decided_above=grave,
        )  # fmt: skip
        return Request(asked, raw, timely, run)

    def decide(self, account: Account, request: Request, box: Box, who: str, *, ok: bool) -> None:
        """A signature on a request, or a refusal."""
        exempts = box.step == "ext_principal" and request.asked is None
        act = "exempt" if exempts else ACTS[box.step]
        with self.office.as_(who, account) as (viewer, item):
            row = self.office.first(viewer, item, Extension, Extension.state.in_(PENDING))
            if ok:
                extending.agree(viewer, item, act, row, fresh())
            else:
                extending.refuse(viewer, item, row, fresh(BECAUSE))
        if not ok:
            request.run.stop(self.office.now)
            request.state = "rejected"
        elif account.signed(request.run, box.role, self.office.now):
            account.extended(request, self.office.now)
            if account.state == "exempted":
                for run in account.runs:
                    if not run.over:
                        run.stop(self.office.now)
