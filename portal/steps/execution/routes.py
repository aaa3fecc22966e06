"""/items/<id>/feedback: the report, on a page of its own."""

from __future__ import annotations

import uuid

from flask import Response, render_template

from portal.errors import NotOffered
from portal.rulebook import offers
from portal.rulebook.offers import may_report
from portal.steps.execution import commands
from portal.steps.execution.forms import ReportForm
from portal.steps.execution.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]


@blueprint.get("/items/<uuid:public_id>/feedback/new")
def new_report(public_id: uuid.UUID) -> str:
    """The form of a report, for those who may write one now."""
    item = item_or_404(public_id)
    if not may_report(offers.offered(viewer(), item)):
        raise NotOffered("本事项当前不由您报送反馈。", article="16(5)")
    return render_template(FOLDER + "report.html", item=item, form=ReportForm(version=item.version))


@blueprint.post("/items/<uuid:public_id>/feedback")
def report(public_id: uuid.UUID) -> Response:
    """提交反馈."""
    item, form = item_or_404(public_id), ReportForm()
    return run(
        item,
        form,
        FOLDER + "_report.html",
        lambda: commands.report(
            viewer(), item, form.fields(), intent_of(form), declared=bool(form.declared.data)
        ),
        "反馈已报送",
    )
