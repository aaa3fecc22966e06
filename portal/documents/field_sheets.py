"""What stands on 实地督查方案, 实地督查记录 and 岗位调整交接单 (SPEC §1.6, §1.7, §2.12)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.documents.sheets import FormSheet, SignatureBox, SignedCell
from portal.documents.work_sheets import UNSIGNED

FIXED, N, INSPECTED = "fixed", "n", "inspected"
"""The three offices of 「3+N」, the others, and of these the inspected unit's (第七条)."""


@dataclass(frozen=True)
class TeamMember:
    """Somebody of the team; `part` is FIXED, N or INSPECTED. The last may explain, but not sign."""

    name: str
    unit: str  # short name
    part: str


@dataclass(frozen=True, kw_only=True)
class InspectionPlanSheet(FormSheet):
    """实地督查方案 (第十七条): approved before anybody goes."""

    matter: str  # 督查事由
    unit: str  # 督查对象, full name
    planned: str  # 督查时间
    repeat_reason: str = ""  # why within 30 days of another visit (SPEC §2.12)
    methods: tuple[str, ...] = ()  # keys of `InspectionWording.methods`, several
    talks_to_head: bool = False  # 约谈 of the unit's head, which a principal approves
    leader: str = ""  # 组长
    members: tuple[TeamMember, ...] = ()
    shortfall: str = ""  # why not all three offices take part (SPEC §1.7)
    outline: str = ""  # 督查提纲
    drafted: SignatureBox = UNSIGNED  # 拟稿人
    approvals: tuple[SignedCell, ...] = ()  # in their order, each over the whole row


@dataclass(frozen=True)
class Photo:
    """A photograph of the site: JPEG or PNG as it was taken, and what it shows."""

    content: bytes
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class InspectionRecordSheet(FormSheet):
    """实地督查记录 (第十七条): what was found, and what the inspected unit says to it."""

    unit: str
    at: str  # 「2026年11月24日 09:30—11:40」
    place: str
    methods: tuple[str, ...] = ()
    leader: str = ""
    members: tuple[TeamMember, ...] = ()
    attendees: tuple[str, ...] = ()  # of the inspected unit
    findings: str = ""
    talks: str = ""
    photos: tuple[Photo, ...] = ()
    conclusion: str = ""  # a key of `InspectionWording.conclusions`
    next_steps: str = ""  # 整改意见 or 下一步工作建议, in short
    signed: tuple[SignatureBox, ...] = ()  # the team, its head first
    recorder: SignatureBox = UNSIGNED
    answer: str = ""  # a key of `InspectionWording.answers`: what the inspected unit says
    objection: str = ""
    answered: SignatureBox = UNSIGNED


@dataclass(frozen=True)
class HandedOver:
    """An item that passes from one person to another."""

    number: str  # 「阿职督办〔2026〕35号」; empty before 编号备案
    title: str
    progress: str
    open_matters: str = ""
    materials: str = ""
    due: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverSheet(FormSheet):
    """岗位调整交接单 (第八条, SPEC §1.6): one for all items of a person, or of a unit's head.

    `title` is the reason: 「岗位调整」.
    """

    unit: str
    effective: str  # from when the new person answers for the items
    giver: str  # 移交人, with post
    taker: str  # 接手人
    supervisor: str  # 监交人
    items: tuple[HandedOver, ...] = ()
    remarks: str = ""
    given: SignatureBox = UNSIGNED
    taken: SignatureBox = UNSIGNED
    supervised: SignatureBox = UNSIGNED
    forced: str = ""  # why it was done without who kept silent (SPEC §1.6)
    silent: str = "移交人"  # who did, in the order of the signatures
