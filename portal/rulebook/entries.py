"""What the office reads off a paper, a file or a telephone note, as acts check it (SPEC §8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How it came (`way`: paper, phone or file), from whom, of which day; of a call at what time
    (`call_at`, "10:30") and what was said (`said`, kept as the act's words)."""

    way: str
    signer_id: int | None
    signed_for_id: int | None
    paper_on: date | None
    call_at: str = ""
    said: str = ""

    def values(self, scans: int, *, declared: bool, **others: Any) -> dict[str, Any]:
        """As the act checks them; `scans` says how many files came with it."""
        return {
            "way": self.way,
            "signer_id": self.signer_id,
            "signed_for_id": self.signed_for_id,
            "paper_on": self.paper_on,
            "call_at": self.call_at,
            "scans": scans,
            "declared": declared,
            **others,
        }

    @property
    def day(self) -> date:
        """The day it bears, once the act has checked that there is one."""
        if self.paper_on is None:
            raise ValueError("a checked entry has its day")
        return self.paper_on

    def facts(self) -> dict[str, Any]:
        """What the event keeps of it."""
        found: dict[str, Any] = {
            "way": self.way,
            "signer_id": self.signer_id,
            "paper_on": self.day.isoformat(),
        }
        if self.signed_for_id is not None:
            found["signed_for_id"] = self.signed_for_id
        if self.way == "phone":
            found["call_at"] = self.call_at
        return found
