"""What the sign-in page offers in demo mode: people to sign in as (SPEC §9).

The demo registers itself here; without it the page shows the form alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app

_KEY = "portal.welcome"


@dataclass(frozen=True)
class Card:
    """A person to sign in as: who it is, and how many things wait in 待办."""

    emp_no: str
    name: str
    post: str
    waits: int


@dataclass(frozen=True)
class Welcome:
    """The demo's one password and its cards, read anew for each page."""

    password: str
    cards: Callable[[], Sequence[Card]]


def offer(app: Flask, welcome: Welcome) -> None:
    """Show these cards on the sign-in page of `app`."""
    app.extensions[_KEY] = welcome


def offered() -> Welcome | None:
    """The demo's cards, or None in production."""
    found: Welcome | None = current_app.extensions.get(_KEY)
    return found
