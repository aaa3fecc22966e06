"""Conditions of a change of a filed item, when it is proposed and when it is agreed to
(SPEC §2.2 T18, T36–T38)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import exists, select

from portal.extensions import db
from portal.models import Change, Item
from portal.rulebook import changing
from portal.rulebook.guards.form import period_allowed
from portal.rulebook.guards.situation import Situation
from portal.rulebook.periods import LONGEST
from portal.rulebook.refusals import Unmet

PERIOD = ("level", "deadline_kind", "deadline_days", "deadline_date", "deadline_basis")


def no_other_change(situation: Situation) -> None:
    """One change of an item waits for consent at a time."""
    if another_open(situation.item):
        raise Unmet("本事项另有调整正在报批，请待其办结或撤回后再提出。", article="19")


def only_reset_open(situation: Situation) -> None:
    """第十六条（六）: a new date takes the place of one that waits, not of another change."""
    if another_open(situation.item, beside="reset"):
        raise Unmet("本事项另有调整正在报批，请待其办结或撤回后再重新确定期限。", article="16(6)")


def another_open(item: Item, beside: str = "") -> bool:
    """Whether a change of this item waits for consent, other than one of the kind `beside`."""
    pending = exists().where(
        Change.item_id == item.id, Change.state == "open", Change.kind != beside
    )
    return bool(db.session.scalar(select(pending)))


def reassignment_allowed(situation: Situation) -> None:
    """第八条: one lead unit with a leader in charge, other units than now, and time left."""
    item, values = situation.item, changing.read(situation.subject.values)
    lead, co = values["lead_unit_id"], list(values["co_unit_ids"])
    if lead in co:
        raise Unmet(
            "协办单位中不应包括牵头单位。", article="8", fields={"co_units": "请去掉牵头单位。"}
        )
    if lead == item.lead_unit_id and sorted(co) == changing.co_units(item):
        raise Unmet(
            "承办单位没有变化，请重新选择。", article="8", fields={"lead_unit": "请重新选择。"}
        )
    if changing.leader_of(lead, situation.moment.day) is None:
        raise Unmet(
            "该单位目前没有分管校领导，请先在组织机构中补充。",
            article="4",
            fields={"lead_unit": "请选择其他单位。"},
        )
    due: date | None = values.get("due_effective", item.due_effective)
    if due is not None and due < situation.moment.day:
        raise Unmet(
            "现行完成时限已过，请重新确定完成时限。",
            article="8",
            fields={"new_due": "请填写不早于今天的日期。"},
        )
    _within_reach(due, situation.moment.day, "new_due")


def adjustment_allowed(situation: Situation) -> None:
    """第十八、十九条: something changes, and the period fits the level as it will be."""
    item, values = situation.item, changing.read(situation.subject.values)
    if all(value == getattr(item, name) for name, value in values.items()):
        raise Unmet("各项要素均没有变化，请填写需要调整的要素。", article="19")
    if values.keys() & set(PERIOD):
        proposed = Item(**{name: values.get(name, getattr(item, name)) for name in PERIOD})
        period_allowed(Situation(proposed, None, situation.person_id, situation.moment))
    due: Any = values.get("due_effective")
    if due is not None and due < situation.moment.day:
        raise Unmet(
            "按此计算的完成时限已过，请改填明确日期。",
            article="18",
            fields={"deadline_days": "按此计算的完成时限已过，请改填明确日期。"},
        )


def due_ahead(situation: Situation) -> None:
    """A new date that has passed while the change waited is not agreed to any more."""
    values = changing.read(situation.subject.values)
    due = values.get("due_effective") or values.get("due_reset")
    if due is not None and due < situation.moment.day:
        raise Unmet("所提完成时限已过，请不同意，由党政办重新提出。", article="19")


def _within_reach(due: date | None, today: date, name: str) -> None:
    if due is not None and due > today + LONGEST:
        raise Unmet("完成时限过远，请核对年份。", article="18(5)", fields={name: "请核对年份。"})
