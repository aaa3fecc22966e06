"""第二十条: what was done on a brief stays as it was written, and what went out as it was signed
(decision 0171)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, select, text

from portal.audit.verify import Finding, Verification
from portal.extensions import db
from portal.models import BriefAct
from tests import scenes
from tests.rooms.reports.acting import (
    HEAD,
    LEADER,
    NOVEMBER,
    STAFF,
    World,
    act,
    brief_of,
    circular,
    release,
    write,
)

SPOILT = (
    "UPDATE brief_act SET opinion = '改过的话' WHERE brief_id = {0} AND act = 'review'",
    "UPDATE brief_act SET actor_id = actor_id + 1 WHERE brief_id = {0} AND act = 'review'",
    "UPDATE brief_act SET content = '' WHERE brief_id = {0} AND act = 'hand_in'",
    "DELETE FROM brief_act WHERE brief_id = {0} AND act = 'hand_in'",
    "DELETE FROM brief_act WHERE brief_id = {0} AND to_state = 'released'",
    "DELETE FROM brief_act WHERE brief_id = {0}",
    "UPDATE brief_text SET body = '改过的话' WHERE brief_id = {0} AND section = 'demands'",
    "INSERT INTO brief_text (brief_id, section, version, body, written_at)"
    " VALUES ({0}, 'demands', 99, '后来的话', now())",
    "UPDATE brief_snapshot SET sha256 = repeat('0', 64) WHERE brief_id = {0}",
    "UPDATE brief SET number = '阿职督〔2026〕9号' WHERE id = {0}",
    "UPDATE brief SET criticised_ids = ARRAY[1::bigint] WHERE id = {0}",
    "UPDATE brief SET state = 'recalled' WHERE id = {0}",
)
"""What somebody with the owner's rights might do."""
TABLES = ("brief", "brief_act", "brief_text", "brief_snapshot")


def found(world: World) -> list[Finding]:
    """What the check of all logs says of briefs."""
    with world.worker.app_context():
        return [one for one in Verification().findings() if one.kind == "brief"]


def released(world: World) -> int:
    """A 通报 of November that went out; its id."""

    def bring() -> int:
        public_id = circular(world, **NOVEMBER)
        write(world, public_id, "demands", "各单位对照要求抓好落实。")
        act(world, HEAD, "hand_in", public_id)
        act(world, LEADER, "review", public_id)
        _viewer, brief = brief_of(world, STAFF, public_id)
        return brief.id

    with world.app.app_context():
        return scenes.play(world.app, ("reports", "out"), bring, shared=True)


@contextmanager
def owner(world: World) -> Iterator[Connection]:
    """The owner of the tables, past all triggers."""
    engine = create_engine(world.app.config["PORTAL_OWNER_URL"], poolclass=NullPool)
    with engine.begin() as raw:
        for table in TABLES:
            raw.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield raw
        for table in TABLES:
            raw.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def owners(world: World, *statements: str) -> None:
    """Done by the owner."""
    with owner(world) as raw:
        for statement in statements:
            raw.execute(text(statement))


@pytest.mark.parametrize("statement", SPOILT)
def test_what_is_changed_afterwards_is_found(world: World, statement: str) -> None:
    """Which brief, and no word of it."""
    brief_id = released(world)
    assert found(world) == []
    owners(world, statement.format(brief_id))
    assert found(world) == [Finding("brief", brief_id)]


def test_a_draft_changes_and_its_log_holds(world: World) -> None:
    """Sent back, taken back, written anew, recalled: every act is chained to the one before."""
    with world.app.app_context():
        public_id = circular(world, **NOVEMBER)
        write(world, public_id, "demands", "各单位对照要求抓好落实。")
        act(world, STAFF, "hand_in", public_id)
        act(world, HEAD, "check", public_id)
        act(world, LEADER, "send_back", public_id, "请补充具体要求后再报。")
        write(world, public_id, "demands", "各单位对照要求抓好落实，按时反馈。")
        release(world, public_id)
        act(world, LEADER, "recall", public_id, "所列数据有误，另行印发。")
        brief_of(world, STAFF, public_id)
        rows = db.session.scalars(select(BriefAct).order_by(BriefAct.id)).all()
        assert [row.previous for row in rows] == ["0" * 64, *(row.link for row in rows[:-1])]
        assert len({row.content for row in rows}) == 3, "begun, written, written anew"
    assert found(world) == []


def test_what_stood_before_is_sealed_as_it_stands(world: World) -> None:
    """By the migration, with the rule of the program."""
    brief_id = released(world)
    owners(world, "UPDATE brief_act SET content = '', previous = '', link = ''")
    assert found(world) == [Finding("brief", brief_id)]
    with owner(world) as raw, Operations.context(MigrationContext.configure(raw)):
        importlib.import_module("migrations.versions.0081_logs_of_briefs")._seal()
    assert found(world) == []
