"""Stored bytes go once no row needs them: which do, which stay, and never one being uploaded."""

from __future__ import annotations

import base64
import io
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import queued_work, store
from portal.attachments import unused
from portal.clock import Clock
from portal.extensions import db
from portal.forms import DRAWN
from portal.models import ApprovalSlot, Attachment, Document
from portal.rulebook.scope import everything
from tests.accounts.pictures import photographed
from tests.attachments import files
from tests.attachments.kept import given, rows_of, stored
from tests.conftest import ANCHOR
from tests.gate import reads_as
from tests.pages import fill
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
REASON = {"opinion": "请更换附件后重新提交。"}


@cache
def _content(name: str) -> bytes:
    """A file's bytes; made twice they would differ by the second they were made in."""
    return files.pdf(name)


def _upload(client: FlaskClient, public_id: uuid.UUID, *names: str) -> None:
    for name in names:
        sent = {"files": given((name, _content(name))), "declared": "y"}
        assert fill(client, f"/items/{public_id}", "/attachments", sent).status == 303


def _remove(app: Flask, client: FlaskClient, public_id: uuid.UUID, name: str) -> None:
    row = next(row for row in rows_of(app) if row.name == name and row.state == "kept")
    action = f"/attachments/{row.public_id}/removal"
    assert fill(client, f"/items/{public_id}", action).status == 303


def _folder(app: Flask) -> Path:
    folder: Path = app.extensions["portal.settings"].files_dir
    return folder


def _two_days_later(app: Flask, worker: Flask) -> None:
    """Everything stored and removed so far was so two days ago."""
    before = time.time() - timedelta(days=2).total_seconds()
    for path in _folder(app).rglob("*"):
        os.utime(path, (before, before))
    worker.extensions["portal.clock"] = Clock.standing_at(ANCHOR + timedelta(days=2))


def _tidy(worker: Flask) -> None:
    with worker.app_context():
        unused.remove()


def _names_left(app: Flask) -> list[str]:
    """The names of the rows whose bytes are there, removed ones too."""
    left = set(stored(app))
    return [row.name for row in rows_of(app) if row.sha256 in left]


@pytest.fixture
def drawn_up(college: Flask, as_: As, draft_item: Draft) -> uuid.UUID:
    """A draft of 何玉萍 with 「留.pdf」, which stays, and 「去.pdf」, taken away."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    _upload(client, public_id, "留.pdf", "去.pdf")
    _remove(college, client, public_id, "去.pdf")
    return public_id


def test_what_the_drafter_took_away_goes_and_its_row_keeps_the_hash(
    college: Flask, worker: Flask, drawn_up: uuid.UUID
) -> None:
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf"]
    assert [(row.name, row.state) for row in rows_of(college)] == [
        ("留.pdf", "kept"),
        ("去.pdf", "removed"),
    ]
    assert len(rows_of(college)[1].sha256) == 64
    _tidy(worker)
    assert _names_left(college) == ["留.pdf"]


def test_a_day_passes_after_the_upload_and_after_the_removal(
    college: Flask, worker: Flask, drawn_up: uuid.UUID
) -> None:
    """Either may be younger than a day: a backup takes the database first, then the files."""
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]
    worker.extensions["portal.clock"] = Clock.standing_at(ANCHOR + timedelta(days=2))
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]
    _two_days_later(college, worker)
    worker.extensions["portal.clock"] = Clock.standing_at(ANCHOR)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]


def test_the_same_bytes_under_another_name_stay(
    college: Flask, worker: Flask, as_: As, draft_item: Draft, drawn_up: uuid.UUID
) -> None:
    client, other = as_("何玉萍"), draft_item("A02")
    sent = {"files": given(("另一名称.pdf", _content("去.pdf"))), "declared": "y"}
    assert fill(client, f"/items/{other}", "/attachments", sent).status == 303
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf", "另一名称.pdf"]


def test_a_deleted_drafts_bytes_go(
    college: Flask, worker: Flask, as_: As, draft_item: Draft, drawn_up: uuid.UUID
) -> None:
    """删除草稿: the rows went with it, so nothing needs the bytes."""
    client, deleted = as_("何玉萍"), draft_item("A02")
    _upload(client, deleted, "随草稿删除.pdf")
    assert fill(client, f"/items/{deleted}", "/deletion").status == 303
    assert len(stored(college)) == 3
    _two_days_later(college, worker)
    _tidy(worker)
    assert len(stored(college)) == 1


def test_what_a_leader_had_before_them_stays(
    college: Flask, worker: Flask, as_: As, draft_item: Draft
) -> None:
    """第十二条: signed with the file, returned, the file replaced: what was signed stays."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    _upload(client, public_id, "签批时.pdf")
    walk(college, as_, public_id, LINE[:2])
    assert fill(as_("余茂春"), f"/items/{public_id}", "/return", REASON).status == 303
    _upload(client, public_id, "退回后.pdf")
    for name in ("签批时.pdf", "退回后.pdf"):
        _remove(college, client, public_id, name)
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["签批时.pdf"]


def test_the_picture_of_a_signature_taken_back_stays(
    college: Flask, worker: Flask, as_: As, draft_item: Draft
) -> None:
    """撤回签批 empties the box; the event that is sealed names the drawing, and it can be shown."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    _upload(client, public_id, "留.pdf")
    walk(college, as_, public_id, LINE[:1])
    before, leader = set(stored(college)), as_("坤清祥")
    ink = DRAWN + base64.b64encode(photographed("PNG")).decode()
    assert fill(leader, f"/items/{public_id}/signature", "/signature", {"ink": ink}).status == 303
    drawing = set(stored(college)) - before
    assert len(drawing) == 1
    assert fill(leader, f"/items/{public_id}", "/withdrawal").status == 303
    with college.app_context():
        reads_as(college, "坤清祥")
        assert not db.session.scalars(
            select(ApprovalSlot.id).where(ApprovalSlot.picture_sha256.is_not(None))
        ).all()
    _two_days_later(college, worker)
    _tidy(worker)
    assert drawing <= set(stored(college))


def test_evidence_others_acted_on_stays(
    college: Flask, worker: Flask, as_: As, draft_item: Draft
) -> None:
    """第二十五条（三）: 弄虚作假 must be provable; a slip corrected before anybody acted may go."""
    public_id, handler = draft_item("A01"), as_("邓涛")
    walk(college, as_, public_id, LINE[:8])
    _upload(handler, public_id, "上报时.pdf")
    walk(college, as_, public_id, LINE[8:9])
    _upload(handler, public_id, "传错.pdf")
    for name in ("上报时.pdf", "传错.pdf"):
        _remove(college, handler, public_id, name)
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["上报时.pdf"]


def test_sheets_stay(
    college: Flask,
    worker: Flask,
    as_: As,
    drawn_up: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """第十六条（七）: a printed sheet is part of the file, also one of an earlier version."""
    from portal.documents import commands

    asked: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        asked.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    walk(college, as_, drawn_up, LINE[:1])
    assert fill(as_("何玉萍"), f"/items/{drawn_up}", "/documents/filing").status == 303
    with worker.app_context():
        commands.make(asked[0])
    assert len(stored(college)) == 3
    _two_days_later(college, worker)
    _tidy(worker)
    with worker.app_context(), everything(because="测试"):
        sheet = db.session.scalars(db.select(Document.sha256)).one()
    assert sheet in stored(college)
    assert len(stored(college)) == 2


def test_bytes_without_a_row_and_half_files_go(
    college: Flask, worker: Flask, drawn_up: uuid.UUID
) -> None:
    """What a rollback or a killed process left; nothing else of the folder is touched."""
    folder = _folder(college)
    with college.app_context():
        orphan = store.put(folder, b"without a row")
        db.session.rollback()
    half = folder / orphan[:2] / f"{store.ASIDE}half"
    half.write_bytes(b"ha")
    foreign = folder / orphan[:2] / "README"
    foreign.write_bytes(b"of the administrator")
    _two_days_later(college, worker)
    _tidy(worker)
    assert not (folder / orphan[:2] / orphan).exists()
    assert not half.exists()
    assert foreign.exists()


def test_a_database_that_knows_no_file_removes_none(
    college: Flask, worker: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """A new one on a full folder, before it is restored."""
    with college.app_context():
        store.put(_folder(college), b"of the database to be restored")
        db.session.rollback()
    _two_days_later(college, worker)
    _tidy(worker)
    assert len(stored(college)) == 1
    assert "no file is known to this database" in caplog.text


def test_the_webs_role_removes_nothing(college: Flask, drawn_up: uuid.UUID) -> None:
    """Under it no row is seen without a person, so every file would look unused."""
    _two_days_later(college, college)
    _tidy(college)
    assert _names_left(college) == ["留.pdf", "去.pdf"]


class Uploading:
    """An upload in a thread: `stored` when its bytes are there, committed when let `go`."""

    def __init__(self, app: Flask, content: bytes, row_id: int) -> None:
        self.app, self.content, self.row_id = app, content, row_id
        self.begun, self.stored, self.go = (threading.Event() for _ in range(3))
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with self.app.app_context(), everything(because="测试"):
            self.begun.set()
            store.put_stream(_folder(self.app), io.BytesIO(self.content))
            self.stored.set()
            assert self.go.wait(30)
            db.session.execute(
                update(Attachment)
                .where(Attachment.id == self.row_id)
                .values(state="kept", removed_at=None, removed_by_id=None)
            )
            db.session.commit()

    def finish(self) -> None:
        """Let it commit."""
        self.go.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_bytes_being_uploaded_again_stay(
    college: Flask, worker: Flask, drawn_up: uuid.UUID
) -> None:
    """The upload found them there and has not committed yet; it may take longer than a day."""
    row = rows_of(college)[1]
    _two_days_later(college, worker)
    uploading = Uploading(worker, _content("去.pdf"), row.id)
    assert uploading.stored.wait(30)
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]
    uploading.finish()
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]


def test_an_upload_waits_for_the_removal_of_the_same_bytes_and_stores_them_anew(
    college: Flask, worker: Flask, drawn_up: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, content = rows_of(college)[1], _content("去.pdf")
    uploads: list[Uploading] = []

    def remove_meanwhile(folder: Path, digest: str) -> None:
        uploads.append(Uploading(worker, content, row.id))
        assert uploads[0].begun.wait(30)
        assert not uploads[0].stored.wait(0.5), "the upload did not wait"
        store.path_of(folder, digest).unlink()

    monkeypatch.setattr(store, "remove", remove_meanwhile)
    _two_days_later(college, worker)
    _tidy(worker)
    assert uploads[0].stored.wait(30)
    uploads[0].finish()
    assert _names_left(college) == ["留.pdf", "去.pdf"]
    assert store.path_of(_folder(college), row.sha256).read_bytes() == content


def test_an_upload_that_ends_between_the_look_and_the_removal_is_seen(
    college: Flask, worker: Flask, drawn_up: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, alone_with = rows_of(college)[1], store.alone_with

    def after_an_upload(digest: str) -> bool:
        uploading = Uploading(worker, _content("去.pdf"), row.id)
        assert uploading.stored.wait(30)
        uploading.finish()
        return alone_with(digest)

    monkeypatch.setattr(store, "alone_with", after_an_upload)
    _two_days_later(college, worker)
    _tidy(worker)
    assert _names_left(college) == ["留.pdf", "去.pdf"]
