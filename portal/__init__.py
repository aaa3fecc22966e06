"""督办督查: the college's supervision of assigned tasks, from 立项 to 归档.

`create_app` is wiring only: settings, databases, extensions, slices.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import guardrails
from portal.clock import Clock
from portal.config import ANCHOR_DAY, Settings, demo_mark, load_settings
from portal.rulebook.identity import Prover

if TYPE_CHECKING:
    from portal.embedded import Servers

__all__ = ["create_app"]


JOBS = "-c jit=off"
PAGES = f"{JOBS} -c max_parallel_workers_per_gather=0"
"""Settings of the database's sessions."""


def create_app(
    settings: Settings | None = None, *, clock: Clock | None = None, worker: bool = False
) -> Flask:
    """The WSGI application; `worker` connects in the worker's database role instead of the web's.

    Without `database_url` or `redis_url` the embedded servers of `data_dir` are used,
    started if they do not run.
    """
    settings = _as_loaded(load_settings() if settings is None else settings)
    app = Flask("portal", static_folder=None)
    servers = _servers(settings)
    secret_key = _secret(settings)
    prover = Prover(secret_key)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=servers.worker_url if worker else servers.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            # hide_parameters: an error must not print what people typed.
            # prepare_threshold: a generic plan of the gate's condition costs five hundredfold.
            "hide_parameters": True,
            "pool_pre_ping": True,
            # options: compiling a statement, and for a page starting parallel workers, takes longer
            # than the statement.
            "connect_args": {"prepare_threshold": None, "options": JOBS if worker else PAGES},
            "execution_options": {"prover": prover},
        },
        PORTAL_OWNER_URL=servers.owner_url,
        # The files of one form (portal/attachments/forms.py) and some room around them.
        MAX_CONTENT_LENGTH=110 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="duban",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the signed-in session, so that a long text is kept
    )
    if settings.proxies:
        hops = settings.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # how Flask wants it wrapped
    app.secret_key = secret_key
    app.extensions["portal.prover"] = prover
    app.extensions["portal.settings"] = replace(settings, redis_url=servers.redis_url)
    app.extensions["portal.clock"] = clock or _clock(settings)
    _bind(app)
    guardrails.check(app)
    return app


def _as_loaded(settings: Settings) -> Settings:
    """The embedded database of a demo opens as the demo, whichever command opens it."""
    if settings.demo or settings.database_url or not demo_mark(settings).exists():
        return settings
    return replace(settings, demo=True, today=settings.today or ANCHOR_DAY)


def _servers(settings: Settings) -> Servers:
    from portal.embedded import attach

    return attach(settings)


def _secret(settings: Settings) -> str:
    from portal.secret import secret_key

    return secret_key(settings)


def _clock(settings: Settings) -> Clock:
    return Clock.standing_at(settings.today) if settings.today else Clock()


def _bind(app: Flask) -> None:
    from portal import accounts, demo, documents, item, messages, rooms, silent, steps, web
    from portal.assets import init_assets
    from portal.audit import views
    from portal.error_pages import register_errors
    from portal.extensions import csrf, db, htmx, migrate
    from portal.filters import init_filters
    from portal.security_headers import init_security
    from portal.thin_pages import init_thin_pages

    db.init_app(app)
    migrate.init_app(app, db, directory=str(web.MIGRATIONS))
    csrf.init_app(app)
    htmx.init_app(app)
    init_assets(app)
    init_filters(app)
    init_thin_pages(app)
    init_security(app)
    register_errors(app)
    accounts.init_app(app)  # first: that somebody is there is noted before a page's one moment
    web.init_web(app)
    for slice_ in (documents, steps, item, messages, silent, rooms, views):
        slice_.init_app(app)
    if app.extensions["portal.settings"].demo:
        demo.init_app(app)
