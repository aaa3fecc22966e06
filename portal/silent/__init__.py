"""Silent sign-in from 企业微信 and 钉钉 by their web authorisation (SPEC §7.8, decision 0114)."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the addresses; without settings they lead to the ordinary sign-in."""
    from portal.silent.routes import blueprint, way_for

    app.register_blueprint(blueprint)
    app.extensions["portal.silent"] = way_for
