"""导出审批 (SPEC §7.5 rule 10, §7.6): more than 500 rows, or sensitive items, by leave, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.workbook import Workbook

from portal import queued_work
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import LedgerRelease
from portal.queued_work import now
from portal.rooms.ledger.exports import commands, releases, rights, routes
from portal.rulebook.scope import everything
from tests.pages import fill, get, send, values_of
from tests.people import csrf, draft
from tests.steps.acting import HEAD, LEADER, OFFICE, OFFICE_HEAD, Actor
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
NEW, ASK, LOG = "/ledger/releases/new", "/ledger/releases", "/ledger/exports"
REASON = {"reason": "报送党委会"}
RECORDER = "冉静"
SECRET = "冬季校园消防安全隐患集中排查整治"


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row is many."""
    for module in (commands, rights, releases, routes):
        monkeypatch.setattr(module, "AT_ONCE", 0, raising=False)


def _filed(college: Flask, sample: str = "A03") -> None:
    with college.app_context():
        Actor(college, draft(college, sample)).to_filing()


def _decide(client: FlaskClient, granted: str, opinion: str = "") -> int:
    page = get(client, LOG)
    form = page.form("/decision")
    sent = {**values_of(form), "granted": granted, "opinion": opinion}
    return send(client, str(form["action"]), sent).status


def _made(worker: Flask, asked: list[int], client: FlaskClient, page: str) -> Workbook:
    with worker.app_context():
        commands.make(asked[-1])
    with client.get(f"{page}.xlsx") as answer:
        assert answer.status_code == 200
        return openpyxl.load_workbook(BytesIO(answer.data))


def test_many_rows_need_a_reason_and_the_head_s_leave(
    college: Flask, worker: Flask, as_: As, asked: list[int], few: None, database: Servers
) -> None:
    """Asked with a reason, decided by 党政办主任, taken once; asked for again, the same file, also
    once a right to it is gone: its page says so."""
    _filed(college)
    office, head = as_(OFFICE), as_(OFFICE_HEAD)
    refused = fill(office, "/ledger?level=2", LOG)
    assert refused.location is not None
    assert refused.location.startswith(f"{NEW}?query=level%3D2&form=excel")
    assert "共1项" in get(office, refused.location).text
    empty = fill(office, refused.location, ASK, {"reason": "　"})
    assert (empty.status, "请填写导出事由" in empty.text) == (422, True)
    for _pressed in range(2):
        assert fill(office, refused.location, ASK, REASON).location == LOG
    assert "/file" not in "".join(get(office, LOG).actions())
    assert "待审批1" in get(head, "/ledger").text, "pressed twice it is one request"
    assert "等级：二级" in get(head, LOG).text
    assert _decide(head, "1", "请妥善保管") == 303
    assert "请妥善保管" in get(office, LOG).text
    page = fill(office, LOG, "/file").location or ""
    book = _made(worker, asked, office, page)
    assert book["督办台账"].max_row == 2
    assert "/file" not in "".join(get(office, LOG).actions())
    assert len(asked) == 1
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive'")
        (release,) = raw.execute("SELECT public_id FROM ledger_release").fetchone() or ()
    token = {"csrf_token": csrf(office, LOG)}
    assert send(office, f"{ASK}/{release}/file", token).location == page
    assert office.get(f"{page}.xlsx").status_code == 404


def test_without_leave_there_is_no_file(
    college: Flask, as_: As, asked: list[int], few: None
) -> None:
    """Refused, not decided, lapsed, somebody else's: each answers like one that is none."""
    _filed(college)
    office, head, other = as_(OFFICE), as_(OFFICE_HEAD), as_(RECORDER)
    fill(office, NEW, ASK, REASON)
    address = str(get(head, LOG).form("/decision")["action"])
    taken = address.replace("decision", "file")
    token = values_of(get(office, NEW).form(ASK))["csrf_token"]
    assert send(office, taken, {"csrf_token": token}).status == 404
    assert send(office, address, {"csrf_token": token, "granted": "1"}).status == 403
    assert _decide(head, "0", "范围过大") == 303
    assert "未同意" in get(office, LOG).text
    assert send(office, taken, {"csrf_token": token}).status == 404
    fill(office, NEW, ASK, REASON)
    assert _decide(head, "1") == 303
    granted = str(get(office, LOG).form("/file")["action"])
    stranger = values_of(get(other, NEW).form(ASK))["csrf_token"]
    assert send(other, granted, {"csrf_token": stranger}).status == 404
    assert OFFICE not in get(other, LOG).text.split("我的导出申请")[-1]
    with college.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "now", lambda: now() + timedelta(days=8))
        assert send(office, granted, {"csrf_token": token}).status == 404
        assert "已过期" in get(office, LOG).text
    assert asked == []


def test_the_head_gives_the_reason_alone(
    college: Flask, worker: Flask, as_: As, asked: list[int], few: None
) -> None:
    """Nobody is above to ask: what 党政办主任 exports is on record with its reason."""
    _filed(college)
    head = as_(OFFICE_HEAD)
    page = fill(head, NEW, ASK, REASON).location or ""
    assert page.startswith("/ledger/exports/")
    assert _made(worker, asked, head, page)["督办台账"].max_row == 2
    assert "已导出" in get(head, LOG).text


def test_units_and_leaders_export_no_more_than_at_once(college: Flask, as_: As, few: None) -> None:
    """SPEC §7.6: office, 纪委办 and 组织人事部 only; the page says what to do instead."""
    with college.app_context():
        Actor(college, draft(college, "A01")).to_filing()
    for who in (LEADER, HEAD):
        client = as_(who)
        page = get(client, fill(client, "/ledger", LOG).location or "")
        assert "请缩小筛选范围" in page.text
        assert ASK not in page.actions()
        token = values_of(get(client, "/ledger").form(LOG))["csrf_token"]
        assert send(client, ASK, {"csrf_token": token, **REASON}).status == 422


def test_sensitive_items_leave_with_both_persons_knowledge(
    college: Flask, worker: Flask, database: Servers, as_: As, asked: list[int]
) -> None:
    """Of what was let in: marked on each page, in 口径说明, in the log of views at each download;
    given out no longer once its person left the list."""
    with sensitive(college) as actor:
        actor.to_filing()
    office, head = as_(OFFICE), as_(OFFICE_HEAD)
    fill(office, NEW, ASK, {**REASON, "sensitive": "1"})
    assert SECRET not in get(head, LOG).text
    assert _decide(head, "1") == 303
    page = fill(office, LOG, "/file").location or ""
    book = _made(worker, asked, office, page)
    assert [row[2] for row in book["督办台账"].iter_rows(min_row=2, values_only=True)] == [SECRET]
    said = dict(book["口径说明"].iter_rows(values_only=True))
    assert said["敏感事项"] == f"含敏感事项1项，经{OFFICE_HEAD}同意导出，请妥善保管"
    header = book["督办台账"].oddHeader.right.text
    assert header.startswith("敏感")
    assert OFFICE in header
    with connect(database.owner_url) as raw:
        seen = raw.execute("SELECT page FROM view_log WHERE page = 'ledger.file'").fetchall()
        assert len(seen) == 1
        raw.execute("UPDATE item SET readers = '{-1}'")
    with office.get(f"{page}.xlsx") as gone:
        assert gone.status_code == 404


def test_a_released_item_its_head_does_not_know_stays_out(
    college: Flask, worker: Flask, database: Servers, as_: As, asked: list[int]
) -> None:
    """党政办主任 was taken off the list of one: nobody grants what he may not know of, nor hears
    of it."""
    with sensitive(college) as actor:
        actor.to_filing()
    office, head = as_(OFFICE), as_(OFFICE_HEAD)
    fill(office, NEW, ASK, {**REASON, "sensitive": "1"})
    with connect(database.owner_url) as raw:
        raw.execute(
            b"UPDATE item SET readers = array_remove(readers, (SELECT -id::int FROM person"
            b" WHERE name = %s))",
            [OFFICE_HEAD],
        )
    assert _decide(head, "1") == 303
    page = fill(office, LOG, "/file").location or ""
    assert _made(worker, asked, office, page)["督办台账"].max_row == 1


def test_a_release_is_for_the_export_it_names(
    college: Flask, worker: Flask, as_: As, asked: list[int], few: None
) -> None:
    """A row of an export that names somebody's release for other filters is not made."""
    _filed(college)
    head = as_(OFFICE_HEAD)
    page = fill(head, NEW, ASK, REASON).location or ""
    with worker.app_context(), everything(because="test"):
        release = db.session.query(LedgerRelease).one()
        release_id = release.id
        assert release.query == ""
        db.session.execute(db.text("UPDATE ledger_export SET query = 'columns=all'"))
        db.session.commit()
    with worker.app_context():
        commands.make(asked[0])
    assert release_id
    assert "须经党政办主任同意" in get(head, page).text


def test_who_decides_and_who_asked_are_told(as_: As, asked: list[int], few: None) -> None:
    """Once each, with the way to the page; nobody is told of what he did himself."""
    office, head = as_(OFFICE), as_(OFFICE_HEAD)
    for _pressed in range(2):
        fill(office, f"{NEW}?query=level%3D2&form=excel", ASK, REASON)
    assert _told(head) == ["有1项台账导出申请待您审批，请登录系统办理。"]
    assert _told(office) == []
    assert _decide(head, "0") == 303
    assert _told(office) == ["您的台账导出申请已有审批结果，请登录系统查看。"]
    fill(head, f"{NEW}?query=level%3D1&form=excel", ASK, REASON)
    assert len(_told(head)) == 1


def _told(client: FlaskClient) -> list[str]:
    """The messages that lead to the page of exports."""
    rows = get(client, "/messages").soup.select("main tbody tr")
    return [
        str(cell.find_all(string=True, recursive=False)[-1]).strip()
        for row in rows
        if row.select_one(f'a[href="{LOG}"]') and (cell := row.select_one("td.db-cell-title"))
    ]
