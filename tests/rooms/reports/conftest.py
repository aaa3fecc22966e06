"""The portal and its worker on one database."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.rooms.reports.acting import World


@pytest.fixture
def world(college: Flask, worker: Flask) -> World:
    """Both at the sample college."""
    return World(college, worker)
