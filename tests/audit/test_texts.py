"""等保 8.1.4.3: forms, reports, results and boxes changed beside the log are found too."""

from __future__ import annotations

import pytest

from portal.audit.verify import Finding
from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook.scope import everything
from portal.steps.execution import commands as execution
from tests.audit.log import Log
from tests.documents.signed import handed_in, store
from tests.people import draft
from tests.steps.acting import HEAD, LEADER, OFFICE, REASON, Actor, intent

TAMPERED = {
    "nothing": ("SELECT 1", "", ""),
    "a form": ("UPDATE opinion SET body = replace(body, '排查', '检查') WHERE body LIKE '{%%'",
               "text", "submit"),
    "a report": ("UPDATE feedback_version SET body = replace(body, '17', '7') WHERE version = 1",
                 "text", "report_feedback"),
    "a report taken away": ("DELETE FROM feedback_version WHERE version > 1",
                            "text", "report_feedback"),
    "a result": ("UPDATE closure SET result_text = '未整改。'", "text", "apply_close"),
    "who signed": ("UPDATE approval_slot SET person_id = person_id + 1 WHERE step = 'sign'"
                   " AND item_id = (SELECT min(id) FROM item)",
                   "box", ""),
    "a signature nobody gave, on another item": (
        "UPDATE approval_slot SET state = 'agreed', person_id = 3, decided_at = now()"
        " WHERE step = 'check_close'", "box", ""),
}  # fmt: skip


@pytest.fixture
def lived(log: Log) -> Log:
    """An item whose report was returned and handed in again, applied for 办结."""
    public_id = draft(log.web, "A01")
    with log.web.app_context():
        actor = Actor(log.web, public_id)
        actor.to_work()
        report = actor.report(HEAD)
        viewer, item = actor.item(OFFICE)
        execution.send_back(viewer, item, report, "return_feedback", intent(item, REASON))
        viewer, item = actor.item(HEAD)
        execution.save_draft(viewer, item, report.unit_id, _half())
        actor.report(HEAD)
        actor.apply_close()
        db.session.remove()
    log.seal()
    return log


def _half() -> execution.ReportFields:
    return execution.ReportFields(
        measures="", progress="正在补充。", effect="", problems="", next_steps="", percent=60
    )


def test_what_lies_beside_the_log_is_checked(lived: Log) -> None:
    """Each finding names the act, or the item of the box; nothing else is found."""
    before: list[Finding] = []
    for how, (statement, kind, act) in TAMPERED.items():
        lived.tamper(statement.replace("{", "{{"))
        found, _check = lived.check()
        new = [finding for finding in found if finding not in before]
        assert {finding.kind for finding in new} == ({kind} if kind else set()), how
        with lived.worker.app_context(), everything(because="核对办理记录的封存"):
            acts = [db.session.get(Event, finding.event_id or 0) for finding in new]
            assert {event.act for event in acts if event} == ({act} if act else set()), how
            items = [db.session.get(Item, finding.item_id or 0) for finding in new]
            assert all(items) == (kind == "box" or not new), how
        before = found


def test_the_picture_of_a_signature_is_checked(log: Log) -> None:
    """Another picture in the box than the one signed with; and the right one is no finding."""
    public_id = draft(log.web, "A01")
    with log.web.app_context():
        actor = handed_in(log.web, public_id)
        store(actor, LEADER)
        actor.sign(LEADER, "sign")
        db.session.remove()
    log.seal()
    assert log.check()[0] == []
    log.tamper("UPDATE approval_slot SET picture_sha256 = '0' WHERE picture_sha256 IS NOT NULL")
    assert [finding.kind for finding in log.check()[0]] == ["box"]
