"""A sealed event log that tests seal further, tamper with and check."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from portal.audit import sealing
from portal.audit.digests import SEALED
from portal.audit.verify import Finding, Verification
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Seal
from tests.people import draft

_OTHERS = ", ".join(column.name for column in SEALED if column.name not in ("id", "key"))
INSERTED = (
    f"INSERT INTO event (id, key, readers, {_OTHERS})"  # noqa: S608 - columns of the model
    f" SELECT 900, gen_random_uuid(), readers, {_OTHERS} FROM event WHERE id = {{e3}}"
)
"""An event like the third one, with the number 900."""


class Log(NamedTuple):
    """The portal in both roles over six sealed events, and their numbers."""

    web: Flask
    worker: Flask
    servers: Servers
    ids: list[int]

    def draft(self, sample: str) -> None:
        """One more event, through the web's role."""
        draft(self.web, sample)

    def tamper(self, *statements: str) -> None:
        """As a superuser with the triggers switched off: nothing in the database objects."""
        database = make_url(self.servers.worker_url).database
        admin = make_url(self.servers.admin_url).set(database=database)
        with connect(admin.render_as_string(hide_password=False)) as raw:
            raw.execute("SET session_replication_role = replica")
            for statement in statements:
                raw.execute(self.numbered(statement))

    def numbered(self, statement: str) -> str:
        """The statement with the numbers of the six events for {e1} to {e6}."""
        return statement.format(**{f"e{n}": event_id for n, event_id in enumerate(self.ids, 1)})

    def seal(self) -> int:
        """What the worker does each minute."""
        with self.worker.app_context():
            return sealing.seal()

    def check(self, noted: str = "") -> tuple[list[Finding], Verification]:
        """One check of everything."""
        with self.worker.app_context():
            check = Verification(noted)
            return list(check.findings()), check

    def chain(self) -> list[tuple[int, int, str]]:
        """Positions, events and digests."""
        rows = select(Seal.position, Seal.event_id, Seal.digest).order_by(Seal.position)
        with self.worker.app_context():
            return [tuple(row) for row in db.session.execute(rows)]
