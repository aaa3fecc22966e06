"""Who may do what on an item, worked out a second time: offices from the sample's own files, the
item's parts as `reading` found them, and the table of acts read row by row (第十二至十九条).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from portal.demo import sample
from portal.rulebook.offers import BEGINNINGS
from portal.rulebook.rules import RULES, Rule

SCHOOL_WIDE = {
    "office_staff", "office_head", "office_leader", "secretary", "president", "discipline", "hr",
    "archivist", "conf_officer",
}  # fmt: skip
IN_THE_UNIT = {
    "unit_head": "unit_head", "unit_deputy": "unit_deputy", "liaison": "liaison",
    "handler": "unit_handler",
}  # fmt: skip
"""Appointments of the sample by the role they give."""
SEES_ALL = {
    "office_staff", "office_head", "office_leader", "secretary", "president", "discipline", "hr",
    "archivist", "school_leader_viewer",
}  # fmt: skip
"""查看台账 A in roles.json."""
OFFICE = "DZB"
LENT = {"审签": "responsible_leader", "单位负责人全部事项": "unit_head"}
MADE_UP = {
    "issued", "in_progress", "closing_unit", "closing_sign", "closing_check", "closing_review",
    "closing_report", "closing_filing",
}  # fmt: skip
"""From 交办 to 销号 (SPEC §2.13)."""
NUMBERED = {"ug_filing", "ug_issued", "ug_signed", "ug_replied", "ug_met", "ug_unmet"}
"""先下达后补签: from the review on (SPEC §2.8)."""
AFTERWARDS = {
    **dict.fromkeys(("sign", "review", "approve"), MADE_UP),
    "read_close": {"closing_filing", "closed", "archived"},
    **dict.fromkeys(("sign_urge", "review_urge", "approve_urge"), NUMBERED),
}
"""Where the boxes of an approval beside the item, or beside its notice, may be signed (SPEC §2.13,
§2.8)."""


class Few(NamedTuple):
    """Who knows of a part that not everybody knows of who knows of the item: by office, by name."""

    roles: frozenset[str]
    names: frozenset[str]


class Part(NamedTuple):
    """What an act is done on: the row (0: the item itself, or one that the act begins), its piece
    of the address, its unit's code, its state (empty: it has none yet), which of the narrowing
    conditions it meets, who is named on it, who has signed it, and who knows of it if not
    everybody who knows of the item."""

    id: int
    tail: str = ""
    unit: str = ""
    state: str = ""
    meets: frozenset[str] = frozenset()
    named: str = ""
    signed: str = ""
    few: Few | None = None


class Box(NamedTuple):
    """An open box: of which machine and row, at which step and state, asked of which role and
    unit."""

    machine: str
    subject: int
    step: str
    state: str
    role: str
    unit: str
    beside: bool = False


class Offered(NamedTuple):
    """An act somebody may do: on which row (0: the item itself), or for which unit it would begin
    one."""

    act: str
    row: int
    unit: str


@dataclass(frozen=True)
class Facts:
    """An item as the database has it; two of them are equal if nothing was done in between.

    `units` work on it, `asked` are proposed to; `handlers` by unit, `members` whoever was one, or
    hands it over or takes it over, inspects it or answers for a point; `parties` who hands it over
    now, by unit and role; `team` who inspects it now, by role; `told` know of it from before its
    units changed; `begins` is what acts may begin.
    """

    state: str
    lead: str
    drafter: str
    units: set[str]
    asked: set[str]
    handlers: dict[str, set[str]]
    parties: dict[str, dict[str, str]]
    team: dict[str, set[str]]
    members: set[str]
    took_part: set[str]
    came_back: bool
    told: set[str]
    listed: set[str] | None
    boxes: tuple[Box, ...]
    parts: dict[str, tuple[Part, ...]]
    begins: dict[str, tuple[Part, ...]]
    heads: dict[str, int]
    rows: dict[str, int]


class Held(NamedTuple):
    """The roles of a person on an item, own and lent."""

    own: frozenset[str]
    lent: frozenset[str]


def held(name: str, unit: str, facts: Facts) -> Held:
    """The roles asked of one unit, on 23 November 2026."""
    own = set(offices(name, unit))
    if name == facts.drafter:
        own.add("proposer")
    if name in facts.handlers.get(unit, ()):
        own.add("handler")
    own |= {role for role, party in facts.parties.get(unit, {}).items() if party == name}
    own |= {role for role, team in facts.team.items() if name in team}
    return Held(frozenset(own), _lent(name, unit))


@cache
def _people() -> dict[str, dict[str, Any]]:
    return {person["name"]: person for person in sample.people()}


@cache
def _codes() -> dict[str, str]:
    return {unit["id"]: unit["code"] for unit in sample.organisation()["units"]}


@cache
def offices(name: str, unit: str) -> frozenset[str]:
    """The roles by office, school-wide or in the unit, as the sample gives them."""
    person = _people()[name]
    roles = {role for role in person["roles"] if role in SCHOOL_WIDE}
    if _codes().get(person["unit_id"]) == unit:
        roles |= {IN_THE_UNIT[role] for role in person["roles"] if role in IN_THE_UNIT}
    leads = (
        row for row in sample.organisation()["portfolios"]
        if row["leader_id"] == person["id"] and not row["valid_to"]
    )  # fmt: skip
    if any(_codes()[row["unit_id"]] == unit for row in leads):
        roles.add("responsible_leader")
    return frozenset(roles)


@cache
def _lent(name: str, unit: str) -> frozenset[str]:
    names = {person["id"]: person["name"] for person in sample.people()}
    return frozenset(
        role
        for row in sample.organisation()["delegations"]
        if names[row["to_person"]] == name
        for role in {LENT[row["scope"]]} & offices(names[row["from_person"]], unit)
    )


def may_know(name: str, facts: Facts) -> bool:
    """第二十一条: who may know of the item: who reads the whole 台账, its units, who drafted
    it or works on it; of a draft who had it in hand, and 党政办 if it came back
    from beyond its unit; of a sensitive one those listed; of one that
    changed its units whoever had to do with it before, and those who are proposed."""
    person = _people()[name]
    if facts.listed is not None:
        return name in facts.listed
    if facts.state in ("draft", "returned", "pending_unit"):
        drafter = _people()[facts.drafter]
        of_office = facts.came_back and _sees_unit(name, OFFICE)
        return (
            of_office or name in facts.took_part or _sees_unit(name, _codes()[drafter["unit_id"]])
        )
    if name in facts.told | facts.members | {facts.drafter}:
        return True
    if any(_sees_unit(name, unit) for unit in facts.units | facts.asked):
        return True
    return not SEES_ALL.isdisjoint(person["roles"])


def may_know_part(name: str, part: Part, facts: Facts) -> bool:
    """第十七条: of a plan that is not approved, who drafts it, decides on it or goes on it."""
    if not may_know(name, facts):
        return False
    few = part.few
    return few is None or name in few.names or bool(few.roles & offices(name, part.unit))


def _sees_unit(name: str, unit: str) -> bool:
    """Who reads what is a unit's: its head, deputy and liaison, who acts for them, its leader; of
    党政办 the whole office."""
    roles = offices(name, unit) | _lent(name, unit)
    office = {"office_staff", "office_head"} & set(_people()[name]["roles"])
    own = _codes().get(_people()[name]["unit_id"]) == unit
    return bool(roles & {"unit_head", "unit_deputy", "liaison", "responsible_leader"}) or (
        own and bool(office)
    )


def expected(name: str, facts: Facts) -> dict[Offered, str]:
    """The acts the table gives this person now, each with the piece of the address of its part."""
    if not may_know(name, facts):
        return {}
    return {
        Offered(rule.act, part.id, "" if part.id else part.unit): part.tail
        for rule in RULES
        if rule.act not in BEGINNINGS and (not rule.during or facts.state in rule.during)
        for part in (*facts.parts.get(rule.machine, ()), *_begun_by(rule, facts))
        if _starts(rule, part, facts) and _may(name, rule, part, facts)
    }


def _begun_by(rule: Rule, facts: Facts) -> tuple[Part, ...]:
    if not rule.makes:
        return ()
    (itself,) = facts.parts["item"]
    if rule.begins_if is not None and rule.begins_if.__name__ not in itself.meets:
        return ()
    return facts.begins.get(rule.machine, ())


def _starts(rule: Rule, part: Part, facts: Facts) -> bool:
    in_state = not part.state or not rule.source or part.state in rule.source
    if rule.makes and not rule.source and rule.machine in ("handover", "loan") and part.id:
        return False  # each begins a new row
    made_up = part.state in AFTERWARDS.get(rule.act, ()) and any(
        box.beside and box.step == rule.step for box in facts.boxes
    )
    return (
        (in_state or made_up)
        and not (rule.by_unit and part.unit not in facts.units)
        and (not rule.unit or (rule.unit == "lead") == (part.unit == facts.lead))
        and (rule.only is None or rule.only.__name__ in part.meets)
    )


def _may(name: str, rule: Rule, part: Part, facts: Facts) -> bool:
    by = {str(role) for role in rule.by}
    if rule.step:
        return any(
            box.role in by & _roles(rule, held(name, box.unit, facts))
            for box in facts.boxes
            if (box.machine, box.subject) == (rule.machine, part.id)
            and (box.step == rule.step or (rule.step == "*" and box.state in rule.source))
        )
    if by == {"signer"}:
        return name == part.named
    if by == {"borrower"}:
        return name == part.named
    if by == {"signatory"}:
        return name == part.signed
    mine = held(name, facts.lead if rule.by_lead or not part.unit else part.unit, facts)
    return not _roles(rule, mine).isdisjoint(by)


def _roles(rule: Rule, mine: Held) -> frozenset[str]:
    """Those in which the act may be done: what is done in person, not in lent ones."""
    return mine.own if rule.in_person else mine.own | mine.lent
