"""Documents: the forms and 公文 of the rule-book, typeset, stored and handed out."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the addresses of the sheets."""
    from portal.documents.routes import blueprint

    app.register_blueprint(blueprint)
