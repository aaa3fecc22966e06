"""Which roles a person holds today, on whatever item: for rooms and links, never for an act."""

from __future__ import annotations

from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

LEADER = frozenset({Role.SECRETARY, Role.PRESIDENT, Role.OFFICE_LEADER, Role.RESPONSIBLE_LEADER})
OFFICE = frozenset({Role.OFFICE_STAFF, Role.OFFICE_HEAD})
DRAFTS = frozenset({*OFFICE, Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON, Role.UNIT_HANDLER})
KNOWN = frozenset(role.value for role in Role)


def offices_of(viewer: Viewer) -> frozenset[Role]:
    """The roles of the day as far as the rule-book names them; 拟稿人 is who may draft."""
    held = frozenset(Role(name) for name in viewer.roles & KNOWN)
    return held if held & DRAFTS else held - {Role.PROPOSER}
