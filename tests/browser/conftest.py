"""A running portal, a Chromium, and people at browsers; one of each for the whole folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.embedded import Servers, clone_database, drop_database
from tests.browser import looks
from tests.browser.chromium import View
from tests.browser.live import Portal, live_portal
from tests.browser.seat import Office
from tests.conftest import ANCHOR

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder carries the mark `browser`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def live_database(servers: Servers, run_name: str, college_template: str) -> Iterator[Servers]:
    """The sample college in a database of the running portal's own."""
    name = f"{run_name}_live"
    yield clone_database(servers, name, college_template)
    drop_database(servers, name)


@pytest.fixture(scope="session")
def portal(
    live_database: Servers, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """The portal as processes; the browser first, so that a missing one is said at once."""
    with live_portal(live_database, tmp_path_factory.mktemp("live"), ANCHOR.isoformat()) as running:
        yield running


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """Of everybody who has signed in once."""
    return {}


@pytest.fixture
def office(
    browser: Browser, portal: Portal, cookies: dict[str, Any]
) -> Iterator[Callable[[View], Office]]:
    """People at browsers of one kind; at the end nothing may have gone wrong in any of them."""
    opened: list[Office] = []

    def open_office(view: View) -> Office:
        look = looks.check if view.scripts else lambda _page, _name: None
        opened.append(Office(browser, portal.address, view, look, cookies))
        return opened[-1]

    yield open_office
    for each in opened:
        each.close()
