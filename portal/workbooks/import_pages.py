"""The pages of an import of items: template, file, what was read, confirmation, how far it is.

A slice declares one `ImportPages` and adds it to its blueprint; all imports look and work alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.attachments.refusal import FileRefused
from portal.errors import NotFound
from portal.extensions import db
from portal.models import ImportedRow, Item, WorkbookImport
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.web import put_errors, to, viewer
from portal.workbooks import importing, pages
from portal.workbooks.columns import Table
from portal.workbooks.forms import ConfirmForm, WorkbookForm
from portal.workbooks.importing import Kind
from portal.workbooks.refusal import WorkbookRefused

LOOK_AGAIN: Final = 1
"""Seconds after which a page without a script looks how far the import is."""
LISTED: Final = 100
"""Items named on the page of an import; all of them stand in the ledger."""


@dataclass(frozen=True)
class ImportPages:
    """An import as people meet it.

    `address` is where it lies, `name` begins its endpoints, `title` and `note` head its pages,
    `back` is an endpoint of the blueprint with its label; `follows` says at 确认导入 what comes of
    it, `done` the same afterwards. `must` refuses who may not. `beside` gives the template of that
    name what the preview shows besides the rows.
    """

    kind: Kind
    address: str
    name: str
    title: str
    note: str
    back: tuple[str, str]
    follows: str
    done: str
    must: Callable[[], None]
    beside: Callable[[Table], Mapping[str, Any]] | None = None
    beside_template: str = ""

    def add_to(self, blueprint: Blueprint) -> None:
        """Add the six addresses."""
        one = f"{self.address}/<uuid:import_id>"
        for address, name, view, methods in (
            (self.address, "", self.upload_page, ["GET"]),
            (self.address, "_keep", self.keep, ["POST"]),
            (f"{self.address}/template.xlsx", "_template", self.template, ["GET"]),
            (one, "_shown", self.show, ["GET"]),
            (one, "_confirm", self.confirm, ["POST"]),
            (f"{one}/removal", "_drop", self.drop, ["POST"]),
            (f"{one}/remarks.xlsx", "_remarks", self.remarks, ["GET"]),
        ):
            blueprint.add_url_rule(address, self.name + name, view, methods=methods)

    def upload_page(self) -> str:
        """The template, and the form of the file."""
        self.must()
        return self._render("page", form=WorkbookForm())

    def template(self) -> Response:
        """The template with today's units, leaders and lists."""
        self.must()
        return pages.template_file(self.kind.book(viewer()))

    def keep(self) -> Response:
        """Keep a file that can be read, to be looked at; nothing of it is brought in yet."""
        self.must()
        form = WorkbookForm()
        if form.validate_on_submit():
            try:
                importing.read(viewer(), self.kind, form.content)
            except (WorkbookRefused, FileRefused) as refused:
                form.files.errors = [str(refused)]
            else:
                kept = importing.keep(viewer(), self.kind, form.file_name, form.content)
                return to(self._href("shown", kept.public_id))
        form.renew(None)
        return make_response(self._render("page", form=form), 422)

    def show(self, import_id: uuid.UUID) -> Response:
        """What was read, to be confirmed; afterwards how far it is and what came of it."""
        kept = self._kept(import_id)
        if kept.state == "shown":
            return make_response(self._preview(kept, ConfirmForm()))
        return self._progress(kept)

    def confirm(self, import_id: uuid.UUID) -> Response:
        """确认导入: a worker makes the rows that were shown."""
        kept, form = self._kept(import_id), ConfirmForm()
        if kept.state != "shown":
            return to(self._href("shown", import_id))
        if form.validate_on_submit():
            try:
                key = form.key.data or uuid.uuid4()
                importing.confirm(viewer(), self.kind, kept, form.shown.data or "", key)
            except Unmet as refused:
                db.session.rollback()
                put_errors(form, refused)
            else:
                return to(self._href("shown", import_id))
        form.renew(None)
        return make_response(self._preview(self._kept(import_id), form), 422)

    def drop(self, import_id: uuid.UUID) -> Response:
        """放弃: the file goes, nothing was brought in."""
        importing.drop(self._kept(import_id))
        flash("已放弃导入，文件已删除", "toast")
        return to(url_for(f".{self.name}"))

    def remarks(self, import_id: uuid.UUID) -> Response:
        """The table with 问题说明, while it waits for its confirmation."""
        kept = self._kept(import_id)
        if kept.state != "shown":
            raise NotFound
        return pages.remarks_file(self.kind.book(viewer()), self._table(kept))

    def _kept(self, import_id: uuid.UUID) -> WorkbookImport:
        found = importing.find(viewer(), self.kind, import_id)
        self.must()
        return found

    def _table(self, kept: WorkbookImport) -> Table:
        return importing.read(viewer(), self.kind, kept.content or b"")

    def _preview(self, kept: WorkbookImport, form: ConfirmForm) -> str:
        table = self._table(kept)
        form.shown.data = table.digest
        more = self.beside(table) if self.beside else {}
        shown = pages.preview(self.kind.book(viewer()), table)
        return self._render("preview", kept=kept, form=form, preview=shown, **more)

    def _progress(self, kept: WorkbookImport) -> Response:
        in_work = kept.state in ("asked", "making")
        alone = bool(request.headers.get("HX-Request"))
        made = () if in_work else imported(viewer(), kept)
        html = self._render(
            "_progress" if alone else "progress", kept=kept, in_work=in_work, made=made
        )
        answer = make_response(html)
        answer.headers["Cache-Control"] = "no-store"
        if in_work and not alone:
            answer.headers["Refresh"] = str(LOOK_AGAIN)
        return answer

    def _href(self, what: str, import_id: uuid.UUID) -> str:
        return url_for(f".{self.name}_{what}", import_id=import_id)

    def _render(self, template: str, **context: Any) -> str:
        return render_template(
            f"workbooks/{template}.html", here=self, here_href=self._href, **context
        )


def imported(viewer: Viewer, kept: WorkbookImport) -> Sequence[Any]:
    """The items made so far, in the order of the table: place, public_id, title."""
    return db.session.execute(
        visible(viewer, ImportedRow)
        .join(Item, Item.id == ImportedRow.item_id)
        .where(ImportedRow.import_id == kept.id, Item.title != "")
        .order_by(ImportedRow.place)
        .limit(LISTED)
        .with_only_columns(ImportedRow.place, Item.public_id, Item.title)
    ).all()
