"""Random walks over the whole table of acts (第十一至十九条): `machine` says what is done and what
must hold."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from portal.embedded import Servers
from portal.rulebook.parts import PARTS
from portal.rulebook.rules import RULES
from tests.rulebook.machine import Walk
from tests.rulebook.machine_acts import ELSEWHERE
from tests.rulebook.machine_doing import DO

SHORT = settings(
    max_examples=3, stateful_step_count=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONG = settings(SHORT, max_examples=50, stateful_step_count=60, derandomize=False)


def _walk(college: Flask, database: Servers, profile: settings) -> None:
    class Here(Walk):
        app, servers = college, database

    run_state_machine_as_test(Here, settings=profile)


def test_whatever_people_do_in_whatever_order(college: Flask, database: Servers) -> None:
    """Some walks, always the same ones."""
    _walk(college, database, SHORT)


@pytest.mark.long
def test_many_walks(college: Flask, database: Servers) -> None:
    """Other walks every time, and longer ones."""
    _walk(college, database, LONG)


def test_the_walk_knows_every_act_there_is() -> None:
    """An act is done by the walk or it is said why not."""
    with_tables = {"item", *PARTS}
    today = {rule.act for rule in RULES if rule.machine in with_tables}
    assert set(DO) | set(ELSEWHERE) == today
    assert not set(DO) & set(ELSEWHERE)
