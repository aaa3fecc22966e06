"""The ledger's blueprint with all its routes."""

from portal.rooms.ledger import view_routes
from portal.rooms.ledger.exports import release_routes, routes

blueprint = routes.blueprint
__all__ = ["blueprint", "release_routes", "view_routes"]
