"""第二十一条: a worker reads as the person who asked, or as the clock with a written reason."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import portal
from portal.documents import commands as documents
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Item
from portal.rulebook.scope import ScopeError, Viewer, everything, view_as_clock
from tests.gate import person_id, reads_as

ROOT = Path(portal.__file__).parent
REASONS = {
    ("attachments/unused.py", "清理不再需要的文件"),
    ("audit/sealing.py", "封存办理记录"),
    ("audit/verify.py", "核对办理记录的封存"),
    ("demo/history/__init__.py", "续装示例事项"),
    ("demo/history/__init__.py", "装入示例事项前核对是否已有事项"),
    ("demo/history/blaming.py", "示例事项：提示问责线索"),
    ("demo/history/clockwork.py", "示例事项：到期的视同签收"),
    ("demo/history/clockwork.py", "示例事项：到期的补正"),
    ("demo/history/clockwork.py", "示例事项：到期的催办"),
    ("demo/history/clockwork.py", "示例事项：到期的整改"),
    ("documents/commands.py", "取出待生成的文书"),
    ("documents/commands.py", "补办未完成的文书"),
    ("documents/commands.py", "记录文书未能生成"),
    ("rooms/accountability/bundles.py", "取出待生成的问责材料汇编"),
    ("rooms/accountability/bundles.py", "补办未完成的问责材料汇编"),
    ("rooms/accountability/bundles.py", "记录问责材料汇编未能生成"),
    ("rooms/accountability/clock.py", "提示问责线索，陈述申辩到期"),
    ("rooms/archives/commands.py", "准备档案包"),
    ("rooms/archives/commands.py", "补办未完成的档案包"),
    ("rooms/archives/known.py", "核对档案包的存档记录"),
    ("rooms/archives/making.py", "取出待生成的档案包"),
    ("rooms/archives/making.py", "生成档案包"),
    ("rooms/archives/years.py", "取出待生成的年度档案包"),
    ("rooms/archives/years.py", "补办未完成的年度档案包"),
    ("rooms/archives/years.py", "记录年度档案包未能生成"),
    ("rooms/calendar/clock.py", "工作日历更新后重新计算时限"),
    ("messages/following.py", "告知关注事项的人员"),
    ("messages/planning.py", "安排消息的发送"),
    ("messages/tidying.py", "清理过期的消息"),
    ("steps/handing/clock.py", "单位负责人调整后办理交接"),
    ("steps/inspection/clock.py", "整改意见的签收和整改期限"),
    ("rooms/spills/handling.py", "涉密误录处置"),
    ("rooms/verifying/cli.py", "核验文书"),
    ("reminders/clock.py", "到期提醒"),
    ("rooms/ledger/exports/commands.py", "取出待生成的台账导出"),
    ("rooms/ledger/exports/commands.py", "补办未完成的台账导出"),
    ("rooms/reports/making.py", "取出待统计的汇报通报"),
    ("rooms/reports/making.py", "取出待生成的汇报通报"),
    ("rooms/reports/making.py", "补办未完成的汇报通报"),
    ("rooms/reports/making.py", "记录汇报通报未能生成"),
    ("rooms/signing_lists/making.py", "取出待生成的一览签批单"),
    ("rooms/signing_lists/making.py", "补办未完成的一览签批单"),
    ("rooms/signing_lists/making.py", "记录一览签批单未能生成"),
    ("rooms/typed/commands.py", "清理过期的自动保存内容"),
    ("scans/commands.py", "清理过期的扫描件"),
    ("scans/reading.py", "取出待识别的扫描件"),
    ("scans/reading.py", "补办未完成的扫描件识别"),
    ("scans/reading.py", "记录扫描件未能识别"),
    ("steps/closing/clock.py", "补正期满的待审灯"),
    ("steps/extending/clock.py", "口头延期申请逾期未补书面"),
    ("steps/issuing/clock.py", "超时未签收的视同签收"),
    ("steps/reviews/clock.py", "启动长期事项年度评估"),
    ("steps/urging/clock.py", "催办的签收、期限和说明"),
    ("workbooks/importing.py", "取出待导入的表格"),
    ("workbooks/importing.py", "补办未完成的表格导入"),
}
"""Everywhere the portal reads without a person, and why."""


def _reasons() -> set[tuple[str, str]]:
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "everything":
                (reason,) = node.keywords
                assert isinstance(reason.value, ast.Constant), f"{path}: the reason is written"
                found.add((path.relative_to(ROOT).as_posix(), str(reason.value.value)))
    return found


def test_each_reason_to_read_everything_is_known() -> None:
    assert _reasons() == REASONS


def test_without_a_person_or_a_reason_a_worker_reads_nothing(worker: Flask) -> None:
    """Neither the clock nor an empty reason opens anything."""
    with worker.app_context():
        with pytest.raises(ScopeError):
            db.session.scalars(select(Item)).all()
        with pytest.raises(ScopeError, match="reason"):
            view_as_clock(worker.extensions["portal.clock"])
        with pytest.raises(ScopeError, match="reason"), everything(because=" "):
            pass


def test_the_reason_ends_with_its_block(
    worker: Flask, draft_item: Callable[..., uuid.UUID]
) -> None:
    """Who read before it reads as that person again."""
    draft_item("A01")
    with worker.app_context():
        reads_as(worker, "周慎之")
        with everything(because="测试"):
            assert len(db.session.scalars(select(Item)).all()) == 1
        assert db.session.scalars(select(Item)).all() == []


@pytest.mark.parametrize(("name", "gets"), [("何玉萍", True), ("周慎之", False)])
def test_a_sheet_is_made_through_the_eyes_of_who_asked(
    worker: Flask,
    database: Servers,
    draft_item: Callable[..., uuid.UUID],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    gets: bool,
) -> None:
    """Whoever may not know of the item (any more) gets none, though the worker could read it."""
    readers: list[int | None] = []

    def fill(viewer: Viewer, *_of: object) -> str:
        readers.append(viewer.person_id)
        return ""

    filing = replace(documents.sort_of("filing"), fill=fill)
    monkeypatch.setattr(documents, "sort_of", lambda _kind: filing)
    monkeypatch.setattr(documents, "render", lambda _kind, _sheet, **_more: b"%PDF-")
    draft_item("A01")
    with worker.app_context():
        person = person_id(name)
    with connect(database.owner_url) as raw:
        row = raw.execute(
            "INSERT INTO document (item_id, public_id, kind, as_of_id, state, asked_by_id,"
            " asked_at, tries) SELECT item_id, gen_random_uuid(), 'filing', max(id), 'asked', %s,"
            " now(), 0 FROM event GROUP BY item_id RETURNING id",
            [person],
        ).fetchone()
        assert row is not None
    with worker.app_context():
        documents.make(row[0])
    with connect(database.owner_url) as raw:
        state = raw.execute("SELECT state FROM document").fetchone()
    assert readers == [person] * gets
    assert state == ("made" if gets else "failed",)
