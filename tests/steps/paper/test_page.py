"""/items/<id>/paper as 党政办 meets it: what the form refuses, and who came first (SPEC §8.4)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.errors import Stale
from portal.extensions import db
from portal.models import Attachment, Event, Opinion, SecrecyStop
from portal.rulebook.workflow import Intent
from portal.steps.signing import commands as signing
from tests.attachments.files import docx
from tests.pages import get
from tests.stages import as_of, bring, intent, item_of, person
from tests.steps.paper import sheet

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
SIGN = "sign-responsible_leader"


def _sign(app: Flask, **changed: str) -> dict[str, str]:
    with app.app_context():
        typed = {"signer_id": str(person("坤清祥")), "paper_on": "2026-11-23", "opinion": "同意。"}
    return {f"{SIGN}-{name}": value for name, value in {**typed, **changed}.items()}


def test_the_page_offers_each_waiting_box_with_its_signers(
    college: Flask, as_: As, draft_item: New
) -> None:
    """In the order of the form; whoever held the role or stood in for the holder since then."""
    public_id = draft_item(lead_unit="JWC", co_units=[], principal="both")
    with college.app_context():
        bring(college, public_id, "pending_sign")
    page = get(as_("何玉萍"), f"/items/{public_id}/paper")
    legends = [" ".join(legend.get_text(" ").split()) for legend in page.soup.find_all("legend")]
    boxes = [legend for legend in legends if legend != "签批结论"]
    assert boxes == [
        "分管领导审签",
        "党政办分管领导审核",
        "学校主要领导审定　党委书记".replace("　", " "),
        "学校主要领导审定　院长".replace("　", " "),
    ]
    chosen = page.soup.find("select", attrs={"name": SIGN})
    assert chosen is None
    signers = page.soup.find("select", attrs={"name": f"{SIGN}-signer_id"})
    assert signers is not None
    assert [option.get_text() for option in signers.find_all("option")] == [
        "本栏不录入", "解学农", "陈𬭎（代解学农）",
    ]  # fmt: skip
    assert [label.get_text(strip=True) for label in page.soup.find_all("label")].count(
        "退回修改"
    ) == 4


def test_the_item_s_page_leads_there_for_the_office_only(
    college: Flask, as_: As, draft_item: New
) -> None:
    """A quiet link where a box waits; nobody else has it, nor the page behind it."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    assert "代录纸质签批" in get(as_("何玉萍"), f"/items/{public_id}").text
    for name, status in (("坤清祥", 422), ("杨思源", 422), ("郑守方", 404)):
        client = as_(name)
        assert "代录纸质签批" not in get(client, f"/items/{public_id}").text
        assert get(client, f"/items/{public_id}/paper").status == status


REFUSED = (
    ({}, b"", "请上传扫描件。"),
    ({}, docx("签批单"), "与扩展名“pdf”不符"),
    ({"signer_id": ""}, sheet.SCAN, "请选择签批人。"),
    ({"signer_id": "", "paper_on": "", "opinion": ""}, sheet.SCAN, "请至少录入一栏签批。"),
    ({"signer_id": "999999"}, sheet.SCAN, "Not a valid choice"),
    ({"signer_id": "7:8:9"}, sheet.SCAN, "Not a valid choice"),
    ({"paper_on": "2026-11-24"}, sheet.SCAN, "签批日期不得晚于今天。"),
    ({"opinion": ""}, sheet.SCAN, "请照录签批意见。"),
    ({"opinion": "同" * 501}, sheet.SCAN, "500"),
)


def test_what_the_form_refuses_is_said_and_what_was_typed_stays(
    college: Flask, as_: As, draft_item: New
) -> None:
    """422 with the form; nothing is kept."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    office = as_("何玉萍")
    for changed, scan, said in REFUSED:
        answer = sheet.send(office, f"/items/{public_id}/paper", _sign(college, **changed), scan)
        assert answer.status == 422, (changed, answer.text[:300])
        words = "有效" if said.startswith("Not") else said
        assert words in answer.text or said in answer.text, (changed, answer.text[:1500])
        answer.check()
        if changed.get("opinion", "同意。") == "同意。" and "signer_id" not in changed:
            box = answer.soup.find("textarea", attrs={"name": f"{SIGN}-opinion"})
            assert box is not None
            assert box.get_text().strip() == "同意。"
    with college.app_context():
        as_of(college, "何玉萍")
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
        assert db.session.scalar(select(func.count()).where(Event.act == "enter_paper")) == 0


def test_a_marked_opinion_is_forgotten(college: Flask, as_: As, draft_item: New) -> None:
    """第二十一条: the text is not kept, only who and when."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    typed = _sign(college, opinion="机密★5年，同意。")
    answer = sheet.send(as_("何玉萍"), f"/items/{public_id}/paper", typed)
    assert answer.status == 422
    assert "机密★" not in answer.html
    with college.app_context():
        as_of(college, "何玉萍")
        assert db.session.scalar(select(func.count()).select_from(SecrecyStop)) == 1
        assert not [body for body in db.session.scalars(select(Opinion.body)) if "机密" in body]


def test_a_double_click_is_one_entry(college: Flask, as_: As, draft_item: New) -> None:
    """The key lies in the form: the second answers as the first."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        box = sheet.entry(item, "sign", "坤清祥", TODAY)
        once = intent(item)
        sheet.enter(college, viewer, item, box, intent=once)
        sheet.enter(college, viewer, item, box, intent=once)
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1
        assert db.session.scalar(select(func.count()).where(Event.act == "enter_paper")) == 1


def test_who_comes_second_is_told_who_signed(college: Flask, as_: As, draft_item: New) -> None:
    """A box signed on screen, or entered by somebody else of the office, since the page was
    opened: 409 with who and what; also where the item's own state did not move."""
    public_id = draft_item(principal="both")
    with college.app_context():
        bring(college, public_id, "pending_approve")
    address = f"/items/{public_id}/paper"
    with college.app_context():
        typed = {
            f"approve-secretary-{name}": value
            for name, value in (
                ("signer_id", str(person("向维岷"))), ("paper_on", "2026-11-23"),
                ("opinion", "同意，请抓紧落实。"),
            )
        }  # fmt: skip
    one, two = as_("何玉萍"), as_("泽仁旺姆")
    opened = get(two, address).form("/paper")
    with college.app_context():
        viewer = as_of(college, "向维岷")
        item = item_of(viewer, public_id)
        before = item.version
        signing.sign(viewer, item, "approve", intent(item, "同意。"))
        assert item_of(viewer, public_id).version == before
    answer = sheet.send_form(two, opened, typed)
    assert answer.status == 409
    assert "向维岷" in answer.text
    assert "签批（学校主要领导审定　党委书记）" in answer.text.replace(" ", "　")
    assert "同意，请抓紧落实。" in answer.html
    opened = get(two, address).form("/paper")
    theirs = {name.replace("secretary", "president"): value for name, value in typed.items()}
    with college.app_context():
        theirs["approve-president-signer_id"] = str(person("三郎泽里"))
    assert sheet.send(one, address, theirs).status == 303
    answer = sheet.send_form(two, opened, theirs)
    assert answer.status == 409, answer.text
    assert "何玉萍" in answer.text


def test_two_clerks_at_once_enter_one_signature(college: Flask, draft_item: New) -> None:
    """Both press at the same moment: one entry, the other is told."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    start = threading.Barrier(2)
    outcome: list[str] = []

    def press(name: str) -> None:
        with college.app_context():
            viewer = as_of(college, name)
            item = item_of(viewer, public_id)
            box = sheet.entry(item, "sign", "坤清祥", TODAY)
            seen = Intent(item.version, uuid.uuid4())
            db.session.commit()
            start.wait(timeout=30)
            try:
                sheet.enter(college, viewer, item, box, intent=seen)
                outcome.append("entered")
            except Stale as stale:
                outcome.append(stale.done[-1].who)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(name,)) for name in ("何玉萍", "泽仁旺姆")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcome)[0] == "entered"
    assert sorted(outcome)[1] in ("何玉萍", "泽仁旺姆")
    with college.app_context():
        as_of(college, "何玉萍")
        assert db.session.scalar(select(func.count()).where(Event.act == "enter_paper")) == 1


@pytest.mark.parametrize("run", ["", "0", "-1", "abc", str(2**70), "999999"])
def test_a_run_that_is_none_answers_like_a_missing_page(
    college: Flask, as_: As, draft_item: New, run: str
) -> None:
    """Whatever is sent as the run."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    client = as_("何玉萍")
    form = get(client, f"/items/{public_id}/paper").form("/paper")
    sent: dict[str, Any] = {**_sign(college), "run": run}
    assert sheet.send_form(client, form, sent).status == 404
