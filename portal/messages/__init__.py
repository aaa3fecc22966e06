"""消息: the inbox, what goes out of the portal and over which channel, the calendar (SPEC §8.15).

The inbox is the truth: a message is a row of its reader (rulebook/posting.py), read in words
through the reader's own scope. What goes out is a copy; with every channel off nothing fails.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages of this slice."""
    from portal.messages.account_routes import blueprint as account
    from portal.messages.calendar_routes import blueprint as calendar
    from portal.messages.delivery_routes import blueprint as deliveries
    from portal.messages.inbox_routes import blueprint as inbox

    for pages in (inbox, account, calendar, deliveries):
        app.register_blueprint(pages)
