"""The SELECTs of a page, taken down once and asked again in three roles: behind the gate, behind
keys that are believed without a proof, and without a gate.

The last two roles are made for the run and dropped after it. A busy machine spoils clocks, so what
is compared is the processor time of the server's own process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, create_engine, event, text

from bench.roles import UNGUARDED, UNPROVEN, Roles
from portal.embedded import Servers
from portal.embedded.roles import WEB
from portal.rulebook.identity import Prover, array_of, say

KEYS_ONLY = text("SELECT set_config('app.keys', :keys, true)")


@dataclass(frozen=True)
class Asked:
    """One statement as the driver got it, and the seconds it took by the clock."""

    statement: str
    parameters: Any
    seconds: float = 0.0


@contextmanager
def taken_down() -> Iterator[list[Asked]]:
    """Collect the SELECTs that are executed meanwhile, without those that say as whom."""
    found: list[Asked] = []
    began = 0.0

    def begin(*_asked: Any) -> None:
        nonlocal began
        began = time.perf_counter()

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if (
            statement.lstrip().upper().startswith(("SELECT", "WITH"))
            and "app.keys" not in statement
        ):
            found.append(Asked(statement, parameters, time.perf_counter() - began))

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", begin)
        event.remove(Engine, "after_cursor_execute", note)


class Ratios(NamedTuple):
    """Time behind the gate over time without it, and over time behind unproven keys."""

    gate: float
    proof: float


class Comparison:
    """Three engines of the same settings, one a role."""

    def __init__(self, servers: Servers, prover: Prover) -> None:
        self.roles = Roles(servers)
        self.guarded = _engine(servers.database_url, prover)
        self.unproven = _engine(self.roles.url(UNPROVEN), prover)
        self.unguarded = _engine(self.roles.url(UNGUARDED), prover)

    def ratios(self, asked: list[Asked], keys: frozenset[int], rounds: int) -> Ratios:
        """Medians of `rounds`, the roles taken in turn."""
        times: dict[Engine, list[float]] = {
            engine: [] for engine in (self.guarded, self.unproven, self.unguarded)
        }
        for _ in range(rounds + 1):
            for engine, measured in times.items():
                measured.append(_ask(engine, asked, keys))
        # The first round fills caches.
        gate, unproven, none = (statistics.median(measured[1:]) for measured in times.values())
        return Ratios(gate / none, gate / unproven)

    def explain(self, asked: Asked, keys: frozenset[int]) -> str:
        """The plan of one statement with the gate, as PostgreSQL ran it."""
        with self.guarded.begin() as connection:
            say(connection, array_of(keys))
            rows = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS OFF) {asked.statement}", asked.parameters
            )
            return "\n".join(str(row[0]) for row in rows)

    def slowest(self, asked: list[Asked], keys: frozenset[int]) -> tuple[Asked, float]:
        """The statement that takes longest, and its seconds; the second run counts."""
        timed = [(one, min(_ask(self.guarded, [one], keys) for _ in range(2))) for one in asked]
        return max(timed, key=lambda pair: pair[1])

    def close(self) -> None:
        """Give the connections back and drop the roles."""
        for engine in (self.guarded, self.unproven, self.unguarded):
            engine.dispose()
        self.roles.drop()


def _engine(url: str, prover: Prover) -> Engine:
    """One connection, without helpers whose time would not be counted."""
    options = {"prepare_threshold": None, "options": "-c max_parallel_workers_per_gather=0"}
    return create_engine(
        url, pool_size=1, connect_args=options, execution_options={"prover": prover}
    )


def _ask(engine: Engine, asked: list[Asked], keys: frozenset[int]) -> float:
    """Seconds of processor time that the server's process spends on these statements."""
    with engine.begin() as connection:
        if engine.url.username == WEB:
            say(connection, array_of(keys))
        else:
            connection.execute(KEYS_ONLY, {"keys": array_of(keys)})
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        began = spent(process)
        for one in asked:
            connection.exec_driver_sql(one.statement, one.parameters).fetchall()
        return spent(process) - began


def spent(process: int) -> float:
    """Seconds a process has run so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[0]) / 1e9


def median_of(act: Callable[[], object], rounds: int, warm: int = 2) -> float:
    """Median seconds of `rounds` runs, after `warm` runs that do not count."""
    measured = []
    for number in range(warm + rounds):
        began = time.perf_counter()
        act()
        if number >= warm:
            measured.append(time.perf_counter() - began)
    return statistics.median(measured)
