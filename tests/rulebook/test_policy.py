"""The policy quotes the rule-book letter for letter and holds together."""

from __future__ import annotations

import pytest

from portal.rulebook import glossary, policy, text
from portal.rulebook.policy import CURRENT, Policy

TABLES = [name for name in Policy._fields if name != "version"]
ROWS = [(table, row) for table in TABLES for row in getattr(CURRENT, table)]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=lambda value: str(value)[:40])
def test_every_row_quotes_its_article(table: str, row: policy.Level) -> None:
    assert row.quotation in text.passage(row.article)
    assert row.origin in {"S", "J"}


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique(table: str) -> None:
    keys = [(row[0], row[1]) if table == "limits" else row[0] for row in getattr(CURRENT, table)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("number", "days_min", "days_max", "default", "cycle", "roll"),
    [
        (1, 1, 3, 3, None, False),
        (2, 7, 15, 15, 5, True),
        (3, 1, 30, 30, 10, True),
        (4, None, None, None, 30, False),
    ],
)
def test_article_18_levels(
    number: int,
    days_min: int | None,
    days_max: int | None,
    default: int | None,
    cycle: int | None,
    roll: bool,
) -> None:
    level = CURRENT.level(number)
    assert (level.days_min, level.days_max, level.default_days) == (days_min, days_max, default)
    assert (level.report_every, level.roll, level.mode) == (cycle, roll, "natural")


def test_numbers_of_the_levels_stand_in_their_quotations() -> None:
    """第十八条: a number that changes without its quotation is noticed."""
    for level in CURRENT.levels:
        quoted = level.quotation
        if level.days_max is not None:
            assert f"{level.days_max} 天内落实办结" in quoted
        if level.report_every is not None:
            assert f"每 {level.report_every} 天反馈 1 次" in quoted


def test_states_are_those_of_the_life_cycle_in_order() -> None:
    assert [state.id for state in CURRENT.states] == [
        "draft", "returned", "pending_unit", "pending_sign", "pending_review", "pending_approve",
        "pending_filing", "filed", "issued", "in_progress", "closing_unit", "closing_sign",
        "closing_check", "closing_review", "closing_report", "closing_filing", "closed",
        "archived", "rejected", "exempted", "void",
    ]  # fmt: skip


def test_lights_are_shown_between_issue_and_closing_only() -> None:
    lit = {state.id for state in CURRENT.states if state.lit}
    closing = {state.id for state in CURRENT.states if state.id.startswith("closing_")}
    assert lit == {"issued", "in_progress"} | closing


def test_steps_of_states_and_categories_of_sources_exist() -> None:
    steps = {step.id for step in CURRENT.steps}
    assert {step for state in CURRENT.states for step in state.steps} == steps
    for source in CURRENT.source_types:
        assert CURRENT.category(source.category)
        assert source.principal in {"secretary", "president", "both", "author"}


def test_labels_agree_with_the_glossary() -> None:
    for table, group in (
        ("states", "states"),
        ("categories", "categories"),
        ("methods", "methods"),
        ("lights", "lights"),
    ):
        labels = {row.id: row.label for row in getattr(CURRENT, table)}
        assert labels == {term.id: term.zh for term in glossary.group(group)}


def test_limit_prefers_the_level_own_row() -> None:
    assert CURRENT.limit("extension_days", 4) == 180
    assert CURRENT.limit("extension_days", 2) == CURRENT.limit("extension_days") == 30
    with pytest.raises(KeyError):
        CURRENT.limit("receipt_hours", 2)


def test_editions_are_found_by_version() -> None:
    assert policy.of(policy.VERSION) is CURRENT
    with pytest.raises(KeyError):
        policy.of("1999-01-01")
    assert len({edition.version for edition in policy.EDITIONS}) == len(policy.EDITIONS)
