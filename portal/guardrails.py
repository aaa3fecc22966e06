"""What the portal refuses to run on: a role that row-level security does not bind, a database that
does not believe it, a real database with the sample college's accounts, a day that is none."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import text

from portal import gate_secret
from portal.config import Settings
from portal.extensions import db

_BOUND = text(
    """
    SELECT NOT (r.rolsuper OR r.rolbypassrls OR EXISTS (
        SELECT 1 FROM pg_class c
        WHERE c.relrowsecurity AND pg_has_role(r.oid, c.relowner, 'USAGE')))
    FROM pg_roles r WHERE r.rolname = current_user
    """
)


class UnsafeQueue(RuntimeError):
    """The queue answers whoever reaches its port; the message says what to set."""


class UnsafeDatabase(RuntimeError):
    """The database role sees every item, whoever is signed in, or none; the message says what to
    set."""


class UnsafeClock(RuntimeError):
    """The clock would stand on a day of its own, with the limits, lights and offices of it."""


def check(app: Flask) -> None:
    """Raise UnsafeQueue, UnsafeClock, UnsafeDatabase or DemoAccountsError rather than serve
    (第二十一条)."""
    settings: Settings = app.extensions["portal.settings"]
    if settings.today is not None and not settings.demo:
        raise UnsafeClock("PORTAL_TODAY is for the demo alone. Remove it.")
    queue = urlsplit(settings.redis_url)
    if queue.scheme != "unix" and not queue.password and not settings.demo:
        raise UnsafeQueue(
            "Redis is reached over the network without a password. Set requirepass there and "
            "PORTAL_REDIS_URL=redis://:PASSWORD@HOST:PORT/0 here."
        )
    with app.app_context():
        try:
            _check_database(settings)
        except Exception:
            db.engine.dispose()  # whoever is refused leaves no connection behind
            raise


def _check_database(settings: Settings) -> None:
    bound = db.session.scalar(_BOUND)
    db.session.remove()
    if not bound:
        raise UnsafeDatabase(
            "The database role owns the tables or bypasses row-level security. Set "
            "PORTAL_DATABASE_URL to a role such as portal_web, and PORTAL_DATABASE_OWNER_URL "
            "to the owner for migrations."
        )
    with db.engine.connect() as connection:
        gated = gate_secret.has_gate(connection)
    if gated and not gate_secret.is_believed(db.engine):
        raise UnsafeDatabase(
            "The database does not believe this application and would show it nothing: its "
            "PORTAL_SECRET_KEY is not the one the database knows. Set the right one, or, if it "
            "was changed on purpose, run: portal rekey"
        )
    if not settings.demo:
        from portal.demo.guard import assert_no_demo_accounts

        assert_no_demo_accounts()
