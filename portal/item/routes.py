"""/items/<id>: the page of one item, for those who may know of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask import Blueprint, render_template, request, url_for

from portal.documents.queries import sheets_of
from portal.errors import NotOffered
from portal.extensions import db
from portal.item import (
    afterwards,
    calls,
    cases,
    changes,
    extensions,
    facts,
    handovers,
    inspections,
    knowing,
    loans,
    progress,
    reports,
    revisions,
    shares,
    signatures,
    timeline,
    urges,
    views,
    yearly,
)
from portal.item.archive import archive_of
from portal.item.attachments.panels import upload_of
from portal.item.attachments.queries import belonging_to, lines_of
from portal.item.awaited import waits_for
from portal.item.batches import batch_of
from portal.item.lights import light_of
from portal.item.marks import marks_of
from portal.item.panels import panels_of, placed
from portal.item.wording import ground, state_label
from portal.models import Closure, Person
from portal.rulebook import offers, on_paper
from portal.rulebook.item_texts import number_of, reporting_text
from portal.rulebook.scope import visible
from portal.rulebook.standing import sees_list
from portal.steps.registration.copying import may_copy, of_last_year
from portal.web import item_or_404, viewer

blueprint = Blueprint("item", __name__)


@blueprint.get("/items/<uuid:public_id>")
def page(public_id: uuid.UUID) -> str:
    """What it is, how far it is, what happened; first of all what this person may do."""
    item, reader = item_or_404(public_id), viewer()
    today = reader.moment.day
    units = shares.shares_of(reader, item)
    offered = offers.offered(reader, item)
    files = lines_of(reader, item, offered)
    unread = {offer.subject.id for offer in offered if offer.act == "read_feedback"}
    chosen = request.args.get("report", type=int)
    plan = reports.plan_of(reader, item, files, unread, chosen)
    closure = _closure(item.id)
    panels = placed(panels_of(offered, item), {report.id for report in plan.reports})
    return render_template(
        "item/page.html",
        item=item,
        today=today,
        number=number_of(item),
        light_now=light_of(item, today),
        state=state_label(item),
        heading=facts.heading(item, units),
        facts=facts.facts_of(item, units, today),
        steps=progress.step_bar(item, units, plan, today, urged=urges.urged_times(reader, item)),
        plan=plan,
        panels=panels.here,
        beside=panels.beside,
        apart=[panel for panel in panels.apart if panel.part is None],
        knowledge=knowing.card_of(reader, item, panels.apart),
        views=views.latest_of(reader, item),
        batch=batch_of(reader, item),
        may_copy=may_copy(reader, item),
        of_last_year=of_last_year(item, today),
        may_edit=any(offer.act == "save" for offer in offered),
        may_report=offers.may_report(offered),
        entries_offered=offers.may_enter(offered),
        waiting=[] if _ones_turn(offered) else waits_for(reader, item),
        signatures=signatures.signatures_of(reader, item, offered),
        reentries=signatures.reentries_of(item, offered),
        changes=changes.sheets_of(reader, item),
        requests=extensions.requests_of(reader, item, files),
        revised=revisions.changed_of(reader, item),
        proposals=changes.proposals_of(item, offered),
        urges=urges.urges_of(reader, item),
        urgeable=urges.proposed(item, offered, today),
        inspections=inspections.inspections_of(reader, item, files),
        inspectable=inspections.proposed(item, offered),
        files=files,
        upload=upload_of(item, offered),
        made_up=afterwards.made_up_of(reader, item),
        yearly=yearly.yearly_of(reader, item),
        calls=calls.calls_of(reader, item),
        handovers=handovers.handovers_of(reader, item),
        accountability=cases.of_item(reader, item),
        closure=closure,
        reply=facts.reply_of(closure, today) if closure else "",
        closure_entered=_entered(closure),
        archive=archive_of(reader, item),
        loans=loans.loans_of(reader, item),
        closure_files=belonging_to(closure, files) if closure else (),
        entries=timeline.entries_of(reader, item),
        sheets=sheets_of(reader, item),
        marks=marks_of(reader, item),
        cycle=reporting_text(item),
        report_ground=ground("16(5)"),
    )


@blueprint.get("/items/<uuid:public_id>/views")
def looked(public_id: uuid.UUID) -> str:
    """查阅记录 of a sensitive item, page by page, for those who keep its list."""
    item, reader = item_or_404(public_id), viewer()
    if item.classification != "sensitive" or not sees_list(reader, item):
        raise NotOffered("查阅记录由党政办主任和分管校领导查看。", article="21")
    found = views.page_of(reader, item, request.args.get("page", 1, type=int))
    return render_template(
        "item/views.html",
        item=item,
        number=number_of(item),
        found=found,
        page_size=views.A_PAGE,
        page_href=lambda page: url_for("item.looked", public_id=public_id, page=page),
    )


def _ones_turn(offered: Iterable[offers.Offer]) -> bool:
    """Whether this person is to act; the drafter is as long as the form may be changed."""
    return any(offer.act == "save" or offers.calls(offer) for offer in offered)


def _entered(closure: Closure | None) -> str:
    """「纸质申请，何玉萍代录」."""
    if closure is None or closure.entered_by_id is None:
        return ""
    typist = db.session.get_one(Person, closure.entered_by_id)
    return on_paper.entered_words(on_paper.CLOSINGS, closure.via, typist.name)


def _closure(item_id: int) -> Closure | None:
    return db.session.scalars(
        visible(viewer(), Closure)
        .where(Closure.item_id == item_id)
        .order_by(Closure.id.desc())
        .limit(1)
    ).one_or_none()
