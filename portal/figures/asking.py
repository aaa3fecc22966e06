"""What figures are asked for: a period, the day they are as of, of whom, for whom."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Period(NamedTuple):
    """Days from `first` to `last`, both included (P of SPEC §6.2)."""

    first: date
    last: date


class By(StrEnum):
    """Whose figures: the whole college's, each unit's (and the college's), each person's."""

    COLLEGE = "college"
    UNIT = "unit"
    PERSON = "person"


class Scope(NamedTuple):
    """Of whom, and for whom.

    `only`: ids of the units or persons asked for; None: of all. `official`: for a paper that
    others read, without any sensitive item (SPEC §7.5 rule 5).
    """

    by: By = By.COLLEGE
    only: frozenset[int] | None = None
    official: bool = False


class Asked(NamedTuple):
    """A period and the day of the figures (t of SPEC §6.2)."""

    period: Period
    as_of: date
