"""办结、销号、归档 第十四条、第十六条（六）（七）."""

from portal.steps.closing import panels, routes

__all__ = ["panels", "routes"]
