"""/scans as 党政办 meets it: printed, signed by hand, scanned together, confirmed (SPEC §8.4)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from portal.attachments import unused
from portal.documents import commands as documents
from portal.documents.control import number_of
from portal.extensions import db
from portal.models import ApprovalSlot, Attachment, Document, ScanBatch, ScanSheet, SigningList
from portal.rooms.scans import matching
from portal.rooms.signing_lists import commands as lists
from portal.rooms.signing_lists import making
from portal.rulebook import policy
from portal.rulebook.scope import everything, visible
from portal.scans import commands, reading
from portal.scans.commands import tidy
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from portal.store import path_of
from tests.attachments.files import docx
from tests.pages import Page, get, send, values_of
from tests.people import draft
from tests.scans import paper
from tests.stages import as_of, bring, events_of, intent, item_of, person
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
OFFICE, OTHER, LEADER = "何玉萍", "泽仁旺姆", "坤清祥"
SIGN = "sign-responsible_leader"
ROOM = "/scans"


@pytest.fixture(autouse=True)
def _without_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is called by hand."""
    monkeypatch.setattr("portal.queued_work.enqueue", lambda *_args, **_kwargs: True)


def printed(app: Flask, worker: Flask, public_id: uuid.UUID, kind: str = "filing") -> bytes:
    """The sheet as a worker makes it."""
    with app.app_context():
        viewer = as_of(app, OFFICE)
        documents.ask(viewer, item_of(viewer, public_id), kind)
        sheet_id = db.session.scalars(select(func.max(Document.id))).one()
    with worker.app_context():
        documents.make(sheet_id)
        with everything(because="测试"):
            digest = db.session.get_one(Document, sheet_id).sha256
    assert digest is not None
    folder = app.extensions["portal.settings"].files_dir
    return path_of(folder, digest).read_bytes()


def waiting(app: Flask, sample: str = "A01", **fields: Any) -> uuid.UUID:
    """An item that waits for 审签."""
    public_id = draft(app, sample, **fields)
    with app.app_context():
        bring(app, public_id, "pending_sign")
    return public_id


def taken_in(client: FlaskClient, worker: Flask, *scans: bytes) -> str:
    """Uploaded and read; the address of the batch."""
    form = get(client, ROOM).form(ROOM)
    files = [(io.BytesIO(scan), f"扫描{n}.pdf") for n, scan in enumerate(scans)]
    answer = send(client, ROOM, {**values_of(form), "declared": "y", "files": files})
    assert answer.status == 303, answer.text[:500]
    assert answer.location is not None
    assert "正在识别" in get(client, answer.location).text
    with worker.app_context():
        with everything(because="测试"):
            batch_id = db.session.scalars(select(func.max(ScanBatch.id))).one()
        reading.make(batch_id)
    return answer.location


def only_sheet(worker: Flask) -> uuid.UUID:
    """The id of the one sheet that was read."""
    with worker.app_context(), everything(because="测试"):
        return db.session.scalars(select(ScanSheet.public_id)).one()


def confirm(client: FlaskClient, address: str, typed: dict[str, str]) -> Page:
    form = get(client, address).form(address)
    return send(client, address, {**values_of(form), "declared": "y", **typed})


def signed(position: int, signer: int, **changed: str) -> dict[str, str]:
    typed = {"signer_id": str(signer), "paper_on": "2026-11-23", "opinion": "同意。", **changed}
    return {f"s{position}-{SIGN}-{name}": value for name, value in typed.items()}


def by_hand(pdf: bytes) -> Image.Image:
    """The first page, signed and scanned a little askew."""
    return paper.askew(paper.pages(pdf)[0], 1.5)


def test_sheets_of_two_items_in_one_scan(college: Flask, worker: Flask, as_: As) -> None:
    """Each is recognised, shown once for all, and goes to its item and box with its own pages."""
    first, second = waiting(college, title="消防检查"), waiting(college, title="教学督导")
    sheets = [by_hand(printed(college, worker, one)) for one in (first, second)]
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(sheets[0], paper.BLANK, sheets[1]))
    page = get(office, address)
    assert "共2件，待确认2件" in page.text
    assert page.text.index("消防检查") < page.text.index("教学督导")
    pictures = [str(image["src"]) for image in page.soup.select("img.db-scan-page")]
    assert len(pictures) == 3
    with office.get(pictures[0]) as picture:
        assert picture.mimetype == "image/jpeg"
    with college.app_context():
        leader = person(LEADER)
    answer = confirm(office, address, {**signed(1, leader), **signed(2, leader)})
    assert answer.status == 303, answer.text[:1500]
    with college.app_context():
        for public_id, length in ((first, 2), (second, 1)):
            viewer = as_of(college, OFFICE)
            item = item_of(viewer, public_id)
            assert item.state == "pending_review"
            slot = db.session.scalars(
                visible(viewer, ApprovalSlot).where(
                    ApprovalSlot.item_id == item.id, ApprovalSlot.via == "paper"
                )
            ).one()
            kept = db.session.get_one(Attachment, slot.scan_id)
            assert kept.name == "立项备案单（扫描件）.pdf"
            content = path_of(college.extensions["portal.settings"].files_dir, kept.sha256)
            assert len(paper.pages(content.read_bytes())) == length
    over = get(office, address)
    assert over.text.count("已归入") == 2
    assert f"{ROOM}/" not in str(over.actions())
    assert "已办完" in get(office, ROOM).text


@pytest.mark.long
def test_sent_twice_it_is_filed_once(college: Flask, worker: Flask, as_: As) -> None:
    public_id = waiting(college)
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(by_hand(printed(college, worker, public_id))))
    with college.app_context():
        leader = person(LEADER)
    form = get(office, address).form(address)
    data = {**values_of(form), "declared": "y", **signed(1, leader)}
    assert send(office, address, data).status == 303
    assert send(office, address, data).status == 422  # nothing is ticked any more
    with college.app_context():
        viewer = as_of(college, OFFICE)
        assert events_of(item_of(viewer, public_id)).count("enter_paper") == 1


def test_partly_on_screen_partly_on_paper(college: Flask, worker: Flask, as_: As) -> None:
    """Printed empty; the first box is signed on screen meanwhile, the next one on the paper."""
    public_id = waiting(college)
    sheet = by_hand(printed(college, worker, public_id))
    with college.app_context():
        viewer = as_of(college, LEADER)
        item = item_of(viewer, public_id)
        signing.sign(viewer, item, "sign", intent(item))
        reviewer = person("余茂春")
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(sheet))
    box = "s1-review-office_leader"
    typed = {f"{box}-signer_id": str(reviewer), f"{box}-paper_on": "2026-11-23"}
    answer = confirm(office, address, {**typed, f"{box}-opinion": "拟同意。"})
    assert answer.status == 303, answer.text[:1500]
    with college.app_context():
        viewer = as_of(college, OFFICE)
        assert item_of(viewer, public_id).state == "pending_approve"


def test_what_does_not_hold_is_said_and_nothing_is_filed(
    college: Flask, worker: Flask, as_: As
) -> None:
    """All sheets are looked at before the first is filed; what was typed stays."""
    first, second = waiting(college, title="消防检查"), waiting(college, title="教学督导")
    scan = paper.scan(*(by_hand(printed(college, worker, one)) for one in (first, second)))
    office = as_(OFFICE)
    address = taken_in(office, worker, scan)
    with college.app_context():
        leader = person(LEADER)
    wrong = signed(2, leader, paper_on="2026-11-24", opinion="")
    answer = confirm(office, address, {**signed(1, leader), **wrong})
    assert answer.status == 422
    assert "签批日期不得晚于今天。" in answer.text
    assert "请照录签批意见。" in answer.text
    assert answer.html.count("同意。</textarea>") == 1
    answer.check()
    with college.app_context():
        viewer = as_of(college, OFFICE)
        assert {item_of(viewer, one).state for one in (first, second)} == {"pending_sign"}
    # The second one is left out: the first is filed, the other waits.
    form = get(office, address).form(address)
    data = {**values_of(form), "declared": "y", **signed(1, leader)}
    del data["s2-taken"]
    assert send(office, address, data).status == 303
    assert "待确认1件" in get(office, address).text


def _withdrawn_and_sent_again(app: Flask, public_id: uuid.UUID) -> None:
    with app.app_context():
        viewer = as_of(app, LEADER)
        item = item_of(viewer, public_id)
        signing.send_back(viewer, item, intent(item, "请补充依据后再报。"), to_previous=False)
        viewer = as_of(app, OFFICE)
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, intent(item), declared=True)


def test_sheets_that_cannot_be_filed_say_why(college: Flask, worker: Flask, as_: As) -> None:
    earlier, over = waiting(college, title="退回重报"), waiting(college, title="已经签完")
    sheets = [by_hand(printed(college, worker, one)) for one in (earlier, over)]
    _withdrawn_and_sent_again(college, earlier)
    with college.app_context():
        bring(college, over, "pending_filing", "pending_sign")
    office = as_(OFFICE)
    stranger = by_hand(paper.sample())
    address = taken_in(office, worker, paper.scan(paper.BLANK), paper.scan(*sheets, stranger))
    page = get(office, address)
    for said in (matching.UNREAD, matching.EARLIER, matching.FILLED, matching.UNKNOWN):
        assert said in page.text
    assert "待确认0件" in page.text


def test_a_number_typed_by_hand(college: Flask, worker: Flask, as_: As) -> None:
    """Where the code was torn off; a slip is said beside the field."""
    public_id = waiting(college)
    printed(college, worker, public_id)
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(paper.BLANK))
    with worker.app_context(), everything(because="测试"):
        code = number_of(db.session.scalars(select(Document.public_id)).one())
    sheet_id = only_sheet(worker)
    form = get(office, address).form(f"{sheet_id}/number")
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = send(office, str(form["action"]), {**values_of(form), "number": slip})
    assert answer.status == 422
    assert "核验码有误" in answer.text
    answer = send(office, str(form["action"]), {**values_of(form), "number": code.lower()})
    assert answer.status == 303
    assert "待确认1件" in get(office, address).text


@pytest.mark.long
def test_set_aside_and_taken_up_again(college: Flask, worker: Flask, as_: As) -> None:
    public_id = waiting(college)
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(by_hand(printed(college, worker, public_id))))
    sheet_id = only_sheet(worker)
    act = f"{address}/{sheet_id}/aside"
    token = values_of(get(office, address).form(address))["csrf_token"]
    assert send(office, act, {"csrf_token": token, "aside": "y"}).status == 303
    assert "不归件" in get(office, address).text
    assert "待确认0件" in get(office, address).text
    assert send(office, act, {"csrf_token": token}).status == 303
    assert "待确认1件" in get(office, address).text


@pytest.mark.long
def test_the_same_sheet_scanned_twice_is_filed_once(college: Flask, worker: Flask, as_: As) -> None:
    public_id = waiting(college)
    sheet = by_hand(printed(college, worker, public_id))
    office = as_(OFFICE)
    address = taken_in(office, worker, paper.scan(sheet), paper.scan(sheet))
    assert "同一件已在前面" in get(office, address).text
    assert "共2件，待确认1件" in get(office, address).text


def test_a_list_goes_on_to_its_own_page(college: Flask, worker: Flask, as_: As) -> None:
    """督办事项一览签批单: typed in there, with the sheet that was scanned here."""
    public_id = waiting(college)
    with college.app_context():
        viewer = as_of(college, OFFICE)
        slot = db.session.scalars(
            select(ApprovalSlot.id).where(
                ApprovalSlot.item_id == item_of(viewer, public_id).id, ApprovalSlot.state == "open"
            )
        ).one()
        leader = person(LEADER)
        found = lists.make_list(viewer, leader, [slot], uuid.uuid4())
        list_id, address_of_list = found.id, f"/signing-lists/{found.public_id}"
    with worker.app_context():
        making.make(list_id)
        with everything(because="测试"):
            digest = db.session.get_one(SigningList, list_id).sha256
    folder = college.extensions["portal.settings"].files_dir
    office = as_(OFFICE)
    address = taken_in(
        office, worker, paper.scan(by_hand(path_of(folder, str(digest)).read_bytes()))
    )
    links = [str(link["href"]) for link in get(office, address).soup.find_all("a", href=True)]
    [onward] = [link for link in links if link.startswith(address_of_list)]
    form = get(office, onward).form(address_of_list)
    assert form.find("input", attrs={"type": "file"}) is None
    typed = {"signer_id": str(leader), "paper_on": "2026-11-23", "opinion": "同意。"}
    answer = send(office, address_of_list, {**values_of(form), "declared": "y", **typed})
    assert answer.status == 303, answer.text[:1500]
    with college.app_context():
        assert item_of(as_of(college, OFFICE), public_id).state == "pending_review"
    assert "已办" in get(office, address).text


@pytest.mark.parametrize(
    ("name", "status"),
    [(OTHER, 200), ("杨思源", 404), (LEADER, 404), ("坤建军", 404), ("sysadmin01", 404)],
)
def test_who_has_the_room(college: Flask, as_: As, name: str, status: int) -> None:
    client = as_(name)
    assert client.get(ROOM).status_code == status
    assert client.get(f"{ROOM}/{uuid.uuid4()}").status_code == 404


def test_a_batch_is_its_owner_s(college: Flask, worker: Flask, as_: As) -> None:
    """Neither page nor picture nor act for a colleague; of the item he may know all the same."""
    public_id = waiting(college)
    office, other = as_(OFFICE), as_(OTHER)
    address = taken_in(office, worker, paper.scan(by_hand(printed(college, worker, public_id))))
    sheet_id = only_sheet(worker)
    for inner in ("", f"/{sheet_id}/1.jpg", f"/{sheet_id}/file"):
        with office.get(address + inner) as answer:
            assert answer.status_code == 200
        assert other.get(address + inner).status_code == 404
    assert office.get(f"{address}/{sheet_id}/2.jpg").status_code == 404
    token = values_of(get(other, ROOM).form(ROOM))["csrf_token"]
    assert send(other, f"{address}/{sheet_id}/aside", {"csrf_token": token}).status == 404
    assert send(other, address, {"csrf_token": token}).status == 404


def test_a_sheet_of_an_item_one_may_not_know_is_none(
    college: Flask, worker: Flask, as_: As
) -> None:
    """Printed by who is on the list, scanned by a colleague who is not: as a number of nobody."""
    with sensitive(college) as actor:
        public_id = actor.item()[1].public_id
        bring(college, public_id, "pending_sign")
    scan = paper.scan(by_hand(printed(college, worker, public_id)))
    address = taken_in(as_(OTHER), worker, scan)
    page = get(as_(OTHER), address)
    assert matching.UNKNOWN in page.text
    with college.app_context():
        title = item_of(as_of(college, OFFICE), public_id).title
    assert title not in page.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("", b"", "请选择扫描件。"),
        ("扫描.pdf", docx("签批单"), "与扩展名“pdf”不符"),
        ("扫描.docx", docx("签批单"), "请上传pdf、jpg或png格式的扫描件"),
    ],
)
def test_what_is_no_scan_is_refused(
    college: Flask, as_: As, name: str, content: bytes, said: str
) -> None:
    office = as_(OFFICE)
    form = get(office, ROOM).form(ROOM)
    files = (io.BytesIO(content), name if content else "")
    answer = send(office, ROOM, {**values_of(form), "declared": "y", "files": files})
    assert answer.status == 422
    assert said in answer.text


def test_two_workers_read_a_batch_once(
    college: Flask, worker: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow one is taken for gone; what the second has read is there, and there once."""
    office, read, begun = as_(OFFICE), reading.read, []

    def slowly(*given: Any) -> list[reading.Read]:
        if not begun:
            begun.append(True)
            with everything(because="测试"):
                [batch] = db.session.scalars(select(ScanBatch))
                batch.started_at = commands.now() - timedelta(minutes=5)
                db.session.commit()
            reading.make(batch.id)
        return read(*given)

    monkeypatch.setattr(reading, "read", slowly)
    address = taken_in(office, worker, paper.scan(paper.BLANK))
    assert begun
    assert "共1件，" in get(office, address).text


def test_an_unreadable_file_says_so(college: Flask, worker: Flask, as_: As) -> None:
    office = as_(OFFICE)
    address = taken_in(office, worker, b"%PDF-1.4\nnothing at all\n%%EOF\n")
    assert "已损坏" in get(office, address).text
    assert "未能识别" in get(office, ROOM).text


def test_kept_while_they_wait_and_thrown_away_in_time(
    college: Flask, worker: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes stay as long as the rows; what was filed is an attachment by then."""
    office = as_(OFFICE)
    public_id = waiting(college)
    taken_in(office, worker, paper.scan(by_hand(printed(college, worker, public_id))))
    with worker.app_context(), everything(because="测试"):
        [sheet] = db.session.scalars(select(ScanSheet))
        digests = {sheet.sha256, *sheet.pictures}
        assert unused._needed(digests, college.extensions["portal.clock"].now()) == digests
        db.session.commit()
    days = policy.CURRENT.limit("scans_kept")
    moment = commands.now()
    for passed, left in ((days - 1, 1), (days + 1, 0)):
        later = moment + timedelta(days=passed)
        monkeypatch.setattr(commands, "now", lambda at=later: at)
        with worker.app_context():
            tidy()
            with everything(because="测试"):
                count = db.session.scalar(select(func.count()).select_from(ScanSheet))
                assert count == left
                db.session.commit()
