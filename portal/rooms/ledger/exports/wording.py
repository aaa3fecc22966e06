"""口径说明: what an export holds, as of when, for whom (SPEC §6.5)."""

from __future__ import annotations

from portal.clock import SHANGHAI
from portal.filters import full_date
from portal.item.lights import NOT_ISSUED
from portal.rooms.ledger.filters import GROUPS, Filters
from portal.rooms.ledger.queries import choices
from portal.rulebook import policy
from portal.rulebook.scope import Viewer

ONLY_VISIBLE = "本表仅含导出人有权查看的事项"
WITHHELD = "另有{}项敏感事项不导出"


def explanation(
    viewer: Viewer, wanted: Filters, exporter: str, count: int, withheld: int
) -> list[tuple[str, str]]:
    """The lines of the second sheet; `withheld` sensitive items are counted, not shown."""
    at = viewer.moment.instant.astimezone(SHANGHAI)
    return [
        ("数据时间", f"{full_date(viewer.moment.day)}{at:%H:%M}"),
        ("导出人", exporter),
        ("筛选条件", "；".join(said_filters(viewer, wanted)) or "不限"),
        ("事项数", f"{count}项"),
        ("范围", ONLY_VISIBLE),
        *([("敏感事项", WITHHELD.format(withheld))] if withheld else ()),
        ("灯号", "；".join(f"{light.word}：{light.label}" for light in policy.CURRENT.lights)),
        ("剩余/逾期天数", "至现行时限的自然天数；已交件、待审、已销号的不计。"),
        ("办理进度、最新进展", "以牵头单位最近一次已上报的反馈为准。"),
        ("是否按时", "以承办单位负责人确认办结之日与现行时限比较。"),
    ]


def said_filters(viewer: Viewer, wanted: Filters) -> list[str]:
    """The filters in words, in the order of the page."""
    edition = policy.CURRENT
    people = choices(viewer)
    lights = {row.id: row.word for row in edition.lights} | {"unissued": NOT_ISSUED}
    states = {**GROUPS, **{row.id: row.label for row in edition.states}}
    named = (
        ("关键词", wanted.q),
        ("状态", states.get(wanted.state, "")),
        ("类别", {row.id: row.label for row in edition.categories}.get(wanted.category, "")),
        ("等级", {str(row.number): row.label for row in edition.levels}.get(wanted.level, "")),
        ("方式", {row.id: row.label for row in edition.methods}.get(wanted.method, "")),
        ("牵头单位", dict(people["unit"]).get(wanted.unit, wanted.unit)),
        ("责任校领导", dict(people["leader"]).get(wanted.leader, "")),
        ("灯号", lights.get(wanted.light, "")),
    )
    return [f"{label}：{words}" for label, words in named if words]
