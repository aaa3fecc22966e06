"""第十六条（六）: 申请办结 with its 佐证材料, which the policy may ask for."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Closure
from portal.rulebook import policy
from tests.attachments import files
from tests.attachments.kept import events, given, look_as, rows_of, stored
from tests.pages import fill, get, send, values_of
from tests.steps.work import HANDLER, RECEIVED, As, Draft, apply_close, at_work, report
from tests.test_main_line import CLOSING, LINE, walk

SUMMARY = ("整改总结.docx", files.docx("已全部整改"))
ASKED = "申请办结须有佐证材料，不少于1份。"


def _closures(app: Flask) -> list[Closure]:
    with app.app_context():
        look_as(app, "何玉萍")
        return list(db.session.scalars(select(Closure)))


@pytest.fixture
def evidence_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that asks for one file."""
    limits = tuple(
        row._replace(value=1) if row.id == "closing_evidence" else row
        for row in policy.CURRENT.limits
    )
    monkeypatch.setattr(policy, "EDITIONS", (policy.CURRENT._replace(limits=limits),))


def test_an_application_and_its_files_are_one_act(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """They show with 办结情况 and in 附件, to those who sign as well, and nobody removes them."""
    public_id = at_work(college, as_, draft_item)
    assert apply_close(as_(HANDLER), public_id, SUMMARY).status == 303
    (closure,), (row,) = _closures(college), rows_of(college)
    assert (row.purpose, row.subject, row.subject_id) == ("closing", "closure", closure.id)
    assert row.unit_id is not None
    assert [facts["attachment_ids"] for _, facts in events(college, "apply_close")] == [[row.id]]
    page = get(as_("坤清祥"), f"/items/{public_id}")
    link = f"/items/{public_id}/attachments/{row.public_id}"
    assert [str(a["href"]) for a in page.soup.select(".db-file a[href*=attachments]")] == [
        link,
        link,
    ]
    assert "办结" in page.soup.select_one("#attachments .db-file-note").get_text()
    with as_("坤清祥").get(link) as answer:
        assert answer.get_data() == SUMMARY[1]


def test_a_refused_application_keeps_text_and_no_file(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """422 with what was typed; neither application nor file is there."""
    public_id = at_work(college, as_, draft_item)
    answer = apply_close(as_(HANDLER), public_id, SUMMARY, ("程序.pdf", b"MZ"))
    assert answer.status == 422
    text = answer.soup.find("textarea", attrs={"name": "result_text"}).get_text().strip()
    assert text == CLOSING["result_text"]
    assert "请重新选择文件后再提交。" in answer.text
    assert (_closures(college), rows_of(college), stored(college)) == ([], [], [])


def test_a_double_click_is_one_application(college: Flask, as_: As, draft_item: Draft) -> None:
    """One closure, one set of files."""
    public_id, client = at_work(college, as_, draft_item), as_(HANDLER)
    form = get(client, f"/items/{public_id}").form("/closing")
    for _ in range(2):
        sent = {**values_of(form), **CLOSING, "files": given(SUMMARY)}
        assert send(client, str(form["action"]), sent).status == 303
    assert (len(_closures(college)), len(rows_of(college))) == (1, 1)


def test_without_a_word_of_the_policy_no_evidence_is_asked_for(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """The edition of 2023 leaves it to the unit."""
    assert policy.CURRENT.limit("closing_evidence") == 0
    public_id = at_work(college, as_, draft_item)
    assert apply_close(as_(HANDLER), public_id).status == 303


@pytest.mark.usefixtures("evidence_asked_for")
def test_evidence_may_come_with_the_application(college: Flask, as_: As, draft_item: Draft) -> None:
    """T25: where the policy asks, 422 at the field without, done with it."""
    public_id = at_work(college, as_, draft_item)
    answer = apply_close(as_(HANDLER), public_id)
    assert answer.status == 422
    field = answer.soup.find("input", attrs={"name": "files"})
    assert ASKED in answer.soup.find(id=f"{field['id']}-error").get_text()
    assert _closures(college) == []
    assert apply_close(as_(HANDLER), public_id, SUMMARY).status == 303


@pytest.mark.usefixtures("evidence_asked_for")
def test_evidence_may_be_there_already(college: Flask, as_: As, draft_item: Draft) -> None:
    """Handed in while the unit worked or with a report; what was taken away does not count."""
    public_id, client = at_work(college, as_, draft_item), as_(HANDLER)
    sent = {"files": given(SUMMARY), "declared": "y"}
    assert fill(client, f"/items/{public_id}", "/attachments", sent).status == 303
    assert fill(client, f"/items/{public_id}", "/removal").status == 303
    assert apply_close(client, public_id).status == 422
    assert report(client, public_id, SUMMARY).status == 303
    assert apply_close(client, public_id).status == 303


@pytest.mark.usefixtures("evidence_asked_for")
def test_the_forms_of_registration_are_no_evidence(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """What the drafter handed in says nothing of the result."""
    public_id = draft_item("A01")
    sent = {"files": given(SUMMARY), "declared": "y"}
    assert fill(as_("何玉萍"), f"/items/{public_id}", "/attachments", sent).status == 303
    walk(college, as_, public_id, LINE[:RECEIVED])
    answer = apply_close(as_(HANDLER), public_id)
    assert answer.status == 422
    assert ASKED in answer.text


def test_what_was_handed_in_with_an_act_stands(college: Flask, as_: As, draft_item: Draft) -> None:
    """A forged form removes neither a report's files nor an application's."""
    public_id, client = at_work(college, as_, draft_item), as_(HANDLER)
    assert report(client, public_id, SUMMARY).status == 303
    sent = {"files": given(SUMMARY), "declared": "y"}
    assert fill(client, f"/items/{public_id}", "/attachments", sent).status == 303
    form = values_of(get(client, f"/items/{public_id}").form("/removal"))
    assert apply_close(client, public_id, SUMMARY).status == 303
    for row in rows_of(college):
        if row.purpose == "evidence":
            continue
        answer = _remove(client, public_id, row.public_id, form)
        assert answer == (
            422,
            "随反馈、办结申请、延期申请、督查记录、整改或签批提交的材料不能移除。",
        )
    assert {row.state for row in rows_of(college)} == {"kept"}


def _remove(
    client: FlaskClient, public_id: uuid.UUID, file_id: uuid.UUID, form: dict[str, list[str]]
) -> tuple[int, str]:
    address = f"/items/{public_id}/attachments/{file_id}/removal"
    answer = send(client, address, {**form, "seen": "", "key": str(uuid.uuid4())})
    said = "随反馈、办结申请、延期申请、督查记录、整改或签批提交的材料不能移除。"
    return answer.status, said if said in answer.text else answer.text
