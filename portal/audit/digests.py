"""What a seal is taken over, and by which algorithm (SPEC §7.7: 国密 may follow)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from portal.models import Event

BEGINNING = "0" * 64
"""What stands before the first seal."""

BESIDE = ("readers", "plan_id")
"""Who may know of an event changes with its item; which inspection it is of, `subject` says."""
SEALED = tuple(column for column in Event.__table__.c if column.name not in BESIDE)
"""The columns of an event that a seal covers."""


class HashAlg(NamedTuple):
    """An algorithm's name, stored with each seal, and bytes → hexadecimal digest."""

    name: str
    digest: Callable[[bytes], str]


ALGORITHMS = {
    alg.name: alg for alg in (HashAlg("sha256", lambda data: hashlib.sha256(data).hexdigest()),)
}
"""Every algorithm a seal was ever made by; those of old seals stay."""

CURRENT = ALGORITHMS["sha256"]


def canonical(row: Mapping[str, object]) -> bytes:
    """An event's row as JSON: sorted names, times in UTC.

    Empty columns are left out, so that a column added later changes no seal made before.
    """
    filled = {name: value for name, value in row.items() if value is not None}
    text = json.dumps(
        filled, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return text.encode()


def linked(alg: HashAlg, previous: str, row: Mapping[str, object]) -> str:
    """The digest of an event's row behind the one with digest `previous`."""
    return alg.digest(previous.encode() + b"\n" + canonical(row))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
