"""One paper, one batch: drafted, submitted, signed, numbered together, all or none (SPEC §8.2)."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Batch, BatchItem, Event, Item, ItemUnit, SigningList
from portal.rulebook.scope import visible
from portal.rulebook.secrecy import STOPPED
from tests import scenes
from tests.pages import Page, get, send, values_of
from tests.people import draft, sign_in
from tests.rooms.batches.college import SAMPLE
from tests.rooms.batches.test_word_files import packed
from tests.stages import as_of, person

As = Callable[[str], FlaskClient]
OFFICE, OTHER = "何玉萍", "泽仁旺姆"
NEW = "/batches/new"
DECLARED = {"declared": "y"}
WORDS = SAMPLE["minutes_text"]


def paste(client: FlaskClient, words: str = WORDS, **more: Any) -> Page:
    """Paste a paper and have it read."""
    page = get(client, f"{NEW}?secret=no")
    typed = {"words": words, **DECLARED, **more}
    return send(client, NEW, {**values_of(page.form(NEW)), **typed})


def address(client: FlaskClient, words: str = WORDS) -> str:
    """The batch's address, its proposals not yet drafted."""
    answer = paste(client, words)
    assert answer.status == 303, answer.text[:600]
    assert answer.location is not None
    return answer.location.removesuffix("/drafts")


def drafts(client: FlaskClient, batch: str, **typed: Any) -> Page:
    """生成草稿 of what is ticked."""
    page = get(client, f"{batch}/drafts")
    return send(client, f"{batch}/drafts", {**values_of(page.form("/drafts")), **typed})


def act(client: FlaskClient, batch: str, name: str, **typed: Any) -> Page:
    """One of the joint acts, by its form on the batch's page."""
    page = get(client, batch)
    return send(client, f"{batch}/{name}", {**values_of(page.form(f"/{name}")), **typed})


def items(app: Flask, who: str = OFFICE) -> list[Item]:
    """The items of all batches, in their order."""
    viewer = as_of(app, who)
    rows = visible(viewer, BatchItem).add_columns(Item).join(Item, Item.id == BatchItem.item_id)
    return [row.Item for row in db.session.execute(rows.order_by(BatchItem.seq))]


def states(app: Flask) -> list[str]:
    """Where the items stand."""
    with app.app_context():
        return [item.state for item in items(app)]


def drafted(app: Flask) -> str:
    """The sample's five drafts; played once a process."""

    def make() -> str:
        client = sign_in(app, OFFICE)
        batch = address(client)
        assert drafts(client, batch).status == 303
        return batch

    return scenes.play(app, ("batch", "drafted"), make)


def submitted(app: Flask) -> str:
    """The same, handed in."""
    batch = drafted(app)

    def hand_in() -> str:
        assert act(sign_in(app, OFFICE), batch, "submission", **DECLARED).status == 303
        return batch

    return scenes.play(app, ("batch", "submitted"), hand_in)


def test_the_sample_becomes_five_drafts_with_their_words(college: Flask, as_: As) -> None:
    """minutes_sample.json, through the pages: title, units, dates, level, basis and quotation."""
    batch = drafted(college)
    client = as_(OFFICE)
    with college.app_context():
        for item, expected in zip(items(college), SAMPLE["expected_drafts"], strict=True):
            assert (item.state, item.level, item.category) == (
                "draft", expected["level_hint"], expected["category"],
            )  # fmt: skip
            assert item.source_ref == "院长办公会议纪要〔2026〕19号"
            shares = db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id)).all()
            assert len(shares) == 1 + len(expected["co"])
        quotations = db.session.scalars(select(BatchItem.quotation).order_by(BatchItem.seq)).all()
        assert all(words in WORDS for words in quotations)
        days = [(item.deadline_kind, item.deadline_days) for item in items(college)]
        assert days == [("date", None), ("date", None), ("days", 30), ("days", 15), ("open", None)]
        assert db.session.scalars(select(Batch)).one().source_type == "president_meeting"
    assert "共5项" in get(client, batch).text
    assert get(client, f"{batch}/drafts").location == batch


def test_what_is_corrected_and_not_ticked(college: Flask, as_: As) -> None:
    client = as_(OFFICE)
    batch = address(client)
    page = get(client, f"{batch}/drafts")
    values = values_of(page.form("/drafts"))
    for seq in (2, 3, 4, 5):
        del values[f"row{seq}-taken"]
    values |= {"row2-title": [""], "row1-title": ["供暖保障"], "row1-term": ["12月10日"]}
    values |= {"row1-co_units": ["保卫处"]}
    assert send(client, f"{batch}/drafts", values).status == 303
    with college.app_context():
        [item] = items(college)
        assert (item.title, str(item.deadline_date)) == ("供暖保障", "2026-12-10")


WRONG = (
    ("row1-title", "", "请填写事项。"),
    ("row1-lead_unit", "0", "请选择牵头单位。"),
    ("row1-co_units", "院长办公室", "不是本校现有单位"),
    ("row1-co_units", "后勤处", "协办单位中不应包括牵头单位。"),
    ("row1-term", "尽快", "无法识别"),
    ("row1-term", "2026年11月1日", "已过"),
    ("row3-term", "60天", "办理时限"),
    ("source_ref", "", "请写明立项依据"),
    ("source_type", "", "请选择事项来源。"),
    ("row1-title", "绝密事项", STOPPED),
)


def test_every_mistake_is_said_at_its_field_and_nothing_is_drafted(college: Flask, as_: As) -> None:
    """All or none: one wrong row stops all, and what was typed stands there again."""
    client = as_(OFFICE)
    batch = address(client)
    values = values_of(get(client, f"{batch}/drafts").form("/drafts"))
    for name, typed, said in WRONG:
        typed_in = {**values, "row2-requirement": "另行研究落实", name: typed}
        answer = send(client, f"{batch}/drafts", typed_in)
        assert answer.status == 422, (name, typed)
        assert said in answer.text, (name, typed)
        if said != STOPPED:
            assert "另行研究落实" in answer.html
        with college.app_context():
            assert items(college) == []
    nothing = {f"row{seq}-taken": [] for seq in range(1, 6)}
    answer = drafts(client, batch, **nothing)
    assert (answer.status, "请至少勾选一个事项。" in answer.text) == (422, True)


def test_a_paper_without_a_matter_is_not_kept(college: Flask, as_: As) -> None:
    client = as_(OFFICE)
    for words, said in (
        ("会议通报了情况。", "没有识别到可以立项的事项"),
        ("", "请粘贴纪要全文，或上传docx文件。"),
        ("一、由教务处牵头落实机密★三年的通知。", STOPPED),
        ("长" * 50_001, "50000"),
    ):
        answer = paste(client, words)
        assert (answer.status, said in answer.text) == (422, True), words[:20]
    assert send(client, NEW, {**values_of(get(client, f"{NEW}?secret=no").form(NEW)),
                              "words": WORDS}).status == 422  # fmt: skip
    with college.app_context():
        as_of(college, OFFICE)
        assert db.session.scalars(select(Batch)).all() == []


def test_a_docx_is_read_and_kept(college: Flask, as_: As) -> None:
    client, document = as_(OFFICE), Document()
    for line in WORDS.splitlines():
        document.add_paragraph(line)
    answer = paste(client, "", files=(packed(document), "纪要.docx"))
    assert answer.status == 303, answer.text[:600]
    batch = str(answer.location).removesuffix("/drafts")
    assert drafts(client, batch).status == 303
    for who, status in ((OTHER, 200), ("坤清祥", 404)):
        with as_(who).get(f"{batch}/paper") as given:
            assert given.status_code == status, who
    for name, content, said in (
        ("纪要.docx", b"no docx", "与扩展名"),
        ("纪要.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n", "只能读取docx文件"),
        ("空.docx", packed(Document()).getvalue(), "没有可以读取的文字"),
    ):
        answer = paste(client, "", files=(io.BytesIO(content), name))
        assert (answer.status, said in answer.text) == (422, True), (name, answer.text[:900])


def test_the_batch_goes_up_is_signed_and_numbered_as_one(college: Flask, as_: As) -> None:
    """第十二条、第十六条（一）: every item has its own events; one opinion for all but the one with
    another; numbers in the order of the paper, without a gap, and the notices go out."""
    batch = submitted(college)
    office = as_(OFFICE)
    # Items of 党政办 skip 审签: 余茂春 is in charge of it and signs 审核 for both.
    for who in ("坤清祥", "解学农", "陈𬭎"):
        page = get(as_(who), batch)
        assert page.status == 200, who
        assert "整批提交立项" not in page.text
        assert act(as_(who), batch, "signature").status == 303, who
    leader = as_("余茂春")
    own = {"opinion": "同意，请抓紧落实。", "row2-opinion": "同意，注意实习安排。"}
    assert act(leader, batch, "signature", **own).status == 303
    assert act(as_("三郎泽里"), batch, "signature").status == 303
    assert set(states(college)) == {"pending_filing"}
    with college.app_context():
        as_of(college, OFFICE)
        said = [event.opinion_id for event in db.session.scalars(select(Event)) if event.opinion_id]
        assert len(set(said)) == len(said) > 10
    assert act(office, batch, "filing").status == 303
    assert set(states(college)) == {"issued"}
    with college.app_context():
        assert [item.doc_seq for item in items(college)] == [1, 2, 3, 4, 5]
    assert "批量编号下达" not in get(office, batch).text


def test_an_opinion_of_its_own_is_kept_with_its_item(college: Flask, as_: As) -> None:
    batch = submitted(college)
    office = as_(OFFICE)
    leader = as_("坤清祥")
    answer = act(
        leader, batch, "signature", **{"opinion": "同意。", "row5-opinion": "请逐月报告。"}
    )
    assert answer.status == 303
    with college.app_context():
        first, *_others, last = [item.public_id for item in items(college)]
    assert "请逐月报告。" in get(office, f"/items/{last}").text
    assert "请逐月报告。" not in get(office, f"/items/{first}").text


def test_who_was_first_with_one_item_stops_all(college: Flask, as_: As) -> None:
    """All or none: the page shown before somebody signed one of them is refused, and says which."""
    batch = submitted(college)
    leader = as_("坤清祥")
    page = get(leader, batch)
    values = values_of(page.form("/signature"))
    with college.app_context():
        first = items(college)[0].public_id
    single = get(leader, f"/items/{first}")
    assert (
        send(leader, f"/items/{first}/signature", values_of(single.form("/signature"))).status
        == 303
    )
    before = states(college)
    answer = send(leader, f"{batch}/signature", values)
    assert answer.status == 409
    assert "第1项“冬季供暖保障”已有变动，本次各项均未办理" in answer.text
    assert states(college) == before
    assert act(leader, batch, "signature").status == 303


def test_sent_twice_is_done_once(college: Flask, as_: As) -> None:
    client = as_(OFFICE)
    page = get(client, f"{NEW}?secret=no")
    values = {**values_of(page.form(NEW)), "words": WORDS, **DECLARED}
    places = {send(client, NEW, values).location for _ in range(2)}
    assert len(places) == 1
    batch = str(places.pop()).removesuffix("/drafts")
    rows = values_of(get(client, f"{batch}/drafts").form("/drafts"))
    assert [send(client, f"{batch}/drafts", rows).status for _ in range(2)] == [303, 303]
    assert len(states(college)) == 5
    sent = {**values_of(get(client, batch).form("/submission")), **DECLARED}
    assert send(client, f"{batch}/submission", sent).status == 303
    assert len(set(states(college)) - {"draft"}) == len(set(states(college)))


def test_one_incomplete_draft_keeps_all_back(college: Flask, as_: As) -> None:
    client = as_(OFFICE)
    batch = address(client)
    assert drafts(client, batch, **{"row2-requirement": ""}).status == 303
    answer = act(client, batch, "submission", **DECLARED)
    assert answer.status == 422
    assert "第2项" in answer.text
    assert set(states(college)) == {"draft"}


def test_others_do_not_learn_of_a_paper(college: Flask, as_: As) -> None:
    """第二十一条: before 提交 nobody but the office; after it the paper itself stays the office's,
    and a leader sees the items that concern everybody's business or his units."""
    batch = drafted(college)
    office = as_(OFFICE)
    assert get(as_(OTHER), batch).status == 200
    for who in ("坤清祥", "覃燚", "耿立正"):
        assert get(as_(who), batch).status == 404, who
        assert get(as_(who), f"{batch}/drafts").status == 404, who
    assert act(office, batch, "submission", **DECLARED).status == 303
    page = get(as_("坤清祥"), batch)
    assert page.status == 200
    assert "纪要全文" not in page.text
    assert "会议还通报了近期安全稳定形势" not in page.text
    assert get(as_("坤清祥"), f"/batches/{uuid.uuid4()}").status == 404


def test_a_matter_found_to_be_sensitive_closes_the_paper(college: Flask, as_: As) -> None:
    """第二十一条: the paper has its words too; from then on only who read it in opens it, and the
    item takes no part in what is done together."""
    batch = drafted(college)
    office = as_(OFFICE)
    with college.app_context():
        first = items(college)[0].public_id
    form = f"/items/{first}/form"
    values = values_of(get(office, form).form("/form")) | {"classification": "sensitive"}
    assert send(office, form, {**values, "save": ""}).status == 303
    for who, seen in ((OFFICE, True), (OTHER, False)):
        page = get(as_(who), batch)
        assert ("冬季供暖" in page.html) == seen, who
        assert ("纪要全文" in page.text) == seen, who
    assert act(office, batch, "submission", **DECLARED).status == 303
    assert states(college)[0] == "draft"
    assert "draft" not in states(college)[1:]


def test_a_unit_drafts_its_own_matters_only(as_: As) -> None:
    """第十二条: what others lead is not ticked, and cannot be chosen."""
    client = as_("坤建军")
    page = get(client, f"{address(client)}/drafts")
    assert not page.soup.select("input[type=checkbox][checked]")
    options = [option.get_text() for option in page.soup.select("#f-row1-lead_unit option")]
    assert options == ["请选择", "保卫处"]


def test_a_deleted_draft_takes_its_words_along(college: Flask, as_: As) -> None:
    drafted(college)
    client = as_(OFFICE)
    with college.app_context():
        first = items(college)[0].public_id
    page = get(client, f"/items/{first}")
    assert send(client, f"/items/{first}/deletion", values_of(page.form("/deletion"))).status == 303
    with college.app_context():
        assert len(items(college)) == 4


def test_a_paper_is_deleted_until_it_is_drafted(college: Flask, as_: As) -> None:
    client = as_(OFFICE)
    batch = address(client)
    form = values_of(get(client, f"{batch}/drafts").form("/removal"))
    assert send(client, f"{batch}/removal", form).status == 303
    assert get(client, f"{batch}/drafts").status == 404
    batch = address(client)
    assert drafts(client, batch).status == 303
    assert send(client, f"{batch}/removal", form).status == 422
    assert get(client, batch).status == 200


def test_like_items_and_full_weeks_are_pointed_to(college: Flask, as_: As) -> None:
    """Only what the drafter may know of: 机密 is kept by not asking at all."""
    draft(college, "A01", title="冬季供暖保障工作", lead_unit="HGC", co_units=[])
    client = as_(OFFICE)
    text = get(client, f"{address(client)}/drafts").text
    assert "已有相近事项： 冬季供暖保障工作" in re.sub(r"\s+", " ", text)
    matters = "\n".join(
        f"{number}、由教务处牵头，12月16日前完成第{number}批教材核查。" for number in "一二三四五"
    )
    text = get(client, f"{address(client, matters)}/drafts").text
    assert text.count("一周内将有5项到期，请确认时限。") == 5
    assert "相近事项" not in text
    many = "\n".join(f"{number}.由教务处牵头落实第{number}项工作。" for number in range(1, 19))
    page = get(client, f"{address(client, many)}/drafts")
    assert "另有3项未列出" in page.text
    assert len(page.html.encode()) < 100_000


@pytest.mark.parametrize("who", ["坤清祥", "黄素芬"])
def test_who_drafts_nothing_reads_no_papers(as_: As, who: str) -> None:
    """第十二条."""
    assert get(as_(who), NEW).status == 422
    assert get(as_(who), "/batches").status == 422


def test_one_sheet_for_the_batch_in_the_order_of_the_paper(college: Flask, as_: As) -> None:
    """一单多项 on paper: the list for a signer holds this batch only, as the paper has it."""
    draft(college, "A01", title="另一事项")
    batch = submitted(college)
    office = as_(OFFICE)
    link = get(office, batch).soup.find("a", string="打印一览签批单")
    assert link is not None
    assert get(as_("坤清祥"), batch).soup.find("a", string="打印一览签批单") is None
    with college.app_context():
        signer = person("坤清祥")
        titles = [item.title for item in items(college)]
    page = get(office, f"{link['href']}&signer={signer}")
    form = next(form for form in page.soup.find_all("form") if form.get("method") == "post" and
                str(form.get("action")).endswith("/signing-lists"))  # fmt: skip
    rows = [str(cell.a.string) for cell in form.select("td.db-cell-title") if cell.a]
    assert rows == [titles[0], titles[4]]
    answer = send(office, "/signing-lists", values_of(form))
    assert answer.status == 303
    with college.app_context():
        as_of(college, OFFICE)
        found = db.session.scalars(select(SigningList)).one()
        assert found.item_ids == [item.id for item in (items(college)[0], items(college)[4])]
