"""The database's roles: who owns the tables and who may only use them.

`portal_owner` owns the database and runs migrations, `portal_web` serves pages and owns nothing,
`portal_worker` runs jobs. None is superuser and none bypasses row-level security.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

OWNER, WEB, WORKER = "portal_owner", "portal_web", "portal_worker"
ROLES = (OWNER, WEB, WORKER)
DATABASE = "portal"


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the roles that are missing and take from all of them what they must not have.

    The connection is a superuser's, in autocommit mode.
    """
    for role in ROLES:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = sql.SQL("ALTER ROLE" if found else "CREATE ROLE")
        connection.execute(
            sql.SQL(
                "{} {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
            ).format(verb, sql.Identifier(role))
        )


def ensure_database(
    connection: psycopg.Connection[tuple[object, ...]], name: str = DATABASE
) -> None:
    """Create database `name`, owned by `portal_owner`, if it is missing. Superuser, autocommit."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not found:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )
    limit_database(connection, name)


def limit_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Only the portal's roles may connect; times are UTC whatever the server's zone is."""
    database = sql.Identifier(name)
    owner, web, worker = (sql.Identifier(role) for role in ROLES)
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(database, web, worker),
        sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner),
        sql.SQL("ALTER DATABASE {} SET timezone TO 'UTC'").format(database),
    ):
        connection.execute(statement)
