"""Forms without an annex to try: an ordinary one of each, and one to be filled by hand."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from portal.documents.field_sheets import (
    HandedOver,
    HandoverSheet,
    InspectionPlanSheet,
    InspectionRecordSheet,
    Photo,
    TeamMember,
)
from portal.documents.sheets import FormSheet, SignatureBox, SignedCell
from portal.documents.work_sheets import LoanSheet, PhoneSheet, PlannedStep, PlanSheet, ResetSheet
from tests.documents.samples import DAY, OPINION_30, REQUIREMENT_200

HEAD = {
    "college": "阿坝职业学院",
    "number": "阿职督办〔2026〕32号",
    "title": "冬季校园消防安全隐患集中排查整治",
    "control_code": "QF-3M8D",
}
EMPTY = HEAD | {"number": "", "title": "", "control_code": ""}
SIGNED = SignatureBox(OPINION_30, "余茂春", DAY)

PHONE = PhoneSheet(
    **HEAD,
    purpose="urge",
    channel="phone",
    at="2026年11月23日 10:05",
    caller="何玉萍（党政办）",
    callee="陈𬭎（后勤国资处）",
    content="询问3号学生公寓消防设施更换进展，提醒第2期反馈尚未报送。",
    requirement="今日下班前补报第2期反馈，并说明配件到货时间。",
    deadline="2026年11月23日前",
    reply="配件已到货，11月24日前更换完毕，反馈材料正在单位负责人审核。",
    reply_form="oral",
    replied_at="2026年11月23日 10:08",
    promised="2026年11月24日前",
    recorder=SignatureBox("", "何玉萍", DAY),
)
LOAN = LoanSheet(
    **HEAD,
    archive_no="DB2026-0032",
    location="综合档案室A区3架2层",
    kind="original",
    reason="编制下一年度消防安全工作方案，查阅办理材料。",
    due_back="2026年11月30日前",
    state="已借出",
    borrower="陈𬭎（后勤国资处）",
    asked=SignatureBox("", "陈𬭎", DAY),
    decided=SignatureBox("同意。", "杨思源", DAY),
    lent=SignatureBox("", "黄素芬", DAY),
)
RESET = ResetSheet(
    **HEAD,
    unit="后勤与国有资产管理处",
    unit_head="王尔基（主持工作）",
    level="二级",
    responsible_leader="让布·达尔吉",
    handed_in="2026年11月24日",
    nth="第1次",
    before="2026年11月26日前",
    after="2026年12月10日前",
    reason="实训楼2处线路老化未更换，整改台账缺少复查记录，佐证照片与点位不对应。",
    judged_by="作出决定时未超过现行时限，是否按时以重新确定的期限认定。",
    review=SIGNED,
    contact="何玉萍",
    phone="0837-2828123",
    issued_on=DAY,
)
PLAN = PlanSheet(
    **HEAD,
    unit="安全保卫处",
    unit_head="坤建军",
    handlers=("罗䶮", "马𤩽"),
    responsible_leader="坤清祥",
    issued_on="2026年11月3日",
    deadline="2026年11月24日前",
    steps=(
        PlannedStep("制定排查方案，召开部署会，明确分工", "2026年11月6日前"),
        PlannedStep(
            "完成全部公寓、食堂、实训楼排查，建立隐患清单、责任清单、整改清单", "2026年11月12日前"
        ),
        PlannedStep("完成隐患整改并逐项复查销号", "2026年11月20日前"),
        PlannedStep("形成长效机制，报送总结", "2026年11月24日前"),
    ),
    reporting=(
        "每5天反馈1次",
        "第1期：2026年11月8日前",
        "第2期：2026年11月13日前",
        "第3期：2026年11月18日前",
    ),
    planned=SignatureBox("", "罗䶮", DAY),
    confirmed=SignatureBox("同意。", "坤建军", DAY),
)
BLANK_PHONE = PhoneSheet(**EMPTY, purpose="", channel="", at="", caller="", callee="")
BLANK_LOAN = LoanSheet(
    **EMPTY, archive_no="", location="", kind="", reason="", due_back="", state="", borrower=""
)
BLANK_RESET = ResetSheet(
    **EMPTY, unit="", unit_head="", level="", responsible_leader="", handed_in="", nth="",
    before="", after="", reason="", judged_by="",
)  # fmt: skip
BLANK_PLAN = PlanSheet(
    **EMPTY, unit="", unit_head="", responsible_leader="", issued_on="", deadline=""
)

TEAM = (
    TeamMember("何玉萍", "党政办", "fixed"),
    TeamMember("解冬梅", "纪委办", "fixed"),
    TeamMember("单晓燕", "组织人事部", "fixed"),
    TeamMember("让布·达尔吉", "计财处", "n"),
    TeamMember("陈𬭎", "后勤国资处", "inspected"),
)
INSPECTION_PLAN = InspectionPlanSheet(
    **HEAD,
    matter="第2、3期反馈显示整改进度滞后，需现场核实隐患整改和台账建立情况。",
    unit="后勤与国有资产管理处",
    planned="2026年11月24日上午",
    methods=("interview", "on_site"),
    leader="余茂春",
    members=TEAM,
    outline="1.查阅隐患台账、整改通知和复查记录。\n2.随机抽查3号公寓、第二食堂、实训楼各5处点位。\n"
    "3.约谈承办人和单位负责人，了解未完成的原因和下一步安排。",
    drafted=SignatureBox("", "何玉萍", DAY),
    approvals=(SignedCell("分管党政办\n院领导", (SIGNED,)),),
)
INSPECTION_RECORD = InspectionRecordSheet(
    **HEAD,
    unit="后勤与国有资产管理处",
    at="2026年11月24日 09:30—11:40",
    place="3号学生公寓、第二食堂、实训楼",
    methods=("interview", "on_site"),
    leader="余茂春",
    members=TEAM,
    attendees=("王尔基", "陈𬭎", "罗䶮"),
    findings="1.实训楼2处线路老化未更换。\n2.整改台账缺少复查记录，佐证照片与点位不对应。",
    talks="单位负责人说明：配件到货延误，已另行采购，11月28日前可全部更换；台账由专人补齐。",
    conclusion="poor",
    next_steps="11月28日前完成线路更换，11月30日前补齐台账并书面报送整改情况。",
    signed=(SignatureBox("", "余茂春", DAY), SignatureBox("", "解冬梅", DAY)),
    recorder=SignatureBox("", "何玉萍", DAY),
    answer="objected",
    objection="台账照片系上传时次序有误，原件齐全，请予复核。",
    answered=SignatureBox("", "王尔基", DAY, "（主持工作）"),
)
HANDOVER = HandoverSheet(
    **(HEAD | {"title": "邓涛同志调任学生工作部副部长"}),
    unit="安全保卫处",
    effective="2026年11月25日",
    giver="邓涛",
    taker="罗䶮",
    supervisor="坤建军",
    items=(
        HandedOver(
            "阿职督办〔2026〕32号", "冬季校园消防安全隐患集中排查整治", "整改12处，进度60%",
            "实训楼2处线路待更换", "隐患台账、整改通知17份", "2026年11月30日前",
        ),
        HandedOver(
            "阿职督办〔2026〕18号", "校园监控系统升级改造", "招标文件已审定", "待发布公告",
            "可研报告、专家意见", "2026年12月31日前",
        ),
        HandedOver("", "校门交通秩序整治", "立项审批中", due="自交办之日起15天"),
    ),
    remarks="办公钥匙和系统权限一并移交。",
    given=SignatureBox("", "邓涛", DAY),
    taken=SignatureBox("", "罗䶮", DAY),
    supervised=SignatureBox("情况属实。", "坤建军", DAY),
)  # fmt: skip
BLANK_INSPECTION_PLAN = InspectionPlanSheet(**EMPTY, matter="", unit="", planned="")
BLANK_INSPECTION_RECORD = InspectionRecordSheet(**EMPTY, unit="", at="", place="")
BLANK_HANDOVER = HandoverSheet(**EMPTY, unit="", effective="", giver="", taker="", supervisor="")


def photograph(width: int = 1600, height: int = 1200, colour: str = "#5b8db8") -> bytes:
    """A picture as a telephone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


PHOTOS = tuple(
    Photo(photograph(*size), caption)
    for size, caption in (
        ((1600, 1200), "3号公寓三楼配电箱（11月24日09:52）"),
        ((1200, 1600), "第二食堂后厨灭火器"),
        ((800, 800), ""),
    )
)

TEXT_300 = (REQUIREMENT_200 * 2)[:300]
ORDINARY: dict[str, FormSheet] = {
    "phone": PHONE, "loan": LOAN, "reset": RESET, "plan": PLAN, "inspection_plan": INSPECTION_PLAN,
    "inspection_record": INSPECTION_RECORD, "handover": HANDOVER,
}  # fmt: skip
FULL: dict[str, FormSheet] = {
    "loan": replace(LOAN, reason=TEXT_300, location=TEXT_300[:40]),
    "phone": replace(PHONE, content=TEXT_300, requirement=TEXT_300, reply=TEXT_300),
    "reset": replace(RESET, unit="教务处（质量管理办公室）", reason=TEXT_300),
    "plan": replace(
        PLAN,
        steps=tuple(PlannedStep(TEXT_300[:60], "2026年11月30日前") for _ in range(8)),
        reporting=("每10天反馈1次", *(f"第{nth}期：2026年12月{nth}日前" for nth in range(1, 19))),
    ),
    "inspection_plan": replace(
        INSPECTION_PLAN,
        matter=TEXT_300,
        outline=f"{TEXT_300}\n{TEXT_300}",
        members=TEAM * 3,
        shortfall=TEXT_300[:60],
        repeat_reason=TEXT_300,
        talks_to_head=True,
    ),
    "inspection_record": replace(
        INSPECTION_RECORD,
        findings=TEXT_300,
        talks=TEXT_300 * 2,
        next_steps=TEXT_300,
        objection=TEXT_300,
        photos=PHOTOS * 4,
    ),
    "handover": replace(HANDOVER, items=HANDOVER.items * 5, forced=TEXT_300[:60]),
}
EMPTY_FORMS: dict[str, FormSheet] = {
    "phone": BLANK_PHONE, "loan": BLANK_LOAN, "reset": BLANK_RESET, "plan": BLANK_PLAN,
    "inspection_plan": BLANK_INSPECTION_PLAN, "inspection_record": BLANK_INSPECTION_RECORD,
    "handover": BLANK_HANDOVER,
}  # fmt: skip
FURTHER = {
    kind: {"ordinary": ORDINARY[kind], "full": FULL[kind], "empty": EMPTY_FORMS[kind]}
    for kind in ORDINARY
}
"""By form, a key of `form_table.FORMS`, and by how much stands on it."""
