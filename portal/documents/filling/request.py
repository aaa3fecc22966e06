"""Filling 延期督办申请表, 免于督办审批表 and 督办事项调整单 (第十九条, SPEC §2.2 T23, T24, T38).

Laid out like the annexes; they bear the item's number and none of their own (SPEC §4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.documents.filling.parts import HELD, as_before, control_code, head_of, several
from portal.documents.sheets import RequestSheet, SignatureBox, SignedCell
from portal.documents.sorts.requests import asked
from portal.documents.typesetting.characters import with_geta
from portal.extensions import db
from portal.filters import time_or_day
from portal.models import Attachment, Change, Event, Extension, Item, Opinion, Person, Unit
from portal.rulebook import changing, extending, policy
from portal.rulebook.chains import CHAINS, Step
from portal.rulebook.change_texts import rows_of
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import number_of
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible

WHOLE = ("ext_principal", "approve_adjust")
"""Boxes over the whole row: two principals may sign there."""
NONE = "无"


def fill(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> RequestSheet:
    """The sheet as it stands now. NotFound if the item has none of that kind and number."""
    row = asked(viewer, item, kind)
    number = number_of(item)
    common: dict[str, Any] = {
        "college": college,
        "kind": row.kind,
        "number": str(number) if number else "",
        "title": item.title,
        "control_code": control_code(item, as_of_id, kind),
    }
    if isinstance(row, Extension):
        return RequestSheet(**common, **_extension(viewer, item, row))
    return RequestSheet(**common, **_change(viewer, item, row))


def _of_unit(item: Item, held: Mapping[str, Any], at: datetime) -> tuple[tuple[str, str], ...]:
    """Whose matter it is; `held` are unit, level and leader as the sheet is to name them."""
    unit = db.session.get_one(Unit, held["lead_unit_id"])
    edition = policy.of(item.policy_version)
    return (
        ("承办单位", unit.name),
        ("单位责任人", head_of(unit.id, at)),
        ("等　级", edition.level(held["level"]).label),
        ("责任校领导", db.session.get_one(Person, held["responsible_leader_id"]).name),
        ("交办日期", long_date(item.issued_on) if item.issued_on else ""),
    )


def _extension(viewer: Viewer, item: Item, row: Extension) -> dict[str, Any]:
    original = f"{long_date(item.due_original)}前" if item.due_original else "长期"
    halves = [
        *_of_unit(item, changing.present(item, HELD), row.applied_at),
        ("原定时限", original),
        ("现行时限", f"{long_date(row.due_before)}前" if row.due_before else "长期"),
        ("已延期次数", f"{row.granted}次"),
    ]
    return {
        "halves": tuple(halves),
        "wholes": (
            ("申请事项", _asks(row)),
            ("申请理由", row.reason),
            ("目前进展", row.progress),
            ("证明材料", _files(viewer, row)),
            ("提出时间", _applied(row)),
        ),
        "result": _result(row),
        **_cells(viewer, item, "extension", row.id),
    }


def _asks(row: Extension) -> str:
    if row.kind == "exempt" or row.asked_due is None or row.due_before is None:
        return "免于督办。"
    days = (row.asked_due - row.due_before).days
    superior = "时限由上级单位明确，上级已同意。" if row.of_superior else ""
    return f"延期督办，完成时限延至{long_date(row.asked_due)}前（延长{days}天）。{superior}"


def _files(viewer: Viewer, row: Extension) -> str:
    names = db.session.scalars(
        visible(viewer, Attachment)
        .where(Attachment.subject == "extension", Attachment.subject_id == row.id)
        .order_by(Attachment.id)
        .with_only_columns(Attachment.name)
    ).all()
    return "\n".join(f"{number}. {with_geta(name)}" for number, name in enumerate(names, 1)) or NONE


def _applied(row: Extension) -> str:
    said = time_or_day(row.applied_at)
    if row.oral_at is not None and row.applied_at == row.oral_at:
        said += "（口头申请，已按期补交书面申请）"
    if row.cutoff is None:
        return said
    until = f"最迟申请时间{extending.latest_words(row.cutoff)}"
    if row.timely:
        return f"{said}（{until}，按时提出）"
    return f"{said}（{until}，因不可抗力逾期提出）"


def _result(row: Extension) -> str:
    if row.decided_at is None:
        return ""
    day = long_date(shanghai_day(row.decided_at))
    if row.state != "approved":
        return f"{state_word('extension', row.state)}。{day}"
    if row.due_after is None:
        return f"同意免于督办。{day}"
    return f"同意延期至{long_date(row.due_after)}前。{day}"


def _spaced(label: str) -> str:
    """A label of two characters as wide as the others: 「等　级」."""
    return "　".join(label) if len(label) == 2 else label


def _change(viewer: Viewer, item: Item, row: Change) -> dict[str, Any]:
    rows = rows_of(item, row)
    return {
        "halves": (
            *_of_unit(item, as_before(viewer, item, row), row.proposed_at),
            ("提出日期", long_date(shanghai_day(row.proposed_at))),
        ),
        "wholes": (
            *(
                (_spaced(part.label), f"调整前：{part.before}\n调整后：{part.after}")
                for part in rows
            ),
            ("调整理由", _reason(viewer, row)),
        ),
        "result": "" if row.state == "open" else state_word("change", row.state),
        **_cells(viewer, item, row.kind, row.id),
    }


def _reason(viewer: Viewer, row: Change) -> str:
    return (
        db.session.scalars(
            select(Opinion.body)
            .join(Event, Event.opinion_id == Opinion.id)
            .where(Event.subject == "change", Event.subject_id == row.id, Event.act == row.kind)
            .where(Opinion.id.in_(visible(viewer, Opinion).with_only_columns(Opinion.id)))
        ).one_or_none()
        or ""
    )


def _cells(viewer: Viewer, item: Item, chain: str, row_id: int) -> dict[str, Any]:
    """The boxes of the chain in its order; those that this request does not ask stay away."""
    steps = [
        (step, several(viewer, item, chain, step.step, row_id)) for step in CHAINS[chain].steps
    ]
    shown = [(step, boxes) for step, boxes in steps if boxes]
    return {
        "signed": tuple(_cell(*pair) for pair in shown if pair[0].step not in WHOLE),
        "decided": tuple(_cell(*pair) for pair in shown if pair[0].step in WHOLE),
    }


def _cell(step: Step, boxes: tuple[SignatureBox, ...]) -> SignedCell:
    label = step.box.replace("分管党政办院领导", "分管党政办\n院领导")
    return SignedCell(label, boxes)
