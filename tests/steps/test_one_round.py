"""Forms of 代录 and 调整 name everything that is wrong in one round, each beside its field, and
keep what was typed: what the form lacks and what the act would refuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.attachments.kept import given
from tests.pages import Page, get, send, values_of
from tests.stages import bring, tomorrow
from tests.steps.acting import OFFICE, OFFICE_HEAD
from tests.steps.paper import sheet

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]


def _said(page: Page, label: str) -> str:
    """The error beside the field with this label; empty without one."""
    for row in page.soup.select(".db-field, .db-check, fieldset"):
        name = row.select_one("label, legend")
        error = row.select_one(".db-error")
        if name is not None and name.get_text().strip().startswith(label) and error is not None:
            return error.get_text().strip()
    return ""


def _refused(client: FlaskClient, address: str, action: str, typed: dict[str, object]) -> Page:
    form = get(client, address).form(action)
    page = send(client, str(form["action"]), {**values_of(form), **typed})
    assert page.status == 422
    return page


@pytest.fixture
def at_work(college: Flask, draft_item: New) -> str:
    """The page of an item in work, handed out on 23 November."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
    return f"/items/{public_id}"


def test_a_report(as_: As, at_work: str) -> None:
    """The texts are the form's, the day, the person and the file the act's."""
    typed: dict[str, object] = {"progress": "已排查全部楼栋。", "paper_on": "2026-11-20"}
    page = _refused(as_(OFFICE), f"{at_work}/feedback/entry", "/entries", typed)
    assert _said(page, "办理举措") == "请填写办理举措。"
    assert _said(page, "办理进度") == "请填写办理进度。"
    assert _said(page, "报送人") == "请填写报送人。"
    assert "报送日期不得早于该日。" in _said(page, "报送日期")
    assert _said(page, "扫描件或文件") == "请上传扫描件或文件。"
    assert _said(page, "本人确认内容") == "请勾选确认后再提交。"
    assert "已排查全部楼栋。" in page.form("/entries").get_text()


def test_an_application(as_: As, at_work: str) -> None:
    """Which co-units have not reported is said with the rest."""
    typed: dict[str, object] = {"paper_on": "2026-11-24"}
    page = _refused(as_(OFFICE), f"{at_work}/closing/entry", "/closing/entry", typed)
    assert _said(page, "办结情况") == "请填写办结情况。"
    assert _said(page, "报送人") == "请填写报送人。"
    assert _said(page, "报送日期") == "报送日期不得晚于今天。"
    assert "请上传扫描件或文件。" in _said(page, "扫描件或文件")
    assert "后勤国资处" in _said(page, "协办单位未按时提供")


def test_without_co_units_nothing_is_asked_of_them(
    college: Flask, as_: As, draft_item: New
) -> None:
    """第八条: both forms speak of co-units only where there are any."""
    public_id = draft_item("A01", level=2, deadline_days=15, co_units=[])
    with college.app_context():
        bring(college, public_id, "in_progress")
    for name, form in (("邓涛", "feedback/new"), (OFFICE, "closing/entry")):
        assert "协办单位未按时提供" not in get(as_(name), f"/items/{public_id}/{form}").text


def test_the_objection_is_offered_until_its_day(college: Flask, as_: As, at_work: str) -> None:
    """SPEC §2.5: one working day after the notice; then the panel is gone."""
    assert "提出承办异议" in get(as_("坤建军"), at_work).text
    with college.app_context():
        tomorrow(college, 2)
    assert "/units/BWC/objection" not in get(as_("坤建军"), at_work).html


def test_the_usual_act_stands_first(college: Flask, as_: As, draft_item: New) -> None:
    """销号 above 退回补正."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closing_filing")
    actions = get(as_(OFFICE), f"/items/{public_id}").actions()
    places = [at for at, one in enumerate(actions) if one.endswith(("/closure", "/supplement"))]
    assert [actions[at].rsplit("/", 1)[1] for at in places] == ["closure", "supplement"]


def test_a_sheet_with_nothing_chosen(college: Flask, as_: As, draft_item: New) -> None:
    """No box, no scan, no declaration: three things, said at once."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    typed: dict[str, object] = {"sign-responsible_leader-signer_id": ""}
    page = _refused(as_(OFFICE), f"/items/{public_id}/paper", "/paper", typed)
    assert "请至少录入一栏签批。" in page.text
    assert _said(page, "扫描件") == "请上传扫描件。"
    assert _said(page, "本人确认内容") == "请勾选确认后再提交。"


def test_several_boxes_of_a_sheet(college: Flask, as_: As, draft_item: New) -> None:
    """Without a scan: the words missing in one box, the day of the next before it."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    client = as_(OFFICE)
    form = get(client, f"/items/{public_id}/paper").form("/paper")
    signers = {
        str(field["name"]): [option["value"] for option in field.find_all("option")][1]
        for field in form.find_all("select")
    }
    boxes = ("sign-responsible_leader", "review-office_leader")
    typed = {f"{box}-signer_id": signers[f"{box}-signer_id"] for box in boxes}
    typed |= {f"{boxes[0]}-paper_on": "2026-11-23", f"{boxes[1]}-paper_on": "2026-11-20"}
    typed |= {f"{boxes[1]}-opinion": "同意呈报。"}
    page = sheet.send_form(client, form, typed, scan=b"")
    assert page.status == 422
    assert "请照录签批意见。" in page.text
    assert "签批日期不得早于上一环节的2026年11月23日。" in page.text
    assert _said(page, "扫描件") == "请上传扫描件。"
    assert "同意呈报。" in page.form("/paper").get_text()


def test_a_list(college: Flask, as_: As, draft_item: New) -> None:
    """What all rows have in common once, the row without words by itself."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    client = as_(OFFICE)
    page = get(client, "/signing-lists")
    signer = page.soup.find("option", string=lambda text: bool(text and "坤清祥" in text))
    assert signer is not None
    address = f"/signing-lists?signer={signer['value']}"
    form = get(client, address).soup.select_one("form:has(input[name=slot])")
    assert form is not None
    made = send(client, str(form["action"]), values_of(form))
    assert made.location is not None
    refused = _refused(client, made.location, made.location.rsplit("/", 1)[1], {})
    assert _said(refused, "签批日期") == "请填写签批日期。"
    assert _said(refused, "扫描件") == "请上传扫描件。"
    assert _said(refused, "本人确认内容") == "请勾选确认后再提交。"
    assert "请照录签批意见。" in refused.text


@pytest.mark.parametrize(("day", "said"), [("", "请填写日期。"), ("2026-11-20", "不得早于今天")])
def test_a_change_of_the_deadline(as_: As, at_work: str, day: str, said: str) -> None:
    """The date, its basis, the reason and the declaration."""
    typed: dict[str, object] = {"deadline_kind": "date", "deadline_date": day, "opinion": "改"}
    page = _refused(as_(OFFICE_HEAD), f"{at_work}/changes/adjust", "/changes/adjust", typed)
    assert said in _said(page, "日期")
    assert _said(page, "时限依据") == "请写明依据。"
    assert _said(page, "理由") == "请写明理由，不少于4个字。"
    assert _said(page, "本人确认内容") == "请勾选确认后再提交。"


def test_of_a_marked_file_nothing_more_is_said(as_: As, at_work: str) -> None:
    """第二十一条: the form is forgotten, and so is what else was wrong with it."""
    files = given(("机密★反馈.pdf", sheet.SCAN))
    page = _refused(as_(OFFICE), f"{at_work}/feedback/entry", "/entries", {"files": files})
    assert _said(page, "报送人") == ""


def test_the_box_that_waits_is_proposed(college: Flask, as_: As, draft_item: New) -> None:
    """Its signer is chosen already; the boxes to come stay 本栏不录入."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    fields = values_of(get(as_(OFFICE), f"/items/{public_id}/paper").form("/paper"))
    chosen = {name: value for name, [value] in fields.items() if name.endswith("-signer_id")}
    assert [name for name, value in chosen.items() if value] == [
        "sign-responsible_leader-signer_id"
    ]
