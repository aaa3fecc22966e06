"""Sheets to try: an ordinary one, a full one, and how to read a finished sheet back."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from pathlib import Path

import pdfplumber
import pypdf

from portal.documents.control import number_of
from portal.documents.sheets import (
    ClosingSheet,
    FilingSheet,
    NoticeSheet,
    Receipt,
    SignatureBox,
)

PEOPLE = Path(__file__).parents[2] / "portal" / "demo" / "data" / "people.json"

REQUIREMENT_200 = (
    "各承办单位要按照“谁主管、谁负责”的要求，逐项梳理本单位承担的建设任务清单，明确责任领导、"
    "责任科室、具体承办人员和完成时限，实行挂图作战、销号管理。收到通知单后2个工作日内召开专题会议，"
    "研究制定《落实方案》（含任务分解表、时间进度表），于11月22日17:30前经分管校领导审签后报党政办公室"
    "（电话：0837-2828123，邮箱：dzb@example.edu.cn）；凡敷衍塞责、久拖不办的，按照有关规定追责问责。"
    "每5天反馈1次。"
)
OPINION_30 = "同意立项，请安全保卫处牵头抓紧落实，并于每月底前报送进展。"
DAY = dt.date(2026, 11, 3)
CODE, OTHER_CODE = (number_of(uuid.UUID(int=part * 0x1234567890ABCDEF)) for part in (7, 11))

_COMMON = {
    "college": "阿坝职业学院",
    "number": "阿职督办〔2026〕32号",
    "title": "冬季校园消防安全隐患集中排查整治",
    "source": "院长2026年11月3日批示（州教育局紧急通知）",
    "category": "instruction",
    "method": "written",
    "level": 2,
    "deadline": "2026年11月24日前",
    "responsible_leader": "坤清祥",
    "lead_unit": "安全保卫处",
    "lead_head": "坤建军",
    "handlers": ("罗䶮",),
    "co_handlers": ("陈𬭎", "马𤩽"),
    "co_units": (
        "后勤与国有资产管理处",
        "学生工作部",
        "计划财务处",
        "组织人事部",
        "教务处",
        "信息化建设中心",
    ),
    "co_heads": ("让布·达尔吉", "余㛃", "王垚", "曾骉", "何赟", "吴喆"),
    "requirement": REQUIREMENT_200,
    "sign": SignatureBox(OPINION_30, "坤清祥", DAY),
    "review": SignatureBox(OPINION_30, "余茂春", DAY, "（代坤清祥）"),
    "approve": (
        SignatureBox(OPINION_30, "向维岷", DAY, "（纸质签批，扫描件附后）"),
        SignatureBox(OPINION_30, "三郎泽里", dt.date(2026, 11, 14)),
    ),
    "control_code": "QF-7K2M",
}

FILING = FilingSheet(
    **_COMMON,
    filing=SignatureBox("已编号备案。", "何玉萍", DAY),
    footnote="（承办人于交办后确定）",
)
CLOSING = ClosingSheet(
    **(_COMMON | {"deadline": "2026年11月30日前（原定11月11日，已批准延期1次）"}),
    urging="催办2次：阿职催办〔2026〕3号、5号",
    closing="全部公寓和食堂已排查，发现隐患17处，全部整改到位，建立长效机制。2026年11月22日办结，按时。",
    hr=SignatureBox("已备案。", "单晓燕", DAY),
    discipline=SignatureBox("已备案。", "解冬梅", DAY),
    office=SignatureBox("已销号备案。", "何玉萍", DAY),
)
NOTICE = NoticeSheet(
    college="阿坝职业学院",
    number="阿职督办〔2026〕32号",
    title="冬季校园消防安全隐患集中排查整治",
    source="院长2026年11月20日批示（州教育局紧急通知）",
    category="instruction",
    method="written",
    level=1,
    responsible_leader="坤清祥",
    unit="安全保卫处",
    unit_head="坤建军",
    others=("后勤与国有资产管理处", "学生工作部"),
    issued_on=dt.date(2026, 11, 20),
    requirement=REQUIREMENT_200,
    deadline="2026年11月23日前",
    reporting="11月22日前反馈1次进展",
    instructions=("同意立项，请安全保卫处牵头抓紧落实。（三郎泽里，2026年11月20日）",),
    asks="请承办单位收到后2个办公小时内签收并明确承办人；"
    "不能按期办结的，最迟于到期前1天提出书面申请。",
    contact="何玉萍",
    phone="0837-2828123",
    control_code="QF-9T4C",
)
RECEIVED = Receipt("后勤与国有资产管理处", "坤建军（电话确认代签收）", "2026年11月20日 10:05")
BLANK = FilingSheet(
    college="阿坝职业学院",
    number="",
    title="试",
    category="other",
    method="phone",
    level=1,
    deadline="",
    responsible_leader="",
    lead_unit="",
    lead_head="",
    requirement="",
)

BASE = "https://duban.example.edu.cn"


def all_names() -> list[str]:
    """The names of the sample college, rare characters and all."""
    return [person["name"] for person in json.loads(PEOPLE.read_text())["people"]]


def squeezed(text: str) -> str:
    """`text` without blanks and line ends: what is compared with a cell."""
    return "".join(text.split())


def rows_of(pdf: bytes, page: int = 0) -> list[list[str]]:
    """The texts of the table on a page, row by row, cells from left to right."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        sheet = document.pages[page]
        table = sheet.find_tables()[0]
        return [
            [squeezed(sheet.crop(cell).extract_text() or "") for cell in row.cells if cell]
            for row in table.rows
        ]


def text_of(pdf: bytes) -> str:
    """All text in the order it was set, cell by cell, without blanks."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return squeezed("".join(page.extract_text() for page in pages))
