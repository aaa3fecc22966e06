"""双备案 and 归档 on the item's page 第十六条（七）, SPEC §2.11."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import ArchiveRecord
from portal.rulebook.refusals import Unmet
from portal.steps.closing import commands
from tests.pages import Page, fill, get, send
from tests.people import csrf, draft
from tests.steps.acting import OFFICE, Actor, intent, pass_days

As = Callable[[str], FlaskClient]
ARCHIVIST, LIAISON = "黄素芬", "邓涛"


@pytest.fixture
def closed(college: Flask) -> Actor:
    """A01, 销号 today, 2026-11-23; 批示类: 30年."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        actor.apply_close()
        actor.to_closing_filing()
        viewer, item = actor.item()
        commands.close(viewer, item, intent(item))
    return actor


def _page(as_: As, public_id: uuid.UUID, who: str = OFFICE) -> Page:
    return get(as_(who), f"/items/{public_id}")


def _card(page: Page) -> str:
    heading = page.soup.find(string="归档", class_="db-card-title") or next(
        title for title in page.soup.select(".db-card-title") if title.get_text() == "归档"
    )
    return heading.find_parent("section").get_text(" ", strip=True)


def test_both_copies_from_the_unit_to_the_archive(college: Flask, as_: As, closed: Actor) -> None:
    """The unit confirms its copy, 档案员 files; who, when, where and how long stand on the page."""
    page = f"/items/{closed.public_id}"
    before = _card(_page(as_, closed.public_id))
    assert "归档时限 2026年12月23日前" in before
    assert before.count("待存档") == 2
    sent = fill(as_(LIAISON), page, "/copy", {"location": "安全保卫处档案柜3号"})
    assert sent.status == 303
    sent = fill(
        as_(ARCHIVIST), page, "/archive", {"location": "综合档案室B12", "retention": "永久"}
    )
    assert sent.status == 303
    card = _card(_page(as_, closed.public_id))
    for words in (
        "保管期限 永久",
        "安全保卫处档案柜3号",
        "综合档案室B12",
        f"{LIAISON}2026年11月23日存档",
        f"{ARCHIVIST}2026年11月23日存档",
    ):
        assert words in card
    assert "归档时限" not in card


def test_only_the_archivist_chooses_how_long(college: Flask, as_: As, closed: Actor) -> None:
    """党政办 files with the category's 保管期限; a forged one is refused."""
    with college.app_context():
        viewer, item = closed.item(LIAISON)
        record = commands.records_of(item)[1]
        commands.keep_copy(viewer, item, record, intent(item))
    form = _page(as_, closed.public_id).form("/archive")
    assert form.find(attrs={"name": "retention"}) is None
    with college.app_context():
        viewer, item = closed.item()
        with pytest.raises(Unmet, match="档案员"):
            commands.archive(viewer, item, intent(item), retention="10年")
        db.session.rollback()
        viewer, item = closed.item(ARCHIVIST)
        with pytest.raises(Unmet, match="保管期限"):
            commands.archive(viewer, item, intent(item), retention="5年")
        db.session.rollback()
        viewer, item = closed.item()
        commands.archive(viewer, item, intent(item))
        viewer, item = closed.item()
        kept = db.session.scalars(select(ArchiveRecord.retention)).all()
        assert kept == ["30年", "30年"]


@pytest.mark.parametrize(("days", "overdue"), [(30, False), (31, True)])
def test_late_is_said(college: Flask, as_: As, closed: Actor, days: int, overdue: bool) -> None:
    """On 2026-12-23 it is in time, the day after it is late."""
    pass_days(college, days)
    card = _card(_page(as_, closed.public_id))
    assert ("应于2026年12月23日前归档，已逾期。" in card) == overdue


@pytest.mark.parametrize("who", [OFFICE, ARCHIVIST])
def test_an_item_without_copies_is_not_archived(college: Flask, as_: As, who: str) -> None:
    """Sent before 销号, when there is nothing to archive: refused in words."""
    public_id, client = draft(college, "A01"), as_(who)
    with college.app_context():
        Actor(college, public_id).to_work()
    typed = {"csrf_token": csrf(client, "/account/password"), "retention": "10年"}
    answer = send(client, f"/items/{public_id}/archive", typed)
    assert answer.status == 422
    assert "不能办理“归档”" in answer.text
