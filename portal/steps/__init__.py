"""What moves an item: one slice a step of 第十六条."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the routes of every step."""
    from portal.steps import closing, execution, registration, signing

    for step in (registration, signing, execution, closing):
        app.register_blueprint(step.routes.blueprint)
