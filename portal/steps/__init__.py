"""What moves an item: one slice a step of 第十六条."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the routes of every step."""
    from portal.steps.asked_hints import init_hints
    from portal.steps.changes.routes import blueprint as changes
    from portal.steps.closing.routes import blueprint as closing
    from portal.steps.execution.entry_routes import blueprint as execution
    from portal.steps.extending.routes import blueprint as extending
    from portal.steps.handing.routes import blueprint as handing
    from portal.steps.inspection.wiring import blueprint as inspection
    from portal.steps.issuing.pages import blueprint as issuing
    from portal.steps.knowledge.pages import blueprint as knowledge
    from portal.steps.lending.pages import blueprint as lending
    from portal.steps.paper.routes import blueprint as paper
    from portal.steps.phone.pages import blueprint as phone
    from portal.steps.registration.importing.pages import blueprint as registration
    from portal.steps.reviews.pages import blueprint as reviews
    from portal.steps.signing.pages import blueprint as signing
    from portal.steps.urging.routes import blueprint as urging

    for step in (
        registration, signing, paper, issuing, execution, closing, changes, knowledge,
        reviews, urging, extending, phone, handing, inspection, lending,
    ):  # fmt: skip
        app.register_blueprint(step)
    init_hints(app)
