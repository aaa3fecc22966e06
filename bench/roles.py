"""Two roles to compare the web's with: one without a gate, one behind keys without a proof."""

from __future__ import annotations

import os

import psycopg
from sqlalchemy.engine import make_url

from portal.embedded import Servers, connect
from portal.embedded.roles import WEB

UNGUARDED = f"bench_unguarded_{os.getpid()}"
UNPROVEN = f"bench_unproven_{os.getpid()}"
KEYS = "readers && nullif(current_setting('app.keys', true), '')::int[]"


class Roles:
    """Makes the two roles to compare with, in a database of ours."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.name = str(make_url(servers.database_url).database)
        self.drop()
        with self._admin() as connection:
            connection.execute(f"CREATE ROLE {UNGUARDED} LOGIN BYPASSRLS IN ROLE {WEB}")
            connection.execute(f"CREATE ROLE {UNPROVEN} LOGIN")
            for role in (UNGUARDED, UNPROVEN):
                connection.execute(f'GRANT CONNECT ON DATABASE "{self.name}" TO {role}')
            connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {UNPROVEN}")
            guarded = connection.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
            for (table,) in guarded.fetchall():
                policy = f"CREATE POLICY {table}_unproven ON {table} TO {UNPROVEN} USING ({KEYS})"
                connection.execute(policy.encode())

    def url(self, role: str) -> str:
        """The database's address in one of the roles."""
        return make_url(self.servers.database_url).set(username=role).render_as_string(False)

    def drop(self) -> None:
        """Leave no such role behind."""
        with self._admin() as connection:
            for role in (UNGUARDED, UNPROVEN):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if known.fetchone():
                    connection.execute(f"DROP OWNED BY {role}".encode())
                    connection.execute(f"DROP ROLE {role}".encode())

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return connect(
            make_url(self.servers.admin_url).set(database=self.name).render_as_string(False)
        )
