"""The shape of a row of the table of acts (`rules`, `rules_beside`)."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from portal.rulebook.chains import RUNNING
from portal.rulebook.guards import Guard, Only, meets
from portal.rulebook.roles import Role

Machine = Literal[
    "item", "item_unit", "feedback", "archive_record", "attachment", "approval_slot", "change",
    "objection", "comment", "need_to_know", "urge", "urge_question", "extension", "inspection",
    "rectification", "accountability", "handover", "phone_record", "loan",
]  # fmt: skip
Decision = Literal["agree", "return", "refuse", "withdraw", "transfer"]
Hears = Literal[
    "units", "signers", "asked", "co_leaders", "parties", "team", "borrower", "relieved"
]


class Rule(NamedTuple):
    """One act of the rule-book.

    `machine` is whose state it moves (the item, a unit's share, a report …); `source` to `target`
    is the move, `during` the states the item must be in. `by` are the roles that may act, `tells`
    those that hear of it, `needs` the conditions.

    `chain` opens an approval over the machine's row, beginning at the step `begins`; with `beside`
    its signatures are made up while the item runs (先交办后补签、简易办结). `step` signs one box,
    "*" whatever box is open; `afterwards` are the states in which it may also sign a box of such
    an approval. `decides` says what the act does to the approval: agree, return, refuse, withdraw;
    transfer leaves it as it is, and asks the holder's delegate by name to see to it (转授权人);
    an act without a box of its own names the approval it ends by `chain`.

    `unit` narrows rows of a unit to the lead unit's or the co-units'; `by_lead`: the roles are
    asked of the lead unit, whichever unit the row is.

    `waits` is the word in 待办 of those in `waits_for` (if empty: in `by`), in the states
    `waits_in` (if empty: in all of `source`), where the SQL condition `waits_only` holds. The SQL
    condition `only` narrows what waits, what is offered and what is done alike. `reminds` is
    another word in 待办, where `reminds_only` holds that day: somebody else is late, and who may do
    the act is to see to it.

    `makes`: the act begins a new row of its machine, if the item meets `begins_if`. `carries` is
    the state the item takes when the lead unit's part has moved; `shares` the state that all units'
    shares take. `in_person`: never by a delegate (SPEC §1.5).

    `asks` names the acts that wait for their people because of this one; these hear of it and are
    asked by the word of 待办, as signers are by the box that comes up.

    `instead` are the roles whose act it is, and not that of those in `by`, on a part for which the
    SQL condition `instead_if` holds: who is inspected does not judge.

    Whoever is asked to sign because of the act hears of it always, and whoever's signature a form
    keeps that is submitted with other words (修改后直接送我). `tells_too`: with "units" heads
    and liaisons of all units, not of the lead unit alone; "signers" who had signed the run that the
    act ends, "asked" who was being asked then; "co_leaders" the leaders of the co-units, once the
    lead unit's has signed (会签); "parties" who hands over and who takes over (岗位交接); "team"
    who inspects, or would have (实地督查); "borrower" whose 借阅 it is; "relieved" the unit whose
    point became another one's (改派整改).
    """

    act: str
    label: str
    machine: Machine
    source: tuple[str, ...]
    target: str | None
    by: tuple[Role, ...]
    tells: tuple[Role, ...]
    article: str
    needs: tuple[Guard, ...] = ()
    during: tuple[str, ...] = ()
    document: str = ""
    chain: str = ""
    step: str = ""
    begins: str = ""
    beside: bool = False
    afterwards: tuple[str, ...] = ()
    decides: Decision = "agree"
    waits: str = ""
    waits_for: tuple[Role, ...] = ()
    only: Only | None = None
    unit: Literal["", "lead", "co"] = ""
    by_lead: bool = False
    makes: bool = False
    begins_if: Only | None = None
    carries: str = ""
    shares: str = ""
    in_person: bool = False
    tells_too: tuple[Hears, ...] = ()
    asks: tuple[str, ...] = ()
    waits_in: tuple[str, ...] = ()
    waits_only: Only | None = None
    reminds: str = ""
    reminds_only: Only | None = None
    instead: tuple[Role, ...] = ()
    instead_if: Only | None = None

    def acting(self, part: object, day: date) -> tuple[Role, ...]:
        """Whose act it is on this part (None: the item, or a new row) on this Shanghai day."""
        replaced = self.instead and part is not None and meets(self.instead_if, part, day=day)
        return self.instead if replaced else self.by

    def waits_on(self, part: object) -> bool:
        """Whether 待办 shows the act for this row of its machine (None: the item, or a new row)."""
        return (
            bool(self.waits)
            and (not self.waits_in or getattr(part, "state", None) in self.waits_in)
            and meets(self.waits_only, part)
        )

    @property
    def by_unit(self) -> bool:
        """Whether it is done by the people of the row's own unit, on that unit's own work."""
        of_unit = {Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON, Role.HANDLER}
        return (
            self.machine in ("feedback", "attachment")
            and not self.by_lead
            and set(self.by) <= of_unit
        )


R = Role
OFFICE = (R.OFFICE_STAFF, R.OFFICE_HEAD)
PRINCIPAL = (R.SECRETARY, R.PRESIDENT)
LEADERS = (R.RESPONSIBLE_LEADER, R.OFFICE_LEADER, *PRINCIPAL)
UNITS = (R.UNIT_HEAD, R.LIAISON)
SIGNING = ("pending_unit", "pending_sign", "pending_review", "pending_approve")
CLOSING = ("closing_unit", "closing_sign", "closing_check", "closing_review", "closing_report")
MADE_UP = (*RUNNING, *CLOSING, "closing_filing")
"""From 交办 to 销号: as long as signatures may be made up (SPEC §2.13)."""


READ_LATER = ("closing_filing", "closed", "archived")
"""From 简易办结 on: the principals read it in their weekly list (SPEC §2.13)."""


def in_source(rule: Rule, state: str, *, beside: bool) -> bool:
    """Whether an item in this state is where an act on the item itself starts.

    `beside`: a box of the act waits in an approval that is made up.
    """
    made_up = beside and state in rule.afterwards
    return made_up or not rule.source or state in rule.source
