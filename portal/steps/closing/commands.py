"""Applying for 办结, and 销号; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.extensions import db
from portal.models import ArchiveRecord, Closure, Item, ItemMember
from portal.queue import enqueue_rule
from portal.rulebook import closures, policy, verdicts, workflow
from portal.rulebook.entries import Entry
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def apply_close(
    viewer: Viewer,
    item: Item,
    result_text: str,
    intent: Intent,
    *,
    declared: bool,
    without_co_units: bool = False,
    files: Sequence[Sound] = (),
) -> None:
    """第十六条（六）: the unit hands in, its 佐证材料 in the same act. A head's own application
    needs no second confirmation."""

    def effect() -> dict[str, Any]:
        closure = closures.written(item, result_text, viewer.person_id)
        kept = keep(viewer, item, files, "closing", unit_id=item.lead_unit_id, of=closure)
        facts: dict[str, Any] = {"attachment_ids": kept} | closures.facts_of(closure)
        return facts | ({"without_co_units": True} if without_co_units else {})

    workflow.perform(
        viewer,
        "apply_close",
        item,
        intent,
        values={
            "result_text": result_text,
            "declared": declared,
            "without_co_units": without_co_units,
            "files": len(files),
        },
        effect=effect,
    )
    db.session.commit()


def enter_close(
    viewer: Viewer,
    item: Item,
    result_text: str,
    entry: Entry,
    intent: Intent,
    *,
    declared: bool,
    without_co_units: bool = False,
    files: Sequence[Sound] = (),
) -> None:
    """SPEC §8.4: the application came as a sheet that the unit's head has signed; it also fills
    the head's box. The first of `files` is the sheet, the others are 佐证材料."""
    values = _as_entered(entry, result_text, len(files), declared, without_co_units)

    def effect() -> dict[str, Any]:
        closure = closures.written(
            item, result_text, entry.signer_id, via=entry.way, entered_by_id=viewer.person_id
        )
        kept = keep(viewer, item, files, "closing", unit_id=item.lead_unit_id, of=closure)
        values["scan_id"] = kept[0]
        facts = entry.facts() | {"attachment_ids": kept} | closures.facts_of(closure)
        return facts | ({"without_co_units": True} if without_co_units else {})

    workflow.perform(viewer, "enter_close", item, intent, values=values, effect=effect)
    db.session.commit()


def refusal_of_entry(
    viewer: Viewer, item: Item, result_text: str, entry: Entry, files: int, *, without: bool
) -> Unmet | None:
    """What does not hold of an application typed in, for a form that lacks something already;
    `files` counts those sent along, `without` says that co-units did not report in time."""
    values = _as_entered(entry, result_text, files, True, without)
    return workflow.refusal(viewer, "enter_close", item, None, values)


def _as_entered(
    entry: Entry, result_text: str, files: int, declared: bool, without: bool
) -> dict[str, Any]:
    """What the act checks: the first file is the sheet, the others are 佐证材料."""
    return entry.values(
        files,
        declared=declared,
        result_text=result_text,
        without_co_units=without,
        files=max(files - 1, 0),
    )


def close(viewer: Viewer, item: Item, intent: Intent) -> None:
    """第十四条: 销号. Judges on time (SPEC §3.7) and opens both archive records."""

    def effect() -> dict[str, Any]:
        day = viewer.moment.day
        item.closed_on = day
        closure = _judge(item)
        category = policy.of(item.policy_version).category(item.category)
        for keeper in ("office", "unit"):
            db.session.add(
                ArchiveRecord(
                    item_id=item.id,
                    keeper=keeper,
                    archive_no=f"{item.doc_year}-{item.doc_seq}",
                    retention=category.retention,
                )
            )
        db.session.flush()
        return {"on_time": closure.on_time}

    workflow.perform(viewer, "close", item, intent, effect=effect)
    db.session.commit()
    enqueue_rule("prepare_packages")  # both sides wait for the archive package


def _judge(item: Item) -> Closure:
    """The day the head handed in is the day of completion, whenever leaders acted; after 退回补正
    in time the first hand-in stands (SPEC §3.7)."""
    rounds = closures.rounds_of(item)
    last = rounds[-1]
    if item.issued_on is None:
        raise ValueError("an item at 销号 was issued")
    done = closures.completed(rounds)
    last.outcome, last.completed_on = "accepted", done
    last.days_used = verdicts.days_used(item.issued_on, done)
    judged = verdicts.verdict(item.due_original, item.due_effective, done)
    last.on_time, last.on_time_original, last.overdue_days = judged
    return last


def handler_of(item: Item) -> int | None:
    """The lead unit's 承办人, if one is named: most likely who reported by telephone."""
    return db.session.scalar(
        select(ItemMember.person_id)
        .where(ItemMember.item_id == item.id, ItemMember.role == "handler")
        .order_by(ItemMember.id)
        .limit(1)
    )
