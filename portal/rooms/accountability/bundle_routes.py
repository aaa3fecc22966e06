"""/accountability/<id>/bundles: 证据汇编 of a case."""

from __future__ import annotations

import io
import uuid

from flask import Response, flash, make_response, render_template, request, send_file, url_for

from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.models import CaseBundle
from portal.rooms.accountability import bundles, copies, queries
from portal.rooms.accountability.routes import blueprint
from portal.rulebook.scope import visible
from portal.web import note_opened, settings, to, viewer

__all__ = ["blueprint"]
LOOK_AGAIN = 1  # seconds


@blueprint.post("/accountability/<uuid:case_id>/bundles")
def ask_bundle(case_id: uuid.UUID) -> Response:
    """Ask for it; its page shows how far it is."""
    row = queries.case_of(viewer(), case_id)
    form = ActForm()
    if not form.validate_on_submit():
        flash("表单已失效，请重新生成", "toast")
        return to(url_for("accountability.case", case_id=case_id))
    made = bundles.ask(viewer(), row.case)
    address = url_for("accountability.bundle", case_id=case_id, bundle_id=made.public_id)
    return to(address)


@blueprint.get("/accountability/<uuid:case_id>/bundles/<uuid:bundle_id>")
def bundle(case_id: uuid.UUID, bundle_id: uuid.UUID) -> Response:
    """How far it is; renews itself until the file is there, with and without a script."""
    found, row = _bundle(case_id, bundle_id)
    in_work = found.state in ("asked", "making")
    part = request.headers.get("HX-Request")
    template = "_bundle" if part else "bundle"
    html = render_template(
        f"rooms/accountability/{template}.html", bundle=found, row=row, in_work=in_work
    )
    answer = make_response(html)
    if in_work and not part:
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


@blueprint.get("/accountability/<uuid:case_id>/bundles/<uuid:bundle_id>.pdf")
def bundle_file(case_id: uuid.UUID, bundle_id: uuid.UUID) -> Response:
    """The PDF, stamped for this reader; who took it is kept."""
    found, row = _bundle(case_id, bundle_id)
    if row.item.classification == "sensitive":
        note_opened(row.item.id)
    named = f"问责材料汇编{bundles.place_of(viewer(), found)}.pdf"
    content = copies.of_bundle(viewer(), found, settings())
    answer = send_file(io.BytesIO(content), mimetype="application/pdf", download_name=named)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _bundle(case_id: uuid.UUID, bundle_id: uuid.UUID) -> tuple[CaseBundle, queries.Row]:
    """One's own, of a case one still handles; NotFound for anybody else's."""
    reader = viewer()
    row = queries.case_of(reader, case_id)
    if not bundles.binds(reader, row.case):
        raise NotFound
    found = db.session.scalars(
        visible(reader, CaseBundle).where(
            CaseBundle.public_id == bundle_id,
            CaseBundle.case_id == row.case.id,
            CaseBundle.asked_by_id == reader.person_id,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found, row
