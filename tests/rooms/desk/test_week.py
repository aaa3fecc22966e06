"""本周: what each day brings, and the last day for asking as the rule counts it (第十九条)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import FeedbackPoint, Item
from portal.rooms.desk.week import cutoff_day
from portal.rulebook.deadline_changes import extension_cutoff
from tests.conftest import ANCHOR
from tests.pages import get
from tests.rooms.conftest import _dates
from tests.shaping import read_as, shape

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
DAY = timedelta(days=1)


def test_the_last_day_for_asking_is_the_rules(college: Flask, draft_item: Draft) -> None:
    """SQL and the rule agree for every length of period, short ones included."""
    public_id = draft_item()
    shape(college, public_id, state="in_progress", issued_on=ANCHOR, lit=True, due=ANCHOR)
    with college.app_context():
        read_as(college, "何玉萍")
        for days in range(13):
            item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
            item.due = due = ANCHOR + days * DAY
            db.session.flush()
            found = db.session.scalar(select(cutoff_day()).where(Item.public_id == public_id))
            assert found == extension_cutoff(ANCHOR, due).date(), days


def test_an_item_stands_once_a_day_with_what_it_brings(
    college: Flask, as_: As, draft_item: Draft
) -> None:
    """Due on Wednesday with a report the same day; the request for time on Monday before. Blue
    items ask nothing of anybody, nor does what was answered."""
    due, waiting = draft_item(title="本周到期"), draft_item(title="待审")
    shape(college, due, state="in_progress", **_dates(2))
    shape(college, waiting, state="closing_check", blue=True, **_dates(2))
    with college.app_context():
        read_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == due)).one()
        point = FeedbackPoint(item_id=item.id, seq=1, due=ANCHOR + 2 * DAY, readers=item.readers)
        db.session.add(point)
        db.session.commit()
    page = get(as_("何玉萍"), "/")
    days = [day.get_text(" ", strip=True) for day in page.soup.select(".db-week-day")]
    assert len(days) == 5
    assert "本周到期" in days[2]
    assert "到期：" in days[2]
    assert "应反馈：" in days[2]
    assert "待审" not in "".join(days)
    assert ["无到期事项" in day for day in days] == [True, True, False, True, True]
    chosen = get(as_("何玉萍"), "/days/2026-11-25")
    assert [tag.get_text() for tag in chosen.soup.select(".db-cell-title a")] == ["本周到期"]
    assert "到期、应反馈" in chosen.text


def test_the_last_day_for_asking_is_shown(college: Flask, as_: As, draft_item: Draft) -> None:
    """Five days before the due day, where the item is in work and none is asked for."""
    public_id = draft_item(title="下周到期")
    shape(college, public_id, state="in_progress", **_dates(7))
    page = get(as_("坤建军"), "/")
    days = [day.get_text(" ", strip=True) for day in page.soup.select(".db-week-day")]
    assert "延期申请截止：" in days[2]
    assert "下周到期" in days[2]


def test_more_than_three_a_day_are_counted(college: Flask, as_: As, draft_item: Draft) -> None:
    """The card names three; the rest is a link to the day."""
    for number in range(5):
        shape(college, draft_item(title=f"事项{number}"), state="in_progress", **_dates(1))
    client = as_("何玉萍")
    page = get(client, "/")
    assert "另有2项" in page.text
    link = page.soup.select_one(".db-week-more a")
    assert link is not None
    assert len(get(client, str(link["href"])).soup.select("tbody tr")) == 5
