"""Who hears of an act on a case: messages that name no criterion (SPEC §6.4, §7.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from portal.models import Case, CaseAct, Item
from portal.rulebook import knowledge, posting
from portal.rulebook.case_roles import HANDLES, acting, stand_ins
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.scope import Viewer

ASKED: Final = "N41"
"""问责待办: to whoever is to act next."""
TOLD: Final = "N42"
"""问责进展: to the others; in the portal only."""
HEARD: Final = "N43"
"""陈述申辩通知: to the unit, with the last day."""
NOT_REFERRED: Final = "N44"
"""未移送: to a unit that had stated its case, which it does not see any more."""
KINDS: Final = frozenset({ASKED, TOLD, HEARD, NOT_REFERRED})


def post(
    rule: Rule, asked: Sequence[Rule], item: Item, case: Case, row: CaseAct, viewer: Viewer
) -> None:
    """The messages of an act that was just done; of a sensitive item's case only those listed."""
    moved = stand_ins(case.unit_id, case, viewer.moment)
    done: set[int] = {viewer.person_id or 0}
    for act in asked:
        persons = _persons(act.by, item, case, viewer, moved) - done
        if act.act == "state_case":
            facts = {"date": case.statement_by.isoformat() if case.statement_by else None}
            _tell(HEARD, persons, item, row, facts)
        else:
            _tell(ASKED, persons, item, row, {"action": act.waits})
        done |= persons
    tells = _persons(rule.tells, item, case, viewer, moved) - done
    _tell(TOLD, tells, item, row, {})
    if rule.act == "drop_clue" and case.statement_by is not None:
        heads = _persons((Role.UNIT_HEAD,), item, case, viewer, moved)
        _tell(NOT_REFERRED, heads - done - tells, item, row, {})


def _tell(
    kind: str, persons: set[int], item: Item, row: CaseAct, facts: dict[str, str | None]
) -> None:
    posting.post(kind, persons, str(row.key), row.at, item=item, facts=facts)


def _persons(
    roles: Iterable[Role], item: Item, case: Case, viewer: Viewer, moved: Mapping[Role, Role]
) -> set[int]:
    found: set[int] = set()
    for given in roles:
        role = moved.get(given, given)
        if role is Role.CONCERNED:
            named = {case.person_id} if case.person_id else set()
            sensitive = item.classification == "sensitive"
            found |= named & knowledge.listed(item) if sensitive else named
        elif role is not Role.SYSTEM and case.referred_to in HANDLES.get(role, (case.referred_to,)):
            found |= acting(role, item, case, viewer.moment)
    return found
