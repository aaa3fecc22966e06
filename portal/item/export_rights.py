"""导出台账 (SPEC §1.3): whose items a person may take out of the portal, for every file of many
items."""

from __future__ import annotations

from typing import Final

from portal.rulebook import policy
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

AT_ONCE: Final = policy.CURRENT.limit("export_at_once")
"""Rows that are exported without more ado (SPEC §7.6)."""
PAPER: Final = "paper="
"""Before the title of what was taken out as a paper and not by filters of the ledger."""
EVALUATION: Final = "evaluation="
"""Before the year of 年度评价表."""
OF_UNITS: Final = frozenset({Role.UNIT_HEAD.value, Role.RESPONSIBLE_LEADER.value})
"""「U」 and 「P」: the items of the units they head or are in charge of."""


def units_exported(viewer: Viewer) -> frozenset[int]:
    """The units of which this person may export the items; 党政办 may export those of all."""
    return frozenset(unit for role, unit in viewer.units if role in OF_UNITS)
