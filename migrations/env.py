"""Alembic's environment: migrations run as the role that owns the tables, one transaction each."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from portal import gate_secret
from portal.extensions import db


def run() -> None:
    url = current_app.config["PORTAL_OWNER_URL"]
    if not url:
        raise SystemExit("PORTAL_DATABASE_OWNER_URL is not set: migrations need the owner's role.")
    engine = create_engine(url, poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    with engine.begin() as connection:
        if gate_secret.has_gate(connection):
            gate_secret.enter_first(connection, current_app.extensions["portal.prover"])
    engine.dispose()


run()
