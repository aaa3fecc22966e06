"""The first wording of a brief, from its snapshot (SPEC §5.8, §5.9). Pure; people edit it.

It says what was done and what units themselves stated, with figures as fields; it judges nobody: a
通报 is drafted without the name of any unit that is late (第二十三条).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from portal.rulebook.briefs.table import CIRCULAR, TERM_REPORT

Data = Mapping[str, Any]
NONE: Final = "无。"
UNSAID: Final = "承办单位未说明原因。"
BRACES: Final = str.maketrans("{}｛｝", "（）（）")
MOST_LATE: Final = 15
"""Overdue items that are named in the text; all stand in 附件2."""


def drafted(kind: str, data: Data) -> dict[str, str]:
    """The sections by name."""
    return {name: word(data) for name, word in WORDING[kind].items()}


def _practices(data: Data) -> str:
    done, figures = data["done"], data["figures"]
    parts = ["坚持立项、交办、承办、催办、反馈、办结、归档闭环管理，统一建立督办事项台账"]
    if done["issued"]:
        parts.append("下达督办事项通知{下达通知次数}次")
    if done["comments"]:
        parts.append("转办落实校领导批示{领导批示条数}条")
    if done["reports"]:
        parts.append("收到承办单位书面反馈{收到反馈份数}份")
    first = "，".join(parts) + "。"
    follow = []
    if done["calls"]:
        follow.append("电话（短信）督办{电话督办次数}次")
    if figures["urged"]:
        follow.append("发出催办通知单{催办份数}份，涉及{催办件数}项")
    if figures["inspected"]:
        follow.append("开展实地督查{督查次数}次")
    second = f"对推进缓慢的事项，{'，'.join(follow)}。" if follow else ""
    extended = (
        "严格办理时限，批准延期{延期次数}次，免于督办{免办数}项。"
        if figures["extended"] or figures["exempted"]
        else ""
    )
    return "\n".join(line for line in (first, second, extended) if line)


def _good(data: Data) -> str:
    lines = []
    if data["good_units"]:
        lines.append(
            f"{_listed(data['good_units'])}到期事项全部按时办结，反馈及时，没有逾期和被催办事项。"
        )
    if data["good_items"]:
        items = [_item(row) for row in data["good_items"]]
        lines.append(f"{_listed(items)}等事项提前办结。")
    return "\n".join(lines) or NONE


def _overdue(data: Data) -> str:
    late = [row for row in data["unfinished"] if row["days_over"]]
    if not late:
        return NONE
    lines = ["截至统计日，逾期未办结事项{期末逾期数}项。"]
    for row in late[:MOST_LATE]:
        cause = f"承办单位反映：{_sentence(row['cause'])}" if row["cause"] else UNSAID
        lines.append(f"{_item(row)}，已逾期{row['days_over']}天。{cause}")
    if len(late) > MOST_LATE:
        lines.append("其余见附件2。")
    return "\n".join(lines)


def _late_reports(data: Data) -> str:
    if not data["late_reports"]:
        return NONE
    units = [f"{row['unit']}{row['missed']}期" for row in data["late_reports"]]
    return f"反馈及时率{{反馈及时率}}，未按期反馈{{未按期反馈期数}}期：{'、'.join(units)}。"


def _coordination(data: Data) -> str:
    if not data["late_shares"]:
        return NONE
    units = [f"{row['unit']}{row['missed']}项" for row in data["late_shares"]]
    return f"协办任务未在协办时限内完成{{未按时协办数}}项：{'、'.join(units)}。"


def _next_steps(data: Data) -> str:
    lines = []
    if data["balance"]["open"]:
        lines.append("对在办的{期末在办数}项，按时间节点跟踪督办，推动按期办结。")
    if any(row["days_over"] for row in data["unfinished"]):
        lines.append("对逾期事项逐项核实原因，明确完成时间，必要时开展实地督查。")
    if data["late_reports"]:
        lines.append("督促承办单位按期报送书面反馈，如实反映进展和问题。")
    if data["late_shares"]:
        lines.append("落实牵头单位负责制，协调协办单位按时完成协办任务。")
    return "\n".join(lines) or "继续做好督办督查工作，推动各项决策部署落实。"


def _circular_good(data: Data) -> str:
    return "" if (said := _good(data)) == NONE else said


def _problems(data: Data) -> str:
    lines = []
    if any(row["days_over"] for row in data["unfinished"]):
        lines.append("部分事项未在完成时限内办结，截至统计日逾期{期末逾期数}项。")
    if data["late_reports"]:
        lines.append("部分事项书面反馈不及时，未按期反馈{未按期反馈期数}期。")
    if data["late_shares"]:
        lines.append("个别协办任务未在协办时限内完成，共{未按时协办数}项。")
    return "\n".join(lines)


def _demands(data: Data) -> str:
    lines = ["各单位要落实主体责任，按时间节点推进在办事项，按期报送书面反馈。"]
    if any(row["days_over"] for row in data["unfinished"]):
        lines.append("有逾期事项的单位要查明原因，尽快办结；确有特殊情况的，按规定书面申请。")
    return "\n".join(lines)


def _item(row: Mapping[str, Any]) -> str:
    return f"“{_plain(row['title'])}”（{row['unit']}）"


def _sentence(text: str) -> str:
    said = _plain(text)
    return said if said.endswith(("。", "！", "？", "…")) else f"{said}。"


def _plain(text: str) -> str:
    """What others typed, without the braces that mark a figure."""
    return text.translate(BRACES)


def _listed(names: Sequence[str]) -> str:
    return "、".join(names)


Word = Callable[[Data], str]
WORDING: Final[Mapping[str, Mapping[str, Word]]] = {
    TERM_REPORT: {
        "practices": _practices,
        "good": _good,
        "overdue": _overdue,
        "late_reports": _late_reports,
        "coordination": _coordination,
        "next_steps": _next_steps,
    },
    CIRCULAR: {"good": _circular_good, "problems": _problems, "demands": _demands},
}
