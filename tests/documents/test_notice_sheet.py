"""督办事项通知单 as PDF, read back against the layout of SPEC §5.5."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from typing import Any

import pdfplumber
import pypdf
import pytest

from portal.documents.render import render
from portal.documents.sheets import NoticeBatch, NoticeSheet, Receipt
from portal.documents.wording import Wording
from tests.documents.samples import (
    NOTICE,
    RECEIVED,
    REQUIREMENT_200,
    all_names,
    rows_of,
    squeezed,
    text_of,
)

CO = replace(
    NOTICE,
    lead=False,
    unit="后勤与国有资产管理处",
    unit_head="覃燚",
    others=("安全保卫处",),
    reporting="办理期间至少反馈1次，报牵头单位汇总",
    asks="请协办单位收到后2个办公小时内签收并明确承办人，配合牵头单位按期完成。",
    receipt=RECEIVED,
    control_code="QF-1111",
)
LEAD_ROWS = [
    ["事项", "冬季校园消防安全隐患集中排查整治"],
    ["来源依据", "院长2026年11月20日批示（州教育局紧急通知）"],
    ["类别", "批示类", "等级", "一级"],
    ["督办方式", "书面督办", "责任校领导", "坤清祥"],
    ["承办单位", "安全保卫处（牵头）", "单位责任人", "坤建军"],
    ["协办单位", "后勤与国有资产管理处、学生工作部", "交办日期", "2026年11月20日"],
    ["办理要求", squeezed(REQUIREMENT_200)],
    ["完成时限", "2026年11月23日前反馈要求：11月22日前反馈1次进展"],
    ["领导批示", "同意立项，请安全保卫处牵头抓紧落实。（三郎泽里，2026年11月20日）"],
    [
        "请承办单位收到后2个办公小时内签收并明确承办人；不能按期办结的，最迟于到期前1天提出书面申请。"
        "联系人：何玉萍电话：0837-2828123党政办公室（章）2026年11月20日"
    ],
    ["签收单位：签收人：签收时间："],
]


@pytest.fixture(scope="module")
def notice() -> bytes:
    return render("notice", NOTICE)


@pytest.fixture(scope="module")
def batch() -> bytes:
    return render("notices", _batch(NOTICE, CO))


def _batch(*notices: NoticeSheet) -> NoticeBatch:
    return NoticeBatch(college=NOTICE.college, notices=notices)


def test_the_lead_units_notice_row_by_row(notice: bytes) -> None:
    assert rows_of(notice) == LEAD_ROWS


def test_a_co_units_notice_says_so_and_names_the_lead_unit() -> None:
    rows = rows_of(render("notice", CO))
    assert rows[:4] == LEAD_ROWS[:4]
    assert rows[4:6] == [
        ["承办单位", "后勤与国有资产管理处（协办）", "单位责任人", "覃燚"],
        ["牵头单位", "安全保卫处", "交办日期", "2026年11月20日"],
    ]
    assert rows[7] == ["完成时限", f"2026年11月23日前反馈要求：{CO.reporting}"]
    assert rows[-1] == [
        "签收单位：后勤与国有资产管理处签收人：坤建军（电话确认代签收）签收时间：2026年11月20日10:05"
    ]


def test_around_the_table(notice: bytes) -> None:
    with pdfplumber.open(io.BytesIO(notice)) as document:
        (page,) = document.pages  # full content of the ordinary kind: one page
        assert (round(page.width), round(page.height)) == (595, 842)
        frame = page.find_tables()[0].bbox
        above = page.crop((0, 0, page.width, frame[1])).extract_text_lines()
        heading, number = above
        below = page.crop((0, frame[3], page.width, page.height)).extract_text()
    assert squeezed(heading["text"]) == "阿坝职业学院督办事项通知单"
    assert heading["chars"][0]["size"] == pytest.approx(22)
    assert (heading["x0"] + heading["x1"]) / 2 == pytest.approx(page.width / 2, abs=1)
    assert squeezed(number["text"]) == NOTICE.number
    assert number["x1"] == pytest.approx(frame[2], abs=2)
    assert squeezed(below) == "注：领导批示为工作秘密，不得擅自扩散。核验码QF-9T4C"


@pytest.mark.parametrize(
    ("changes", "row", "says"),
    [
        ({"contact": ""}, 9, "申请。党政办公室（章）"),
        ({"phone": ""}, 9, "申请。联系人：何玉萍党政办公室（章）"),
        ({"instructions": ()}, 8, "领导批示"),
        ({"instructions": ("抓紧。", "按期办结。")}, 8, "领导批示抓紧。按期办结。"),
        ({"others": ()}, 5, "协办单位交办日期2026年11月20日"),
        ({"receipt": Receipt("保卫处", "视同签收", "2026年11月23日 18:00")}, 10,
         "签收单位：保卫处签收人：视同签收签收时间：2026年11月23日18:00"),
        ({"level": 4, "category": "key_work", "method": "onsite"}, 2, "类别重点工作类等级四级"),
    ],
)  # fmt: skip
def test_what_may_be_missing_or_other(changes: dict[str, Any], row: int, says: str) -> None:
    assert says in "".join(rows_of(render("notice", replace(NOTICE, **changes)))[row])


def test_a_notice_issued_again_is_marked() -> None:
    assert text_of(render("notice", replace(NOTICE, revised=True))).count("通知单（调整）") == 1


def test_deadline_and_feedback_share_a_line_only_if_both_fit_whole() -> None:
    """「反馈要求」 is never torn apart."""
    for deadline, lines in (("2026年11月23日前", 1), ("2026年11月23日前（协办任务11月21日前）", 2)):
        with pdfplumber.open(
            io.BytesIO(render("notice", replace(NOTICE, deadline=deadline)))
        ) as pdf:
            (page,) = pdf.pages
            cell = page.find_tables()[0].rows[7].cells[1]
            texts = [squeezed(line["text"]) for line in page.crop(cell).extract_text_lines()]
        assert len(texts) == lines
        assert texts[-1].endswith("反馈要求：11月22日前反馈1次进展")


def test_the_strip_is_high_enough_to_sign() -> None:
    with pdfplumber.open(
        io.BytesIO(render("notice", replace(NOTICE, requirement="试办。")))
    ) as pdf:
        (page,) = pdf.pages
        strip = page.find_tables()[0].rows[-1].bbox
    assert (strip[3] - strip[1]) * 25.4 / 72 >= 15


def test_every_field_is_printed(notice: bytes) -> None:
    text = text_of(notice)
    worded = {"category", "method", "level", "lead", "revised", "issued_on", "receipt"}
    for each in fields(NoticeSheet):
        if each.name not in worded:
            value = getattr(NOTICE, each.name)
            for part in value if isinstance(value, tuple) else (value,):
                assert squeezed(part) in text, each.name


def test_every_name_copies_out_exactly() -> None:
    names = tuple(all_names())
    text = text_of(render("notice", replace(NOTICE, unit_head=names[0], instructions=names)))
    assert [name for name in names if name not in text] == []


def test_all_notices_stand_one_after_the_other(batch: bytes, notice: bytes) -> None:
    assert rows_of(batch, 0) == rows_of(notice)
    assert rows_of(batch, 1) == rows_of(render("notice", CO))
    reader = pypdf.PdfReader(io.BytesIO(batch))
    assert len(reader.pages) == 2
    for page, code in zip(reader.pages, ("QF-9T4C", "QF-1111"), strict=True):
        assert code in page.extract_text()
        assert "页" not in page.extract_text()
    assert dict(reader.metadata or {})["/Title"] == "阿坝职业学院督办事项通知单"


def test_a_long_notice_is_counted_by_itself(batch: bytes) -> None:
    long = replace(CO, requirement="\n".join(["落实责任，按期办结。" * 20] * 30))
    pdf = render("notices", _batch(NOTICE, long, CO))
    pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    total = len(pages) - 2
    assert total >= 2
    assert "页共" not in pages[0] + pages[-1]
    for number, page in enumerate(pages[1:-1], start=1):
        assert f"第{number}页共{total}页" in page
    assert "办理要求（续）" in pages[2]
    assert text_of(pdf).count("落实责任") == 600


def test_the_bytes_are_the_same_again(notice: bytes, batch: bytes) -> None:
    assert render("notice", NOTICE) == notice
    assert render("notices", _batch(NOTICE, CO)) == batch
    assert len(batch) < 200_000


def test_wording_is_data() -> None:
    wording = Wording(notice_seal="学校办公室（章）", notice_note="注：内部资料。")
    text = text_of(render("notice", NOTICE, wording))
    assert "学校办公室（章）" in text
    assert "注：内部资料。" in text
