"""核验: the chains checked each day and whenever the auditor asks, each check with what it found.

The digest that one check ended with is looked for by the next: who rewrites the whole chain in
between is found as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import insert, select

from portal.audit.verify import KINDS, Verification
from portal.clock import Clock
from portal.extensions import db
from portal.filters import full_time
from portal.models import AuditCheck

EVERY: Final = timedelta(days=1)
SHOWN: Final = 10


def run() -> int:
    """Make the checks that are asked for, and the day's; how many. Runs under the worker's role."""
    clock: Clock = current_app.extensions["portal.clock"]
    before = last()
    due = before is None or before.made_at is None or clock.now() - before.made_at >= EVERY
    if due and not _waiting():
        ask(None, clock.now())
        db.session.commit()
    waiting = _waiting()
    for row_id in waiting:
        _make(row_id, clock)
    return len(waiting)


def ask(account_id: int | None, now: datetime) -> None:
    """Have the chains checked; for the day itself without an account. The caller commits."""
    db.session.execute(insert(AuditCheck).values(asked_by_id=account_id, asked_at=now))


def last() -> AuditCheck | None:
    """The check that was made last."""
    return db.session.scalars(
        select(AuditCheck)
        .where(AuditCheck.made_at.is_not(None))
        .order_by(AuditCheck.id.desc())
        .limit(1)
    ).one_or_none()


def latest() -> Sequence[AuditCheck]:
    """The latest checks, those that wait too."""
    return db.session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(SHOWN)).all()


def said() -> str:
    """How the log stands, in words."""
    found = last()
    if found is None or found.made_at is None:
        return "尚未核验"
    return f"{full_time(found.made_at)}核验，{verdict(found)}"


def verdict(check: AuditCheck) -> str:
    """What a check found, in words."""
    if check.made_at is None:
        return "等待核验，一般一分钟内完成"
    if not check.found:
        return "未发现异常"
    return "；".join(f"{KINDS[kind]}{count}处" for kind, count in sorted(check.found.items()))


def _waiting() -> Sequence[int]:
    return db.session.scalars(
        select(AuditCheck.id).where(AuditCheck.made_at.is_(None)).order_by(AuditCheck.id)
    ).all()


def _make(row_id: int, clock: Clock) -> None:
    before = last()
    check = Verification(before.head if before else "")
    found = Counter(finding.kind for finding in check.findings())
    row = db.session.get_one(AuditCheck, row_id)
    row.made_at, row.checked, row.waiting = clock.now(), check.checked, check.waiting
    row.head, row.found = check.head, dict(found)
    db.session.commit()
