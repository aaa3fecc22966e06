"""日历: what a month brings on each day, as numbers that lead to just those rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import FeedbackPoint, Item
from portal.rooms.desk.month import first_of
from portal.steps.registration import commands as registration
from tests.conftest import ANCHOR
from tests.pages import Page, get
from tests.rooms.conftest import _dates, _number
from tests.shaping import read_as, shape
from tests.stages import intent
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
DAY = timedelta(days=1)
KNOWS, DOES_NOT, UNIT, OTHER_UNIT = "何玉萍", "黄素芬", "坤建军", "彭国栋"


def _settle(app: Flask, draft_item: Draft) -> None:
    """On the 25th five items fall due, one of them closed; a sensitive one on the 26th; a report
    of one item twice over on the 24th."""
    for seq in range(4):
        public_id = draft_item(title=f"事项{seq}")
        shape(app, public_id, state="in_progress", **_dates(2), **_number(seq + 1))
    _points(app, public_id, 1, 1, 9)
    closed = draft_item(title="已销号")
    shape(
        app, closed, state="closed", closed_on=ANCHOR, **{**_dates(2), **_number(9), "lit": False}
    )
    with sensitive(app, title="敏感事项") as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        secret = actor.public_id
    shape(app, secret, state="in_progress", **_dates(3), **_number(10))
    _points(app, secret, 3)


def _points(app: Flask, public_id: uuid.UUID, *days: int) -> None:
    with app.app_context():
        read_as(app, KNOWS)
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        for seq, day in enumerate(days, 1):
            point = FeedbackPoint(
                item_id=item.id, seq=seq, due=ANCHOR + day * DAY, readers=item.readers
            )
            db.session.add(point)
        db.session.commit()


def _day(page: Page, day: str) -> Tag:
    found = page.soup.select_one(f'.db-agenda-day:has(time[datetime="{day}"])')
    assert found is not None
    return found


def _rows(client: FlaskClient, link: Tag) -> list[str]:
    page = get(client, str(link["href"]))
    assert page.status == 200
    return [tag.get_text(strip=True) for tag in page.soup.select("tbody .db-cell-title > a")]


def _number_of(link: Tag) -> int:
    words = link.get_text().split("项")[0]
    return int("".join(sign for sign in words if sign.isdigit()))


def test_each_number_is_the_rows_of_its_link(college: Flask, as_: As, draft_item: Draft) -> None:
    """For who knows of the sensitive item and who does not, for the unit and for another one."""
    _settle(college, draft_item)
    found = {}
    for who in (KNOWS, DOES_NOT, UNIT, OTHER_UNIT):
        client = as_(who)
        page = get(client, "/month")
        lights = page.soup.select(".db-agenda-lights a")
        for link in (*lights, *page.soup.select(".db-agenda-reports a")):
            assert len(_rows(client, link)) == _number_of(link), (who, link["href"])
        found[who] = sum(map(_number_of, lights)), len(page.soup.select(".db-agenda-reports"))
    assert found == {KNOWS: (6, 2), DOES_NOT: (5, 1), UNIT: (6, 2), OTHER_UNIT: (0, 0)}


def test_a_day_names_three_and_counts_the_rest(college: Flask, as_: As, draft_item: Draft) -> None:
    """First what asks most, ended ones last; the rest is a link to the whole day."""
    _settle(college, draft_item)
    client = as_(KNOWS)
    page = get(client, "/month?month=2026-11")
    day = _day(page, "2026-11-25")
    assert [tag.get_text(strip=True) for tag in day.select(".db-agenda-titles a")] == [
        "事项0", "事项1", "事项2",
    ]  # fmt: skip
    more = day.select_one(".db-agenda-more a")
    assert more is not None
    assert more.get_text().startswith("另有2项")
    assert len(_rows(client, more)) == 5
    assert "敏感：敏感事项" in _day(page, "2026-11-26").get_text()
    reports = _day(page, "2026-11-24").select_one(".db-agenda-reports a")
    assert reports is not None
    assert _rows(client, reports) == ["事项3"]
    assert "第1期、第2期" in get(client, str(reports["href"])).text


def test_nothing_of_a_sensitive_item_is_told(college: Flask, as_: As, draft_item: Draft) -> None:
    _settle(college, draft_item)
    for who in (DOES_NOT, OTHER_UNIT):
        client = as_(who)
        assert "敏感" not in get(client, "/month").text
        assert "敏感" not in get(client, "/days/2026-11-26/reports").text


def test_months_beside_and_days_off(college: Flask, as_: As, draft_item: Draft) -> None:
    """Back and forth as far as something stands there, 本月, holidays by their names; a table with
    heads for readers aloud."""
    shape(college, draft_item(), state="in_progress", **_dates(-61), **_number(1))
    client = as_(KNOWS)
    page = get(client, "/month?month=2026-10")
    links = {
        link.get_text(strip=True): str(link["href"])
        for link in page.soup.select(".db-month-links a")
    }
    assert links == {
        "上月": "/month?month=2026-09", "本月": "/month", "下月": "/month?month=2026-11",
    }  # fmt: skip
    assert "国庆节" in _day(page, "2026-10-01").get_text()
    assert "班" in _day(page, "2026-10-10").get_text()
    assert "休息日" in _day(page, "2026-10-17").get_text()
    assert len(page.soup.select(".db-agenda thead th[scope=col]")) == 7
    assert "本月没有您可以查阅的到期、应报事项。" in page.text
    today = get(client, "/month").soup.select('[aria-current="date"]')
    assert ["23" in cell.get_text() for cell in today] == [True]
    assert client.get("/days/nonsense/reports").status_code == 404


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("2027-02", "2027-02-01"), ("", "2026-11-01"), ("2026-13", "2026-11-01"),
        ("1999-12", "2026-11-01"), ("2101-01", "2026-11-01"), ("２０２６-10", "2026-11-01"),
    ],
)  # fmt: skip
def test_a_month_of_the_address_is_read_kindly(asked: str, first: str) -> None:
    assert first_of(asked, ANCHOR).isoformat() == first


def test_links_lead_as_far_as_something_stands(college: Flask, as_: As, draft_item: Draft) -> None:
    """From the first day that brings something to the last, for who may know of it; in between
    every month, and from beyond back to it."""
    shape(college, draft_item("A03"), state="in_progress", **_dates(-61), **_number(11))
    _settle(college, draft_item)
    with sensitive(college, title="敏感，明年") as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        secret = actor.public_id
    shape(college, secret, state="in_progress", **_dates(70), **_number(12))
    _points(college, secret, 100)
    for who, month, words in (
        (KNOWS, "2026-09", ["本月", "下月"]),
        (KNOWS, "2026-10", ["上月", "本月", "下月"]),
        (KNOWS, "2027-02", ["上月", "本月", "下月"]),
        (KNOWS, "2027-03", ["上月", "本月"]),
        (KNOWS, "2100-12", ["上月", "本月"]),
        (DOES_NOT, "2026-12", ["上月", "本月"]),
        (OTHER_UNIT, "2026-11", ["本月"]),
    ):
        page = get(as_(who), f"/month?month={month}")
        links = page.soup.select(".db-month-links a")
        assert [link.get_text(strip=True) for link in links] == words, (who, month)
    assert "节假日表尚未维护" in get(as_(KNOWS), "/month?month=2100-12").text


def test_administrators_have_no_such_page(as_: As) -> None:
    for address in ("/month", "/stats", "/days/2026-11-25/reports"):
        assert as_("sysadmin01").get(address).status_code == 403, address
