"""What people wrote where the sample gives one sentence or none: by the report's place, never by
chance (SPEC §9: ten reports are there in full, of the others the sample knows the summary)."""

from __future__ import annotations

from functools import cache
from typing import Any

from portal.demo import sample
from portal.steps.execution.commands import ReportFields

Row = dict[str, Any]

LISTED = "因办理本事项需要知悉。"
CHECKED = "经核对，办理结果符合立项要求，拟同意办结。"
NOTED = "已备案。"
REVIEWED = "任务跨年度实施，按计划推进，继续督办。"
URGED_BECAUSE = "征求意见和修改完善用时超出预计，未及时申请延期。"
URGED_NEXT = "倒排时间，专人跟进，在催办限期内办结。"
REASONS = {3: "5号公寓管材供应商未按合同到货，施工工期顺延。"}
"""正当理由 by the number of the notice; of the others nobody answered."""
INSPECTED_FOR = "涉及面广、推进缓慢，现场核查办理要求是否落实、问题是否解决。"
OUTLINE = "一看现场进度，二查工作台账，三谈责任落实和存在的困难。"
PUT_RIGHT = "已按整改要求落实到位，相关记录备查。"
NO_REASON = "到货风险应当预见，且未在规定时间内申请延期，不予采纳。"
VOID_AGREED = "党政办分管领导当面同意。"
MEASURES = (
    "对照办理要求分解任务，明确责任人和时间节点，安排专人跟进。",
    "召开推进会逐项核对进展，会商有关单位解决衔接问题。",
    "按工作计划组织实施，定期调度，及时整理有关材料。",
    "对照办理要求逐条自查，补齐短板，完善台账。",
)
EFFECTS = (
    "各环节衔接顺畅，阶段性任务按计划完成。",
    "责任进一步明确，工作有序推进。",
    "前期问题逐步解决，阶段性目标基本实现。",
)
PROBLEMS = "目前无需协调的事项。"
NEXT = (
    "按时间节点继续推进，按期反馈进展。",
    "抓紧完成剩余工作，重点跟进未完成环节。",
    "整理佐证材料，做好下一阶段准备。",
)
SO_FAR = "已按计划推进，部分工作尚未完成。"
ALMOST = 95
"""Percent that no report but the last one goes beyond."""


def so_far(row: Row, day: str) -> str:
    """目前进展 of a request: what the last report before it says, else one sentence."""
    told = [report for report in row["feedbacks"] if report["submitted_on"] <= day]
    return report_fields(row, told[-1]).progress if told else SO_FAR


def report_fields(row: Row, given: Row) -> ReportFields:
    """The five fields of a report: in full if the sample has them, else from its summary."""
    full = in_full(row["id"], given["seq"])
    if full is not None:
        return fields_of(full)
    place = given["seq"]
    return ReportFields(
        measures=_one_of(MEASURES, row, place),
        progress=given["summary"],
        effect=_one_of(EFFECTS, row, place),
        problems=PROBLEMS,
        next_steps=_one_of(NEXT, row, place),
        percent=_percent(place, len(row["feedback_points"])),
    )


def fields_of(full: Row) -> ReportFields:
    """The fields of a report that the sample has in full."""
    names = ("measures", "progress", "effect", "problems", "next_steps", "percent")
    return ReportFields(**{name: full[name] for name in names})


def in_full(item: str, seq: int | None) -> Row | None:
    """The report of this item at this place of its plan; `seq` None: the one with the closing."""
    wanted = ("closure",) if seq is None else ("progress", "stage")
    return next(
        (one for one in _reports() if one["item_id"] == item and one["seq"] == seq
         and one["kind"] in wanted),
        None,
    )  # fmt: skip


def urge_reply(item: str, doc_no: str) -> Row | None:
    """The reply to this notice, if the sample has it in full."""
    return next(
        (one for one in _reports() if one["item_id"] == item and one["kind"] == "urge_reply"
         and doc_no in one["measures"]),
        None,
    )  # fmt: skip


def _percent(place: int, points: int) -> int:
    """Even steps of five towards the end of the plan."""
    return min(ALMOST, round(100 * place / (points + 1) / 5) * 5)


def _one_of(texts: tuple[str, ...], row: Row, place: int) -> str:
    return texts[(sum(map(ord, row["id"])) + place) % len(texts)]


@cache
def _reports() -> list[Row]:
    return sample.reports()


REFERRED = "经核实无正当理由，陈述申辩所述情况不足以说明，提请移送处理。"
"""提请移送: why."""
