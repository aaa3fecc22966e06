"""代录反馈 as people meet it: the form, the marks, the objection (SPEC §8.4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.rulebook.secrecy import STOPPED
from portal.steps.closing import returns
from tests.attachments.kept import given
from tests.pages import Page, fill, get, send, values_of
from tests.stages import bring, intent, person
from tests.steps import entries
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE_HEAD,
    REASON,
    Actor,
)

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
WRITTEN = {
    "measures": "对全部楼栋开展排查。", "progress": "已排查全部楼栋。", "next_steps": "逐项销号。",
    "percent": "60", "declared": "y", "paper_on": "2026-11-23",
}  # fmt: skip


@pytest.fixture
def item_id(college: Flask, draft_item: New) -> uuid.UUID:
    """An item in work, handed out on 23 November; a co-unit has received it too."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        Actor(college, public_id).receive(CO_HEAD, CO_UNIT, "杨初")
    return public_id


def _ids(app: Flask, *names: str) -> list[str]:
    with app.app_context():
        return [str(person(name)) for name in names]


def _send(app: Flask, client: FlaskClient, item_id: uuid.UUID, **typed: object) -> Page:
    form = get(client, f"/items/{item_id}/feedback/entry").form("/entries")
    [handler] = _ids(app, HANDLER)
    sent: dict[str, object] = {**values_of(form), **WRITTEN, "signer_id": handler, **typed}
    return send(client, str(form["action"]), sent)


def test_the_page_leads_there_for_the_office_only(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """A quiet link on the card of 反馈; each unit at work is a tab."""
    office = as_("何玉萍")
    shown = get(office, f"/items/{item_id}")
    assert "代录反馈" in shown.text
    assert "填报反馈" not in shown.text, "the office has no report of its own"
    assert get(office, f"/items/{item_id}/feedback/new").status == 422
    page = get(office, f"/items/{item_id}/feedback/entry?unit={CO_UNIT}")
    signers = [option.get_text() for option in page.soup.select("[name=signer_id] option")]
    assert signers == ["请选择", "覃燚", "王尔基（代覃燚）", "杨初"]
    for name, status in ((HEAD, 422), (OFFICE_HEAD, 422), ("郑守方", 404)):
        client = as_(name)
        assert "代录反馈" not in get(client, f"/items/{item_id}").text
        assert get(client, f"/items/{item_id}/feedback/entry").status == status


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "请上传扫描件或文件。"),
    ({"way": "phone"}, "请填写通话内容。"),
    ({"way": "burn"}, "来件方式"),
    ({"signer_id": "1:2:3"}, "请填写报送人。"),
    ({"paper_on": "2026-11-31"}, "报送日期"),
    ({"progress": ""}, "请填写进展情况。"),
    ({"percent": "101"}, "请填写0至100之间的整数。"),
)


def test_the_form_comes_back_with_everything_typed(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """422 with the reason; nothing typed is lost."""
    office = as_("何玉萍")
    for typed, said in REFUSED:
        answer = _send(college, office, item_id, measures="逐楼排查。", **typed)
        assert answer.status == 422
        assert said in answer.text
        assert "逐楼排查。" in answer.html
    call = {"way": "phone", "call_at": "10:30", "opinion": "秘　密★三年 关于某项工作的要求"}
    answer = _send(college, office, item_id, **call)
    assert (answer.status, STOPPED in answer.text) == (422, True)
    assert "某项工作" not in answer.html
    assert "尚未报送反馈" in get(office, f"/items/{item_id}").text


def test_an_old_form_comes_back_to_be_sent_again(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """The unit applied for 办结 and was sent back meanwhile: 409 says so, with everything typed;
    then one click."""
    office = as_("何玉萍")
    form = get(office, f"/items/{item_id}/feedback/entry").form("/entries")
    with college.app_context():
        actor = Actor(college, item_id)
        actor.apply_close()
        viewer, item = actor.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
        named = str(person(HANDLER))
    sent: dict[str, object] = {**values_of(form), **WRITTEN, "signer_id": named, "point": "0"}
    late = send(office, str(form["action"]), {**sent, "files": given(("反馈.pdf", entries.SHEET))})
    assert late.status == 409
    assert "坤清祥于" in late.text
    again = late.form("/entries")
    assert "已排查全部楼栋。" in again.get_text()
    typed: dict[str, object] = {**values_of(again), "declared": "y"}
    typed["files"] = given(("反馈.pdf", entries.SHEET))
    assert send(office, str(again["action"]), typed).status == 303


def test_a_call_is_marked_contested_and_corrected(
    college: Flask, as_: As, item_id: uuid.UUID
) -> None:
    """On the report and in 办理过程 it says how it came; the person named objects, 党政办主任
    corrects from the paper that turned up."""
    page, office = f"/items/{item_id}", as_("何玉萍")
    call = {"way": "phone", "call_at": "10:30", "opinion": "已整改15处。"}
    assert _send(college, office, item_id, **call).status == 303
    handler = as_(HANDLER)
    shown = get(handler, page)
    assert shown.text.count("电话反馈，何玉萍代录") == 2
    assert "邓涛2026年11月23日10:30电话报送" in shown.text
    assert "已整改15处。" in shown.text
    assert "异议期至2026年11月30日" in shown.text
    objection = {"opinion": "本人未报送过这份反馈。"}
    assert fill(handler, page, "/objection", objection).status == 303
    assert "报送人已提出异议" in get(as_("坤清祥"), page).text
    head = as_(OFFICE_HEAD)
    link = get(head, page).soup.find("a", string="更正代录")
    assert link is not None
    form = get(head, str(link["href"])).form("/correction")
    assert "已排查全部楼栋" in form.get_text()
    assert "本人未报送过这份反馈。" in form.get_text(), "the objection is quoted"
    as_it_came = {name: values_of(form)[name] for name in ("way", "call_at", "opinion")}
    assert as_it_came == {"way": ["phone"], "call_at": ["10:30"], "opinion": ["已整改15处。"]}
    [named] = _ids(college, HEAD)
    typed: dict[str, object] = {
        **values_of(form), "way": "paper", "signer_id": named, "percent": "45", "declared": "y",
    }  # fmt: skip
    refused = send(head, str(form["action"]), typed)
    assert refused.status == 422
    assert "请上传扫描件或文件。" in refused.text
    files = given(("反馈.pdf", entries.SHEET))
    sent = {**typed, "key": str(uuid.uuid4()), "files": files}
    assert send(head, str(form["action"]), sent).status == 303
    shown = get(as_(HEAD), page)
    assert "纸质反馈，何玉萍代录" not in shown.text
    assert "纸质反馈，杨思源代录" in shown.text
    assert "异议期至2026年11月30日" in shown.text


def test_an_objection_is_answered(college: Flask, as_: As, item_id: uuid.UUID) -> None:
    """The entry stays; the report says that it was contested and answered."""
    page, handler, head = f"/items/{item_id}", as_(HANDLER), as_(OFFICE_HEAD)
    scan = given(("反馈.pdf", entries.SHEET))
    assert _send(college, as_("何玉萍"), item_id, files=scan).status == 303
    objection = {"opinion": "本人未报送过这份反馈。"}
    assert fill(handler, page, "/objection", objection).status == 303
    assert "本人未报送过这份反馈。" in get(head, page).form("/answer").get_text()
    assert fill(head, page, "/answer", {"opinion": "已与本人核对。"}).status == 303
    shown = get(handler, page)
    assert "报送人已提出异议，党政办已答复" in shown.text
    assert "/objection" not in shown.html
