"""The item's page: what it is, how far it is, what happened, what this person may do."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the item's page."""
    from portal.item.attachments.page_routes import blueprint as attachment_pages
    from portal.item.attachments.routes import blueprint as attachments
    from portal.item.mark_routes import blueprint as marks
    from portal.item.routes import blueprint
    from portal.item.sheet_pages import blueprint as sheet_pages

    app.register_blueprint(blueprint)
    app.register_blueprint(attachments)
    app.register_blueprint(marks)
    app.register_blueprint(attachment_pages)
    app.register_blueprint(sheet_pages)
