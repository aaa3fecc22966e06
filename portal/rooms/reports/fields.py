"""Figures within a text: 「{立项数}」 is written, the snapshot's figure is printed. Pure.

So a text cannot say another number than the figures it stands beside, and after 重新取数 it says
the new ones by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Data = Mapping[str, Any]
NOTHING: Final = "—"
FIELD: Final = re.compile(r"[{｛]\s*([^{}｛｝\s]{1,20})\s*[}｝]")
LOOSE: Final = re.compile(r"[{}｛｝]")


def _figure(name: str) -> Callable[[Data], str]:
    return lambda data: str(data["figures"][name])


def _rate(name: str) -> Callable[[Data], str]:
    def said(data: Data) -> str:
        value = data["figures"][name]
        return NOTHING if value is None else f"{value}%"

    return said


def _of(part: str, name: str) -> Callable[[Data], str]:
    return lambda data: str(data[part][name])


def _sum(part: str) -> Callable[[Data], str]:
    return lambda data: str(sum(row["missed"] for row in data[part]))


def _late(data: Data) -> str:
    return str(sum(1 for row in data["unfinished"] if row["days_over"]))


FIELDS: Final[Mapping[str, Callable[[Data], str]]] = {
    "立项数": _figure("filed"),
    "交办数": _figure("issued"),
    "办结数": _figure("closed"),
    "办结率": _rate("closed_rate"),
    "到期应办结数": _figure("due"),
    "到期办结率": _rate("due_rate"),
    "按时办结率": _rate("on_time_rate"),
    "待审数": _figure("pending"),
    "反馈及时率": _rate("feedback_rate"),
    "逾期数": _figure("overdue"),
    "期末逾期数": _late,
    "延期次数": _figure("extended"),
    "免办数": _figure("exempted"),
    "催办份数": _figure("urged"),
    "催办件数": _figure("urged_items"),
    "督查次数": _figure("inspected"),
    "期初在办数": _of("balance", "opening"),
    "本期新增数": _of("balance", "entered"),
    "本期办结数": _of("balance", "closed"),
    "本期免办数": _of("balance", "exempted"),
    "本期作废数": _of("balance", "void"),
    "期末在办数": _of("balance", "open"),
    "下达通知次数": _of("done", "issued"),
    "收到反馈份数": _of("done", "reports"),
    "领导批示条数": _of("done", "comments"),
    "电话督办次数": _of("done", "calls"),
    "收到办结申请份数": _of("done", "closings"),
    "未按期反馈期数": _sum("late_reports"),
    "未按时协办数": _sum("late_shares"),
}
"""What may stand between braces, and the figure of a snapshot that it is."""


def filled(text: str, data: Data | None) -> str:
    """The text with the figures of a snapshot; without one the names stay as they were typed."""
    if data is None:
        return text
    return FIELD.sub(lambda found: _said(found[1], data) or found[0], text)


def wrong(text: str, *, counted: bool = True) -> list[str]:
    """What stands between braces and is no figure, and braces without a pair; of a paper that
    counts nothing any field."""
    known: Iterable[str] = FIELDS if counted else ()
    names = [name for name in FIELD.findall(text) if name not in known]
    loose = LOOSE.search(FIELD.sub("", text))
    return [*dict.fromkeys(names), *([loose[0]] if loose else [])]


def values(data: Data) -> dict[str, str]:
    """Every field with its figure, for the list beside the editor."""
    return {name: of(data) for name, of in FIELDS.items()}


def _said(name: str, data: Data) -> str:
    return FIELDS[name](data) if name in FIELDS else ""
