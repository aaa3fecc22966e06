"""A term of the college, counted twice."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.embedded import Servers
from tests.semester.compare import Comparison
from tests.semester.reporting import Report
from tests.semester.term import Size, Term

SEED = 1
WHOLE = Size(items=200, days=150)


@pytest.mark.long
def test_a_term(college: Flask, worker: Flask, database: Servers) -> None:
    """200 items, 70 persons, 150 days: every count of the portal is the ledger's, and of
    the 学期报告 at its end every number.

    So many items make digests too; about six minutes on a machine at rest.
    """
    term = Term(college, worker, WHOLE, SEED)
    comparison = Comparison(term, database)
    term.live(comparison.after_round)
    comparison.at_the_end()
    Report(term).compare()
    assert any(one.kind == "N20" for one in comparison.heard)
