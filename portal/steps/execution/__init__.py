"""交办、承办、反馈 第八条、第十六条（二）（三）（五）、第十八条."""

from portal.steps.execution import panels, routes

__all__ = ["panels", "routes"]
