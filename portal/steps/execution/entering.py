"""代录反馈 (SPEC §8.4): the office types in what a unit reported on paper, by telephone or as a
file; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Feedback, Item
from portal.rulebook import on_paper, reporting, workflow
from portal.rulebook.entries import Entry
from portal.rulebook.kept_texts import keep_report
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.execution.commands import ReportFields, begin, write
from portal.steps.execution.queries import returned

ACTS = ("enter_report", "enter_co_report")


def enter(
    viewer: Viewer,
    item: Item,
    unit_id: int,
    given: ReportFields,
    entry: Entry,
    intent: Intent,
    *,
    declared: bool,
    point_id: int | None = None,
    files: Sequence[Sound] = (),
) -> None:
    """A report of the unit like any other, handed in on the day it bears. Goes on with the report
    that was sent back to the unit, if there is one; the unit's own draft stays its own."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ACTS, item):
        return
    report = returned(item, unit_id) or Feedback(
        item_id=item.id, unit_id=unit_id, state="fb_draft", returns=0
    )
    report.via, report.entered_by_id = entry.way, viewer.person_id
    db.session.add(report)
    write(report, given, entry.signer_id or viewer.person_id)

    def effect() -> dict[str, Any]:
        begin(viewer, item, report, point_id)
        reporting.confirmed(viewer, item, report, shanghai_instant(entry.day))
        return _noted(viewer, item, report, entry, files)

    act = "enter_report" if unit_id == item.lead_unit_id else "enter_co_report"
    _perform(viewer, act, item, report, entry, intent, effect, len(files), declared=declared)
    if report.final and act == "enter_co_report":
        once = intent.also("enter_hand_in")
        reporting.hand_in(viewer, item, unit_id, once, "enter_hand_in")
    db.session.commit()


def correct(
    viewer: Viewer,
    item: Item,
    report: Feedback,
    given: ReportFields,
    entry: Entry,
    intent: Intent,
    *,
    declared: bool,
    files: Sequence[Sound] = (),
) -> None:
    """更正代录: the report as it really was; with other files, or those there are."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("correct_report",), item):
        return

    def effect() -> dict[str, Any]:
        # Whether a co-unit's part is done was decided with the entry, and acted on.
        write(report, replace(given, final=report.final), entry.signer_id)
        if report.returns == 0:
            report.confirmed_at = shanghai_instant(entry.day)
        return _noted(viewer, item, report, entry, files)

    scans = len(files) or int(report.scan_id is not None)
    _perform(
        viewer, "correct_report", item, report, entry, intent, effect, scans, declared=declared
    )
    db.session.commit()


def refusal(viewer: Viewer, item: Item, unit_id: int, entry: Entry, scans: int) -> Unmet | None:
    """What does not hold of how the report came; its texts and the declaration are the form's."""
    report = returned(item, unit_id) or Feedback(item_id=item.id, unit_id=unit_id)
    act = "enter_report" if unit_id == item.lead_unit_id else "enter_co_report"
    return _refusal(viewer, act, item, report, entry, scans)


def refusal_of_correction(
    viewer: Viewer, item: Item, report: Feedback, entry: Entry, scans: int
) -> Unmet | None:
    """The same of a correction, which may keep the file there is."""
    kept = scans or int(report.scan_id is not None)
    return _refusal(viewer, "correct_report", item, report, entry, kept)


def _refusal(
    viewer: Viewer, act: str, item: Item, report: Feedback, entry: Entry, scans: int
) -> Unmet | None:
    values = entry.values(scans, declared=True)
    return workflow.refusal(viewer, act, item, report, values, entry.said)


def contest(viewer: Viewer, item: Item, report: Feedback, intent: Intent) -> None:
    """对代录提出异议, by whom it names; the reason is the opinion."""
    workflow.perform(viewer, "contest_report", item, intent, subject=report)
    db.session.commit()


def answer(viewer: Viewer, item: Item, report: Feedback, intent: Intent) -> None:
    """答复代录异议: the entry stays as it is, the reason says why."""
    workflow.perform(viewer, "answer_report", item, intent, subject=report)
    db.session.commit()


def _noted(
    viewer: Viewer, item: Item, report: Feedback, entry: Entry, files: Sequence[Sound]
) -> dict[str, Any]:
    """The files, how it came, and until when the person named may object; the event's facts."""
    kept = keep(viewer, item, files, "report", unit_id=report.unit_id, of=report)
    scan_id = kept[0] if kept else report.scan_id
    on_paper.note(
        report, viewer.moment, viewer.person_id, entry.way, entry.day,
        None if entry.way == "phone" else scan_id,
    )  # fmt: skip
    text = {"attachment_ids": kept, "report": keep_report(report)}
    return reporting.facts_of(report) | entry.facts() | text


def _perform(
    viewer: Viewer,
    act: str,
    item: Item,
    report: Feedback,
    entry: Entry,
    intent: Intent,
    effect: workflow.Effect,
    scans: int,
    *,
    declared: bool,
) -> None:
    workflow.perform(
        viewer,
        act,
        item,
        replace(intent, opinion=entry.said),
        subject=report,
        values=entry.values(scans, declared=declared),
        effect=effect,
    )
