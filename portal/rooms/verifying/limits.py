"""How often one person may ask: numbers cannot be guessed, and nobody shall try."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from portal.accounts.lockout import count_try, name_digest
from portal.errors import TooMany
from portal.extensions import db

LOOKS: Final = 120
"""Sheets and files one person may have verified in half an hour."""
PAUSE: Final = 1800  # seconds


def count(person_id: int | None, key: bytes, now: datetime) -> None:
    """Count one question, whatever its answer. TooMany beyond LOOKS; `now` is real time."""
    asked = count_try(name_digest(key, f"verify {person_id}"), now, most=LOOKS)
    db.session.commit()
    if asked > LOOKS:
        raise TooMany(retry_after=PAUSE)
