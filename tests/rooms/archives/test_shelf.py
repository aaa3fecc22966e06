"""SPEC §2.11: 案卷目录 by year and 保管期限, 逾期未归档, 借阅登记; what is late is told once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from portal.reminders.clock import remind
from portal.rooms.archives.shelf import kept_until
from tests.conftest import ANCHOR
from tests.pages import get
from tests.reminders.conftest import Days
from tests.rooms.conftest import _dates, _number
from tests.shaping import shape
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
