"""What the Excel sheet says of each item; one row an item (SPEC §6.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal.extensions import db
from portal.filters import as_day, remaining
from portal.frame import Light
from portal.item.lights import handed_in, light_of
from portal.item.lines import missing
from portal.item.people import named
from portal.item.reports import HANDED_IN
from portal.item.shares import heads_of
from portal.item.wording import state_label
from portal.models import (
    Closure,
    Extension,
    Feedback,
    Item,
    ItemMember,
    ItemUnit,
    Person,
    Unit,
    UrgeNotice,
)
from portal.rulebook import policy
from portal.rulebook.item_texts import category_text, due_now, number_of, source_text
from portal.rulebook.scope import Viewer, visible

COLUMNS = (
    "序号", "文号", "事项", "来源", "类别", "督办方式", "等级", "承办（牵头）单位", "单位责任人",
    "承办人", "协办单位", "责任校领导", "办理要求", "交办日期", "原定时限", "现行时限",
    "剩余/逾期天数", "状态", "灯号", "办理进度", "最近反馈日期", "最新进展", "催办次数", "延期次数",
    "办结日期", "是否按时", "备注",
)  # fmt: skip
Cell = str | int | float | date | None
YES_NO = {True: "是", False: "否", None: None}


class Beside(NamedTuple):
    """What stands beside a batch of items, each by the item's id."""

    units: Mapping[int, Unit]
    heads: Mapping[int, str]
    handlers: Mapping[int, str]
    co_units: Mapping[int, str]
    reports: Mapping[int, Feedback]
    times: Mapping[tuple[int, str], int]
    closures: Mapping[int, Closure]
    leaders: Mapping[int, str]
    missing: Mapping[int, int]


def rows_of(viewer: Viewer, ids: Collection[int], first: int) -> Iterable[list[Cell]]:
    """The rows of these items in their order; 序号 begins at `first`. Items this viewer may not
    know of (any more) are not among them, nor sensitive ones, also where one became it meanwhile:
    so nothing is counted of which the viewer sees a part only."""
    mine = visible(viewer, Item).where(Item.id.in_(list(ids)), Item.classification != "sensitive")
    found = {item.id: item for item in db.session.scalars(mine)}
    items = [found[id_] for id_ in ids if id_ in found]
    beside = _beside(viewer, items)
    today = viewer.moment.day
    for number, item in enumerate(items, first):
        yield _row(number, item, beside, today)


def _row(number: int, item: Item, beside: Beside, today: date) -> list[Cell]:
    edition = policy.of(item.policy_version)
    doc_no, report, closure = (
        number_of(item),
        beside.reports.get(item.id),
        beside.closures.get(item.id),
    )
    shown = light_of(item, today)
    return [
        number,
        str(doc_no) if doc_no else "未编号",
        item.title,
        source_text(item),
        category_text(item),
        edition.method(item.method).label,
        edition.level(item.level).label,
        beside.units[item.lead_unit_id].name,
        beside.heads.get(item.lead_unit_id),
        beside.handlers.get(item.id),
        beside.co_units.get(item.id),
        beside.leaders[item.responsible_leader_id],
        item.requirement,
        item.issued_on,
        item.due_original,
        due_now(item),
        _remaining(item, shown, today),
        state_label(item),
        shown.word,
        report.percent / 100 if report else None,
        as_day(report.confirmed_at) if report and report.confirmed_at else None,
        report.progress if report else None,
        beside.times.get((item.id, "urge"), 0),
        beside.times.get((item.id, "extension"), 0),
        item.closed_on,
        YES_NO[closure.on_time] if closure else None,
        _remarks(item, beside.missing[item.id]),
    ]


def _remaining(item: Item, shown: Light, today: date) -> str | None:
    """剩余/逾期天数 while the unit is to act; what is handed in or waits is not counted."""
    counts = item.lit and shown.name != "blue" and not handed_in(item)
    return remaining(item.due, today) if item.due and counts else None


def _remarks(item: Item, missing: int) -> str | None:
    said = [
        words
        for applies, words in (
            (item.supplementary, "先交办后补签"),
            (item.deadline_kind == "open", "长期"),
            (missing > 0, f"欠报{missing}期"),
            (item.reset_count > 0, f"重新确定期限{item.reset_count}次"),
        )
        if applies
    ]
    return "，".join(said) or None


def _beside(viewer: Viewer, items: Collection[Item]) -> Beside:
    ids = [item.id for item in items]
    leads = {item.lead_unit_id: item for item in items}
    heads = {unit_id: heads_of(viewer, item, unit_id) for unit_id, item in leads.items()}
    people = {id_ for found in heads.values() for id_ in found}
    people |= {item.responsible_leader_id for item in items}
    names = named(people, viewer.moment.day)
    return Beside(
        units={row.id: row for row in db.session.scalars(select(Unit).where(Unit.id.in_(leads)))},
        heads={unit: "、".join(names[id_].name for id_ in found) for unit, found in heads.items()},
        handlers=_joined(
            visible(viewer, ItemMember)
            .join(Person, Person.id == ItemMember.person_id)
            .where(ItemMember.item_id.in_(ids), ItemMember.role == "handler")
            .order_by(Person.sort_no)
            .with_only_columns(ItemMember.item_id, Person.name)
        ),
        co_units=_joined(
            visible(viewer, ItemUnit)
            .join(Unit, Unit.id == ItemUnit.unit_id)
            .where(ItemUnit.item_id.in_(ids), ItemUnit.role == "co")
            .order_by(Unit.sort_no)
            .with_only_columns(ItemUnit.item_id, Unit.short_name)
        ),
        reports=_latest_reports(viewer, ids),
        times=_times(viewer, ids),
        closures={
            row.item_id: row
            for row in db.session.scalars(
                visible(viewer, Closure)
                .where(Closure.item_id.in_(ids), Closure.outcome == "accepted")
                .order_by(Closure.id)
            )
        },
        missing=_missing(viewer, ids),
        leaders={
            item.responsible_leader_id: names[item.responsible_leader_id].name for item in items
        },
    )


def _missing(viewer: Viewer, ids: Collection[int]) -> dict[int, int]:
    query = visible(viewer, Item).where(Item.id.in_(ids))
    found: dict[int, int] = {}
    for item_id, count in db.session.execute(query.with_only_columns(Item.id, missing(viewer))):
        found[item_id] = count
    return found


def _joined(query: Any) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for item_id, name in db.session.execute(query):
        found.setdefault(item_id, []).append(name)
    return {item_id: "、".join(names) for item_id, names in found.items()}


def _latest_reports(viewer: Viewer, ids: Collection[int]) -> dict[int, Feedback]:
    """The lead unit's latest report that was sent on, of each item."""
    rows = db.session.scalars(
        visible(viewer, Feedback)
        .join(Item, Item.id == Feedback.item_id)
        .where(
            Feedback.item_id.in_(ids),
            Feedback.unit_id == Item.lead_unit_id,
            Feedback.state.in_(HANDED_IN),
        )
        .order_by(Feedback.seq)
    )
    return {row.item_id: row for row in rows}


def _times(viewer: Viewer, ids: Collection[int]) -> dict[tuple[int, str], int]:
    """How often an item was urged, by notices issued and not voided, and given more time."""
    urged = db.session.execute(
        visible(viewer, UrgeNotice)
        .where(
            UrgeNotice.item_id.in_(ids),
            UrgeNotice.doc_seq.is_not(None),
            UrgeNotice.state != "ug_void",
        )
        .with_only_columns(UrgeNotice.item_id, func.count())
        .group_by(UrgeNotice.item_id)
    )
    extended = db.session.execute(
        visible(viewer, Extension)
        .where(
            Extension.item_id.in_(ids), Extension.kind == "extend", Extension.state == "approved"
        )
        .with_only_columns(Extension.item_id, func.count())
        .group_by(Extension.item_id)
    )
    return {
        **{(item_id, "urge"): count for item_id, count in urged},
        **{(item_id, "extension"): count for item_id, count in extended},
    }
