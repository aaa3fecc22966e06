"""The administrators' log: whoever changes, moves or cuts it is found, whatever his rights."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.audit.administrative import BEGINNING, broken_links, note
from portal.audit.verify import Verification
from portal.audit.words import Changed, entries
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import AdminAct
from tests.rooms.organisation.keeping import editor, unit

UNCHAINED = "ALTER TABLE admin_act DISABLE TRIGGER USER"
CHAINED = "ALTER TABLE admin_act ENABLE TRIGGER USER"


@pytest.fixture
def written(college: Flask) -> Flask:
    """Three entries."""
    with college.app_context():
        for place in (1, 2, 3):
            note(editor(college), "change_unit", unit("BWC"), f"第{place}条", before={})
        db.session.commit()
    return college


def test_entries_are_chained_as_they_come(written: Flask) -> None:
    with written.app_context():
        rows = db.session.scalars(select(AdminAct).order_by(AdminAct.position)).all()
        assert [row.position for row in rows] == [1, 2, 3]
        assert [row.previous for row in rows] == [BEGINNING, rows[0].digest, rows[1].digest]
        assert broken_links() == []


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE admin_act SET reason = 'x' WHERE position = 2", [2]),
        ("UPDATE admin_act SET at = at + interval '1 day' WHERE position = 1", [1]),
        ("UPDATE admin_act SET after = '{}' WHERE position = 3", [3]),
        ("DELETE FROM admin_act WHERE position = 2", [3]),
        ("DELETE FROM admin_act WHERE position = 1", [2, 3]),
    ],
)
def test_what_the_owner_changes_is_found(
    written: Flask, worker: Flask, database: Servers, tampering: str, found: list[int]
) -> None:
    with connect(database.owner_url) as raw:
        for statement in (UNCHAINED, tampering, CHAINED):
            raw.execute(statement.encode())
        raw.commit()
    with written.app_context():
        assert broken_links() == found
    with worker.app_context():
        told = {one.position for one in Verification().findings() if one.kind == "act"}
        assert told == set(found)


def test_who_writes_has_no_say_in_the_chain(college: Flask) -> None:
    """Position and digests are the database's, whatever is sent."""
    with college.app_context():
        act = editor(college)
        db.session.execute(
            text(
                "INSERT INTO admin_act (key, account_id, at, act, subject, subject_id, about,"
                " before, after, reason, address, position, previous, digest) VALUES"
                " (:key, :account, now(), 'add_unit', 'unit', 1, '', '{}', '{}', '', '', 99, 'x',"
                " 'x')"
            ),
            {"key": act.key, "account": act.account_id},
        )
        row = db.session.scalars(select(AdminAct)).one()
        assert (row.position, row.previous) == (1, BEGINNING)
        assert broken_links() == []


@pytest.mark.parametrize("statement", ["UPDATE admin_act SET act = ''", "DELETE FROM admin_act"])
def test_no_entry_is_changed_by_the_portal(written: Flask, statement: str) -> None:
    with written.app_context(), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text(statement))


def test_an_entry_in_words(college: Flask) -> None:
    """Labels, days and names, not columns and ids."""
    with college.app_context():
        one = unit("BWC")
        before = {"name": "保卫科", "valid_to": "2026-11-23", "merged_into_id": unit("JWC").id}
        note(editor(college), "change_unit", one, one.name, before=before, reason="更名")
        said = entries(db.session.scalars(select(AdminAct)))[0]
        assert Changed("简称", "", "保卫处").words == "简称：保卫处"
        assert Changed("简称", "", "保卫处") in said.changed
        assert (said.who, said.act, said.about) == ("罗尔伍", "修改单位信息", "安全保卫处")
        assert {
            Changed("名称", "保卫科", "安全保卫处"),
            Changed("截止日期", "2026年11月23日", "无"),
            Changed("并入单位", "教务处（质量管理办公室）", "无"),
        } <= set(said.changed)
