"""Rows of a log chained one behind the other: each link is a digest over the one before and what
the row says. Of the logs that are no events of an item: those of cases and of briefs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

BEGINNING: Final = "0" * 64


def link_of(row: Any, names: Sequence[str]) -> str:
    """SHA-256 over the previous link and these columns of the row, hexadecimal. `at`, which is one
    of them, counts as an instant, however the session writes times."""
    said = {name: getattr(row, name) for name in names}
    said["at"] = row.at.timestamp()
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256((row.previous + text).encode()).hexdigest()
