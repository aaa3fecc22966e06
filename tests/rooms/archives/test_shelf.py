"""SPEC §2.11: 案卷目录 by year and 保管期限, 逾期未归档, 借阅登记; what is late is told once."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import ArchiveRecord, LedgerExport
from portal.reminders.clock import remind
from portal.rooms.archives.shelf import kept_until
from tests.conftest import ANCHOR
from tests.pages import get, values_of
from tests.reminders.conftest import Days
from tests.rooms.conftest import _dates, _number
from tests.shaping import read_as, shape
from tests.steps.acting import HANDLER, OFFICE_HEAD, Actor
from tests.steps.lending.test_lending import ARCHIVIST, archived, ask, move

__all__ = ["archived"]  # a fixture

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
PAGES = ("/archives/shelf", "/archives/overdue", "/archives/loans")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("who", "status"), [(ARCHIVIST, 200), ("何玉萍", 200), (HANDLER, 404), ("坤清祥", 404)]
)
def test_who_keeps_the_archive(as_: As, who: str, status: int) -> None:
    client = as_(who)
    assert [client.get(page).status_code for page in PAGES] == [status] * 3


def test_the_shelf_is_by_retention_and_says_what_is_lent(
    college: Flask, as_: As, archived: uuid.UUID
) -> None:
    """The item is 批示类: 30年, counted from the year after 归档."""
    page = get(as_(ARCHIVIST), "/archives/shelf")
    assert [tag.get_text() for tag in page.soup.select(".db-card-title")] == ["保管期限30年"]
    cells = [cell.get_text(strip=True) for cell in page.soup.select("tbody td")]
    assert cells[-2:] == ["2056年", "在库"]
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
        move(actor, ARCHIVIST, "lend")
    page = get(as_(ARCHIVIST), "/archives/shelf?year=2026")
    assert [cell.get_text(strip=True) for cell in page.soup.select("tbody td")][-1] == "已借出"
    log = get(as_(ARCHIVIST), "/archives/loans").soup.select("tbody tr")
    assert len(log) == 1
    assert "已借出" in log[0].get_text()
    with college.app_context():
        move(Actor(college, archived), ARCHIVIST, "take_back_loan")
    assert get(as_(ARCHIVIST), "/archives/loans").soup.select("tbody tr") == []
    assert len(get(as_(ARCHIVIST), "/archives/loans?all=1").soup.select("tbody tr")) == 1


@pytest.mark.parametrize(("retention", "year"), [("永久", None), ("30年", 2056), ("10年", 2036)])
def test_until_when_a_volume_is_kept(retention: str, year: int | None) -> None:
    assert kept_until(retention, date(2026, 12, 31)) == year


def test_what_should_be_archived(college: Flask, as_: As, draft_item: Draft) -> None:
    """Closed on 23 October: by 23 November, so late from the day after; what was closed a day
    later is not."""
    old, newer = draft_item(title="久未归档"), draft_item(title="尚在期内")
    for public_id, day, seq in ((old, date(2026, 10, 22), 1), (newer, date(2026, 10, 23), 2)):
        shape(
            college, public_id, state="closed", closed_on=day, **_number(seq),
            **{**_dates(-40), "lit": False},
        )  # fmt: skip
    page = get(as_(ARCHIVIST), "/archives/overdue")
    assert [tag.get_text() for tag in page.soup.select(".db-cell-title a")] == ["久未归档"]
    assert "1天" in page.text


def test_a_sensitive_volume_is_on_the_shelf_of_those_on_its_list(
    as_: As, archived: uuid.UUID, database: Servers
) -> None:
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive', readers = '{}'")
    for page in PAGES:
        assert get(as_(ARCHIVIST), page).soup.select("tbody tr") == []


def test_papers_that_are_not_given_back_are_told_once(
    college: Flask, worker: Flask, database: Servers, archived: uuid.UUID
) -> None:
    """To the borrower and to 档案员, the day after; given back, nobody hears of it."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
        move(actor, ARCHIVIST, "lend")
    days = Days(college, worker, database)
    told = []
    for number in (0, 7, 8, 9):
        days.at(ANCHOR + number * DAY)
        with worker.app_context():
            remind()
        told.append({name for _row, name in days.messages("N50")})
    assert told == [set(), set(), {HANDLER, ARCHIVIST}, {HANDLER, ARCHIVIST}]
    assert len(days.messages("N50")) == 2


def _press(client: FlaskClient, year: str) -> TestResponse:
    token = values_of(get(client, "/").form("/logout"))["csrf_token"]
    return client.post("/archives/transfers", data={"csrf_token": token, "year": year})


def test_the_transfer_list_names_what_both_have_signed_for(
    college: Flask, as_: As, archived: uuid.UUID, draft_item: Draft
) -> None:
    """What is not signed for is counted; the list is noted with its items, and has room for both
    signatures."""
    waits = draft_item(title="尚未确认")
    shape(
        college, waits, state="closed", closed_on=ANCHOR, **_number(9),
        **{**_dates(-9), "lit": False},
    )  # fmt: skip
    with college.app_context():
        _viewer, item = Actor(college, waits).item("何玉萍")
        db.session.add_all(
            ArchiveRecord(item_id=item.id, keeper=keeper, archive_no="DB9", retention="10年")
            for keeper in ("office", "unit")
        )
        db.session.commit()
    client = as_(ARCHIVIST)
    assert "编制2026年度移交清单" in get(client, "/archives?year=2026").text
    with _press(client, "2026") as answer:
        assert answer.status_code == 200
        pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        text = "".join(page.extract_text() for page in pages).replace("\n", "")
    for words in (
        "2026年度督办档案移交清单",
        "移交1件",
        "另有1件待确认存档",
        "移交人（签名）",
        "接收人（签名）",
    ):
        assert words in text
    assert "尚未确认" not in text
    with college.app_context():
        read_as(college, ARCHIVIST)
        row = db.session.scalars(select(LedgerExport)).one()
        assert (row.state, len(row.item_ids)) == ("given", 1)


def test_there_is_no_list_of_nothing(as_: As) -> None:
    """Nor one for whoever keeps no archive."""
    client = as_(ARCHIVIST)
    assert _press(client, "2026").status_code == 303
    assert "暂不能编制移交清单" in get(client, "/archives").text
    for year in ("", "x", "99999"):
        assert _press(client, year).status_code == 404
    assert _press(as_(HANDLER), "2026").status_code == 404
