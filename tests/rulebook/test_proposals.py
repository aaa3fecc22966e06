"""第十至十八条: what follows from source and level, what a drafter's choice changes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from portal.rulebook import deadlines, workdays
from portal.rulebook.periods import LONGEST, Period, problem, unfinished
from portal.rulebook.policy import CURRENT
from portal.rulebook.proposals import Given, asks_author, missing, settle

TODAY = date(2026, 11, 23)
SOURCES = [row.id for row in CURRENT.source_types]
NEAR = st.dates(date(2026, 11, 1), date(2028, 1, 31)) | st.dates()
DAYS = st.integers(-1, 40) | st.integers()


@pytest.mark.parametrize(
    ("source", "category", "principal", "method"),
    [
        ("leader_instruction", "instruction", "", "written"),
        ("party_committee", "decision", "secretary", "written"),
        ("president_meeting", "decision", "president", "written"),
        ("special_meeting", "decision", "both", "written"),
        ("development_plan", "key_work", "both", "written"),
        ("annual_plan", "key_work", "both", "written"),
        ("leader_task", "other", "president", "phone"),
        ("routine", "other", "president", "written"),
        ("", "", "", "written"),
    ],
)
def test_what_follows_from_the_source(
    source: str, category: str, principal: str, method: str
) -> None:
    """SPEC §2.3, and 第十五条: what a leader asks for in passing is simple or urgent."""
    settled = settle(Given(source, 2))
    assert (settled.category, settled.principal, settled.method) == (category, principal, method)
    assert settled.chosen == ()


@pytest.mark.parametrize(
    ("level", "kind", "days"), [(1, "days", 3), (2, "days", 15), (3, "days", 30), (4, "open", None)]
)
def test_what_follows_from_the_level(level: int, kind: str, days: int | None) -> None:
    """SPEC §3.2: defaults; a fourth level is open-ended."""
    settled = settle(Given("routine", level))
    assert (settled.deadline_kind, settled.deadline_days, settled.deadline_date) == (
        kind, days, None,
    )  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("category", "key_work"),
        ("principal", "secretary"),
        ("method", "onsite"),
    ],
)
def test_what_is_chosen_is_kept(source: str, name: str, value: str) -> None:
    settled = settle(Given(source, 2)._replace(**{name: value}))
    assert getattr(settled, name) == value
    assert settled.chosen == (name,)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"deadline_kind": "days", "deadline_days": 7}, ("days", 7, None)),
        ({"deadline_kind": "days"}, ("days", 15, None)),
        ({"deadline_kind": "date", "deadline_date": TODAY}, ("date", None, TODAY)),
        ({"deadline_kind": "date", "deadline_days": 7}, ("date", None, None)),
        ({"deadline_kind": "open", "deadline_days": 7}, ("open", None, None)),
        ({"deadline_days": 7, "deadline_date": TODAY}, ("days", 15, None)),
    ],
)
def test_a_kind_of_time_limit_keeps_what_belongs_to_it(given: dict[str, Any], kept: Any) -> None:
    settled = settle(Given("routine", 2, **given))
    assert (settled.deadline_kind, settled.deadline_days, settled.deadline_date) == kept
    assert settled.chosen == (("deadline",) if "deadline_kind" in given else ())


def test_an_instruction_asks_for_its_author() -> None:
    """第十条（一）: only then, and only until it is said."""
    assert [source for source in SOURCES if asks_author(Given(source, 2))] == ["leader_instruction"]
    assert not asks_author(Given("leader_instruction", 2, principal="secretary"))
    assert not asks_author(Given("", 2))


def test_what_is_missing_is_named_field_by_field() -> None:
    """第十六条（一）."""
    assert list(missing("", "", Given("", 2))) == ["title", "requirement", "source_type"]
    assert list(missing("事项", "要求", Given("leader_instruction", 2))) == ["principal"]
    assert missing("事项", "要求", Given("routine", 2)) == {}


@pytest.mark.parametrize(
    ("level", "period", "field"),
    [
        (1, Period("days", 3, None), None),
        (1, Period("days", 4, None), "deadline_days"),
        (1, Period("days", 0, None), "deadline_days"),
        (2, Period("days", 6, None), "deadline_days"),
        (2, Period("days", 7, None), None),
        (2, Period("days", 15, None), None),
        (2, Period("days", 16, None), "deadline_days"),
        (3, Period("days", 30, None), None),
        (3, Period("days", 31, None), "deadline_days"),
        (4, Period("days", 30, None), "deadline_kind"),
        (4, Period("days", None, None), "deadline_kind"),
        (3, Period("open", None, None), "deadline_kind"),
        (4, Period("open", None, None), None),
        (2, Period("date", None, None), "deadline_date"),
        (2, Period("date", None, TODAY), "deadline_basis"),
        (2, Period("date", None, TODAY, "  "), "deadline_basis"),
        (2, Period("date", None, TODAY, "上级要求"), None),
        (4, Period("date", None, TODAY), None),
        (2, Period("date", None, date(2026, 11, 22), "上级要求"), "deadline_date"),
        (2, Period("date", None, date(1, 1, 1), "上级要求"), "deadline_date"),
        (2, Period("date", None, date(9999, 12, 31), "上级要求"), "deadline_date"),
        (2, Period("date", None, TODAY + LONGEST, "上级要求"), None),
    ],
)
def test_article_18_says_at_which_field(level: int, period: Period, field: str | None) -> None:
    found = problem(CURRENT.level(level), period, TODAY)
    assert (found and found.field) == field


@drawn(
    st.integers(1, 4),
    st.sampled_from(["", "days", "date", "open"]),
    st.none() | DAYS,
    st.none() | NEAR,
)
def test_whatever_may_stand_can_be_issued_today(
    level: int, kind: str, days: int | None, day: date | None
) -> None:
    """第十八条: the form's check lets through exactly what the arithmetic of 交办 takes."""
    row = CURRENT.level(level)
    settled = settle(Given("routine", level, "", "", "", kind, days, day))
    period = Period(settled.deadline_kind, settled.deadline_days, settled.deadline_date, "上级要求")
    if unfinished(row, period) is None and problem(row, period, TODAY) is None:
        deadlines.plan(
            row,
            TODAY,
            workdays.built_in(),
            days=period.days,
            explicit=period.date,
            open_ended=period.kind == "open",
        )
