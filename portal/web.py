"""What every page and every act's route share: as whom, which item, and how it answers.

A route loads the item through the viewer's scope, validates a form, calls one command and
answers 303 (HTMX: HX-Location) to the item's page; a form's error answers 422 with the form.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.errors import Forbidden, NotFound, PortalError, Stale
from portal.extensions import db
from portal.forms import ActForm
from portal.kept_forms import kept_of
from portal.models import Item
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, view_as, view_as_nobody, visible
from portal.rulebook.workflow import Intent
from portal.scanned_forms import init_scanned

READING = ("GET", "HEAD")
ASKING = frozenset(
    {
        "documents.pdf", "archives.package_zip", "ledger.direct", "calendar_feed.read",
        "health.readyz", "verifying.shown", "verifying.file", "silent.come_back",
    }
)  # fmt: skip
"""Addresses that write when they are opened (a sheet is asked for, a try is counted), or read
nothing of anybody."""
MOST_PAGES = 10_000
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def settings() -> Settings:
    """The application's settings."""
    found: Settings = current_app.extensions["portal.settings"]
    return found


def clock() -> Clock:
    """The application's clock."""
    found: Clock = current_app.extensions["portal.clock"]
    return found


def viewer() -> Viewer:
    """As whom this request reads. Forbidden for the administrators: no business data."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        raise Forbidden
    return found


def note_opened(item_id: int) -> None:
    """This request shows something of a sensitive item: kept for the log of views."""
    g.setdefault("opened", set()).add(item_id)


def item_or_404(public_id: uuid.UUID) -> Item:
    """The item, if this viewer may know of it; missing and foreign ids answer alike."""
    found = db.session.scalars(
        visible(viewer(), Item).where(Item.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    if found.classification == "sensitive":
        note_opened(found.id)
    return found


def page_asked(name: str = "page") -> int:
    """The page of a list that the address asks for: 1 for what is none, never beyond MOST_PAGES."""
    return min(max(request.args.get(name, 1, type=int), 1), MOST_PAGES)


def to_item(item_id: uuid.UUID, report: int | None = None) -> Response:
    """The answer to a done act: the item's page, at a report if its number is given; the desk if
    the act took the item out of this person's own sight."""
    seen = db.session.scalar(
        visible(viewer(), Item).where(Item.public_id == item_id).with_only_columns(Item.id)
    )
    anchor = f"report-{report}" if report else None
    page = url_for("item.page", public_id=item_id, report=report, _anchor=anchor)
    return to(page if seen else url_for("desk.home"))


def to(address: str) -> Response:
    """303 to an address of the portal; HTMX is told to load it in place."""
    if request.headers.get("HX-Request"):
        answer = make_response("", 200)
        answer.headers["HX-Location"] = address
        return answer
    return make_response(redirect(address, 303))


def intent_of(form: ActForm) -> Intent:
    """What the form says of the act itself."""
    return Intent(
        seen=form.seen.data,
        key=form.key.data or uuid.uuid4(),
        opinion=(form.opinion.data or "").strip() if "opinion" in form else "",
        acting_as=form.acting_as.data or "",
        ink=_kept_ink(form),
    )


def _kept_ink(form: ActForm) -> str:
    """The digest under which a signature drawn with this form is stored; "" without one."""
    drawn = form.ink.drawn if "ink" in form else b""
    return store.put(settings().files_dir, drawn) if drawn else ""


def run(
    item: Item,
    form: ActForm,
    panel: str,
    command: Callable[[], Any],
    said: str,
    *,
    done: Callable[[], Response] | None = None,
    shown: Callable[[Item], Any] | None = None,
    still: Callable[[Item], bool] | None = None,
    besides: Callable[[], Unmet | None] | None = None,
    **context: Any,
) -> Response:
    """Validate, call the command, answer. `panel` is the act's own template, re-rendered at 422
    with what `shown` makes of the item as it then stands; `done` answers instead of its page;
    `besides` says of an incomplete form what the act would refuse, too.

    Where somebody else was first, the form comes back at 409 if the act is `still` open.
    """
    public_id = item.public_id
    if form.validate_on_submit():
        try:
            command()
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except Stale as stale:
            db.session.rollback()
            return _stale_page(item_or_404(public_id), form, panel, stale, shown, still, **context)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash(said, "toast")
            return done() if done else to_item(public_id)
    elif besides is not None:
        put_besides(form, besides)
    item = item_or_404(public_id)
    form.renew(form.seen.data)
    if shown is not None:
        context["shown"] = shown(item)
    return panel_page(item, form, panel, **context)


def _stale_page(
    item: Item,
    form: ActForm,
    panel: str,
    stale: Stale,
    shown: Callable[[Item], Any] | None,
    still: Callable[[Item], bool] | None,
    **context: Any,
) -> Response:
    """What was done meanwhile, and the form with everything typed, to be sent again by one click;
    in words only if the act is not open any more."""
    again = still is not None and still(item)
    if again:
        form.renew(item.version)
    if again and shown is not None:
        context["shown"] = shown(item)
    template = "steps/_stale.html" if request.headers.get("HX-Request") else "steps/stale.html"
    html = render_template(
        template,
        item=item,
        form=form,
        panel=panel if again else "",
        stale=stale,
        kept=() if again else kept_of(form),
        **context,
    )
    return make_response(html, 409)


def panel_page(item: Item, form: ActForm, panel: str, **context: Any) -> Response:
    """The act's form with its errors: alone for HTMX, in a page without script."""
    template = panel if request.headers.get("HX-Request") else "steps/act.html"
    html = render_template(template, item=item, form=form, panel=panel, **context)
    return make_response(html, 422)


def put_errors(form: ActForm, refused: Unmet) -> None:
    """Each refusal at the fields it names, or above the form; with the article of the first."""
    form.ground = refused.article
    for part in refused.each:
        placed = False
        for name, message in part.fields.items():
            if name in form:
                if message not in form[name].errors:
                    form[name].errors = [*form[name].errors, message]
                placed = True
        if not placed:
            form.form_errors.append(part.reason)


def put_besides(form: ActForm, besides: Callable[[], Unmet | None]) -> None:
    """What the act would refuse of a form that is incomplete already, at the fields that are not
    in error yet. Of a form with a mark of a state secret nothing more is said."""
    stopped = getattr(form, "text_stopped", False) or getattr(form, "files_stopped", False)
    refused = None if stopped else besides()
    if refused is None:
        return
    wrong = {field.name for field in form if field.errors}
    for part in refused.each:
        known = part.fields.keys() & wrong
        part.fields = {name: said for name, said in part.fields.items() if name not in wrong}
        if part.fields or not known:
            put_errors(form, part.alone())


def init_web(app: Flask) -> None:
    """Bind the viewer to every request, and answer whether the portal is alive."""
    app.register_blueprint(_health())
    init_scanned(app)

    @app.before_request
    def bind_viewer() -> None:
        g.viewer = None
        if request.endpoint in {None, "health.healthz", "static", "assets"}:
            return
        known = current_user.is_authenticated
        if request.method in READING and request.endpoint not in ASKING:
            _read_one_moment()
        if known and current_user.person_id is not None:
            g.viewer = view_as(current_user.person_id, clock(), request.remote_addr or "")
        else:
            view_as_nobody()
        if "\0" in request.path:  # no row is called so, and the database takes no such text
            raise NotFound


def _read_one_moment() -> None:
    """A page is read at one moment: what somebody commits while it is being put together is on the
    next one (decision 0084). Ends the transaction in which the gate found who is signed in."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _health() -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        """The process answers."""
        return _plain("ok", 200)

    @health.get("/readyz")
    def readyz() -> Response:
        """The process can work: its database answers. Redis may be away."""
        try:
            db.session.execute(db.text("SELECT 1"))
        except OperationalError:
            return _plain("database away", 503)
        return _plain("ok", 200)

    return health


def _plain(text: str, status: int) -> Response:
    answer = make_response(text, status)
    answer.mimetype = "text/plain"
    return answer
