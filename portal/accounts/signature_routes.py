"""/account/signature: 签名图片, one's own and nobody else's (SPEC §5.1)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import commands, signatures
from portal.accounts.forms import SignatureForm
from portal.accounts.gate import signed_in
from portal.accounts.routes import secret_key
from portal.errors import NotOffered
from portal.web import clock, settings, to, viewer

blueprint = Blueprint("signature", __name__)


@blueprint.get("/account/signature")
def page() -> str:
    """The picture in force, and the form for another."""
    return _page(SignatureForm(formdata=None))


@blueprint.post("/account/signature")
def keep() -> ResponseReturnValue:
    """Store the picture; 422 with what is wrong with it or with the password."""
    person, form = viewer(), SignatureForm()
    if form.validate_on_submit() and _confirmed(form):
        folder = settings().files_dir
        signatures.keep(person, form.picture.drawn, folder, now=clock().now())
        flash("签名图片已保存，此后的签批使用", "toast")
        return to(url_for("signature.page"))
    return _page(form), 422


@blueprint.post("/account/signature/removal")
def take_away() -> ResponseReturnValue:
    """Sign by typed name again."""
    signatures.take_away(viewer(), now=clock().now())
    flash("签名图片已停用，此后的签批印姓名", "toast")
    return to(url_for("signature.page"))


def _confirmed(form: SignatureForm) -> bool:
    try:
        now = datetime.now(UTC)
        commands.confirm(signed_in().username, form.password.data, key=secret_key(), now=now)
    except NotOffered as refusal:
        form.password.errors = [*form.password.errors, refusal.reason]
        return False
    return True


def _page(form: SignatureForm) -> str:
    row = signatures.in_force(viewer())
    content = signatures.content(row, settings().files_dir) if row else None
    return render_template(
        "accounts/signature.html",
        form=form,
        row=row,
        picture=base64.b64encode(content).decode() if content else "",
        today=clock().today(),
    )
