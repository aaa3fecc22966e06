"""The ledger's blueprint with all its routes."""

from portal.rooms.ledger import view_routes
from portal.rooms.ledger.exports import release_routes, routes
from portal.rooms.ledger.stats import routes as stats_routes

blueprint = routes.blueprint
__all__ = ["blueprint", "release_routes", "stats_routes", "view_routes"]
