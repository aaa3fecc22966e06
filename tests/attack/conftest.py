"""One world for all attacks; none changes it, for each ends in a rollback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.embedded import Servers, clone_database, drop_database
from tests.attack import world as building
from tests.attack.world import World
from tests.conftest import close


@pytest.fixture(scope="package")
def world(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The sample college with an item to hide."""
    name = f"{run_name}_attacked"
    clone = clone_database(servers, name, college_template)
    made = building.make(clone, tmp_path_factory.mktemp("attacked"))
    yield made
    close(made.app)
    drop_database(servers, name)
