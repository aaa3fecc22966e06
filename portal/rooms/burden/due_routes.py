"""/reports-due: the reports of a week on one page, each handed in by itself (第十六条（五）)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select

from portal.errors import NotOffered, Stale
from portal.extensions import db
from portal.models import Item, Unit
from portal.rooms.burden.due import MOST, due_reports, may_report
from portal.rooms.burden.routes import blueprint
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.execution import commands
from portal.steps.execution.forms import ReportForm
from portal.web import intent_of, put_errors, to, viewer

__all__ = ["blueprint"]

CHANGED = "该事项刚有变化，请核对后重新提交。"
GONE = "该事项当前不由您报送反馈。"
PAGE = "rooms/burden/due.html"


@dataclass
class Entry:
    """One form of the page: its item, its lead unit, the form; `said` is what became of it."""

    item: Item
    unit: Unit
    form: ReportForm
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
    return Entry(item, unit, form)


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
    return Entry(item, unit, form)


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
    """Whether what was typed and not declared is kept as the unit's draft."""
    form, item = entry.form, entry.item
    if form.declared.data or not _typed(form):
        return False
    form.loosen()
    if not form.validate():
        entry.said = "草稿未保存"
        form.renew(form.seen.data)
        return False
    if not may_report(viewer(), item):
        _say(entry, NotOffered(GONE, article="16(5)"))
        return False
    commands.save_draft(viewer(), item, entry.unit.id, form.fields())
    return True


def _typed(form: ReportForm) -> bool:
    """Whether the form holds other texts than the draft it began with."""
    begun = commands.draft_of(form.item, form.unit_id)
    given = form.fields()
    names = ("measures", "progress", "effect", "problems", "next_steps")
    return any((getattr(given, name) or "") != (getattr(begun, name, "") or "") for name in names)


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
