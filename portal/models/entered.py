"""代录: what the office typed in for somebody who signed on paper or reported by other ways
(SPEC §8.4), and the objection of the person it names."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Instant

CONTESTED = "contested_at IS NOT NULL AND answered_at IS NULL"
"""As SQL: the few entries whose objection waits for an answer."""


class Entered:
    """Columns of a row that may be typed in: `via` says how it came (online: not typed in),
    `entered_by_id` who typed it in, from the file `scan_id`, with the day `paper_on`.

    The person named (`named_id`) may object up to `contestable_until`, did so at `contested_at`,
    and was answered at `answered_at`.
    """

    via: Mapped[str] = mapped_column(default="online", server_default="online")
    paper_on: Mapped[date | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    contestable_until: Mapped[date | None]
    contested_at: Mapped[Instant | None]
    answered_at: Mapped[Instant | None]

    @property
    def named_id(self) -> int | None:
        """The person in whose name it was typed in."""
        raise NotImplementedError
