"""第十六条（五）: a report and its 佐证材料 are one act, and what stops one stops both."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.http import parse_options_header

from portal.attachments import commands, forms
from portal.extensions import db
from portal.models import Feedback, SecrecyStop
from portal.rulebook import workflow
from portal.rulebook.secrecy import CONFIRMATION, STOPPED
from tests.attachments import files
from tests.attachments.kept import events, given, look_as, rows_of, stored
from tests.attack.test_repetition import at_once, copies
from tests.pages import Page, get, send, values_of
from tests.people import csrf
from tests.steps.work import HANDLER, As, Draft, at_work, report
from tests.test_main_line import REPORT

TABLE, PHOTO = ("隐患台账.xlsx", files.xlsx("甲")), ("整改前后.pdf", files.pdf("对比"))
AGAIN = "请重新选择文件后再提交。"


def _reports(app: Flask) -> list[Feedback]:
    with app.app_context():
        look_as(app, "何玉萍")
        return list(db.session.scalars(select(Feedback).order_by(Feedback.id)))


def _nothing_is_kept(app: Flask) -> None:
    assert _reports(app) == []
    assert rows_of(app) == []
    assert stored(app) == []
    assert events(app, "submit_feedback", "report_feedback") == []


def _typed(page: Page, name: str) -> str:
    return page.soup.find("textarea", attrs={"name": name}).get_text().strip()


def _text_is_kept(page: Page) -> None:
    """422 with everything typed; the files are to be chosen again, and the page says so."""
    assert page.status == 422
    for name in ("measures", "progress", "next_steps"):
        assert _typed(page, name) == REPORT[name]
    assert "已填内容均已保留，文件请重新选择。" in page.text
    assert AGAIN in page.text


def test_a_report_and_its_files_are_one_act(college: Flask, as_: As, draft_item: Draft) -> None:
    """One event names them; they show with the report and in 附件, and nobody removes them."""
    public_id = at_work(college, as_, draft_item)
    assert report(as_(HANDLER), public_id, TABLE, PHOTO).status == 303
    (written,) = _reports(college)
    rows = rows_of(college)
    assert [(row.name, row.purpose, row.subject, row.subject_id, row.unit_id) for row in rows] == [
        (name, "report", "feedback", written.id, written.unit_id) for name, _ in (TABLE, PHOTO)
    ]
    assert len(stored(college)) == 2
    assert events(college, "submit_feedback") == [
        ("submit_feedback", {"seq": 1, "percent": 60, "attachment_ids": [row.id for row in rows]})
    ]
    page = get(as_("何玉萍"), f"/items/{public_id}")
    links = [f"/items/{public_id}/attachments/{row.public_id}" for row in rows]
    for place in (".db-report .db-file a", "#attachments .db-file a"):
        assert [str(a["href"]) for a in page.soup.select(place)] == links
    assert "第1期反馈" in page.soup.select_one("#attachments .db-file-note").get_text()
    assert "附件2份" in page.soup.select_one("#timeline").get_text()
    with as_("坤清祥").get(links[1]) as answer:
        assert (answer.status_code, answer.get_data()) == (200, PHOTO[1])
    for who in (HANDLER, "坤建军"):
        actions = get(as_(who), f"/items/{public_id}").actions()
        assert not [action for action in actions if action.endswith("/removal")]


def test_each_report_shows_its_own_files(college: Flask, as_: As, draft_item: Draft) -> None:
    """Two instalments, a file each; a report without files has no such line."""
    public_id = at_work(college, as_, draft_item)
    for sent in ((TABLE,), (PHOTO,), ()):
        assert report(as_("坤建军"), public_id, *sent).status == 303
    page = get(as_(HANDLER), f"/items/{public_id}")
    shown = [
        [a.get_text() for a in part.select(".db-file a")] for part in page.soup.select(".db-report")
    ]
    assert shown == [[], [PHOTO[0]], [TABLE[0]]]
    assert [row.subject_id for row in rows_of(college)] == [one.id for one in _reports(college)[:2]]


def test_files_are_optional(college: Flask, as_: As, draft_item: Draft) -> None:
    """A browser sends an empty part for a field without files."""
    public_id = at_work(college, as_, draft_item)
    assert report(as_(HANDLER), public_id, ("", b"")).status == 303
    assert len(_reports(college)) == 1
    assert rows_of(college) == []


def test_the_form_is_sent_with_its_files(college: Flask, as_: As, draft_item: Draft) -> None:
    """Multipart with and without script; forms without files stay as they were."""
    public_id = at_work(college, as_, draft_item)
    page = get(as_(HANDLER), f"/items/{public_id}/feedback/new")
    form = page.form("/feedback")
    assert form["enctype"] == form["hx-encoding"] == "multipart/form-data"
    assert form.find("input", attrs={"type": "file", "name": "files"}).has_attr("multiple")
    assert AGAIN not in page.text
    item = get(as_(HANDLER), f"/items/{public_id}")
    assert item.form("/closing")["enctype"] == "multipart/form-data"
    removal = get(as_("何玉萍"), f"/items/{draft_item('A02')}").form("/submission")
    assert not removal.has_attr("enctype")
    assert not removal.has_attr("hx-encoding")


def test_a_refusal_keeps_neither_report_nor_files(
    college: Flask, as_: As, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An item holds so many files: the report that would bring more is not entered either."""
    public_id = at_work(college, as_, draft_item)
    monkeypatch.setattr(commands, "MOST", 1)
    answer = report(as_(HANDLER), public_id, TABLE, PHOTO)
    _text_is_kept(answer)
    assert "最多保留1份附件" in answer.text
    _nothing_is_kept(college)
    assert report(as_(HANDLER), public_id, TABLE).status == 303
    assert len(rows_of(college)) == 1


def test_an_act_that_breaks_leaves_bytes_and_no_row(
    college: Flask, as_: As, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are written before the commit: nobody can reach them without a row."""
    public_id = at_work(college, as_, draft_item)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patched:
        patched.setattr(workflow, "record", broken)
        with pytest.raises(RuntimeError, match="power"):
            report(as_(HANDLER), public_id, TABLE, PHOTO)
    assert _reports(college) == []
    assert rows_of(college) == []
    assert len(stored(college)) == 2
    assert report(as_(HANDLER), public_id, TABLE, PHOTO).status == 303
    assert len(stored(college)) == 2


def test_a_stale_page_reports_nothing(college: Flask, as_: As, draft_item: Draft) -> None:
    """409: somebody acted on the item meanwhile; no file is left behind."""
    public_id = at_work(college, as_, draft_item)
    answer = report(as_(HANDLER), public_id, TABLE, typed={"seen": "1"})
    assert answer.status == 409
    _nothing_is_kept(college)


def test_a_double_click_is_one_report_and_one_set_of_files(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """Sent again, and sent eight times at the same moment."""
    public_id = at_work(college, as_, draft_item)
    client, address = as_(HANDLER), f"/items/{public_id}/feedback"
    for times in (1, 2):
        filled = {**values_of(get(client, f"{address}/new").form("/feedback")), **REPORT}
        for _ in range(2):
            sent = {**filled, "files": given(TABLE, PHOTO)}
            assert send(client, address, sent).status == 303
        assert len(_reports(college)) == times
        assert len(rows_of(college)) == 2 * times


def test_eight_clicks_at_once_are_one_report(college: Flask, as_: As, draft_item: Draft) -> None:
    """The item's lock holds the others back until the first is done."""
    public_id = at_work(college, as_, draft_item)
    client, address = as_(HANDLER), f"/items/{public_id}/feedback"
    filled = {**values_of(get(client, f"{address}/new").form("/feedback")), **REPORT}
    clients = copies(college, client)
    answers = at_once(clients, address, lambda: {**filled, "files": given(TABLE, PHOTO)})
    assert {answer.status for answer in answers} == {303}
    assert len(_reports(college)) == 1
    assert len(rows_of(college)) == 2


MARKED = (
    ("机密★10年 方案.pdf", files.pdf()),
    ("方案.docx", files.docx("密级：秘密", "正文")),
    ("材料.zip", files.zipped({"绝密/表.xlsx": files.xlsx("甲")})),
)


def test_a_marked_file_takes_the_text_along(college: Flask, as_: As, draft_item: Draft) -> None:
    """第二十一条: by name, text or what is packed; what was written to go with it is forgotten too,
    and only the fact is stored."""
    public_id = at_work(college, as_, draft_item)
    for number, marked in enumerate(MARKED, start=1):
        answer = report(as_(HANDLER), public_id, TABLE, marked, typed={"words_clear": "y"})
        assert answer.status == 422
        assert STOPPED in answer.text
        assert "文件标明涉及国家秘密，文件和已填文字均未保留。" in answer.text
        for name in ("measures", "progress", "effect", "problems", "next_steps"):
            assert _typed(answer, name) == ""
        for text in (REPORT["measures"], TABLE[0], marked[0]):
            assert text not in answer.html
        _nothing_is_kept(college)
        with college.app_context():
            assert len(db.session.scalars(select(SecrecyStop)).all()) == number


def test_one_tick_holds_for_texts_and_files(college: Flask, as_: As, draft_item: Draft) -> None:
    """保密工作 in the text and in a file: asked about together, confirmed together."""
    public_id = at_work(college, as_, draft_item)
    doubtful = ("方案.docx", files.docx("做好密级管理"))
    typed = {"measures": "做好保密工作。"}
    answer = report(as_(HANDLER), public_id, TABLE, doubtful, typed=typed)
    assert answer.status == 422
    assert len(answer.soup.find_all("input", attrs={"name": "words_clear"})) == 1
    assert "保密、密级" in answer.text
    assert f"“方案.docx”：含有“密级”等词语，请核对后勾选“{CONFIRMATION}”再提交。" in answer.text
    assert _typed(answer, "measures") == "做好保密工作。"
    _nothing_is_kept(college)
    again = report(as_(HANDLER), public_id, TABLE, doubtful, typed={**typed, "words_clear": "y"})
    assert again.status == 303
    assert len(rows_of(college)) == 2


def _many(count: int) -> list[tuple[str, bytes]]:
    return [(f"照片{number}.png", files.png()) for number in range(count)]


BAD: tuple[tuple[list[tuple[str, bytes]], str], ...] = (
    (_many(11), "每次最多上传10份文件，请分次提交。"),
    ([("空.pdf", b"")], "文件是空的"),
    ([TABLE, ("空.pdf", b""), PHOTO], "“空.pdf”：文件是空的"),
    ([TABLE, ("照片.jpg", b"MZ")], "“照片.jpg”：文件内容与扩展名“jpg”不符"),
    ([("大.pdf", b"%PDF-1.7\n" + bytes(51 << 20) + b"\n%%EOF")], "每份文件不超过50 MB"),
)


def test_bad_files_are_422_at_the_field(college: Flask, as_: As, draft_item: Draft) -> None:
    """Which one, why, what to do; none of the others is kept, and every text is."""
    public_id = at_work(college, as_, draft_item)
    for sent, said in BAD:
        answer = report(as_(HANDLER), public_id, *sent)
        _text_is_kept(answer)
        assert said in answer.soup.find(id="f-files-error").get_text()
        assert answer.soup.find(id="f-files")["aria-invalid"] == "true"
        _nothing_is_kept(college)


def test_ten_files_go_at_once(college: Flask, as_: As, draft_item: Draft) -> None:
    """The limit itself is allowed; the same bytes are stored once."""
    public_id = at_work(college, as_, draft_item)
    assert report(as_(HANDLER), public_id, *_many(10)).status == 303
    assert len(rows_of(college)) == 10
    assert len(stored(college)) == 1


def test_together_they_are_bounded(
    college: Flask, as_: As, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the form before the request's own limit, so that the text is kept."""
    assert college.config["MAX_CONTENT_LENGTH"] > forms.MEGABYTES * 1024 * 1024
    monkeypatch.setattr(forms, "MEGABYTES", 1)
    half = b"%PDF-1.7\n" + bytes(600 * 1024) + b"\n%%EOF"
    public_id = at_work(college, as_, draft_item)
    answer = report(as_(HANDLER), public_id, ("甲.pdf", half), ("乙.pdf", half))
    _text_is_kept(answer)
    assert "文件合计不超过1 MB" in answer.text
    _nothing_is_kept(college)


def test_beyond_the_requests_limit_the_answer_is_413(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """For HTMX a notice in the corner, so that the form stays as it is."""
    public_id = at_work(college, as_, draft_item)
    answer = as_(HANDLER).post(
        f"/items/{public_id}/feedback",
        data=b"--x\r\n" + bytes(111 << 20),
        content_type="multipart/form-data; boundary=x",
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 413
    assert answer.headers["HX-Retarget"] == "#db-toasts"
    assert "每份文件不超过50 MB" in answer.get_data(as_text=True)
    _nothing_is_kept(college)


NAMES = {
    "../../../etc/cron.d/台账.xlsx": "台账.xlsx",
    "陈𬭎·泽仁旺姆 㛃.xlsx": "陈𬭎·泽仁旺姆 㛃.xlsx",
    "<img src=x onerror=alert(1)>.xlsx": "_img src=x onerror=alert(1)_.xlsx",
    "表\u202excod.xlsx": "表xcod.xlsx",
    "%2e%2e%2f表.xlsx": "%2e%2e%2f表.xlsx",
    "台账" * 200 + ".xlsx": "台账" * 57 + "台.xlsx",
}


def test_names_with_rare_signs_and_tricks(college: Flask, as_: As, draft_item: Draft) -> None:
    """A name is shown and handed back as it was meant; on the disk there is no name at all."""
    public_id, content = at_work(college, as_, draft_item), files.xlsx("甲")
    assert report(as_(HANDLER), public_id, *((name, content) for name in NAMES)).status == 303
    rows = rows_of(college)
    assert [row.name for row in rows] == list(NAMES.values())
    assert stored(college) == [rows[0].sha256]
    page = get(as_("何玉萍"), f"/items/{public_id}")
    links = page.soup.select(".db-report .db-file a")
    assert [link.get_text() for link in links] == list(NAMES.values())
    for link, name in zip(links, NAMES.values(), strict=True):
        with as_("何玉萍").get(str(link["href"])) as answer:
            disposition = answer.headers["Content-Disposition"]
            assert answer.get_data() == content
        told = parse_options_header(disposition)[1]["filename"]
        assert told == name


def _blind(client: FlaskClient, address: str) -> tuple[int, str]:
    sent = {**REPORT, "csrf_token": csrf(client, "/account/password"), "files": given(TABLE)}
    answer = send(client, address, sent)
    heading = answer.soup.find("h1")
    return answer.status, heading.get_text() if heading else ""


def test_foreign_and_missing_items_answer_alike(college: Flask, as_: As, draft_item: Draft) -> None:
    """第二十一条: a stranger learns nothing from a form with files, nor from a file's address."""
    public_id = at_work(college, as_, draft_item)
    assert report(as_(HANDLER), public_id, TABLE).status == 303
    kept = stored(college)
    (row,) = rows_of(college)
    stranger, none = as_("冯毅"), uuid.uuid4()
    for tail in ("/feedback", "/closing"):
        foreign = _blind(stranger, f"/items/{public_id}{tail}")
        assert foreign == _blind(stranger, f"/items/{none}{tail}")
        assert foreign[0] == 404
    answers: list[Any] = [
        stranger.get(f"/items/{item_id}/attachments/{file_id}")
        for item_id, file_id in ((public_id, row.public_id), (public_id, none), (none, none))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert stored(college) == kept


def test_who_may_not_report_leaves_nothing(college: Flask, as_: As, draft_item: Draft) -> None:
    """422 for somebody who knows the item: no report, no file, no bytes."""
    public_id = at_work(college, as_, draft_item)
    status, _heading = _blind(as_("何玉萍"), f"/items/{public_id}/feedback")
    assert status == 422
    _nothing_is_kept(college)
