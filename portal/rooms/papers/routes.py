"""/papers: 每周督办清单, 每周情况, 月度清单, on the page, as Excel and PDF."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, send_file, url_for

from portal import spans
from portal.documents.render import DocumentError
from portal.errors import NotFound
from portal.frame import NavEntry
from portal.item.export_rights import AT_ONCE
from portal.rooms.papers import commands, queries
from portal.rooms.papers.files import FORMS
from portal.rooms.papers.kinds import Paper, paper_of, papers_of, units_of, units_taken_out
from portal.rooms.papers.sections import Asked
from portal.rulebook.scope import Viewer
from portal.spans import Span
from portal.web import settings, to, viewer

blueprint = Blueprint("papers", __name__)
TYPES = {
    "excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("pdf", "application/pdf"),
}


@blueprint.get("/papers")
@blueprint.get("/papers/<name>")
def page(name: str = "") -> str:
    """A paper of the week or month asked for, of all units of the reader or of one; without a name
    the first that the person reads."""
    reader = viewer()
    known = papers_of(reader)
    if not known:
        raise NotFound
    found = paper_of(reader, name or known[0].name)
    span, asked = _asked(reader, found, request.args)
    parts = queries.parts_of(found, asked, queries.ON_PAGE)
    total = sum(part.total for part in parts)
    return render_template(
        "rooms/papers/page.html",
        today=reader.moment.day,
        paper=found,
        span=span,
        past=asked.is_past,
        parts=parts,
        units=queries.by_unit(found, asked),
        unit=request.args.get("unit", ""),
        href=partial(_href, found, span),
        papers=[_tab(one, found) for one in known],
        may_take=units_taken_out(reader, found) != frozenset(),
        too_many=total > AT_ONCE,
    )


@blueprint.post("/papers/<name>/files")
def take(name: str) -> Response:
    """The file: what this person may export of the paper."""
    reader = viewer()
    found = paper_of(reader, name)
    form = request.form.get("form", "")
    if form not in FORMS:
        raise NotFound
    span, asked = _asked(reader, found, request.form, files=True)
    try:
        content = commands.take(found, asked, span.said, form, settings().college)
    except DocumentError as error:
        flash(str(error), "error")
        return to(_href(found, span, unit=request.form.get("unit", "")))
    ending, kind = TYPES[form]
    answer = send_file(
        io.BytesIO(content),
        mimetype=kind,
        as_attachment=True,
        download_name=f"{found.label}{span.name}.{ending}",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(reader: Viewer, paper: Paper, given: Any, *, files: bool = False) -> tuple[Span, Asked]:
    """The span and the units of an address. NotFound: none of this person's."""
    span = spans.read(paper.span, given.get(paper.span, ""), reader.moment.day)
    if paper.to_friday:
        span = spans.to_friday(span)
    units = units_taken_out(reader, paper) if files else units_of(reader, paper)
    if code := given.get("unit", ""):
        chosen = queries.unit_called(code)
        if chosen is None or (units is not None and chosen not in units):
            raise NotFound
        units = frozenset({chosen})
    if units == frozenset():
        raise NotFound
    return span, Asked(reader, units, span.first, span.last)


def _href(paper: Paper, span: Span, **changed: str) -> str:
    """The address of the page with some parameters changed; what is empty is left out."""
    given: dict[str, Any] = {paper.span: span.name, "unit": request.args.get("unit", ""), **changed}
    return url_for(
        "papers.page", name=paper.name, **{key: one for key, one in given.items() if one}
    )


def _tab(one: Paper, chosen: Paper) -> NavEntry:
    return NavEntry(one.label, "", url_for("papers.page", name=one.name), 0, one is chosen)
