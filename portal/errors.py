"""What can go wrong for a person, as exceptions: each carries what the page says and what to do.

Commands and the kernel raise these; `error_pages` turns them into pages. No flask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple


class Done(NamedTuple):
    """What somebody did: who (and for whom), which act, at which aware instant, in which words."""

    who: str
    what: str
    when: datetime
    words: str = ""


class Kept(NamedTuple):
    """A field of a form that was not accepted: its label and what was typed or chosen."""

    label: str
    words: str


class PortalError(Exception):
    """An error the person at the screen is told about; `status` is the answer's HTTP status.

    `kept` is what the form held that met the error: it is handed back for copying.
    """

    status: ClassVar[int] = 500
    kept: tuple[Kept, ...] = ()


@dataclass(eq=False)
class NotOffered(PortalError):
    """The act is not open now, or a guard refuses it: the reason as a sentence, and its article.

    `done` is the act that somebody else was first with, if that is why.
    """

    reason: str
    article: str = ""
    done: tuple[Done, ...] = ()
    status = 422


@dataclass(eq=False)
class Stale(PortalError):
    """Someone else changed it since the person opened it.

    `done` are the acts since then, oldest first; `href` shows the present state.
    """

    done: tuple[Done, ...] = ()
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
