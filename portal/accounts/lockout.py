"""Five wrong tries lock a name for thirty minutes, whether it exists or not (SPEC §7.7 b).

A try is counted before its password is looked at, and the count's row stays locked until the
outcome is stored: tries under one name are judged one after the other. So of the wrong ones that
arrive at once five are checked and no more, and right ones, which clear the count, never meet a
lock that others of them brought about. Real time counts, not the demo's clock. The name is kept as
a keyed digest only.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, func
from sqlalchemy.dialects.postgresql import insert

from portal.extensions import db
from portal.models import SignInFailure

TRIES = 5
LOCKED_FOR = timedelta(minutes=30)
"""Also how long wrong tries are remembered while they are fewer than five."""


def name_digest(key: bytes, username: str) -> str:
    """HMAC-SHA256 of the name, in hexadecimal; case and width of letters do not matter."""
    return hmac.new(key, username.casefold().encode(), hashlib.sha256).hexdigest()


def count_try(digest: str, now: datetime, *, most: int = TRIES) -> int:
    """Count one try under a name and return its ordinal, 1 to `most` + 1. The caller commits.

    Until then other tries under the name wait here. A try beyond `most` may not be checked.
    `now` is aware.
    """
    row = SignInFailure
    fresh = func.coalesce(row.locked_until, row.first_at + LOCKED_FOR) <= now
    statement = (
        insert(row)
        .values(name_digest=digest, tries=1, first_at=now)
        .on_conflict_do_update(
            index_elements=[row.name_digest],
            set_={
                "tries": case((fresh, 1), else_=func.least(row.tries + 1, most + 1)),
                "first_at": case((fresh, now), else_=row.first_at),
                "locked_until": case(
                    (fresh, None),
                    (row.tries + 1 >= most, func.coalesce(row.locked_until, now + LOCKED_FOR)),
                ),
            },
        )
        .returning(row.tries)
    )
    return db.session.scalars(statement).one()


def clear(digest: str) -> None:
    """Forget the tries under a name, after a right password. The caller commits."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.name_digest == digest))


def sweep() -> None:
    """Forget old tries; what the schedule calls."""
    forget_old(datetime.now(UTC))
    db.session.commit()


def forget_old(now: datetime) -> None:
    """Drop tries and locks that count no more. The caller commits."""
    over = func.coalesce(SignInFailure.locked_until, SignInFailure.first_at + LOCKED_FOR) <= now
    db.session.execute(delete(SignInFailure).where(over))
