"""A page shows one moment, whatever is committed while it is being put together."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from portal.extensions import db
from portal.item import progress
from portal.models import SignInSession
from portal.rooms.desk import tray
from portal.rulebook.scope import Viewer
from tests.pages import get
from tests.stages import bring

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]


def test_an_act_in_the_middle_of_a_page_is_on_the_next_one(
    college: Flask, as_: As, draft_item: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """下达 commits between the step bar and the rest: the page still says 已立项待交办 throughout,
    with no notice among its sheets; the next page says 已交办."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "filed")
    bar, acted = progress.step_bar, threading.Event()

    def meanwhile(*given: object, **named: object) -> object:
        if not acted.is_set():
            acted.set()
            other = threading.Thread(target=_issue, args=(college, public_id))
            other.start()
            other.join()
        return bar(*given, **named)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(progress, "step_bar", meanwhile)
    office = as_("何玉萍")
    page = get(office, f"/items/{public_id}")
    assert acted.is_set()
    assert "已立项待交办" in page.text
    assert "下达交办通知" not in page.soup.select_one("#timeline").get_text()
    assert "督办事项通知单" not in page.soup.select_one("#documents").get_text()
    page = get(office, f"/items/{public_id}")
    assert "下达交办通知" in page.soup.select_one("#timeline").get_text()
    assert "督办事项通知单" in page.soup.select_one("#documents").get_text()


def _issue(app: Flask, public_id: uuid.UUID) -> None:
    with app.app_context():
        bring(app, public_id, "issued", since="filed")


def test_the_next_user_of_the_connection_reads_as_usual(college: Flask, as_: As) -> None:
    """The level goes with the page; acts read what was committed a moment ago."""
    get(as_("何玉萍"), "/")
    with college.app_context():
        assert db.session.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_page_opened_after_a_while_is_one_moment_too(
    college: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the person is still there is noted before the moment begins, not in the middle."""
    office, levels = as_("何玉萍"), list[str]()
    with college.app_context():
        then = datetime.now(UTC) - timedelta(minutes=5)
        db.session.execute(update(SignInSession).values(last_seen_at=then))
        db.session.commit()
    found = tray.keys_of

    def looked(reader: Viewer) -> list[tray.Key]:
        levels.append(str(db.session.scalar(text("SHOW transaction_isolation"))))
        return found(reader)

    monkeypatch.setattr(tray, "keys_of", looked)
    get(office, "/todo")
    assert levels == ["repeatable read"]
    with college.app_context():
        assert db.session.scalar(select(SignInSession.last_seen_at)) > then
