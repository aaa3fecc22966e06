"""The portal and its worker on one database, and items that reports tell of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import scenes
from tests.people import draft
from tests.rooms.reports.acting import World
from tests.stages import bring


@pytest.fixture
def world(college: Flask, worker: Flask) -> World:
    """Both at the sample college."""
    return World(college, worker)


@pytest.fixture
def worked(world: World) -> Iterator[World]:
    """Four items that went different ways, one of them sensitive, one still a form."""

    def make() -> None:
        ids = [draft(world.app, "A01", title=f"事项{n}") for n in range(4)]
        draft(world.app, "A01", title="尚未送审")
        for public_id, state in zip(ids, ("closed", "in_progress", "issued", "filed"), strict=True):
            bring(world.app, public_id, state)

    with world.app.app_context():
        scenes.play(world.app, ("reports", "worked"), make, shared=True)
        yield world
