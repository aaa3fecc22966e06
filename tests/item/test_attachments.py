"""附件 through the pages: who may add, look at and take away, and what is kept of it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.datastructures import Headers

from portal.attachments import commands, kinds
from portal.extensions import db
from portal.models import Person, SecrecyStop
from portal.rulebook.secrecy import CONFIRMATION, STOPPED
from tests.attachments import files
from tests.attachments.kept import events, given, look_as, rows_of, stored
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
ACTS = ("attach", "detach", "attach_evidence", "detach_evidence")


def _upload(
    client: FlaskClient, public_id: uuid.UUID, name: str, content: bytes, **typed: Any
) -> Page:
    sent = {"files": (io.BytesIO(content), name), "declared": "y", **typed}
    return fill(client, f"/items/{public_id}", "/attachments", sent)


def _links(page: Page) -> list[str]:
    return [str(a["href"]) for a in page.soup.select("#attachments .db-file a")]


def _fetch(client: FlaskClient, address: str) -> tuple[int, Headers, bytes]:
    with client.get(address) as answer:
        return answer.status_code, answer.headers, answer.get_data()


def test_the_drafter_uploads_looks_and_removes(college: Flask, as_: As, draft_item: Draft) -> None:
    """SPEC §8.14: one event an upload, the file comes back as it was, a removed one is gone."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    sheet = files.pdf("工作方案")
    assert _upload(client, public_id, "/方案/工作 方案.pdf", sheet).status == 303
    (row,) = rows_of(college)
    assert (row.name, row.kind, row.size, row.purpose) == (
        "工作 方案.pdf",
        "pdf",
        len(sheet),
        "filing",
    )
    page = get(client, f"/items/{public_id}")
    assert page.status == 200
    assert _links(page) == [f"/items/{public_id}/attachments/{row.public_id}"]
    assert "上传附件" in page.soup.select_one("#timeline").get_text()
    status, _headers, data = _fetch(client, _links(page)[0])
    assert (status, data) == (200, sheet)
    removed = fill(client, f"/items/{public_id}", "/removal")
    assert removed.status == 303
    assert client.get(_links(page)[0]).status_code == 404
    assert _links(get(client, f"/items/{public_id}")) == []
    assert events(college, *ACTS) == [
        ("attach", {"attachment_ids": [row.id]}),
        ("detach", {"attachment_id": row.id}),
    ]
    (row,) = rows_of(college)
    assert row.state == "removed"
    assert row.removed_by_id == row.uploaded_by_id
    assert row.removed_at is not None


@pytest.mark.parametrize(
    ("name", "content", "media", "inline"),
    [
        ("公文.pdf", files.pdf(), "application/pdf", True),
        ("照片.png", files.png(), "image/png", True),
        ("照片.jpg", files.jpg(), "image/jpeg", True),
        ("通知.docx", files.docx("正文"), kinds.KINDS["docx"].media_type, False),
        ("材料.zip", files.zipped({"a.pdf": files.pdf()}), "application/zip", False),
    ],
)
def test_headers_of_a_download(
    as_: As, draft_item: Draft, name: str, content: bytes, media: str, inline: bool
) -> None:
    """Only PDF and pictures open in the browser; nothing runs, nothing is guessed or stored."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    assert _upload(client, public_id, name, content).status == 303
    _status, headers, _data = _fetch(client, _links(get(client, f"/items/{public_id}"))[0])
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("inline" if inline else "attachment")
    assert f"filename*=UTF-8''{quote(name)}" in disposition
    assert headers["Content-Type"] == media
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.startswith("sandbox;") == (media != "application/pdf")
    assert "ETag" not in headers


def test_the_same_bytes_are_stored_once(college: Flask, as_: As, draft_item: Draft) -> None:
    """Two rows with names of their own, one file; addressed by row, never by hash."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    for name in ("甲.png", "乙.png"):
        assert _upload(client, public_id, name, files.png()).status == 303
    rows = rows_of(college)
    assert [row.name for row in rows] == ["甲.png", "乙.png"]
    assert stored(college) == [rows[0].sha256]
    address = f"/items/{public_id}/attachments/{rows[0].sha256}"
    assert client.get(address).status_code == 404


def test_sending_the_form_twice_is_one_upload(college: Flask, as_: As, draft_item: Draft) -> None:
    """A double click meets the act's key."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    form = get(client, f"/items/{public_id}").form("/attachments")
    for _ in range(2):
        sent = {**values_of(form), "declared": "y", "files": (io.BytesIO(files.png()), "图.png")}
        assert send(client, str(form["action"]), sent).status == 303
    assert len(rows_of(college)) == 1
    assert len(events(college, *ACTS)) == 1


def test_several_files_are_one_act(college: Flask, as_: As, draft_item: Draft) -> None:
    """One event for all of them; its line in 办理过程 says how many."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    several = given(("甲.png", files.png()), ("乙.jpg", files.jpg()))
    answer = fill(
        client, f"/items/{public_id}", "/attachments", {"files": several, "declared": "y"}
    )
    assert answer.status == 303
    rows = rows_of(college)
    assert [row.name for row in rows] == ["甲.png", "乙.jpg"]
    assert events(college, *ACTS) == [("attach", {"attachment_ids": [row.id for row in rows]})]
    page = get(client, f"/items/{public_id}")
    assert "附件2份" in page.soup.select_one("#timeline").get_text()
    assert "立项" in page.soup.select_one("#attachments .db-file-note").get_text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"declared": ""}, "请勾选确认后再提交。"),
        ({"files": (io.BytesIO(), "")}, "请选择文件。"),
        ({"files": (io.BytesIO(b"MZ"), "程序.pdf")}, "不符"),
    ],
)
def test_bad_uploads_are_422_at_the_field(
    college: Flask, as_: As, draft_item: Draft, typed: dict[str, Any], said: str
) -> None:
    """The declaration is asked for on every upload; nothing is kept of a refused one."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    answer = _upload(client, public_id, "图.png", files.png(), **typed)
    assert answer.status == 422
    assert said in answer.text
    assert rows_of(college) == []
    assert stored(college) == []


def test_more_than_the_server_reads_is_413(as_: As, draft_item: Draft) -> None:
    """Beyond the request's own limit the page of 413 says what to do."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    answer = client.post(
        f"/items/{public_id}/attachments",
        data=b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        + bytes(111 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "每份文件不超过50 MB" in answer.get_data(as_text=True)


def test_an_item_holds_fifty_files(
    college: Flask, as_: As, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every input is bounded; removing one makes room."""
    monkeypatch.setattr(commands, "MOST", 1)
    public_id, client = draft_item("A01"), as_("何玉萍")
    assert _upload(client, public_id, "甲.png", files.png()).status == 303
    answer = _upload(client, public_id, "乙.jpg", files.jpg())
    assert answer.status == 422
    assert "最多保留1份附件" in answer.text
    assert stored(college) == [rows_of(college)[0].sha256]
    assert fill(client, f"/items/{public_id}", "/removal").status == 303
    assert _upload(client, public_id, "乙.jpg", files.jpg()).status == 303


def test_strangers_and_missing_files_answer_alike(as_: As, draft_item: Draft) -> None:
    """第二十一条, SPEC §7.5 rule 1: another's file, a file of another item, none at all."""
    public_id, other, owner = draft_item("A01"), draft_item("A02"), as_("何玉萍")
    assert _upload(owner, public_id, "图.png", files.png()).status == 303
    link = _links(get(owner, f"/items/{public_id}"))[0]
    tail = link.rsplit("/", 1)[-1]
    assert owner.get(f"/items/{other}/attachments/{tail}").status_code == 404
    stranger = as_("王垚")
    token = csrf(stranger, "/account/password")
    missing = f"/items/{uuid.uuid4()}/attachments/{uuid.uuid4()}"
    assert _shape(stranger.get(link)) == _shape(stranger.get(missing))
    for ending in ("/removal", ""):
        answers = [
            stranger.post(address + ending, data={"csrf_token": token})
            for address in (link, missing)
        ]
        assert _shape(answers[0]) == _shape(answers[1])
    foreign = stranger.post(f"/items/{public_id}/attachments", data={"csrf_token": token})
    assert foreign.status_code == 404


def _shape(answer: Any) -> tuple[int, str, str]:
    heading = Page(answer.status_code, answer.get_data(as_text=True)).soup.find("h1")
    return answer.status_code, answer.mimetype, heading.get_text() if heading else ""


def test_once_submitted_the_form_s_files_stand(college: Flask, as_: As, draft_item: Draft) -> None:
    """What leaders sign they can read, and the drafter changes nothing beneath them."""
    public_id, drafter = draft_item("A01"), as_("何玉萍")
    assert _upload(drafter, public_id, "方案.pdf", files.pdf()).status == 303
    page = get(drafter, f"/items/{public_id}")
    link, removal = _links(page)[0], page.form("/removal")
    walk(college, as_, public_id, LINE[:1])
    for who in ("坤清祥", "何玉萍"):
        page = get(as_(who), f"/items/{public_id}")
        assert _links(page) == [link]
        assert not [action for action in page.actions() if "/attachments" in action]
        assert _fetch(as_(who), link)[0] == 200
    values = {**values_of(removal), "seen": ""}
    refused = send(drafter, str(removal["action"]), values)
    assert refused.status == 422
    assert "不能办理“移除附件”" in refused.text
    sent = {**values, "files": (io.BytesIO(files.png()), "图.png"), "declared": "y"}
    refused = send(drafter, f"/items/{public_id}/attachments", sent)
    assert refused.status == 422
    assert "不由您上传" in refused.text
    assert [row.state for row in rows_of(college)] == ["kept"]


def test_a_unit_hands_in_evidence_while_it_works(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """第十六条（五）: handler and head of each unit, for their own unit; others only look."""
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[:8])
    for who, name in (("邓涛", "牵头.pdf"), ("覃燚", "协办.pdf")):
        answer = _upload(as_(who), public_id, name, files.pdf(name))
        assert answer.status == 303, (who, answer.text[:400])
    rows = {row.name: row for row in rows_of(college)}
    assert {row.purpose for row in rows.values()} == {"evidence"}
    assert rows["牵头.pdf"].unit_id != rows["协办.pdf"].unit_id
    mine = {
        "坤建军": ["牵头.pdf"], "邓涛": ["牵头.pdf"], "覃燚": ["协办.pdf"],
        "何玉萍": [], "坤清祥": [],
    }  # fmt: skip
    for who, removable in mine.items():
        page = get(as_(who), f"/items/{public_id}")
        assert len(_links(page)) == 2
        forms = [action for action in page.actions() if action.endswith("/removal")]
        assert forms == [
            f"/items/{public_id}/attachments/{rows[name].public_id}/removal" for name in removable
        ], who
    assert fill(as_("坤建军"), f"/items/{public_id}", "/removal").status == 303
    assert [act for act, _ in events(college, *ACTS)] == [
        "attach_evidence", "attach_evidence", "detach_evidence",
    ]  # fmt: skip


def test_a_deleted_draft_takes_its_files_along(college: Flask, as_: As, draft_item: Draft) -> None:
    """删除草稿: names of files are texts too; nobody finds them again."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    assert _upload(client, public_id, "方案.pdf", files.pdf()).status == 303
    link = _links(get(client, f"/items/{public_id}"))[0]
    assert fill(client, f"/items/{public_id}", "/deletion").status == 303
    assert client.get(link).status_code == 404
    assert rows_of(college) == []


def test_readers_of_a_file_follow_the_item(college: Flask, as_: As, draft_item: Draft) -> None:
    """The database copies them, on entering the row and whenever the item's change."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    assert _upload(client, public_id, "方案.pdf", files.pdf()).status == 303
    before = rows_of(college)[0].readers
    walk(college, as_, public_id, LINE[:1])
    after = rows_of(college)[0].readers
    assert before != after
    with college.app_context():
        look_as(college, "何玉萍")
        same = "SELECT a.readers = i.readers FROM attachment a JOIN item i ON i.id = a.item_id"
        assert db.session.scalar(text(same)) is True


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("机密★10年 方案.pdf", files.pdf()),
        ("方案.docx", files.docx("本件系机|密★1|0年", "正文")),
        ("方案.xlsx", files.xlsx("密级：秘密")),
        ("方案.pdf", files.pdf("绝密文件")),
        ("材料.zip", files.zipped({"绝密/表.xlsx": files.xlsx("甲")})),
        ("材料.zip", files.zipped({"内.docx": files.docx("保密期限五年")})),
    ],
)
def test_a_marked_file_is_not_kept(
    college: Flask, as_: As, draft_item: Draft, name: str, content: bytes
) -> None:
    """SPEC §7.2: name, text layer and what is packed; of it only who and when is stored."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    answer = _upload(client, public_id, name, content, words_clear="y")
    assert answer.status == 422
    assert STOPPED in answer.text
    assert name not in answer.html
    assert rows_of(college) == []
    assert stored(college) == []
    with college.app_context():
        stopped = db.session.scalars(select(SecrecyStop)).one()
        who = db.session.get_one(Person, stopped.person_id)
        assert who.name == "何玉萍"


def test_words_that_may_be_ordinary_ask_for_a_tick(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """保密工作: the words are named, the tick appears, and with it the file is kept."""
    public_id, client = draft_item("A01"), as_("何玉萍")
    assert CONFIRMATION not in get(client, f"/items/{public_id}").text
    content = files.docx("做好保密工作")
    answer = _upload(client, public_id, "方案.docx", content)
    assert answer.status == 422
    assert CONFIRMATION in answer.text
    assert answer.soup.find("input", attrs={"name": "words_clear"})
    assert _upload(client, public_id, "方案.docx", content, words_clear="y").status == 303
    assert len(rows_of(college)) == 1
    with college.app_context():
        assert db.session.scalars(select(SecrecyStop)).all() == []
