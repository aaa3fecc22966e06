"""No default accounts in production (GB/T 22239-2019 8.1.4.2)."""

from __future__ import annotations

from sqlalchemy import func, inspect, select, tuple_

from portal.demo import sample
from portal.extensions import db
from portal.models import Account, Person


class DemoAccountsError(RuntimeError):
    """The sample college's accounts, whose password everybody knows, are in a real database."""


class HistoryError(RuntimeError):
    """The sample's items cannot be loaded; the message says which act failed, or what to do."""


def assert_no_demo_accounts() -> None:
    """Raise DemoAccountsError when people of the sample college can sign in.

    Needs an app context. A database without tables yet passes.
    """
    if not inspect(db.engine).has_table(Account.__tablename__):
        return
    known = [(person["emp_no"], person["name"]) for person in sample.people()]
    count = db.session.scalar(
        select(func.count(Account.id))
        .join(Person, Person.id == Account.person_id)
        .where(Account.active, tuple_(Person.emp_no, Person.name).in_(known))
    )
    db.session.rollback()
    if count:
        raise DemoAccountsError(
            f"{count} accounts of the sample college are active in this database, and demo mode "
            "is off. Use an empty database, or set PORTAL_DEMO=1 to run the demo."
        )
