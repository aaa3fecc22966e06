"""Rows into a database by COPY: without the triggers, whose work the rows bring along, and with the
indexes built at the end, which is quicker than keeping them up row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from psycopg import sql

from bench.filling.college import Connection
from bench.filling.rows import Rows

INDEXES = """
    SELECT c.relname, i.relname, pg_get_indexdef(i.oid), coalesce(pg_get_constraintdef(k.oid), '')
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid
    WHERE c.relname = ANY(%s) AND NOT x.indisprimary ORDER BY 1, 2
"""


class Index(NamedTuple):
    """An index, by its statement or, of a UNIQUE constraint, by that of the constraint."""

    table: str
    name: str
    definition: str
    constraint: str


@contextmanager
def indexes_last(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Within the block these tables have their primary keys alone, and no trigger works.

    The connection is a superuser's, within a transaction.
    """
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    found = [
        Index(*map(str, row)) for row in connection.execute(INDEXES, [list(tables)]).fetchall()
    ]
    for index in found:
        if index.constraint:
            _run(connection, f'ALTER TABLE "{index.table}" DROP CONSTRAINT "{index.name}"')
        else:
            _run(connection, f'DROP INDEX "{index.name}"')
    yield
    for index in found:
        if index.constraint:
            added = f'ADD CONSTRAINT "{index.name}" {index.constraint}'
            _run(connection, f'ALTER TABLE "{index.table}" {added}')
        else:
            _run(connection, index.definition)


def load(connection: Connection, rows: Rows, batches: Iterable[Mapping[str, list[str]]]) -> int:
    """Copy everything; how many rows. What is written later gets the ids after these."""
    total = 0
    for lines in batches:
        for table, every in lines.items():
            _copy(connection, rows, table, every)
            total += len(every)
    for table, last in rows.ids.items():
        _run(connection, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
    return total


def _copy(connection: Connection, rows: Rows, table: str, lines: list[str]) -> None:
    columns = (*(("id",) if table in rows.ids else ()), *rows.columns[table])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def _run(connection: Connection, statement: str) -> None:
    """A statement made of names of our own tables."""
    connection.execute(statement.encode())
