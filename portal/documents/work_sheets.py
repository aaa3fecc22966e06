"""What stands on the forms of an item in work: 电话督办记录, 借阅单, 重新确定
办结期限通知, 工作计划表."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from portal.documents.sheets import FormSheet, Receipt, SignatureBox

UNSIGNED: Final = SignatureBox()
NOT_RECEIVED: Final = Receipt()


@dataclass(frozen=True, kw_only=True)
class PhoneSheet(FormSheet):
    """电话督办记录 (第十五条, SPEC §2.13): one call or message, and what was answered."""

    purpose: str  # a key of `PhoneWording.purposes`
    channel: str  # a key of `PhoneWording.channels`
    at: str  # 「2026年11月23日 10:05」
    caller: str
    callee: str  # 「邓涛（保卫处）」
    content: str = ""
    requirement: str = ""
    deadline: str = ""  # 「2026年11月30日前」
    reply: str = ""
    reply_form: str = ""  # a key of `PhoneWording.replies`; empty: nothing was answered yet
    replied_at: str = ""
    promised: str = ""  # the written report that was promised: 「2026年11月25日前」
    recorder: SignatureBox = UNSIGNED


@dataclass(frozen=True, kw_only=True)
class LoanSheet(FormSheet):
    """借阅单 (第十六条（七）, SPEC §2.11): an archived item's papers, to whom, until when."""

    archive_no: str
    location: str  # where the papers lie
    kind: str  # a key of `LoanWording.kinds`
    reason: str
    due_back: str  # 「2026年11月30日前」
    state: str  # 「已借出」
    borrower: str  # 「邓涛（保卫处）」
    asked: SignatureBox = UNSIGNED
    decided: SignatureBox = UNSIGNED
    lent: SignatureBox = UNSIGNED
    returned: SignatureBox = UNSIGNED


@dataclass(frozen=True, kw_only=True)
class ResetSheet(FormSheet):
    """重新确定办结期限通知 (第十六条（六）, SPEC §2.10): to the unit whose result was refused."""

    unit: str  # full name
    unit_head: str
    level: str
    responsible_leader: str
    handed_in: str  # the day of the application that was refused
    nth: str  # 「第1次」
    before: str  # the period that held: 「2026年11月26日前」
    after: str
    reason: str  # in what the result fell short
    judged_by: str  # by which day on time is judged, and why
    review: SignatureBox = UNSIGNED  # 分管党政办院领导 signs the new date
    contact: str = ""
    phone: str = ""
    issued_on: dt.date | None = None  # the day it was agreed to
    receipt: Receipt = NOT_RECEIVED


@dataclass(frozen=True)
class PlannedStep:
    """A milestone of 工作计划."""

    title: str
    due: str  # 「2026年11月30日前」


@dataclass(frozen=True, kw_only=True)
class PlanSheet(FormSheet):
    """工作计划表 (第十六条（三）, SPEC §2.6): a unit's milestones, and when it reports."""

    unit: str  # full name
    lead: bool = True  # 牵头 or 协办
    unit_head: str
    handlers: tuple[str, ...] = ()
    responsible_leader: str
    issued_on: str
    deadline: str  # the unit's own
    steps: tuple[PlannedStep, ...] = ()
    reporting: tuple[str, ...] = ()  # 「每5天反馈1次」, 「第1期：2026年11月28日前」
    planned: SignatureBox = UNSIGNED  # who sent it, 承办人
    confirmed: SignatureBox = UNSIGNED  # 单位责任人
