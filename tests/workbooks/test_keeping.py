"""An administrator's file between preview and confirmation: his alone, no longer than a session."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.embedded import connect
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Account, KeptWorkbook
from portal.workbooks import keeping

CONTENT = b"PK"


@pytest.fixture
def accounts(college: Flask) -> Iterator[tuple[int, int]]:
    """The system administrator's account and somebody else's."""
    with college.app_context():
        found = {
            kind: db.session.scalars(select(Account.id).where(Account.kind == kind)).first()
            for kind in ("sys_admin", "auditor")
        }
        yield found["sys_admin"] or 0, found["auditor"] or 0


def _keep(account_id: int, purpose: str = "units") -> uuid.UUID:
    return keeping.keep(account_id, purpose, "单位.xlsx", CONTENT).public_id


def test_a_file_is_found_by_whom_it_was_kept_for(accounts: tuple[int, int]) -> None:
    mine, other = accounts
    kept = _keep(mine)
    found = keeping.find(mine, "units", kept)
    assert (found.name, keeping.stream_of(found).read()) == ("单位.xlsx", CONTENT)
    for account, purpose, wanted in (
        (other, "units", kept), (mine, "people", kept), (mine, "units", uuid.uuid4()),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            keeping.find(account, purpose, wanted)


def test_a_later_file_of_the_same_purpose_takes_its_place(accounts: tuple[int, int]) -> None:
    mine, other = accounts
    first, theirs, people = _keep(mine), _keep(other), _keep(mine, "people")
    second = _keep(mine)
    with pytest.raises(NotFound):
        keeping.find(mine, "units", first)
    keeping.forget(mine, "units")
    db.session.commit()
    left = set(db.session.scalars(select(KeptWorkbook.public_id)))
    assert left == {theirs, people}
    assert second not in left


def test_nothing_is_kept_longer_than_a_session(accounts: tuple[int, int], worker: Flask) -> None:
    mine, other = accounts
    old, fresh = _keep(mine), _keep(other)
    long_ago = keeping.now() - keeping.KEPT_FOR
    with worker.app_context():
        keeping.tidy()
        assert db.session.scalars(select(KeptWorkbook.public_id)).all() == [old, fresh]
    _grow_old(worker, old, long_ago)
    with pytest.raises(NotFound):
        keeping.find(mine, "units", old)
    with worker.app_context():
        keeping.tidy()
        assert db.session.scalars(select(KeptWorkbook.public_id)).all() == [fresh]


def _grow_old(app: Flask, kept: uuid.UUID, at: object) -> None:
    """As the owner of the tables: neither role of the portal changes what is kept."""
    with connect(app.config["PORTAL_OWNER_URL"]) as raw:
        raw.execute("UPDATE kept_workbook SET kept_at = %s WHERE public_id = %s", [at, kept])
