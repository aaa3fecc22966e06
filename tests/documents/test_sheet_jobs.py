"""Sheets as jobs: asked for once, made once, found again when lost, never of a stale signature."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, update

from portal import queued_work
from portal.documents import commands
from portal.extensions import db
from portal.models import Document, Person
from portal.queued_work import now
from portal.rulebook.scope import everything, view_as
from tests.pages import fill, get
from tests.test_main_line import LINE, walk

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


def _make(worker: Flask, sheet_id: int) -> None:
    with worker.app_context():
        commands.make(sheet_id)


def _sheets(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(office, app.extensions["portal.clock"])
        rows = db.session.scalars(select(Document).order_by(Document.id))
        return [(row.kind, row.state) for row in rows]


def _sheet(client: FlaskClient, public_id: uuid.UUID) -> tuple[int, bytes]:
    """Status and content of annex 1; the file is let go of."""
    with client.get(f"/items/{public_id}/documents/filing.pdf") as answer:
        return answer.status_code, answer.data


def _text(client: FlaskClient, public_id: uuid.UUID) -> str:
    status, content = _sheet(client, public_id)
    assert status == 200
    pages = PdfReader(BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_however_often_asked_a_sheet_is_made_once(
    college: Flask, worker: Flask, as_: As, draft_item: New, asked: list[int]
) -> None:
    """第十六条（一）: one row, one job, one file; asking again changes nothing."""
    public_id = draft_item()
    walk(college, as_, public_id, LINE[:1])
    office = as_("何玉萍")
    for _ in range(3):
        get(office, f"/items/{public_id}")
        assert _sheet(office, public_id)[0] == 202
    assert len(asked) == 1
    threads = [threading.Thread(target=_make, args=(worker, asked[0])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert _sheets(college) == [("filing", "made")]
    assert "冬季校园消防安全隐患集中排查整治" in _text(office, public_id)


def test_a_returned_form_prints_no_signature(
    college: Flask, worker: Flask, as_: As, draft_item: New, asked: list[int]
) -> None:
    """What a leader signed is not printed under a text the leader never saw."""
    public_id = draft_item()
    walk(college, as_, public_id, LINE[:2])
    reason = {"opinion": "请明确责任单位和完成时限。"}
    assert fill(as_("余茂春"), f"/items/{public_id}", "/return", reason).status == 303
    office = as_("何玉萍")
    assert _sheet(office, public_id)[0] == 404
    form = f"/items/{public_id}/form"
    assert fill(office, form, "/form", {"requirement": "全部重新排查。"}).status == 303
    walk(college, as_, public_id, LINE[:1])
    _sheet(office, public_id)
    _make(worker, asked[-1])
    text = _text(office, public_id)
    assert "全部重新排查" in text
    assert "同意立项" not in text


def test_the_filed_sheet_stays_what_it_was(
    college: Flask, worker: Flask, as_: As, draft_item: New, asked: list[int]
) -> None:
    """SPEC §5.2: frozen at filing; 交办 and the handler do not ask for a new one."""
    public_id = draft_item()
    walk(college, as_, public_id, LINE[:5])
    office = as_("何玉萍")
    _sheet(office, public_id)
    _make(worker, asked[-1])
    before = _sheet(office, public_id)
    walk(college, as_, public_id, LINE[5:7])
    assert before[0] == 200
    assert _sheet(office, public_id) == before
    assert "自交办之日起3天" in _text(office, public_id)


def test_lost_jobs_are_found_and_hopeless_ones_given_up(
    college: Flask, worker: Flask, as_: As, draft_item: New, asked: list[int]
) -> None:
    """The row is the truth: a queue that was emptied only delays, three tries are enough."""
    public_id = draft_item()
    walk(college, as_, public_id, LINE[:1])
    _sheet(as_("何玉萍"), public_id)
    sheet_id = asked.pop()
    for tries, state in ((0, "asked"), (1, "making"), (3, "making")):
        with worker.app_context(), everything(because="测试：任务丢失"):
            db.session.execute(
                update(Document).values(
                    state=state,
                    tries=tries,
                    asked_at=now() - timedelta(hours=1),
                    started_at=now() - timedelta(hours=1),
                )
            )
            db.session.commit()
        with worker.app_context():
            commands.sweep()
        assert asked == ([sheet_id] if tries < 3 else [])
        asked.clear()
    assert _sheets(college) == [("filing", "failed")]
    page = get(as_("何玉萍"), f"/items/{public_id}")
    assert "重新生成立项备案单" in page.text


def test_a_stranger_gets_the_same_answer_for_a_sheet_as_for_nothing(
    college: Flask, as_: As, draft_item: New, asked: list[int]
) -> None:
    """SPEC §7.5: and asks for none."""
    public_id = draft_item()
    stranger = as_("周慎之")
    for wanted in (public_id, uuid.uuid4()):
        for address in (f"/items/{wanted}/documents/filing.pdf", f"/items/{wanted}/documents"):
            assert stranger.get(address).status_code == 404
    assert asked == []
    assert _sheets(college) == []
