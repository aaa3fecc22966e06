"""补录历史事项: a matter that was finished on paper before the portal was used, entered with its
number and its days (第十六条（七）, SPEC §4 rule 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import ArchiveRecord, Closure, Item, ItemUnit, NumberPlaceholder
from portal.rulebook import numbering, policy, proposals, verdicts, workflow
from portal.rulebook.guards import Past
from portal.rulebook.kept_texts import salted
from portal.rulebook.numbering import Number
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.registration.commands import ItemFields

ACT: Final = "enter_history"
KEPT_BY: Final = ("office", "unit")


def enter(
    viewer: Viewer,
    fields: ItemFields,
    past: Past,
    intent: Intent,
    *,
    declared: bool,
    facts: Mapping[str, Any] | None = None,
) -> Item:
    """The archived item, within the transaction of the caller. `fields` name its responsible
    leader. Unmet where the number is in use or not of the past, or the days do not fit."""
    item = _item(viewer, fields, past)

    def effect() -> dict[str, Any]:
        _number(item, past)
        _add_units(item, fields)
        _add_end(viewer, item, past)
        return {"doc_no": str(past.number)}

    values = {"past": past, "declared": declared}
    event = workflow.create(viewer, item, intent, facts, act=ACT, values=values, effect=effect)
    return item if event.item_id == item.id else db.session.get_one(Item, event.item_id)


def _item(viewer: Viewer, fields: ItemFields, past: Past) -> Item:
    settled = proposals.settle(fields.given)
    values = {**asdict(fields), **settled._asdict()}
    values |= {"deadline_kind": "date" if past.due else "open", "deadline_days": None}
    values |= {"deadline_date": past.due, "chosen": list(settled.chosen)}
    del values["co_unit_ids"]
    return Item(
        **values,
        drafter_id=viewer.person_id,
        created_at=viewer.moment.instant,
        policy_version=policy.VERSION,
        form_version=0,
    )


def _number(item: Item, past: Past) -> None:
    """The number that was given on paper: released to the item if it stands in the register, else
    taken now. Nobody else comes between: the counter of its year is held."""
    number = past.number
    numbering.hold(number.word, number.year)
    registered = db.session.scalars(
        select(NumberPlaceholder).filter_by(word=number.word, year=number.year, seq=number.seq)
    ).one_or_none()
    if registered is not None:
        if registered.kind != "history" or registered.item_id is not None:
            raise in_use(number)
        registered.item_id = item.id
        db.session.flush()
    item.doc_word, item.doc_year, item.doc_seq = number
    item.filed_on, item.issued_on = past.filed_on, past.issued_on
    item.due_original = item.due_effective = item.due = past.due
    item.closed_on, item.archived_on = past.completed_on, past.archived_on
    try:
        db.session.flush()
    except IntegrityError as taken:
        raise in_use(number) from taken


def in_use(number: Number) -> Unmet:
    """The number stands for something else; of what, it is not said."""
    said = f"{number}已使用，请核对。"
    return Unmet(said, article="16(1)", fields={"number": said})


def _add_units(item: Item, fields: ItemFields) -> None:
    db.session.add_all(
        ItemUnit(item_id=item.id, unit_id=unit_id, role=role, state="handed_in")
        for unit_id, role in (
            (fields.lead_unit_id, "lead"),
            *((unit_id, "co") for unit_id in dict.fromkeys(fields.co_unit_ids)),
        )
    )
    db.session.flush()


def _add_end(viewer: Viewer, item: Item, past: Past) -> None:
    """办结情况 as typed in from the paper, and 双备案: both copies are on paper, in no package."""
    judged = verdicts.verdict(past.due, past.due, past.completed_on)
    db.session.add(
        Closure(
            item_id=item.id,
            result_text=past.result,
            salt=salted(past.result)[0],
            written_by_id=viewer.person_id,
            via="paper",
            entered_by_id=viewer.person_id,
            handed_in_at=shanghai_instant(past.completed_on),
            outcome="accepted",
            completed_on=past.completed_on,
            on_time=judged.on_time,
            on_time_original=judged.on_time_original,
            overdue_days=judged.overdue_days,
            days_used=verdicts.days_used(past.issued_on, past.completed_on),
        )
    )
    retention = policy.CURRENT.category(item.category).retention
    db.session.add_all(
        ArchiveRecord(
            item_id=item.id,
            keeper=keeper,
            archive_no=f"{past.number.year}-{past.number.seq}",
            retention=retention,
            kept_on=past.archived_on,
            location=past.location if keeper == "office" else "",
        )
        for keeper in KEPT_BY
    )
    db.session.flush()
