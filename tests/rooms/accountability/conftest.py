"""The clocks that the tests of 问责线索 run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.steps.urging import acts


@pytest.fixture
def urge_clock(worker: Flask, college: Flask) -> Callable[[int], int]:
    """The clock of 催办, so many days later."""
    return acts.running_clock(worker, college)
