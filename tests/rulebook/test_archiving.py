"""第十六条（七）: within one month after 销号."""

from datetime import date

import pytest

from portal.rulebook import policy
from portal.rulebook.archiving import archive_due


@pytest.mark.parametrize(
    ("closed_on", "due"),
    [
        ("2026-11-20", "2026-12-20"),
        ("2026-12-20", "2027-01-20"),
        ("2026-10-31", "2026-11-30"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
        ("2026-12-31", "2027-01-31"),
    ],
)
def test_the_last_day(closed_on: str, due: str) -> None:
    """The same day of the next month, or its last one."""
    found = archive_due(date.fromisoformat(closed_on), policy.CURRENT)
    assert found == date.fromisoformat(due)
