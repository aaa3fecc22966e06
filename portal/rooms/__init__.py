"""What people look at: the desk, the ledger, 催办, numbers, lists of persons and lists to be
signed, the archive, delegations, the working calendar, the rule-book; what administrators keep;
whether a sheet is genuine; signed sheets that come back as scans."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the rooms and the frame's navigation; the page of parts in demo mode."""
    from portal.components import register_components
    from portal.config import Settings
    from portal.navigation import init_navigation
    from portal.rooms.access.routes import blueprint as access
    from portal.rooms.accountability.wiring import blueprint as accountability
    from portal.rooms.administration.routes import blueprint as administration
    from portal.rooms.archives.transfer_routes import blueprint as archives
    from portal.rooms.auditing.routes import blueprint as auditing
    from portal.rooms.batches.routes import blueprint as batches
    from portal.rooms.burden.due_routes import blueprint as burden
    from portal.rooms.calendar.admin import blueprint as calendar_admin
    from portal.rooms.calendar.routes import blueprint as calendar
    from portal.rooms.delegations.routes import blueprint as delegations
    from portal.rooms.desk.routes import blueprint as desk
    from portal.rooms.display.routes import blueprint as display
    from portal.rooms.group_notices.routes import blueprint as group_notices
    from portal.rooms.help.routes import blueprint as help_
    from portal.rooms.indicators.routes import blueprint as indicators
    from portal.rooms.indicators.then_routes import blueprint as as_of
    from portal.rooms.inspections.routes import blueprint as inspections
    from portal.rooms.knowledge.routes import blueprint as lists
    from portal.rooms.ledger.wiring import blueprint as ledger
    from portal.rooms.marks.routes import blueprint as marks
    from portal.rooms.numbers.past.pages import blueprint as numbers
    from portal.rooms.organisation.routes import blueprint as organisation
    from portal.rooms.organisation.routes import grants, userids
    from portal.rooms.papers.routes import blueprint as papers
    from portal.rooms.reading.routes import blueprint as reading
    from portal.rooms.reports.wiring import blueprint as reports
    from portal.rooms.scans.routes import blueprint as scans
    from portal.rooms.search.routes import blueprint as search
    from portal.rooms.sign_off.batch_routes import blueprint as batch_signing
    from portal.rooms.sign_off.routes import blueprint as sign_off
    from portal.rooms.signing_lists.routes import blueprint as signing_lists
    from portal.rooms.spills.routes import blueprint as spills
    from portal.rooms.typed.routes import blueprint as typed
    from portal.rooms.urging.routes import blueprint as urges
    from portal.rooms.verifying.routes import blueprint as verifying
    from portal.rooms.waiting.routes import blueprint as waiting

    for room in (
        desk, reading, signing_lists, urges, ledger, numbers, lists, waiting, help_,
        calendar, calendar_admin, administration, verifying, archives, scans, delegations,
        search, typed, marks, sign_off, batch_signing, organisation, grants, userids, access,
        auditing, batches, group_notices, papers, inspections, indicators, reports,
        display, accountability, as_of, burden, spills,
    ):  # fmt: skip
        app.register_blueprint(room)
    init_navigation(app)
    settings: Settings = app.extensions["portal.settings"]
    if settings.demo:
        register_components(app)
