"""Style sheets, scripts and icons: from the installed packages and `portal/static`, nothing copied.

Every file carries the hash of its content in its name, the same in every process, and may be
cached for ever. They are answered before Flask, so that no session or database is touched and
error pages keep their look; behind nginx, `collect` writes the same files to a folder.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
OWN = Path(__file__).parent / "static"
STYLES = (
    *("theme", "frame", "top", "side", "basics", "cards", "tables", "facts", "records"),
    *("notices", "forms", "desk", "ledger", "item", "book", "numbers", "calendar", "doors"),
    *("scans", "workbooks", "search", "signing", "week", "pictures", "wall", "phone", "print"),
)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

HTMX_CONFIG = {
    "historyCacheSize": 0,
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    # 422 is a form with its errors; other errors go to the corner (error_pages, js/network.js).
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}

ICONS = (
    *("alarm", "archive", "arrow-up", "bank", "bar-chart", "bell", "bell-fill", "book"),
    *("box-arrow-right", "calendar-week", "calendar2-plus", "calendar3", "card-list"),
    *("chat-left-text", "chat-square-text", "check-circle", "check-lg", "check2-all"),
    "check2-square",
    *("chevron-down", "chevron-left", "chevron-right", "chevron-up", "clipboard-data"),
    *("clock-history", "cloud-check", "download", "exclamation-circle", "exclamation-triangle"),
    *("file-earmark", "file-earmark-check", "file-earmark-excel", "file-earmark-pdf"),
    *("file-earmark-plus", "file-earmark-text", "files", "gear", "geo-alt", "hourglass-split"),
    *("house-door", "info-circle", "journal-plus", "journal-text", "key", "layout-sidebar", "list"),
    *("lock", "paperclip", "pencil", "people", "person", "person-check", "plus-lg", "printer"),
    *("question-circle", "search", "send", "shield-check", "shield-exclamation", "sliders"),
    *("star", "star-fill"),
    *("telephone", "three-dots", "upload", "vector-pen", "x-lg"),
)
"""Names of Bootstrap Icons that pages and the navigation may use."""


@dataclass(frozen=True)
class Asset:
    """One file: its logical name, the name it is served under, and its bytes."""

    name: str
    hashed: str
    body: bytes
    zipped: bytes

    @property
    def type(self) -> str:
        return TYPES[Path(self.name).suffix]


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"package {name} is not installed; run `python3 run.py`")
    return Path(spec.origin).parent


def _sprite(names: Iterable[str]) -> bytes:
    """The named icons, cut from the package's own sprite."""
    source = _package("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg"
    found = {
        match[1]: match[0]
        for match in re.finditer(
            r'<symbol [^>]*id="([^"]+)">.*?</symbol>', source.read_text(encoding="utf-8"), re.S
        )
    }
    missing = [name for name in names if name not in found]
    if missing:
        raise RuntimeError(f"Bootstrap Icons has no {', '.join(missing)}")
    symbols = "".join(found[name] for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


def _sources() -> dict[str, bytes]:
    """Logical name → content of every file."""
    bootstrap = _package("flask_bootstrap") / "static/bootstrap5"
    htmx = _package("js_lib_htmx") / "static/htmx"
    files = {
        "bootstrap.css": (bootstrap / "css/bootstrap.min.css").read_bytes(),
        "htmx.js": (htmx / "htmx.min.js").read_bytes(),
        "icons.svg": _sprite(ICONS),
        "portal.css": b"\n".join((OWN / f"css/{name}.css").read_bytes() for name in STYLES),
    }
    for path in sorted([*OWN.glob("js/*.js"), *OWN.glob("svg/*.svg")]):
        files[path.relative_to(OWN).as_posix()] = path.read_bytes()
    return files


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    return Asset(name, f"{stem}.{digest}.{suffix}", body, gzip.compress(body, 9, mtime=0))


@lru_cache(maxsize=1)
def manifest() -> dict[str, Asset]:
    """Logical name → asset; read once a process."""
    return {name: _asset(name, body) for name, body in _sources().items()}


def asset_url(name: str) -> str:
    """The address of a file by its logical name; KeyError for a name that does not exist."""
    return PREFIX + manifest()[name].hashed


def icon_url(name: str) -> str:
    """The address of an icon in the sprite; KeyError unless `ICONS` lists it."""
    if name not in ICONS:
        raise KeyError(f"no icon {name}: add it to ICONS")
    return f"{asset_url('icons.svg')}#{name}"


def collect(target: Path) -> list[Path]:
    """Write every file under its hashed name, and its .gz beside it, for nginx; returns them."""
    written = []
    for asset in manifest().values():
        path = target / asset.hashed
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(asset.body)
        path.with_name(path.name + ".gz").write_bytes(asset.zipped)
        written.append(path)
    return written


def _answer(request: Request, asset: Asset | None) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, headers={"Allow": "GET, HEAD"})
    if asset is None:
        return Response("没有这个文件。", status=404, headers={"Cache-Control": "no-store"})
    response = Response(asset.body, content_type=asset.type)
    if request.accept_encodings.quality("gzip") and len(asset.zipped) < len(asset.body):
        response.set_data(asset.zipped)
        response.content_encoding = "gzip"
    response.headers["Cache-Control"] = FOREVER
    response.vary.add("Accept-Encoding")
    return response


class Assets:
    """WSGI middleware: answers everything under `/static/`, passes on the rest."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner
        self.served = {asset.hashed: asset for asset in manifest().values()}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if not request.path.startswith(PREFIX):
            return self.inner(environ, start)
        response = _answer(request, self.served.get(request.path.removeprefix(PREFIX)))
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response(environ, start)


def init_assets(app: Flask) -> None:
    """Serve the files and give the templates `asset_url` and `icon_url`."""
    app.wsgi_app = Assets(app.wsgi_app)  # type: ignore[method-assign, assignment]  # the Flask way
    app.add_template_global(asset_url)
    app.add_template_global(icon_url)
    app.jinja_env.globals["htmx_config"] = HTMX_CONFIG
