"""Who must sign a request for more time beyond the unit's head, its leader and 党政办 (第十九条).

The article ends at 党政办. The further signatures are a judgment (SPEC §2.9) that a college may
switch off in its edition of the policy; each has its reason in words.
"""

from __future__ import annotations

from typing import NamedTuple

from portal.models import Extension, Item
from portal.rulebook.policy import Policy


class Request(NamedTuple):
    """What decides: the item's level, what is asked, by the cut-off or later, how often more time
    was given before, whether it asks for more than the whole period first given."""

    level: int
    exempt: bool
    timely: bool
    granted: int
    longer: bool


def request_of(item: Item, extension: Extension) -> Request:
    """What decides of a request as it was written."""
    return Request(
        item.level,
        extension.kind == "exempt",
        extension.timely,
        extension.granted,
        _longer(item, extension),
    )


def _longer(item: Item, extension: Extension) -> bool:
    """Whether it asks for more days than the item was first given."""
    asked, before = extension.asked_due, extension.due_before
    original, issued = item.due_original, item.issued_on
    if asked is None or before is None or original is None or issued is None:
        return False
    return asked - before > original - issued


def for_office_leader(request: Request, policy: Policy) -> tuple[str, ...]:
    """Why 党政办分管领导 signs too; empty: 党政办主任 decides."""
    if not policy.limit("extension_office_leader"):
        return ()
    return _said(
        (not request.timely, "因不可抗力逾期申请"),
        (not request.exempt and request.granted > 0, f"第{request.granted + 1}次延期"),
        (request.longer, "延期超过原办理期"),
        *_grave(request),
    )


def for_principal(request: Request, policy: Policy) -> tuple[str, ...]:
    """Why a principal decides; empty: it ends before."""
    return _said(*_grave(request)) if policy.limit("extension_principal") else ()


def _grave(request: Request) -> tuple[tuple[bool, str], ...]:
    return ((request.exempt, "免于督办"), (request.level == 1, "一级事项"))


def _said(*reasons: tuple[bool, str]) -> tuple[str, ...]:
    return tuple(words for holds, words in reasons if holds)
