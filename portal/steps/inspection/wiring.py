"""All routes of 实地督查 on one blueprint: of an item, and of several items of a unit."""

from portal.steps.inspection import routes, together
from portal.steps.inspection.pages import blueprint

__all__ = ["blueprint", "routes", "together"]
