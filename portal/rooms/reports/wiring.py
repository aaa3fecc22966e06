"""The room as one blueprint: lists, one brief, its files."""

from __future__ import annotations

from portal.rooms.reports import files, lists
from portal.rooms.reports.routes import blueprint

__all__ = ["blueprint", "files", "lists"]
