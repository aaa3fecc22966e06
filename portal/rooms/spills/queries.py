"""What 机要保密员 reads of the items that were reported: numbers, times, persons, counts."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from wtforms.fields.choices import SelectChoice

from portal.extensions import db
from portal.filters import full_time
from portal.frame import Fact
from portal.item.attachments.queries import PLACES
from portal.item.people import Named, named
from portal.models import Spill
from portal.rulebook import spills
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.spills import ABOUT, OUTCOMES, KeptFile

MOST: Final = 200
STATES: Final = {
    "held": "已隔离，待处置", "asked": "正在处置", "making": "正在处置", "made": "处置完毕",
    "failed": "处置未完成",
}  # fmt: skip
COUNTS: Final = {
    "files": "附件", "elsewhere": "其中其他事项中的同一文件", "case_files": "问责材料",
    "batches": "立项依据（会议纪要等）", "scans": "扫描批次", "sheets": "已生成的表单",
    "packages": "档案包、导出文件、签批单等", "texts": "办理文字",
}  # fmt: skip
COPIES: Final = {"copy": "下载过文书或附件", "bundle": "取用过问责材料", "ledger": "导出过台账"}
SHORT_ID: Final = 6


class Row(NamedTuple):
    """One of them as the list shows it."""

    spill: Spill
    label: str
    reporter: Named
    state: str


class Copy(NamedTuple):
    """A copy that left the portal before: whose, when, of what."""

    who: str
    at: datetime
    what: str


def rows_of(viewer: Viewer) -> list[Row]:
    """All, the newest first."""
    found = db.session.scalars(visible(viewer, Spill).order_by(Spill.id.desc()).limit(MOST)).all()
    return _rows(viewer, list(found))


def row_of(viewer: Viewer, spill: Spill) -> Row:
    """One."""
    return _rows(viewer, [spill])[0]


def _rows(viewer: Viewer, found: list[Spill]) -> list[Row]:
    names = named({row.reported_by_id for row in found}, viewer.moment.day)
    return [Row(row, label_of(row), names[row.reported_by_id], STATES[row.state]) for row in found]


def label_of(spill: Spill) -> str:
    """The document number; without one 「未编号事项·3f9a1c」, by the report's own address."""
    return spill.number or f"未编号事项·{spill.public_id.hex[:SHORT_ID]}"


def facts_of(viewer: Viewer, spill: Spill) -> list[Fact]:
    """What was reported, decided and done."""
    ids = {spill.reported_by_id, spill.asked_by_id or 0}
    names = named(ids, viewer.moment.day)
    facts = [
        Fact("报告人", names[spill.reported_by_id].name, note=full_time(spill.reported_at)),
        Fact("发现的位置", ABOUT[spill.about]),
        Fact("处置状态", STATES[spill.state]),
    ]
    if spill.outcome and spill.asked_by_id and spill.decided_at:
        who = names[spill.asked_by_id].name
        facts.append(Fact("处置", OUTCOMES[spill.outcome], note=who, wide=True))
        facts.append(Fact("处置时间", full_time(spill.decided_at)))
    if spill.reason:
        facts.append(Fact("说明", spill.reason, wide=True))
    if spill.failure:
        facts.append(Fact("未完成原因", spill.failure, wide=True))
    return facts


def counts_of(spill: Spill) -> list[Fact]:
    """How much was cleared, without what."""
    counts = spill.found.get("counts", {})
    return [Fact(label, f"{counts[key]}项") for key, label in COUNTS.items() if key in counts]


def copies_of(viewer: Viewer, spill: Spill) -> list[Copy]:
    """Copies that left the portal before it was cleared, oldest first: to be called in on paper."""
    found = spill.found.get("copies", [])
    names = named({one["who"] for one in found}, viewer.moment.day)
    return [
        Copy(names[one["who"]].name, datetime.fromisoformat(one["at"]), COPIES[one["what"]])
        for one in found
    ]


def files_of(viewer: Viewer, spill: Spill) -> list[SelectChoice]:
    """The item's files that are there still: number, purpose, kind, size, who brought them when."""
    found = spills.files_of(spill)
    names = named({one.who for one in found}, viewer.moment.day)
    return [
        SelectChoice(str(one.file), f"文件{place}：{_said(one, names[one.who].name)}")
        for place, one in enumerate(found, start=1)
    ]


def _said(one: KeptFile, who: str) -> str:
    where = PLACES.get(one.purpose, "进展情况反馈")
    size = f"{one.kind.upper()}，{one.size // 1024 + 1}KB"
    gone = "" if one.there else "（已移除）"
    return f"{where}，{size}，{who}{full_time(one.at)}上传{gone}"
