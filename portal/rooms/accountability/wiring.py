"""The blueprint of 问责线索 with all its pages."""

from portal.rooms.accountability import bundle_routes, evaluation_routes
from portal.rooms.accountability.routes import blueprint

__all__ = ["blueprint", "bundle_routes", "evaluation_routes"]
