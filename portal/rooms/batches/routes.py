"""/batches: from 会议纪要 to drafts, and what is done with all of them together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    render_template,
    request,
    send_file,
    url_for,
)

from portal import store
from portal.attachments.kinds import KINDS
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.forms import ActForm
from portal.models import Batch
from portal.rooms.batches import commands, joint, queries
from portal.rooms.batches.commands import Source
from portal.rooms.batches.forms import DraftsForm, PaperForm, drafts_form, proposed
from portal.rooms.batches.joint import MovedOn
from portal.rooms.batches.joint_forms import (
    FileForm,
    JointForm,
    SignForm,
    SubmitForm,
    joint_form,
)
from portal.rooms.batches.minutes.proposing import Reading
from portal.rooms.batches.queries import FILING, MOST, SIGNING, SUBMITTING, Entry
from portal.rooms.batches.reading import directory_of, reader_for
from portal.rooms.batches.warnings import warnings_for
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.web import intent_of, put_errors, settings, to, viewer

blueprint = Blueprint("batches", __name__)
FOLDER = "rooms/batches/"
NO_MATTER = "没有识别到可以立项的事项。请核对纪要全文，或直接新建立项。"


@blueprint.get("/batches")
def index() -> str:
    """The papers that were read in."""
    commands.must_draft(viewer())
    return render_template(
        FOLDER + "index.html", papers=queries.papers_of(viewer()), today=viewer().moment.day
    )


@blueprint.get("/batches/new")
def new() -> str:
    """First the 涉密 question, then the field for the paper."""
    commands.must_draft(viewer())
    answer = request.args.get("secret", "")
    if answer != "no":
        return render_template(FOLDER + "question.html", stopped=bool(answer))
    return render_template(FOLDER + "paper.html", form=PaperForm())


@blueprint.post("/batches/new")
def take_in() -> Response:
    """Read the paper; kept only if there is something in it to be drafted."""
    commands.must_draft(viewer())
    form = PaperForm()
    if form.secret.data != "no":
        raise NotOffered("请先回答是否涉及国家秘密。", article="21")
    if form.validate_on_submit() and form.key.data is not None:
        found = _read(form.text)
        if found.proposals:
            paper = commands.take_in(viewer(), form.text, form.file, found.heading, form.key.data)
            return to(url_for("batches.propose", batch_id=paper.public_id))
        form.words.errors = [NO_MATTER]
    form.renew(None)
    return make_response(render_template(FOLDER + "paper.html", form=form), 422)


@blueprint.get("/batches/<uuid:batch_id>/drafts")
def propose(batch_id: uuid.UUID) -> str | Response:
    """What is proposed of each matter, to tick and correct."""
    paper = _paper(batch_id)
    if paper.drafted_at is not None:
        return to(url_for("batches.page", batch_id=batch_id))
    found = _read(paper.words)
    directory = directory_of(viewer())
    shown = found.proposals[:MOST]
    source = {
        "source_type": paper.source_type,
        "source_ref": paper.source_ref,
        "source_date": paper.source_date,
    }
    mine = {unit.id for unit in db.session.scalars(offers.units_to_draft_for(viewer()))}
    form = drafts_form(shown, directory)(data={**source, **proposed(shown, directory, mine)})
    return _proposals(paper, form, found)


@blueprint.post("/batches/<uuid:batch_id>/drafts")
def draft(batch_id: uuid.UUID) -> Response:
    """All drafts at once, or none."""
    paper = _paper(batch_id)
    found = _read(paper.words)
    form = drafts_form(found.proposals[:MOST], directory_of(viewer()))()
    if form.validate_on_submit():
        source = Source(form.source_type.data, form.source_ref.data, form.source_date.data)
        try:
            commands.draft_all(viewer(), paper, source, form.wanted(), intent_of(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(f"已生成草稿{len(form.taken)}项", "toast")
            return to(url_for("batches.page", batch_id=batch_id))
    form.renew(None)
    return make_response(_proposals(_paper(batch_id), form, found), 422)


@blueprint.post("/batches/<uuid:batch_id>/removal")
def discard(batch_id: uuid.UUID) -> Response:
    """Delete a paper of which nothing was drafted."""
    paper, form = _paper(batch_id), ActForm()
    if not form.validate_on_submit():
        raise NotOffered("表单已失效，请刷新页面后重新操作。")
    commands.discard(viewer(), paper)
    flash("已删除", "toast")
    return to(url_for("batches.index"))


@blueprint.get("/batches/<uuid:batch_id>/paper")
def file(batch_id: uuid.UUID) -> Response:
    """The uploaded file."""
    paper = _paper(batch_id)
    if paper.sha256 is None:
        raise NotFound
    answer = send_file(
        store.path_of(settings().files_dir.absolute(), paper.sha256),
        mimetype=KINDS["docx"].media_type,
        as_attachment=True,
        download_name=paper.name,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/batches/<uuid:batch_id>")
def page(batch_id: uuid.UUID) -> str | Response:
    """The batch as one list, with what this person may do with all of it."""
    paper, entries = queries.must_see(viewer(), batch_id)
    if paper is not None and paper.drafted_at is None:
        return to(url_for("batches.propose", batch_id=batch_id))
    return _page(batch_id, paper, entries)


@blueprint.post("/batches/<uuid:batch_id>/submission")
def submit(batch_id: uuid.UUID) -> Response:
    """提交立项 of the ticked drafts."""

    def command(form: SubmitForm) -> None:
        joint.submit_all(
            viewer(), form.ticked(), intent_of(form), declared=bool(form.declared.data)
        )

    return _jointly(batch_id, "submit", command, "已提交立项{count}项")


@blueprint.post("/batches/<uuid:batch_id>/signature")
def sign(batch_id: uuid.UUID) -> Response:
    """签批 of the ticked items."""

    def command(form: SignForm) -> None:
        joint.sign_all(viewer(), form.ticked(), form.opinions, intent_of(form))

    return _jointly(batch_id, "sign", command, "已签批{count}项")


@blueprint.post("/batches/<uuid:batch_id>/filing")
def number(batch_id: uuid.UUID) -> Response:
    """批量编号下达 of the ticked items, in the order of the paper."""

    def command(form: FileForm) -> None:
        held = bool(form.hold.data) or settings().separate_release
        joint.file_all(
            viewer(),
            form.ticked(),
            intent_of(form),
            word=settings().item_word,
            release=not held,
        )

    return _jointly(batch_id, "file", command, "已编号备案{count}项")


KINDS_OF_FORM: dict[str, tuple[type[JointForm], tuple[str, ...]]] = {
    "submit": (SubmitForm, SUBMITTING),
    "sign": (SignForm, SIGNING),
    "file": (FileForm, FILING),
}


def _jointly(batch_id: uuid.UUID, name: str, command: Callable[[Any], None], said: str) -> Response:
    _paper_seen, entries = queries.must_see(viewer(), batch_id)
    kind, acts = KINDS_OF_FORM[name]
    form = joint_form(kind, entries, acts, request.form)()
    status = 422
    if form.validate_on_submit():
        try:
            command(form)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except MovedOn as late:
            db.session.rollback()
            form.form_errors.append(late.said)
            status = late.status
        else:
            flash(said.format(count=len(form.ticked())), "toast")
            return to(url_for("batches.page", batch_id=batch_id))
    paper, entries = queries.must_see(viewer(), batch_id)
    form.renew(None)
    again = _again(form, entries, acts)
    return make_response(_page(batch_id, paper, entries, {name: again}), status)


def _again(form: JointForm, entries: list[Entry], acts: tuple[str, ...]) -> JointForm:
    """The form that comes back asks for what is open by now, with the versions of now."""
    form.entries = tuple(
        entry for entry in entries if entry.may(acts) and f"{entry.name}-taken" in form
    )
    form.keep_versions(form.entries)
    return form


def _page(
    batch_id: uuid.UUID,
    paper: Batch | None,
    entries: list[Entry],
    forms: dict[str, JointForm] | None = None,
) -> str:
    shown = {
        name: joint_form(kind, entries, acts)(formdata=None)
        for name, (kind, acts) in KINDS_OF_FORM.items()
        if any(entry.may(acts) for entry in entries)
    }
    for name, form in (shown := {**shown, **(forms or {})}).items():
        form.name_ids(name)
    return render_template(
        FOLDER + "page.html",
        batch_id=batch_id,
        paper=paper,
        entries=entries,
        forms=shown,
        source=entries[0].item if entries else None,
        today=viewer().moment.day,
        separate=settings().separate_release,
        may_print=queries.may_print(viewer(), entries),
    )


def _proposals(paper: Batch, form: DraftsForm, found: Reading) -> str:
    return render_template(
        FOLDER + "proposals.html",
        paper=paper,
        form=form,
        removal=ActForm(formdata=None),
        skipped=found.skipped,
        more=max(len(found.proposals) - MOST, 0),
        most=MOST,
        warnings=warnings_for(viewer(), form.planned()),
        today=viewer().moment.day,
    )


def _paper(batch_id: uuid.UUID) -> Batch:
    paper = queries.paper_of(viewer(), batch_id)
    if paper is None:
        raise NotFound
    commands.must_draft(viewer())
    return paper


def _read(words: str) -> Reading:
    return reader_for(viewer(), settings().college).read(words, viewer().moment.day)
