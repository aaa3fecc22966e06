"""The room's addresses, put together: `blueprint` with the routes of units and of people."""

from __future__ import annotations

from portal.rooms.organisation import people_routes, unit_routes
from portal.rooms.organisation.steps import blueprint

ROUTES = (unit_routes, people_routes)
"""Importing them adds their addresses to the blueprint."""

__all__ = ["ROUTES", "blueprint"]
