"""/reports-due: the reports of a week on one page, each handed in by itself (第十六条（五）)."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from flask import Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select

from portal.errors import NotOffered, Stale
from portal.extensions import db
from portal.models import Feedback, Item, Unit
from portal.rooms.burden.due import MOST, due_reports, may_report
from portal.rooms.burden.routes import blueprint
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.execution import commands
from portal.steps.execution.commands import ReportFields
from portal.steps.execution.forms import ReportForm
from portal.web import intent_of, put_errors, to, viewer

__all__ = ["blueprint"]

CHANGED = "该事项刚有变化，请核对后重新提交。"
GONE = "该事项当前不由您报送反馈。"
OTHERS = "本单位人员刚保存了该项草稿，请打开“单独填报”核对；再次提交的，以您填写的为准。"
PAGE = "rooms/burden/due.html"
WRITTEN = ("measures", "progress", "effect", "problems", "next_steps", "percent", "no_progress")


@dataclass
class Entry:
    """One form of the page: its item, its lead unit, the form; `begun` is the digest of what stood
    in it when the page was opened, `said` what became of it."""

    item: Item
    unit: Unit
    form: ReportForm
    begun: str
    said: str = ""


@blueprint.get("/reports-due")
def due() -> str:
    """本周应报: a form for each report that falls due by Sunday, with its draft if there is one."""
    found = due_reports(viewer())
    entries = [_begun(one.item, one.unit) for one in found]
    return render_template(PAGE, entries=entries, today=viewer().moment.day, most=MOST)


@blueprint.post("/reports-due")
def send() -> Response:
    """Hand in what is declared, keep the rest as drafts; each item by itself. What was refused is
    shown again with everything typed."""
    asked = dict.fromkeys(request.form.getlist("item"))
    entries = [entry for one in list(asked)[:MOST] if (entry := _entry(one)) is not None]
    sent = sum(_handed_in(entry) for entry in entries)
    kept = sum(_kept(entry) for entry in entries)
    refused = [entry for entry in entries if entry.said]
    said = [f"已报送{sent}项" if sent else "", f"已保存草稿{kept}项" if kept else ""]
    if any(said):
        flash("，".join(part for part in said if part), "toast")
    if not refused:
        return to(url_for("burden.due"))
    html = render_template(PAGE, entries=refused, today=viewer().moment.day, most=MOST)
    return make_response(html, 422)


def _begun(item: Item, unit: Unit) -> Entry:
    form = ReportForm.begun(item, unit.id, prefix=_prefix(item))
    form.name_ids(_prefix(item).rstrip("-"))
    return Entry(item, unit, form, _digest(commands.draft_of(item, unit.id)))


def _prefix(item: Item) -> str:
    return f"r{item.public_id.hex}-"


def _entry(asked: str) -> Entry | None:
    """The form of an item that was on the page; None of what this person does not know of (any
    more)."""
    try:
        public_id = uuid.UUID(asked)
    except ValueError:
        return None
    item = db.session.scalars(
        visible(viewer(), Item).where(Item.public_id == public_id)
    ).one_or_none()
    if item is None:
        return None
    unit = db.session.scalars(select(Unit).where(Unit.id == item.lead_unit_id)).one()
    form = ReportForm(item=item, unit_id=unit.id, prefix=_prefix(item))
    form.name_ids(_prefix(item).rstrip("-"))
    return Entry(item, unit, form, request.form.get(f"{_prefix(item)}begun", ""))


def _handed_in(entry: Entry) -> bool:
    """Whether the report was handed in; why not, its form says."""
    form, item = entry.form, entry.item
    if not form.declared.data:
        return False
    if not form.validate():
        entry.said = "未报送"
        form.renew(form.seen.data)
        return False
    try:
        commands.report(
            viewer(), item, entry.unit.id, form.fields(), intent_of(form),
            declared=True, with_it=form.with_it(),
        )  # fmt: skip
    except (Unmet, NotOffered, Stale) as error:
        db.session.rollback()
        _say(entry, error)
        return False
    return True


def _kept(entry: Entry) -> bool:
    """Whether what was typed and not declared is kept as the unit's draft. A form that was left as
    it was is no answer to what a colleague has saved since."""
    form, item = entry.form, entry.item
    if form.declared.data or _digest(form.fields()) == entry.begun:
        return False
    form.loosen()
    if not form.validate():
        entry.said = "草稿未保存"
        form.renew(form.seen.data)
        return False
    if not may_report(viewer(), item):
        _say(entry, NotOffered(GONE, article="16(5)"))
        return False
    stands = _digest(commands.draft_of(item, entry.unit.id))
    if stands != entry.begun:
        entry.begun = stands
        _say(entry, NotOffered(OTHERS, article="16(5)"))
        return False
    commands.save_draft(viewer(), item, entry.unit.id, form.fields())
    return True


def _digest(report: Feedback | ReportFields | None) -> str:
    """SHA-256 of what a draft, or a form, says; of no draft what an empty form says."""
    said = "\0".join(str(getattr(report, name, "") or "") for name in WRITTEN)
    return hashlib.sha256(said.encode()).hexdigest()


def _say(entry: Entry, error: Unmet | NotOffered | Stale) -> None:
    """The refusal at its field or above the form, which may be sent again as it is."""
    entry.said = "未报送"
    if isinstance(error, Unmet):
        put_errors(entry.form, error)
    else:
        words = CHANGED if isinstance(error, Stale) else error.reason
        entry.form.form_errors.append(words)
    public_id = entry.item.public_id
    entry.item = db.session.scalars(
        visible(viewer(), Item).where(Item.public_id == public_id)
    ).one()
    entry.form.renew(entry.item.version)
