"""What the portal refuses to run on: a role that row-level security does not bind, a real
database with the sample college's accounts."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

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


class UnsafeDatabase(RuntimeError):
    """The database role sees every item, whoever is signed in; the message says what to set."""


def check(app: Flask) -> None:
    """Raise UnsafeDatabase or DemoAccountsError rather than serve without the gate (第二十一条)."""
    settings: Settings = app.extensions["portal.settings"]
    with app.app_context():
        bound = db.session.scalar(_BOUND)
        db.session.rollback()
        if not bound:
            raise UnsafeDatabase(
                "The database role owns the tables or bypasses row-level security. Set "
                "PORTAL_DATABASE_URL to a role such as portal_web, and PORTAL_DATABASE_OWNER_URL "
                "to the owner for migrations."
            )
        if not settings.demo:
            from portal.demo.guard import assert_no_demo_accounts

            assert_no_demo_accounts()
