"""Filling annex 1 and annex 3 (SPEC §5.2, §5.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

from portal.documents.filling.parts import control_code, head_of, one, several, voided
from portal.documents.sheets import ClosingSheet, FilingSheet, SignatureBox
from portal.documents.sorts import annexes, urges
from portal.extensions import db
from portal.filters import full_time
from portal.models import Closure, Event, Item, ItemMember, Person, Unit
from portal.rulebook import changing, extending
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards import REPLIES
from portal.rulebook.item_texts import (
    limit_at_filing,
    limit_text,
    number_of,
    reporting_text,
    source_text,
)
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.urging import summary_text

Fill = Callable[[Viewer, Item, int, str], FilingSheet | ClosingSheet]
"""viewer, item, event it stands as of, college."""
FILED, NOTED = "已编号备案。", "已备案。"


def filing(viewer: Viewer, item: Item, as_of_id: int, college: str) -> FilingSheet:
    """附件 1, frozen at filing: what 交办 adds is on the notice and on annex 3, and what was
    adjusted since on its own sheet."""
    form, co_units = _as_filed(item)
    common = _common(viewer, form, co_units, college)
    common |= {"deadline": limit_at_filing(form), "handlers": (), "co_handlers": ()}
    return FilingSheet(
        **common,
        control_code=control_code(item, as_of_id, annexes.FILING),
        sign=one(viewer, item, "initiation", "sign"),
        review=one(viewer, item, "initiation", "review"),
        approve=several(viewer, item, "initiation", "approve"),
        filing=_event_box(viewer, item, ("file", "file_after"), FILED),
        footnote=("" if item.filed_on is None else "（承办人于交办后确定）") + voided(viewer, item),
    )


def closing(viewer: Viewer, item: Item, as_of_id: int, college: str) -> ClosingSheet:
    """附件 3 with the values of today."""
    common = _common(viewer, item, changing.co_units(item), college)
    common["deadline"] += extending.given_text(item)
    return ClosingSheet(
        **common,
        control_code=control_code(item, as_of_id, annexes.CLOSING),
        urging=summary_text(urges.numbers_of(viewer, item)),
        closing=_closing_text(viewer, item),
        sign=one(viewer, item, "closing", "sign_close"),
        review=one(viewer, item, "closing", "review_close"),
        approve=several(viewer, item, "closing", "read_close"),
        hr=_event_box(viewer, item, ("note_filing",), NOTED, by=Role.HR),
        discipline=_event_box(viewer, item, ("note_filing",), NOTED, by=Role.DISCIPLINE),
        office=_event_box(viewer, item, ("close",), "已备案销号。"),
        footnote=voided(viewer, item),
    )


def _as_filed(item: Item) -> tuple[Item, list[int]]:
    """The form as it was signed and filed, with its co-units, whatever was adjusted since."""
    filed = changing.as_filed(item)
    co_units: list[int] = filed.pop("co_unit_ids", changing.co_units(item))
    if not filed:
        return item, co_units
    columns = (column.key for column in inspect(Item).column_attrs)
    form = Item(**{name: getattr(item, name) for name in columns})  # never added to the session
    for name, value in filed.items():
        setattr(form, name, value)
    return form, co_units


def _common(viewer: Viewer, item: Item, co_unit_ids: list[int], college: str) -> dict[str, Any]:
    at = _filed_at(viewer, item)
    lead = db.session.get_one(Unit, item.lead_unit_id)
    co_units = db.session.scalars(
        select(Unit).where(Unit.id.in_(co_unit_ids)).order_by(Unit.sort_no)
    ).all()
    number = number_of(item)
    return {
        "college": college,
        "number": str(number) if number else "",
        "title": item.title,
        "source": source_text(item),
        "category": item.category,
        "method": item.method,
        "level": item.level,
        "deadline": limit_text(item),
        "responsible_leader": db.session.get_one(Person, item.responsible_leader_id).name,
        "lead_unit": lead.name,
        "lead_head": head_of(lead.id, at),
        "handlers": _members(item, "handler"),
        "co_handlers": _members(item, "co_handler"),
        "co_units": tuple(unit.short_name for unit in co_units),
        "co_heads": tuple(head_of(unit.id, at) for unit in co_units),
        "requirement": f"{item.requirement}\n{reporting_text(item)}。",
    }


def _filed_at(viewer: Viewer, item: Item) -> datetime:
    """单位责任人 are those of the filing (SPEC §5.2), of a form not filed yet those of now."""
    filed = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.act.in_(("file", "file_after")))
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Event.at)
    )
    return filed or viewer.moment.instant


def _members(item: Item, role: str) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(
            select(Person.name)
            .join(ItemMember, ItemMember.person_id == Person.id)
            .where(ItemMember.item_id == item.id, ItemMember.role == role)
            .order_by(Person.sort_no)
        )
    )


def _event_box(
    viewer: Viewer, item: Item, acts: tuple[str, ...], words: str, *, by: Role | None = None
) -> SignatureBox:
    """Whoever did one of these acts last, of any capacity or of this one."""
    found = visible(viewer, Event).where(Event.item_id == item.id, Event.act.in_(acts))
    if by is not None:
        found = found.where(Event.acting_as == by.value)
    event = db.session.scalars(found.order_by(Event.id.desc()).limit(1)).one_or_none()
    if event is None or event.actor_id is None:
        return SignatureBox()
    name = db.session.get_one(Person, event.actor_id).name
    return SignatureBox(opinion=words, name=name, date=event.day)


def _reply(closure: Closure) -> str:
    """简易办结 in short form: who of the unit reported it, when and how (第十五条)."""
    if closure.reply_form is None or closure.handed_in_at is None:
        return ""
    name = db.session.get_one(Person, closure.replied_by_id).name
    return f"\n{name}{full_time(closure.handed_in_at)}{REPLIES[closure.reply_form]}反馈。"


def _closing_text(viewer: Viewer, item: Item) -> str:
    closure = db.session.scalars(
        visible(viewer, Closure)
        .where(Closure.item_id == item.id)
        .order_by(Closure.id.desc())
        .limit(1)
    ).one_or_none()
    if closure is None:
        return ""
    text = closure.result_text + _reply(closure)
    if closure.completed_on is not None:
        text += f"\n办结日期：{long_date(closure.completed_on)}。"
    if closure.on_time is not None:
        text += "按时办结。" if closure.on_time else f"逾期{closure.overdue_days}天办结。"
    return text
