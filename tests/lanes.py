"""One database of a test process, put back to what its template holds between tests.

A copy of the template for every test was a third of the run. A lane puts back the rows instead:
what a test wrote is deleted, what the template held is compared and restored, sequences count from
where they did. A test that changed more than rows costs the lane, and the next one gets a new copy.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url

from portal.embedded import Servers, clone_database, connect, drop_database


class Rows(NamedTuple):
    """Where a lane differs from its template: whole tables in COPY's form, and its sequences."""

    tables: dict[str, bytes]
    sequences: dict[str, int | None]


USES = 10
"""After so many tests dead rows of the earlier ones are cleared away, for they slow the next down.
A new copy instead took a second, and its connections learnt every table anew."""
LANE = "_lane_"
"""In the name of every lane's database."""
KEPT = "kept"
"""The schema with the template's rows."""
TABLES = """
    SELECT relname, EXISTS (
        SELECT FROM pg_class AS copy WHERE copy.relname = c.relname
        AND copy.relnamespace = to_regnamespace('kept')
    ) FROM pg_class AS c
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
SHAPE = """
    SELECT count(*), max(version::text::bigint) FROM (
        SELECT xmin AS version FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT a.xmin FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT xmin FROM pg_policy
        UNION ALL SELECT xmin FROM pg_trigger
        UNION ALL SELECT xmin FROM pg_namespace WHERE nspname !~ '^pg_'
    ) AS versions
"""
"""How many parts tables, functions and policies have, and which transaction changed one last."""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"

POOLED = "lane's pool"
"""How the connections are named that stay open between tests: a new one learns every table anew."""
_pools: dict[Hashable, Engine] = {}


def pooled(options: dict[str, Any], make: Callable[[], Engine]) -> Engine:
    """The engine of an application: on a lane's database the one of the tests before, if that said
    the same."""
    url = make_url(options["url"])
    if LANE not in (url.database or ""):
        return make()
    prover = options["execution_options"]["prover"]
    key = (url.render_as_string(hide_password=False), prover.pads(), repr(options["connect_args"]))
    if key not in _pools:
        options["connect_args"] = {**options["connect_args"], "application_name": POOLED}
        _pools[key] = make()
    return _pools[key]


def let_go(engine: Engine) -> None:
    """What closing an application does with its engine: a lane's stays."""
    if engine not in _pools.values():
        engine.dispose()


class Lane:
    """A database that tests of one process use one after the other.

    `take` gives it as its template was, `give_back` ends what the test left open and puts it back.
    """

    def __init__(self, servers: Servers, name: str, template: str) -> None:
        self.servers, self.name, self.template = servers, name, template
        self._numbers = itertools.count(1)
        self._uses = 0
        self._clone: Servers | None = None
        self._raw: psycopg.Connection[Any] | None = None

    def take(self) -> Servers:
        """The addresses of the database."""
        if self._clone is None:
            self._clone = self._copied()
        return self._clone

    def give_back(self) -> None:
        """Put it back, or drop it if it was used often or its tables are not what they were."""
        raw = self._open()
        self._end_others(raw)
        if raw.execute(SHAPE.encode()).fetchone() != self._shape:
            self.drop()
            return
        self._put_back(raw)
        self._uses += 1
        if self._uses % USES == 0:
            raw.execute(_sql_all("VACUUM {tables}", self._kept))

    def _put_back(self, raw: psycopg.Connection[Any], leave: Collection[str] = ()) -> None:
        with raw.transaction():
            raw.execute("SET LOCAL session_replication_role = replica")  # no trigger, no reference
            for table in self._changed(raw):
                if table not in leave:
                    self._restore(raw, table)
            for sequence, value in raw.execute(SEQUENCES.encode()).fetchall():
                if value != self._sequences[sequence]:
                    self._count_from(raw, sequence, self._sequences[sequence])

    @property
    def database(self) -> str:
        """The name of the database."""
        return self._database

    def rows(self) -> Rows:
        """What was written since `take`."""
        raw = self._open()
        tables = {}
        for table in self._changed(raw):
            with raw.cursor().copy(_sql("COPY {table} TO STDOUT (FORMAT binary)", table)) as out:
                tables[table] = b"".join(out)
        return Rows(tables, dict(raw.execute(SEQUENCES.encode()).fetchall()))

    def put(self, rows: Rows) -> None:
        """Have these rows and no other difference from the template; nothing else may be open."""
        raw = self._open()
        self._put_back(raw, leave=rows.tables)
        with raw.transaction():
            raw.execute("SET LOCAL session_replication_role = replica")
            for table, content in rows.tables.items():
                raw.execute(_sql("DELETE FROM {table}", table))
                with raw.cursor().copy(
                    _sql("COPY {table} FROM STDIN (FORMAT binary)", table)
                ) as to:
                    to.write(content)
            for sequence, value in rows.sequences.items():
                if value != self._sequences[sequence]:
                    self._count_from(raw, sequence, value)

    def drop(self) -> None:
        """Remove the database; the next `take` makes another."""
        if self._clone is None:
            return
        for key, engine in list(_pools.items()):
            if engine.url.database == self._database:
                _pools.pop(key).dispose()
        if self._raw is not None:
            self._raw.close()
            self._raw = None
        drop_database(self.servers, self._database)
        self._clone = None

    def _copied(self) -> Servers:
        self._database = f"{self.name}{LANE}{next(self._numbers)}"
        clone = clone_database(self.servers, self._database, self.template)
        self._uses = 0
        raw = self._open()
        with raw.transaction():
            raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(KEPT)))
            for table, _kept in raw.execute(TABLES.encode()).fetchall():
                if raw.execute(_any(table)).fetchone():
                    raw.execute(_sql("CREATE TABLE {kept} AS TABLE {table}", table))
        self._kept = dict(raw.execute(TABLES.encode()).fetchall())
        raw.execute(_changed(self._kept))
        self._sequences = dict(raw.execute(SEQUENCES.encode()).fetchall())
        self._shape = raw.execute(SHAPE.encode()).fetchone()
        return clone

    def _open(self) -> psycopg.Connection[Any]:
        if self._raw is None:
            url = make_url(self.servers.admin_url).set(database=self._database)
            self._raw = connect(url.render_as_string(hide_password=False))
        return self._raw

    @staticmethod
    def _end_others(raw: psycopg.Connection[Any]) -> None:
        """Whoever is still connected, such as a killed process's transaction, holds no lock on."""
        raw.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND NOT (application_name = %s AND state = 'idle')",
            (POOLED,),
        )

    @staticmethod
    def _changed(raw: psycopg.Connection[Any]) -> list[str]:
        return [table for (table,) in raw.execute("SELECT kept.changed()").fetchall()]

    def _restore(self, raw: psycopg.Connection[Any], table: str) -> None:
        raw.execute(_sql("DELETE FROM {table}", table))
        if self._kept[table]:
            raw.execute(_sql("INSERT INTO {table} TABLE {kept}", table))

    @staticmethod
    def _count_from(raw: psycopg.Connection[Any], sequence: str, value: int | None) -> None:
        raw.execute(
            "SELECT setval(%s::regclass, %s, %s)",
            (f"public.{sequence}", 1 if value is None else value, value is not None),
        )


def _sql(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(  # type: ignore[arg-type]  # texts of this module
        table=sql.Identifier("public", table), kept=sql.Identifier(KEPT, table)
    )


def _sql_all(text: str, tables: Iterable[str]) -> sql.Composed:
    named = sql.SQL(", ").join(sql.Identifier("public", table) for table in tables)
    return sql.SQL(text).format(tables=named)  # type: ignore[arg-type]  # texts of this module


def _any(table: str) -> sql.Composed:
    return _sql("SELECT 1 FROM {table} LIMIT 1", table)


def _differs(table: str) -> sql.Composed:
    return _sql(
        "(TABLE {table} EXCEPT ALL TABLE {kept}) UNION ALL"
        " (TABLE {kept} EXCEPT ALL TABLE {table}) LIMIT 1",
        table,
    )


def _changed(kept: Mapping[str, bool]) -> sql.Composed:
    """The function that names the tables that are not as the template's: asked table by table it
    took longer than most tests, and its plans are made once."""
    told = sql.SQL(" ").join(
        sql.SQL("IF EXISTS ({}) THEN RETURN NEXT {}; END IF;").format(
            _differs(table) if is_kept else _any(table), sql.Literal(table)
        )
        for table, is_kept in kept.items()
    )
    return sql.SQL(
        "CREATE FUNCTION kept.changed() RETURNS SETOF text LANGUAGE plpgsql"
        " AS $told$ BEGIN {} END $told$"
    ).format(told)
