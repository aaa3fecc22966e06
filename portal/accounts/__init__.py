"""Who signs in: accounts, passwords, lockout, sessions, persons and their posts (SPEC §1, §7.7)."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Require sign-in everywhere and add the addresses of this slice."""
    from portal.accounts import phrase_routes, signature_routes
    from portal.accounts.gate import init_gate
    from portal.accounts.routes import blueprint

    init_gate(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(signature_routes.blueprint)
    app.register_blueprint(phrase_routes.blueprint)
