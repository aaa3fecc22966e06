"""立项 第十二条、第十六条（一）: drafting, submitting, 编号备案."""

from portal.steps.registration import panels, routes

__all__ = ["panels", "routes"]
