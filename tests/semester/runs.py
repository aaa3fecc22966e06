"""Approvals as the ledger sees them: who is asked in which order, from when to when (SPEC §2.3).

The order of the boxes is written down here once more, from 第十二、十六、十九条 and the annexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tests.semester import cast

Group = tuple[str, tuple[str, ...]]
"""A step and the roles asked at once."""


@dataclass(eq=False)
class Box:
    """One signature: asked from `opened` on, given or given up at `ended`."""

    step: str
    role: str
    opened: datetime | None = None
    ended: datetime | None = None
    signed: bool = False


@dataclass(eq=False)
class Run:
    """One approval: its steps in order, each with a box a role."""

    chain: str
    groups: list[list[Box]]
    place: int = 0
    over: bool = False

    @property
    def step(self) -> str:
        """The step that is asked now."""
        return self.groups[self.place][0].step

    @property
    def boxes(self) -> list[Box]:
        """Every box, asked or not."""
        return [box for group in self.groups for box in group]

    def begin(self, at: datetime) -> None:
        """The boxes of the present step come up."""
        for box in self.groups[self.place]:
            box.opened = at

    def sign(self, role: str, at: datetime) -> bool:
        """A box of the present step is signed; whether that was the last of all."""
        box = next(box for box in self.groups[self.place] if box.role == role)
        box.ended, box.signed = at, True
        if all(box.signed for box in self.groups[self.place]):
            self.place += 1
            self.over = self.place == len(self.groups)
            if not self.over:
                self.begin(at)
        return self.over

    def stop(self, at: datetime) -> None:
        """Returned, refused or cancelled: nobody is asked any more."""
        self.over = True
        for box in self.boxes:
            if box.opened and not box.ended:
                box.ended = at

    def asked(self) -> list[Box]:
        """The boxes that wait now."""
        return [] if self.over else [box for box in self.groups[self.place] if not box.signed]


def run(chain: str, steps: Sequence[Group]) -> Run:
    """A run of these steps, not begun."""
    return Run(chain, [[Box(step, role) for role in roles] for step, roles in steps])


def _leader_first(unit: str, day: date, step: str, later: Sequence[str]) -> list[Group]:
    """The leader in charge, who signs but once if a later box is the same person's."""
    merged = cast.leader(unit, day) in later
    return [] if merged else [(step, ("responsible_leader",))]


def _principals(principal: str) -> tuple[str, ...]:
    return tuple(cast.ROLE_OF[person] for person in cast.PRINCIPALS[principal])


def initiation(unit: str, principal: str, day: date, *, by_unit: bool) -> Run:
    """第十二条."""
    later = (cast.OFFICE_LEADER, *cast.PRINCIPALS[principal])
    first: list[Group] = [("confirm_unit", ("unit_head",))] if by_unit else []
    return run("initiation", [
        *first,
        *_leader_first(unit, day, "sign", later),
        ("review", ("office_leader",)),
        ("approve", _principals(principal)),
    ])  # fmt: skip


def closing(unit: str, day: date) -> Run:
    """第十六条（六）, 附件 3: both principals read."""
    later = (cast.OFFICE_LEADER, cast.SECRETARY, cast.PRESIDENT)
    return run("closing", [
        ("confirm_close", ("unit_head",)),
        *_leader_first(unit, day, "sign_close", later),
        ("check_close", ("office_head",)),
        ("review_close", ("office_leader",)),
        ("read_close", ("secretary", "president")),
    ])  # fmt: skip


def urge(unit: str, principal: str, day: date, *, fast: bool) -> Run:
    """附件 2; of level 1 党政办分管领导 is asked first and the others beside the notice."""
    later = (cast.OFFICE_LEADER, *cast.PRINCIPALS[principal])
    sign = _leader_first(unit, day, "sign_urge", later)
    review: list[Group] = [("review_urge", ("office_leader",))]
    approve: list[Group] = [("approve_urge", _principals(principal))]
    return run("urge", [*review, *sign, *approve] if fast else [*sign, *review, *approve])


def extension(principal: str, *, office_leader: bool, decided_above: bool) -> Run:
    """第十九条, with what the college adds to it."""
    steps: list[Group] = [
        ("ext_unit", ("unit_head",)),
        ("ext_sign", ("responsible_leader",)),
        ("ext_check", ("office_head",)),
    ]
    if office_leader:
        steps.append(("ext_office_leader", ("office_leader",)))
    if decided_above:
        steps.append(("ext_principal", _principals(principal)))
    return run("extension", steps)
