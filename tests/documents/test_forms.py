"""The forms without an annex as PDF, read back cell by cell (SPEC §1.6, §2.2, §2.12, §2.13)."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from functools import cache

import pdfplumber
import pypdf
import pytest
from PIL import Image

from portal.documents.form_table import FORMS
from portal.documents.render import render
from portal.documents.sheets import FormSheet, Receipt, SignatureBox, SignedCell
from portal.documents.typesetting.photos import WIDEST, shrunk
from tests.documents.form_samples import (
    EMPTY_FORMS,
    FULL,
    HANDOVER,
    INSPECTION_PLAN,
    INSPECTION_RECORD,
    ORDINARY,
    PHOTOS,
    RESET,
    SIGNED,
    photograph,
)
from tests.documents.samples import rows_of, squeezed, text_of

MM = 72 / 25.4
TITLES = {
    "phone": "阿坝职业学院电话督办记录",
    "reset": "阿坝职业学院重新确定办结期限通知",
    "plan": "阿坝职业学院督办事项工作计划表",
    "inspection_plan": "阿坝职业学院实地督查方案",
    "inspection_record": "阿坝职业学院实地督查记录",
    "handover": "阿坝职业学院督办事项交接单",
    "loan": "阿坝职业学院督办档案借阅单",
}
ROWS: dict[str, list[list[str]]] = {
    "phone": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["记录类型", "□电话督办☑电话催办"],
        ["方式", "☑电话□短信", "要求完成日期", "2026年11月23日前"],
        ["通话人", "何玉萍（党政办）", "通话对象", "陈𬭎（后勤国资处）"],
        ["通话时间", "2026年11月23日10:05"],
        ["通话内容", "询问3号学生公寓消防设施更换进展，提醒第2期反馈尚未报送。"],
        ["办理要求", "今日下班前补报第2期反馈，并说明配件到货时间。"],
        ["答复情况", "配件已到货，11月24日前更换完毕，反馈材料正在单位负责人审核。"],
        ["答复形式", "☑口头□书面", "约定书面反馈", "2026年11月24日前"],
        ["答复时间", "2026年11月23日10:08"],
        ["登记人", "何玉萍2026年11月3日"],
    ],
    "reset": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["承办单位", "后勤与国有资产管理处", "单位责任人", "王尔基（主持工作）"],
        ["等级", "二级", "责任校领导", "让布·达尔吉"],
        ["申请办结日期", "2026年11月24日", "重新确定次数", "第1次"],
        ["现行时限", "2026年11月26日前", "重新确定的期限", "2026年12月10日前"],
        [
            "不符合办结要求的情况",
            "实训楼2处线路老化未更换，整改台账缺少复查记录，佐证照片与点位不对应。",
        ],
        ["时限认定", "作出决定时未超过现行时限，是否按时以重新确定的期限认定。"],
        [
            "分管党政办院领导",
            "同意立项，请安全保卫处牵头抓紧落实，并于每月底前报送进展。余茂春2026年11月3日",
        ],
        [
            "请承办单位按重新确定的期限继续办理，达到办结要求后重新申请办结。联系人：何玉"
            "萍电话：0837-2828123党政办公室（章）2026年11月3日",
        ],
        ["签收单位：签收人：签收时间："],
    ],
    "plan": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["承办单位", "安全保卫处（牵头）", "单位责任人", "坤建军"],
        ["主体承办人", "罗䶮、马𤩽", "责任校领导", "坤清祥"],
        ["交办日期", "2026年11月3日", "完成时限", "2026年11月24日前"],
        ["序号", "工作节点", "完成时间"],
        ["1", "制定排查方案，召开部署会，明确分工", "2026年11月6日前"],
        [
            "2",
            "完成全部公寓、食堂、实训楼排查，建立隐患清单、责任清单、整改清单",
            "2026年11月12日前",
        ],
        ["3", "完成隐患整改并逐项复查销号", "2026年11月20日前"],
        ["4", "形成长效机制，报送总结", "2026年11月24日前"],
        [
            "反馈安排",
            "每5天反馈1次；第1期：2026年11月8日前第2期：2026年11月13日前；第3期：2026年11月18日前",
        ],
        ["报送人", "罗䶮2026年11月3日", "单位责任人签字", "同意。坤建军2026年11月3日"],
    ],
    "inspection_plan": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["督查事由", "第2、3期反馈显示整改进度滞后，需现场核实隐患整改和台账建立情况。"],
        ["督查对象", "后勤与国有资产管理处", "组长", "余茂春"],
        ["督查时间", "2026年11月24日上午"],
        ["督查方式", "☑约谈□座谈☑现场核查"],
        [
            "成员",
            "“3”（党政办、纪委办、组织人事部）：何玉萍（党政办）、解冬梅（纪委办）、单晓"
            "燕（组织人事部）“N”：让布·达尔吉（计财处）、陈𬭎（后勤国资处）（被督查单位）",
        ],
        [
            "督查提纲",
            "1.查阅隐患台账、整改通知和复查记录。2.随机抽查3号公寓、第二食堂、实训楼各5处"
            "点位。3.约谈承办人和单位负责人，了解未完成的原因和下一步安排。",
        ],
        ["拟稿人", "何玉萍2026年11月3日"],
        [
            "分管党政办院领导",
            "同意立项，请安全保卫处牵头抓紧落实，并于每月底前报送进展。余茂春2026年11月3日",
        ],
    ],
    "inspection_record": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["督查对象", "后勤与国有资产管理处", "组长", "余茂春"],
        ["督查时间", "2026年11月24日09:30—11:40"],
        ["督查地点", "3号学生公寓、第二食堂、实训楼"],
        ["督查方式", "☑约谈□座谈☑现场核查"],
        [
            "成员",
            "“3”（党政办、纪委办、组织人事部）：何玉萍（党政办）、解冬梅（纪委办）、单晓"
            "燕（组织人事部）“N”：让布·达尔吉（计财处）、陈𬭎（后勤国资处）（被督查单位）",
        ],
        ["被督查单位参加人", "王尔基、陈𬭎、罗䶮"],
        [
            "发现的主要问题",
            "1.实训楼2处线路老化未更换。2.整改台账缺少复查记录，佐证照片与点位不对应。",
        ],
        [
            "谈话要点",
            "单位负责人说明：配件到货延误，已另行采购，11月28日前可全部更换；台账由专人补齐。",
        ],
        ["督查结论", "□落实较好□基本落实☑落实不到位□存在困难"],
        ["整改意见、下步建议", "11月28日前完成线路更换，11月30日前补齐台账并书面报送整改情况。"],
        ["督查组签字", "余茂春2026年11月3日解冬梅2026年11月3日"],
        ["记录人", "何玉萍2026年11月3日"],
        [
            "被督查单位意见",
            "□无异议☑异议台账照片系上传时次序有误，原件齐全，请予复核。王尔基（主持工作）"
            "2026年11月3日",
        ],
    ],
    "handover": [
        ["交接事由", "邓涛同志调任学生工作部副部长"],
        ["单位", "安全保卫处", "生效时间", "2026年11月25日"],
        ["移交人", "邓涛", "接手人", "罗䶮"],
        ["监交人", "坤建军", "移交事项", "共3项，见下表"],
        ["序号", "编号、事项", "进展", "未尽事宜", "移交材料", "时限"],
        [
            "1",
            "阿职督办〔2026〕32号冬季校园消防安全隐患集中排查整治",
            "整改12处，进度60%",
            "实训楼2处线路待更换",
            "隐患台账、整改通知17份",
            "2026年11月30日前",
        ],
        [
            "2",
            "阿职督办〔2026〕18号校园监控系统升级改造",
            "招标文件已审定",
            "待发布公告",
            "可研报告、专家意见",
            "2026年12月31日前",
        ],
        ["3", "校门交通秩序整治", "立项审批中", "", "", "自交办之日起15天"],
        ["备注", "办公钥匙和系统权限一并移交。"],
        ["移交人签字", "邓涛2026年11月3日", "接手人签字", "罗䶮2026年11月3日"],
        ["监交人签字", "情况属实。坤建军2026年11月3日"],
    ],
    "loan": [
        ["事项", "冬季校园消防安全隐患集中排查整治"],
        ["档号", "DB2026-0032", "存放地点", "综合档案室A区3架2层"],
        ["借阅人", "陈𬭎（后勤国资处）", "借阅内容", "☑纸质原件□复制件"],
        ["归还日期", "2026年11月30日前", "办理情况", "已借出"],
        ["借阅事由", "编制下一年度消防安全工作方案，查阅办理材料。"],
        ["申请人", "陈𬭎2026年11月3日"],
        ["审批意见", "同意。杨思源2026年11月3日"],
        ["借出登记", "黄素芬2026年11月3日"],
        ["归还登记", ""],
    ],
}


@cache
def _ordinary(kind: str) -> bytes:
    return render(kind, ORDINARY[kind])


@pytest.mark.parametrize("kind", ROWS)
def test_an_ordinary_form_row_by_row_on_one_page(kind: str) -> None:
    """In the look of the annexes: 156 mm wide, letters of 12 to 14 points, number and code."""
    pdf = _ordinary(kind)
    assert rows_of(pdf) == ROWS[kind]
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        left, top, right, bottom = page.find_tables()[0].bbox
        assert right - left == pytest.approx(156 * MM, abs=0.5)
        inside = page.crop((left, top, right, bottom)).chars
        assert {12 <= round(char["size"], 2) <= 14 for char in inside} == {True}
        assert all(left <= char["x0"] and char["x0"] < right for char in page.chars)
        above = page.crop((0, 0, page.width, top)).extract_text_lines()
        assert [squeezed(line["text"]) for line in above] == [
            TITLES[kind],
            ORDINARY[kind].number,
        ]
        below = page.crop((0, bottom, page.width, page.height)).extract_text()
        assert ORDINARY[kind].control_code in below


def test_the_same_form_is_the_same_file() -> None:
    assert render("plan", ORDINARY["plan"]) == _ordinary("plan")


def test_every_form_that_is_not_of_an_annex_is_tried_here() -> None:
    forms = {kind for kind, form in FORMS.items() if issubclass(form.sheet, FormSheet)}
    assert forms == set(ROWS) == set(EMPTY_FORMS) == set(TITLES)


@pytest.mark.parametrize("kind", ROWS)
def test_an_empty_form_can_be_filled_and_signed_by_hand(kind: str) -> None:
    """The same labels, nothing ticked; boxes to sign at least 10 mm high; rows for a table."""
    pdf = render(kind, EMPTY_FORMS[kind])
    text = text_of(pdf)
    assert "☑" not in text
    labels = {row[0] for row in ROWS[kind] if len(row) > 1 and not row[0].isdecimal()}
    assert labels - {row[0] for row in rows_of(pdf)} == set()
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        last = page.find_tables()[0].rows[-1]
        assert last.bbox[3] - last.bbox[1] >= 10 * MM


PAGES = {
    "phone": 1, "reset": 1, "plan": 2, "inspection_plan": 2, "inspection_record": 3, "handover": 2,
}  # fmt: skip


@pytest.mark.parametrize("kind", PAGES)
def test_a_full_form_goes_on_over_as_many_pages_as_it_needs(kind: str) -> None:
    """300 characters in each text, 8 milestones, 15 items, 12 photographs: nothing is lost."""
    pdf = render(kind, FULL[kind])
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == PAGES[kind]
    text = text_of(pdf)
    texts = sum(
        str(getattr(FULL[kind], each.name)).count("挂图作战") for each in fields(FULL[kind])
    )
    assert text.count("挂图作战") == texts
    if PAGES[kind] > 1:
        assert f"第{PAGES[kind]}页共{PAGES[kind]}页" in text
    if kind == "handover":  # the head of the list on each page
        assert text.count("未尽事宜") == PAGES[kind]
        assert text.count("隐患台账、整改通知17份") == 5
        assert "共15项，见下表" in text


def test_all_fonts_are_embedded_and_readable() -> None:
    for kind in ORDINARY:
        for page in pypdf.PdfReader(io.BytesIO(_ordinary(kind))).pages:
            fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
            assert len(fonts) >= 4
            for font in fonts:
                assert "/FontFile2" in font["/FontDescriptor"]
                assert "/ToUnicode" in font


def test_a_notice_of_a_new_date_that_was_received() -> None:
    received = Receipt("安全保卫处", "坤建军", "2026年11月24日 15:20")
    rows = rows_of(render("reset", replace(RESET, receipt=received)))
    assert rows[-1] == ["签收单位：安全保卫处签收人：坤建军签收时间：2026年11月24日15:20"]


def test_two_approvals_and_a_team_without_one_of_the_three() -> None:
    """Level 1: also a principal; SPEC §1.7: the reason stands where the member is missing."""
    sheet = replace(
        INSPECTION_PLAN,
        members=INSPECTION_PLAN.members[:2],
        shortfall="组织人事部全员参加考核",
        approvals=(
            SignedCell("分管党政办\n院领导", (SIGNED,)),
            SignedCell("主要领导", (SignatureBox(), SignatureBox())),
        ),
    )
    rows = rows_of(render("inspection_plan", sheet))
    assert rows[5][1].endswith("“N”：未满足“3+N”组成原则，原因：组织人事部全员参加考核")
    assert [row[0] for row in rows[-2:]] == ["分管党政办院领导", "主要领导"]
    assert rows[-1][1] == ""


def test_photographs_stand_two_in_a_row_with_their_captions() -> None:
    """Made small, upright, none wider than its cell; the last one alone in its row."""
    sheet = replace(INSPECTION_RECORD, photos=PHOTOS * 3)
    pdf = render("inspection_record", sheet)
    text = text_of(pdf)
    for caption in ("照片13号公寓三楼配电箱（11月24日09:52）", "照片2第二食堂后厨灭火器", "照片9"):
        assert squeezed(caption) in text
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        first, second = document.pages
        shown = [*first.images, *second.images]
        left, _, right, _ = second.find_tables()[0].bbox
    assert len(shown) == 9
    middle = (left + right) / 2
    for before, after in zip(shown[0:8:2], shown[1:8:2], strict=True):
        assert before["page_number"] == after["page_number"]
        assert before["top"] == pytest.approx(after["top"], abs=10)
        assert left <= before["x0"] < before["x1"] <= middle <= after["x0"] < after["x1"] <= right
    assert shown[8]["x1"] <= middle
    assert shown[8]["top"] > shown[7]["bottom"]
    for image, ratio in ((shown[0], 4 / 3), (shown[1], 3 / 4), (shown[2], 1)):
        assert (image["x1"] - image["x0"]) / image["height"] == pytest.approx(ratio, abs=0.01)
    assert len(pdf) < 300_000


def test_a_photograph_is_turned_upright_and_loses_what_else_was_in_its_file() -> None:
    """Place and camera stay out of the sheet; what is transparent becomes white."""
    taken = Image.new("RGB", (1600, 1200), "#5b8db8")
    exif = taken.getexif()
    exif[0x0112], exif[0x010F] = 6, "CAMERA"
    out = io.BytesIO()
    taken.save(out, "JPEG", exif=exif)
    small = shrunk(out.getvalue())
    assert b"CAMERA" not in small
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (WIDEST * 3 // 4, WIDEST)
    clear = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(clear, "PNG")
    with Image.open(io.BytesIO(shrunk(clear.getvalue()))) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    assert shrunk(photograph()) == shrunk(photograph())


def test_a_handover_without_the_giver_says_why() -> None:
    sheet = replace(HANDOVER, given=SignatureBox(), forced="移交人已离校，联系未果。")
    rows = rows_of(render("handover", sheet))
    said = "未经移交人确认，党政办主任强制移交，理由：移交人已离校，联系未果。"
    assert rows[-3][1] == f"办公钥匙和系统权限一并移交。{said}"
    assert rows[-2][1] == ""
