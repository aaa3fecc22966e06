"""反馈报告 on paper: the unit brings it before anybody at 党政办 has opened it (第十六条（五）)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import queued_work
from portal.documents import commands
from portal.documents.control import number_of
from portal.extensions import db
from portal.models import Document
from portal.steps.execution import commands as execution
from tests.pages import get
from tests.steps.acting import HEAD, OFFICE, REASON, at_work, intent

As = Callable[[str], FlaskClient]


def test_a_report_that_was_not_opened_yet_stands_and_one_sent_back_does_not(
    college: Flask, worker: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sheet is not offered to who is to open it, but the paper in hand is the current one."""
    handed: list[int] = []
    monkeypatch.setattr(queued_work, "enqueue", lambda _name, row, **_more: handed.append(row))
    with at_work(college) as actor:
        actor.report(HEAD)
        commands.ask(*actor.item(HEAD), "feedback-1")
        number = number_of(db.session.scalars(select(Document.public_id)).one())
    with worker.app_context():
        commands.make(handed[0])
    client = as_(OFFICE)
    address = f"/items/{actor.public_id}/documents/feedback-1.pdf"
    assert client.get(address).status_code == 404
    assert "为现行版本" in get(client, f"/verify/{number}").text
    with college.app_context():
        viewer, item = actor.item()
        (report,) = actor.reports()
        execution.send_back(viewer, item, report, "return_feedback", intent(item, REASON))
    assert "本件不再有效" in get(client, f"/verify/{number}").text
