"""Headers every answer carries: a strict policy for content, no storing, no framing (SPEC §7.5).

Scripts and styles come from the portal's own files only; nothing inline runs.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

from portal.config import Settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
    ),
    # The back button after signing out shows nothing (SPEC §7.5 case 13).
    "Cache-Control": "no-store",
}
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A sheet may be shown inside the portal's own page; the browser's viewer needs its own parts.
SHEET_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
CALENDAR_CACHE = "private, no-cache"
"""A calendar may keep its copy, and asks each time whether it is still the same."""
HSTS = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """The nonce of this request, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _policy(response: Response) -> str:
    if response.mimetype == "application/pdf":
        return SHEET_POLICY
    return PAGE_POLICY.format(nonce=csp_nonce())


def init_security(app: Flask) -> None:
    """Set the headers on every answer; HSTS only where cookies are bound to TLS."""
    settings: Settings | None = app.extensions.get("portal.settings")
    secure = settings is not None and settings.secure_cookies

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if response.mimetype == "text/calendar":
            response.headers["Cache-Control"] = CALENDAR_CACHE
        # A view that hands out people's files sets a stricter one itself.
        response.headers.setdefault("Content-Security-Policy", _policy(response))
        if secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response

    app.add_template_global(csp_nonce)
