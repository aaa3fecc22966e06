"""An item in work, for the tests of cases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.rulebook import casework


@pytest.fixture
def actor(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID]
) -> Iterator[casework.Casework]:
    """Whoever acts on its cases."""
    with casework.in_work(college, worker, draft_item()) as found:
        yield found
