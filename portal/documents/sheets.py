"""What stands on the printed sheets, as data: 附件 1 立项备案单, 附件 2 催办通知单, 附件 3
办结备案单, 督办事项通知单, 延期督办申请表 and its like.

A sheet is filled from the item by the caller and rendered by `portal.documents.render`;
nothing here knows the database. Texts are plain text: line breaks are "\\n", markup prints
as it was typed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.gongwen.content import Gongwen


@dataclass(frozen=True)
class SignatureBox:
    """One signature: 「同意。　余茂春　2026年11月20日」.

    A box without name is printed empty, high enough to be signed by hand. A later signature
    that fills an earlier box as well (SPEC §2.3) is simply given in both boxes.
    """

    opinion: str = ""
    name: str = ""
    date: dt.date | None = None
    note: str = ""  # 「（纸质签批，扫描件附后）」, 「（代…）」: printed after the name
    picture: bytes = b""  # PNG of the signature, printed in the place of the name

    @property
    def empty(self) -> bool:
        """Whether nothing is to be printed in the box."""
        return not (self.opinion or self.name or self.date or self.note)


@dataclass(frozen=True, kw_only=True)
class FilingSheet:
    """附件 1: the rows of the form in their order. Empty texts and tuples print as empty cells."""

    college: str  # the college's name, printed in the title
    number: str  # 「阿职督办〔2026〕35号」; empty before 编号备案
    title: str
    source: str = ""  # printed as 「来源：…」 under the title
    category: str  # instruction, decision, key_work, other
    method: str  # phone, written, onsite
    level: int  # 1–4
    deadline: str  # 「自交办之日起15天」, 「2026年11月24日前」, 「长期（每30天反馈）」
    responsible_leader: str
    lead_unit: str  # full name
    lead_head: str
    handlers: tuple[str, ...] = ()
    co_handlers: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()  # in official order
    co_heads: tuple[str, ...] = ()  # same order
    requirement: str
    sign: SignatureBox = SignatureBox()  # 分管院领导
    review: SignatureBox = SignatureBox()  # 分管党政办院领导
    approve: tuple[SignatureBox, ...] = ()  # 主要领导: one or two
    filing: SignatureBox = SignatureBox()  # 党政办备案
    footnote: str = ""  # under the frame: 「（承办人于交办后确定）」
    control_code: str = ""  # 核验码, outside the frame


@dataclass(frozen=True, kw_only=True)
class ClosingSheet:
    """附件 3: rows as 附件 1 with the values at closing time, then 催办情况, 办结情况."""

    college: str
    number: str  # the item's own, as on 附件 1
    title: str
    source: str = ""
    category: str
    method: str
    level: int
    deadline: str  # 「2026年11月30日前（原定11月11日，已批准延期1次）」
    responsible_leader: str
    lead_unit: str
    lead_head: str
    handlers: tuple[str, ...] = ()
    co_handlers: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    co_heads: tuple[str, ...] = ()
    requirement: str
    urging: str = "无"  # 催办情况
    closing: str  # 办结情况: result, day of completion, whether on time
    sign: SignatureBox = SignatureBox()
    review: SignatureBox = SignatureBox()
    approve: tuple[SignatureBox, ...] = ()  # 书记 and 院长
    hr: SignatureBox = SignatureBox()  # 组织人事部
    discipline: SignatureBox = SignatureBox()  # 纪委办
    office: SignatureBox = SignatureBox()  # 党政办
    footnote: str = ""
    control_code: str = ""


@dataclass(frozen=True)
class Receipt:
    """签收: who signed for a notice, and when; empty until then, to be signed by hand."""

    unit: str = ""
    person: str = ""  # 「杨初」, 「视同签收」, 「坤建军（电话确认代签收）」
    at: str = ""  # 「2026年11月20日 09:30」

    @property
    def empty(self) -> bool:
        """Whether nobody has signed yet."""
        return not (self.unit or self.person or self.at)


@dataclass(frozen=True, kw_only=True)
class NoticeSheet:
    """督办事项通知单 of one unit (SPEC §5.5): the lead unit's, or a co-unit's own."""

    college: str
    number: str
    revised: bool = False  # issued again after 调整承办单位
    title: str
    source: str = ""
    category: str
    method: str
    level: int
    responsible_leader: str
    unit: str  # full name of the unit that is told
    lead: bool = True  # 牵头 or 协办
    unit_head: str
    others: tuple[str, ...] = ()  # its co-units in official order; of a co-unit the lead unit
    issued_on: dt.date
    requirement: str
    deadline: str
    reporting: str  # 「11月22日前反馈1次进展」, 「每5天反馈1次」
    instructions: tuple[str, ...] = ()  # 领导批示, an excerpt
    asks: str  # 「请承办单位收到后1个工作日内签收并明确承办人；…」
    contact: str = ""
    phone: str = ""
    receipt: Receipt = Receipt()
    footnote: str = ""  # 「（本事项已于2026年11月9日作废）」
    control_code: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeBatch:
    """All notices of an item, to be printed in one go, each from a page of its own."""

    college: str
    notices: tuple[NoticeSheet, ...]


@dataclass(frozen=True, kw_only=True)
class UrgeSheet:
    """附件 2 催办通知单, to the lead unit or to a co-unit; the receipt stands outside the frame."""

    college: str
    number: str  # 「阿职催办〔2026〕6号」; empty before it is issued
    urging_unit: str  # who urges: 党政办公室
    subject: str  # 催办事项: 「第1次催办：逾期3天未办结（…）。」
    title: str  # of the item
    lead_unit: str
    lead_head: str
    co_heads: tuple[str, ...] = ()  # of the co-unit that is urged
    co_handlers: tuple[str, ...] = ()
    sign: SignatureBox = SignatureBox()
    review: SignatureBox = SignatureBox()
    approve: tuple[SignatureBox, ...] = ()
    requirement: str  # 「请于2026年11月30日前办结，2个工作日内书面说明原因。」
    hr: SignatureBox = SignatureBox()
    discipline: SignatureBox = SignatureBox()
    office: SignatureBox = SignatureBox()
    receipt: Receipt = Receipt()
    control_code: str = ""


@dataclass(frozen=True)
class SignedCell:
    """A labelled box to sign, of one person or of several."""

    label: str
    boxes: tuple[SignatureBox, ...]


@dataclass(frozen=True, kw_only=True)
class RequestSheet:
    """延期督办申请表, 免于督办审批表 (第十九条), 督办事项调整单: what is asked of a filed item and
    who agreed. `kind` is a key of `Wording.request_titles`."""

    college: str
    kind: str
    number: str  # the item's own: these sheets have none (SPEC §4)
    title: str
    halves: tuple[tuple[str, str], ...]  # label and text, two in a row
    wholes: tuple[tuple[str, str], ...]  # label and text over the whole row
    signed: tuple[SignedCell, ...]  # two in a row
    decided: tuple[SignedCell, ...] = ()  # over the whole row
    result: str = ""
    footnote: str = ""
    control_code: str = ""


@dataclass(frozen=True)
class ListedItem:
    """A row of 督办事项一览签批单; its opinion is written by hand."""

    number: str  # 「阿职督办〔2026〕35号」; empty before 编号备案
    title: str
    lead_unit: str  # short name
    deadline: str
    asked: str  # 请示事项: 「分管领导审签」
    matter: str = ""  # 「申请由…延至…。理由：…」; empty where the item says all


@dataclass(frozen=True, kw_only=True)
class SigningListSheet:
    """督办事项一览签批单: many items on one sheet, signed once at its foot (SPEC §8.4)."""

    college: str
    number: str  # in its place 「呈：坤清祥　副院长」
    listed: tuple[ListedItem, ...]
    printed_on: dt.date
    footnote: str = ""
    control_code: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSheet:
    """What every further form of an item begins with; they bear the item's number (SPEC §4)."""

    college: str
    number: str  # the item's own; empty before 编号备案
    title: str  # of the item
    footnote: str = ""
    control_code: str = ""


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its head, its width in millimetres (together 156), how it is set."""

    label: str
    width: float
    align: str = "list"  # or 「short」: centred
    fine: bool = False  # small type: digests, times


@dataclass(frozen=True, kw_only=True)
class ListSheet:
    """A list over as many pages as it takes: 目录 of an archive package, 办理过程."""

    college: str
    title: str  # 「{college}督办事项档案目录」
    number: str
    facts: tuple[tuple[str, str], ...]  # label and text, above the list
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    footnote: str = ""
    control_code: str = ""


SinglePaper = (
    FilingSheet
    | ClosingSheet
    | NoticeSheet
    | SigningListSheet
    | RequestSheet
    | UrgeSheet
    | FormSheet
    | ListSheet
)
Sheet = SinglePaper | NoticeBatch | Gongwen
