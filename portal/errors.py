"""What can go wrong for a person, as exceptions: each carries what the page says and what to do.

Commands and the kernel raise these; `error_pages` turns them into pages. No flask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class PortalError(Exception):
    """An error the person at the screen is told about; `status` is the answer's HTTP status."""

    status = 500


@dataclass(eq=False)
class NotOffered(PortalError):
    """The act is not open now, or a guard refuses it: the reason as a sentence, and its article."""

    reason: str
    article: str = ""
    status = 422


@dataclass(eq=False)
class Stale(PortalError):
    """Someone else changed it since the person opened it; what was typed is handed back.

    `who` did `what` (「办理了本事项」) at the aware instant `when`; `href` shows the present state.
    """

    who: str = ""
    what: str = ""
    when: datetime | None = None
    kept_text: str = ""
    href: str = ""
    status = 409


class Forbidden(PortalError):
    """The person may know of it but may not do this."""

    status = 403


class NotFound(PortalError):
    """Missing, or not for this person: the answer is the same."""

    status = 404


@dataclass(eq=False)
class TooMany(PortalError):
    """Too many requests; `retry_after` in seconds."""

    retry_after: int = 60
    status = 429
