"""口径说明: what an export holds, as of when, for whom (SPEC §6.5)."""

from __future__ import annotations

from typing import NamedTuple

from portal.clock import SHANGHAI
from portal.filters import full_date
from portal.rooms.ledger.exports.rights import Reach
from portal.rooms.ledger.filters import Filters
from portal.rooms.ledger.wording import chips, order_words
from portal.rulebook import policy
from portal.rulebook.scope import Viewer

ONLY_VISIBLE = "本表仅含导出人有权查看的事项"
OWN_UNITS = "本表仅含导出人所在或者分管、联系单位的事项"
WITHHELD = "另有{}项敏感事项不导出"
GRANTED = "含敏感事项{}项，经{}同意导出，请妥善保管"


class Amount(NamedTuple):
    """How many rows stand in the file, how many sensitive ones do not, how many do and by whose
    leave."""

    rows: int
    withheld: int = 0
    granted: int = 0
    granted_by: str = ""


def explanation(
    viewer: Viewer, wanted: Filters, exporter: str, amount: Amount, reach: Reach
) -> list[tuple[str, str]]:
    """The lines of the second sheet."""
    at = viewer.moment.instant.astimezone(SHANGHAI)
    return [
        ("数据时间", f"{full_date(viewer.moment.day)}{at:%H:%M}"),
        ("导出人", exporter),
        ("筛选条件", "；".join(said_filters(wanted)) or "不限"),
        ("排序", order_words(wanted)),
        ("事项数", f"{amount.rows}项"),
        ("范围", ONLY_VISIBLE),
        *([("单位", OWN_UNITS)] if reach.units is not None else ()),
        *_sensitive(amount),
        ("灯号", "；".join(f"{light.word}：{light.label}" for light in policy.CURRENT.lights)),
        ("剩余/逾期天数", "至现行时限的自然天数；已交件、待审、已销号的写明情况。"),
        ("办理进度、最新进展", "以牵头单位最近一次已上报的反馈为准。"),
        ("是否按时", "以承办单位负责人确认办结之日与现行时限比较。"),
    ]


def _sensitive(amount: Amount) -> list[tuple[str, str]]:
    said = []
    if amount.granted:
        said.append(GRANTED.format(amount.granted, amount.granted_by))
    if amount.withheld:
        said.append(WITHHELD.format(amount.withheld))
    return [("敏感事项", "；".join(said))] if said else []


def said_filters(wanted: Filters) -> list[str]:
    """The filters in words, as the page says them."""
    return [chip.said for chip in chips(wanted)]
