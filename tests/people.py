"""The sample college's people as test personas."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.demo import DEMO_PASSWORD, draft_inputs
from portal.extensions import db
from portal.models import Account, Person, SignInSession
from tests import scenes

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def emp_no_of(app: Flask, who: str) -> str:
    """工号 of a person given by 工号 or name."""
    if who.isdigit() or who.isascii():
        return who
    with app.app_context():
        return db.session.scalars(select(Person.emp_no).where(Person.name == who)).one()


def csrf(client: FlaskClient, address: str = "/login") -> str:
    """A CSRF token valid for this client's session."""
    found = CSRF.search(client.get(address).get_data(as_text=True))
    assert found, f"no form with a CSRF token at {address}"
    return found.group(1)


def sign_in(app: Flask, who: str) -> FlaskClient:
    """A client with a session of this person, as the sign-in page would have begun it.

    The page itself, with its slow password hash, is tested in tests/accounts.
    """
    emp_no, now = emp_no_of(app, who), datetime.now(UTC)
    with app.app_context():
        account_id = db.session.scalars(select(Account.id).where(Account.username == emp_no)).one()
        begun = SignInSession(
            public_id=uuid.uuid4(), account_id=account_id, started_at=now, last_seen_at=now
        )
        db.session.add(begun)
        db.session.commit()
        cookie = str(begun.public_id)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    return client


def sign_in_by_page(app: Flask, who: str) -> FlaskClient:
    """A client signed in as a person does it: name and password on the sign-in page."""
    client = app.test_client()
    answer = client.post(
        "/login",
        data={
            "username": emp_no_of(app, who),
            "password": DEMO_PASSWORD,
            "csrf_token": csrf(client),
        },
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    return client


def draft(app: Flask, sample: str, **fields: Any) -> uuid.UUID:
    """A draft made through the command, as its drafter."""
    from portal.demo.first import draft_from

    def make() -> uuid.UUID:
        with app.app_context():
            inputs = {**draft_inputs((sample,))[0], **fields}
            return draft_from(inputs, app.extensions["portal.clock"])

    return scenes.play(app, ("draft", sample, repr(sorted(fields.items()))), make)
