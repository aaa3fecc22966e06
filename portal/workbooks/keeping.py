"""An administrator's file between preview and confirmation: his own, and no longer than a session
lasts. Tables of items are kept apart, behind the gate (`models.WorkbookImport`).
"""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime
from typing import IO, Final

from sqlalchemy import delete, select

from portal.accounts.sessions import ABSOLUTE
from portal.errors import NotFound
from portal.extensions import db
from portal.models import KeptWorkbook

KEPT_FOR: Final = ABSOLUTE


def now() -> datetime:
    """Real time, as of sessions; not the demo's date."""
    return datetime.now(UTC)


def keep(account_id: int, purpose: str, name: str, content: bytes) -> KeptWorkbook:
    """Keep a file for this account. Its earlier ones of the same purpose go."""
    forget(account_id, purpose)
    kept = KeptWorkbook(
        account_id=account_id, purpose=purpose, name=name, content=content, kept_at=now()
    )
    db.session.add(kept)
    db.session.commit()
    return kept


def find(account_id: int, purpose: str, public_id: uuid.UUID) -> KeptWorkbook:
    """The account's own file of this purpose. NotFound also for one that is too old."""
    found = db.session.scalars(
        select(KeptWorkbook).where(
            KeptWorkbook.public_id == public_id,
            KeptWorkbook.account_id == account_id,
            KeptWorkbook.purpose == purpose,
            KeptWorkbook.kept_at > now() - KEPT_FOR,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def stream_of(kept: KeptWorkbook) -> IO[bytes]:
    """Its bytes as a file."""
    return io.BytesIO(kept.content)


def forget(account_id: int, purpose: str) -> None:
    """Delete the account's files of this purpose; confirmed or given up. Without a commit: the act
    that confirms is one transaction with it."""
    db.session.execute(
        delete(KeptWorkbook).where(
            KeptWorkbook.account_id == account_id, KeptWorkbook.purpose == purpose
        )
    )


def tidy() -> None:
    """Delete what nobody confirmed; what the schedule calls."""
    db.session.execute(delete(KeptWorkbook).where(KeptWorkbook.kept_at <= now() - KEPT_FOR))
    db.session.commit()
