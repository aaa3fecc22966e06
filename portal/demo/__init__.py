"""The sample college: its data, its loader, its cards on the sign-in page (SPEC §9)."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from portal.accounts import welcome
from portal.demo.calendar import load_calendar
from portal.demo.cards import cards
from portal.demo.days import init_days
from portal.demo.drafts import draft_inputs
from portal.demo.guard import DemoAccountsError, assert_no_demo_accounts
from portal.demo.organisation import load_organisation
from portal.demo.sample import DEMO_PASSWORD
from portal.extensions import db

__all__ = [
    "DEMO_PASSWORD",
    "DemoAccountsError",
    "assert_no_demo_accounts",
    "draft_inputs",
    "init_app",
    "load",
    "load_college",
]

_LOCK = 0x64656D6F  # "demo": two loaders at once wait for one another


def init_app(app: Flask) -> None:
    """Show the sample people on the sign-in page, follow the demo's date; for demo mode only."""
    init_days(app)
    welcome.offer(app, welcome.Welcome(DEMO_PASSWORD, cards))


def load(app: Flask) -> None:
    """The sample college with its items, lived through by the portal's own commands.

    `app` connects in the worker's role: the clock acts too. A second time changes nothing.
    """
    from portal.demo.history import load_history  # the portal itself starts without it

    load_college(app)
    load_history(app)


def load_college(app: Flask) -> None:
    """Put the sample organisation into the app's database; a second time changes nothing."""
    with app.app_context():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        load_organisation(db.session())
        db.session.commit()
        load_calendar(app.extensions["portal.clock"])
