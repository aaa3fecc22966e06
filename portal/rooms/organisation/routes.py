"""The room's addresses, put together: `blueprint` with units and people, `grants` with 授权,
`userids` with 渠道账号."""

from __future__ import annotations

from portal.rooms.organisation import grant_routes, people_routes, unit_routes, userid_routes
from portal.rooms.organisation.bringing import routes as table_routes
from portal.rooms.organisation.steps import blueprint, grants, userids

ROUTES = (unit_routes, people_routes, grant_routes, userid_routes, table_routes)
"""Importing them adds their addresses to the blueprint."""

__all__ = ["ROUTES", "blueprint", "grants", "userids"]
