"""The policy: the rule-book's numbers and lists as data, every row quoting its article.

An item keeps the version under which it was filed; `of(version)` finds that edition again, so
that a new edition never changes what is already under way. A new edition is a new module beside
`edition_2023` and a new row of `EDITIONS`.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook.edition_2023 import EDITION
from portal.rulebook.policy_shapes import (
    Category,
    Choice,
    Colour,
    Level,
    Light,
    LightId,
    Limit,
    Mode,
    Origin,
    Policy,
    PrincipalId,
    SourceType,
    State,
    Step,
    StepId,
)

__all__ = [
    "CURRENT",
    "EDITIONS",
    "VERSION",
    "Category",
    "Choice",
    "Colour",
    "Level",
    "Light",
    "LightId",
    "Limit",
    "Mode",
    "Origin",
    "Policy",
    "PrincipalId",
    "SourceType",
    "State",
    "Step",
    "StepId",
    "of",
]

EDITIONS: Final = (EDITION,)
CURRENT: Final = EDITIONS[-1]
VERSION: Final = CURRENT.version


def of(version: str) -> Policy:
    """The policy of a version. KeyError if no edition bears it."""
    for edition in EDITIONS:
        if edition.version == version:
            return edition
    raise KeyError(version)
