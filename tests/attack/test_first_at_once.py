"""What has no row yet to wait for, sent several times at the same moment: one row, and an answer
that says so; never an error's page."""

from __future__ import annotations

import io
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import Error as PsycopgError
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Delegation, HandoverList, LedgerView, ScanBatch
from portal.rooms.ledger import views
from portal.rulebook.scope import visible
from tests.attachments import files
from tests.attack.test_repetition import TIMES, at_once, copies
from tests.gate import reads_as
from tests.pages import Page, get, values_of
from tests.rooms.test_delegations import form_of
from tests.steps.acting import HANDLER, LEADER, OFFICE
from tests.steps.handing.test_handing import NEXT, WHY, at_work, ids

__all__ = ["at_work"]
As = Callable[[str], FlaskClient]


def _all(app: Flask, client: FlaskClient, page: str, action: str, data: Any) -> list[Page]:
    form = get(client, page).form(action)
    given = {**values_of(form), **(data if isinstance(data, dict) else {})}
    sent = (lambda: {**given, **data()}) if callable(data) else given
    return at_once(copies(app, client), str(form["action"]), sent)


def _are_one(answers: list[Page]) -> None:
    said = [answer.text[:300] for answer in answers if answer.status != 303]
    assert Counter(answer.status for answer in answers) == {303: TIMES}, said
    assert len({answer.location for answer in answers}) == 1


def test_a_list_of_handing_over(college: Flask, at_work: Any, as_: As) -> None:
    client = as_(HANDLER)
    address = str(get(client, "/handovers/new").soup.select("main li a")[0]["href"])
    with college.app_context():
        taker = str(ids()[NEXT])
    typed = {"taker": taker, "reason": WHY, "declared": "y"}
    _are_one(_all(college, client, address, "/handovers/new", typed))
    with college.app_context():
        reads_as(college, OFFICE)
        assert db.session.scalar(select(func.count(HandoverList.id))) == 1


def test_a_delegation(college: Flask, as_: As) -> None:
    with college.app_context():
        before = db.session.scalar(select(func.count(Delegation.id)))
    typed = form_of(kind="sign", taker="单晓燕")
    _are_one(_all(college, as_(LEADER), "/delegations", "/delegations", typed))
    with college.app_context():
        assert db.session.scalar(select(func.count(Delegation.id))) == (before or 0) + 1


def test_a_pile_of_scans(college: Flask, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.queued_work.enqueue", lambda *_args, **_kwargs: True)
    content = files.pdf("扫描")

    def given() -> dict[str, object]:
        return {"declared": "y", "files": [(io.BytesIO(content), "扫描.pdf")]}

    _are_one(_all(college, as_(OFFICE), "/scans", "/scans", given))
    with college.app_context():
        viewer = reads_as(college, OFFICE)
        assert len(db.session.scalars(visible(viewer, ScanBatch)).all()) == 1


def test_a_view_of_the_ledger(college: Flask, as_: As) -> None:
    """Of one name there is one; with two names at once none is lost, nor beyond the bound."""
    page, action = "/ledger/views/new?level=1", "/ledger/views"
    _are_one(_all(college, as_(OFFICE), page, action, {"name": "一级事项"}))
    answers = _all(college, as_(OFFICE), page, action, lambda: {"name": uuid.uuid4().hex[:8]})
    assert Counter(answer.status for answer in answers) == {303: TIMES}
    with college.app_context():
        viewer = reads_as(college, OFFICE)
        places = db.session.scalars(visible(viewer, LedgerView)).all()
        assert sorted(view.place for view in places) == list(range(1, TIMES + 2))
        assert len(places) <= views.MOST


@pytest.mark.parametrize(
    ("refused", "status"), [(UniqueViolation(), 409), (ForeignKeyViolation(), 500)]
)
def test_what_nobody_foresaw_is_said_too(
    college: Flask, as_: As, refused: PsycopgError, status: int
) -> None:
    """The database refused what another one wrote at the same moment: no fault, and no loss. Any
    other refusal of its is a fault."""

    def enter() -> str:
        raise IntegrityError("INSERT", None, refused)

    college.config["PROPAGATE_EXCEPTIONS"] = False
    college.add_url_rule("/entered", "entered", enter)
    answer = get(as_(OFFICE), "/entered")
    assert answer.status == status
    assert ("您的提交未生效" in answer.text) == (status == 409)
