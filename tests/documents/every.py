"""Every form with ordinary, full and empty content: what the tests of all forms go through, and
what `tests.documents.pictures` turns into pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from portal.documents.render import render
from portal.documents.sheets import (
    ClosingSheet,
    ListColumn,
    ListedItem,
    ListSheet,
    NoticeBatch,
    NoticeSheet,
    Receipt,
    RequestSheet,
    Sheet,
    SignatureBox,
    SignedCell,
    SigningListSheet,
    UrgeSheet,
)
from tests.documents.form_samples import FURTHER
from tests.documents.samples import (
    BASE,
    BLANK,
    CLOSING,
    CODE,
    DAY,
    FILING,
    NOTICE,
    OPINION_30,
    OTHER_CODE,
    RECEIVED,
    REQUIREMENT_200,
)

COLLEGE = "阿坝职业学院"
LONG = "\n".join(f"{number}. {REQUIREMENT_200}" for number in range(1, 8))
SIGNED = FILING.sign
AGREED = SignatureBox("同意。", "坤清祥", DAY)

URGE = UrgeSheet(
    college=COLLEGE,
    number="阿职催办〔2026〕6号",
    urging_unit="党政办公室",
    subject="第1次催办：逾期3天未办结（原文号：阿职督办〔2026〕32号，完成时限：2026年11月24日）。",
    title=FILING.title,
    lead_unit="安全保卫处",
    lead_head="坤建军",
    co_heads=("让布·达尔吉（后勤国资处）",),
    co_handlers=("陈𬭎", "马𤩽"),
    sign=SIGNED,
    review=FILING.review,
    approve=FILING.approve,
    requirement="请于2026年11月30日前办结，2个工作日内书面说明原因。",
    hr=SignatureBox("已备案。", "单晓燕", DAY),
    discipline=SignatureBox("已备案。", "解冬梅", DAY),
    office=SignatureBox("已编号下达。", "何玉萍", DAY),
    receipt=Receipt("安全保卫处", "坤建军", "2026年11月28日 09:30"),
    control_code="QF-2C4D",
)
REQUEST = RequestSheet(
    college=COLLEGE,
    kind="extend",
    number=FILING.number,
    title=FILING.title,
    halves=(
        ("承办单位", "安全保卫处"),
        ("单位责任人", "坤建军"),
        ("等　级", "二级"),
        ("责任校领导", "坤清祥"),
        ("交办日期", "2026年11月3日"),
        ("原定时限", "2026年11月24日前"),
        ("现行时限", "2026年11月24日前"),
        ("已延期次数", "0次"),
    ),
    wholes=(
        ("申请事项", "延期督办，完成时限延至2026年12月4日前（延长10天）。"),
        ("申请理由", "受道路交通管制影响，消防器材未能按期运抵，须待管制解除后安装。"),
        ("目前进展", "已完成全部楼栋排查，发现隐患17处，整改12处。"),
        ("证明材料", "1. 交通管制通告.pdf\n2. 供货合同.pdf"),
        ("提出时间", "2026年11月18日 16:20（最迟申请时间2026年11月19日，按时提出）"),
    ),
    signed=(
        SignedCell("单位负责人", (AGREED,)),
        SignedCell("分管院领导", (SIGNED,)),
        SignedCell("分管党政办\n院领导", (FILING.review,)),
    ),
    decided=(SignedCell("主要领导", FILING.approve),),
    result="同意延期至2026年12月4日前。2026年11月20日",
    control_code="QF-8E1A",
)
LIST = SigningListSheet(
    college=COLLEGE,
    number="呈：坤清祥　副院长",
    listed=tuple(
        ListedItem(f"阿职督办〔2026〕{number}号", FILING.title, "安全保卫处", "2026年11月24日前",
                   "分管领导审签", "申请由11月24日延至12月4日。" if number > 34 else "")
        for number in range(31, 37)
    ),
    printed_on=DAY,
    footnote="本单请与各事项附件一并呈送。",
    control_code="QF-3B7F",
)  # fmt: skip
_FULL = {"requirement": LONG, "sign": replace(SIGNED, opinion=OPINION_30 * 6)}


CONTENTS = ListSheet(
    college=COLLEGE,
    title="{college}督办事项档案目录",
    number=FILING.number,
    facts=(("事　项", FILING.title), ("保管期限", "30年")),
    columns=(
        ListColumn("序号", 16, "short"),
        ListColumn("题名", 100),
        ListColumn("页数", 40, fine=True),
    ),
    rows=tuple((str(number), FILING.title, "1") for number in range(1, 5)),
    footnote="双方各执一份。",
)
EVERY: dict[str, Mapping[str, Sheet]] = {
    "filing": {"ordinary": FILING, "full": replace(FILING, **_FULL), "empty": BLANK},
    "urge": {
        "ordinary": URGE,
        "full": replace(URGE, subject=LONG, requirement=REQUIREMENT_200 * 2),
        "empty": UrgeSheet(
            college=COLLEGE, number="", urging_unit="党政办公室", subject="", title="试",
            lead_unit="", lead_head="", requirement="",
        ),
    },
    "closing": {
        "ordinary": CLOSING,
        "full": replace(CLOSING, **_FULL, closing=LONG),
        "empty": ClosingSheet(
            college=COLLEGE, number="", title="试", category="other", method="phone", level=1,
            deadline="", responsible_leader="", lead_unit="", lead_head="", requirement="",
            closing="",
        ),
    },
    "notice": {
        "ordinary": replace(NOTICE, receipt=RECEIVED),
        "full": replace(NOTICE, requirement=LONG, instructions=(OPINION_30,) * 6),
        "empty": NoticeSheet(
            college=COLLEGE, number="", title="试", category="other", method="phone", level=1,
            responsible_leader="", unit="", unit_head="", issued_on=DAY, requirement="",
            deadline="", reporting="", asks="",
        ),
    },
    "notices": {
        "ordinary": NoticeBatch(college=COLLEGE, notices=(NOTICE, replace(NOTICE, lead=False))),
        "full": NoticeBatch(
            college=COLLEGE,
            notices=(replace(NOTICE, requirement=LONG), replace(NOTICE, lead=False)),
        ),
        "empty": NoticeBatch(college=COLLEGE, notices=(replace(NOTICE, requirement="", asks=""),)),
    },
    "request": {
        "ordinary": REQUEST,
        "full": replace(REQUEST, wholes=(*REQUEST.wholes, ("说　明", LONG))),
        "empty": replace(
            REQUEST, number="", title="试", result="",
            halves=tuple((label, "") for label, _text in REQUEST.halves),
            wholes=tuple((label, "") for label, _text in REQUEST.wholes),
            signed=tuple(replace(cell, boxes=(SignatureBox(),)) for cell in REQUEST.signed),
            decided=(SignedCell("主要领导", (SignatureBox(),)),),
        ),
    },
    "list": {
        "ordinary": CONTENTS,
        "full": replace(CONTENTS, rows=CONTENTS.rows * 40),
        "empty": replace(CONTENTS, number="", facts=(), rows=(), footnote=""),
    },
    "signing_list": {
        "ordinary": LIST,
        "full": replace(LIST, listed=LIST.listed * 4),
        "empty": replace(LIST, number="", listed=(), footnote=""),
    },
}  # fmt: skip
"""By form, a key of `form_table.FORMS`, and by how much stands on it."""

EVERY |= FURTHER

OURS = {
    "category", "method", "kind", "label", "control_code", "columns",
    "purpose", "channel", "reply_form", "methods", "conclusion", "answer", "part",
}  # fmt: skip
"""Fields that nobody types: they choose among words, or are the form's own."""
LABELLED = {"halves", "wholes", "facts"}
"""Fields of pairs, a label of ours and a text."""


def typed(value: Any, text: Callable[[], str]) -> Any:
    """The sheet with everything that people type in it replaced by texts from `text`."""
    if isinstance(value, str):
        return value if "{college}" in value else text()  # that is a title of ours
    if isinstance(value, tuple):
        return tuple(typed(part, text) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [each.name for each in fields(value) if each.name not in OURS]
    found = {
        name: tuple((label, text()) for label, _text in getattr(value, name))
        if name in LABELLED
        else typed(getattr(value, name), text)
        for name in names
    }
    return replace(value, **found)


def marked() -> dict[str, Sheet]:
    """One sheet of every form with the number it is found by; two notices bound with one each."""
    found: dict[str, Any] = {kind: sheets["ordinary"] for kind, sheets in EVERY.items()}
    for kind, sheet in found.items():
        if isinstance(sheet, NoticeBatch):
            first, second = sheet.notices
            numbered = (replace(first, control_code=CODE), replace(second, control_code=OTHER_CODE))
            found[kind] = replace(sheet, notices=numbered)
        else:
            found[kind] = replace(sheet, control_code=CODE)
    return found


def digests_of_every() -> list[str]:
    """SHA-256 of the PDF of every form, with its mark."""
    pdfs = (render(kind, sheet, base=BASE) for kind, sheet in marked().items())
    return [hashlib.sha256(pdf).hexdigest() for pdf in pdfs]
