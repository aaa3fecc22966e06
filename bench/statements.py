"""The SELECTs of a page, taken down once and asked again in two roles: with the gate and without.

The role without the gate bypasses row-level security; it is made for the run and dropped after it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from portal.embedded import Servers, connect
from portal.embedded.roles import WEB

UNGUARDED = f"bench_unguarded_{os.getpid()}"


@dataclass(frozen=True)
class Asked:
    """One statement as the driver got it."""

    statement: str
    parameters: Any


@contextmanager
def taken_down() -> Iterator[list[Asked]]:
    """Collect the SELECTs that are executed meanwhile, without those that say as whom."""
    found: list[Asked] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if (
            statement.lstrip().upper().startswith(("SELECT", "WITH"))
            and "app.keys" not in statement
        ):
            found.append(Asked(statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def make_unguarded(servers: Servers) -> str:
    """Make the role that row-level security does not bind; its address."""
    drop_unguarded(servers)
    with connect(servers.admin_url) as connection:
        connection.execute(f"CREATE ROLE {UNGUARDED} LOGIN BYPASSRLS IN ROLE {WEB}")
    return make_url(servers.database_url).set(username=UNGUARDED).render_as_string(False)


def drop_unguarded(servers: Servers) -> None:
    """Leave no such role behind."""
    with connect(servers.admin_url) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {UNGUARDED}")


class Comparison:
    """Two engines of the same settings, one a role."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.guarded = _engine(servers.database_url)
        self.unguarded = _engine(make_unguarded(servers))

    def ratio(self, asked: list[Asked], keys: frozenset[int], rounds: int) -> float:
        """Time with the gate over time without, medians of `rounds`, taken in turn."""
        times: dict[Engine, list[float]] = {self.guarded: [], self.unguarded: []}
        for _ in range(rounds + 1):
            for engine, measured in times.items():
                measured.append(_ask(engine, asked, keys))
        # The first round fills caches.
        with_gate, without = (statistics.median(measured[1:]) for measured in times.values())
        return with_gate / without

    def explain(self, asked: Asked, keys: frozenset[int]) -> str:
        """The plan of one statement with the gate, as PostgreSQL ran it."""
        with self.guarded.begin() as connection:
            _identify(connection, keys)
            rows = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS OFF) {asked.statement}", asked.parameters
            )
            return "\n".join(str(row[0]) for row in rows)

    def slowest(self, asked: list[Asked], keys: frozenset[int]) -> tuple[Asked, float]:
        """The statement that takes longest, and its seconds; the second run counts."""
        timed = [(one, min(_ask(self.guarded, [one], keys) for _ in range(2))) for one in asked]
        return max(timed, key=lambda pair: pair[1])

    def close(self) -> None:
        """Give the connections back and drop the role."""
        self.guarded.dispose()
        self.unguarded.dispose()
        drop_unguarded(self.servers)


def _engine(url: str) -> Engine:
    return create_engine(url, pool_size=1, connect_args={"prepare_threshold": None})


def _ask(engine: Engine, asked: list[Asked], keys: frozenset[int]) -> float:
    with engine.begin() as connection:
        _identify(connection, keys)
        began = time.perf_counter()
        for one in asked:
            connection.exec_driver_sql(one.statement, one.parameters).fetchall()
        return time.perf_counter() - began


def _identify(connection: Any, keys: frozenset[int]) -> None:
    value = "{" + ",".join(str(key) for key in sorted(keys)) + "}" if keys else ""
    connection.execute(text("SELECT set_config('app.keys', :keys, true)"), {"keys": value})


def median_of(act: Callable[[], object], rounds: int, warm: int = 2) -> float:
    """Median seconds of `rounds` runs, after `warm` runs that do not count."""
    measured = []
    for number in range(warm + rounds):
        began = time.perf_counter()
        act()
        if number >= warm:
            measured.append(time.perf_counter() - began)
    return statistics.median(measured)
