"""双备案 and 归档 on the item's page 第十六条（七）, SPEC §2.11."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.rooms.archives import shelf
from portal.rooms.organisation import units
from portal.rulebook import packages
from portal.rulebook.refusals import Unmet
from portal.rulebook.tray import waiting
from portal.steps.closing import archiving, commands
from tests.packages import stand_in
from tests.pages import Page, fill, get, send
from tests.people import csrf, draft
from tests.rooms.organisation.keeping import TOMORROW, WHY, editor
from tests.stages import words_for
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
    """Each side signs for the package it is shown; who, when, which version stand on the page."""
    page = f"/items/{closed.public_id}"
    before = _card(_page(as_, closed.public_id))
    assert "归档时限 2026年12月23日前" in before
    assert before.count("待存档") == 2
    assert _waiting(college, LIAISON) == {"确认存档"}
    early = fill(as_(LIAISON), page, "/copy", {"location": "安全保卫处档案柜3号"})
    assert early.status == 422
    assert "档案包正在生成，请待生成后办理。" in early.text
    stand_in(closed.public_id, college)
    sent = fill(as_(LIAISON), page, "/copy", {"location": "安全保卫处档案柜3号"})
    assert sent.status == 303
    assert _waiting(college, LIAISON) == set()
    assert _waiting(college, ARCHIVIST) == {"归档"}
    assert fill(as_(ARCHIVIST), page, "/archive").status == 303
    card = _card(_page(as_, closed.public_id))
    for words in (
        "保管期限 30年",
        "安全保卫处档案柜3号",
        f"{LIAISON}2026年11月23日存档（档案包第1版）",
        f"{ARCHIVIST}2026年11月23日存档（档案包第1版）",
    ):
        assert words in card
    assert "归档时限" not in card
    with college.app_context():
        office, unit = closed.events()[-1], closed.events()[-2]
        assert office.facts["sha256"] == unit.facts["sha256"]
        _viewer, item = closed.item()
        packages = {record.package_id for record in archiving.records_of(item)}
        assert len(packages) == 1


def test_what_was_not_shown_is_not_signed_for(college: Flask, as_: As, closed: Actor) -> None:
    """A new version between the page and the button: refused, and the form shows the new one."""
    stand_in(closed.public_id, college)
    client, page = as_(LIAISON), f"/items/{closed.public_id}"
    typed = _fields(get(client, page).form("/copy"))
    _keep_elsewhere(college, closed)
    stand_in(closed.public_id, college)
    answer = send(client, f"{page}/copy", {**typed, "seen": ""})
    assert answer.status == 422
    assert "档案包已更新，请核对新的档案包后再次确认。" in answer.text
    again = _fields(answer.form("/copy"))
    assert again["package"] != typed["package"]
    assert send(client, f"{page}/copy", again).status == 303


@pytest.mark.parametrize("sent", ["", "x", str(uuid.UUID(int=0))])
def test_without_a_sound_package_nothing_is_signed(
    college: Flask, as_: As, closed: Actor, sent: str
) -> None:
    """A forged or missing id is none that was shown."""
    stand_in(closed.public_id, college)
    client, page = as_(LIAISON), f"/items/{closed.public_id}"
    typed = _fields(get(client, page).form("/copy"))
    assert send(client, f"{page}/copy", {**typed, "package": sent}).status == 422


def test_the_office_archives_what_the_unit_has_signed_for(college: Flask, closed: Actor) -> None:
    """The unit's copy is of an earlier version: 归档 waits for its new signature."""
    stand_in(closed.public_id, college)
    with college.app_context():
        _keep(closed)
        _keep_elsewhere(college, closed)
        stand_in(closed.public_id)
        assert "archive" not in closed.offers(ARCHIVIST)
        assert "keep_copy" in closed.offers(LIAISON)
        _keep(closed)
        viewer, item = closed.item(ARCHIVIST)
        archiving.archive(viewer, item, intent(item))
        assert closed.item()[1].state == "archived"


def test_changed_after_filing_both_sign_again(college: Flask, as_: As, closed: Actor) -> None:
    """A new version puts both copies on the lists of what waits, until both are signed for."""
    stand_in(closed.public_id, college)
    page = f"/items/{closed.public_id}"
    assert fill(as_(LIAISON), page, "/copy", {"location": "档案柜3号"}).status == 303
    with college.app_context():
        viewer, item = closed.item(ARCHIVIST)
        archiving.archive(viewer, item, intent(item))
        assert {"keep_copy", "renew_copy"}.isdisjoint(
            closed.offers(LIAISON) | closed.offers(ARCHIVIST)
        )
        _keep_elsewhere(college, closed)
        assert "renew_copy" not in closed.offers(ARCHIVIST), "not before it is made"
        stand_in(closed.public_id)
    assert _waiting(college, LIAISON) == _waiting(college, ARCHIVIST) == {"确认存档"}
    assert _card(_page(as_, closed.public_id)).count("待重新确认") == 2
    assert fill(as_(LIAISON), page, "/copy").status == 303
    assert fill(as_(ARCHIVIST), page, "/archive/copy").status == 303
    card = _card(_page(as_, closed.public_id))
    assert card.count("档案包第2版）") == 2
    assert "档案柜3号" in card, "what was said before is not said again"
    assert "待重新确认" not in card
    assert _waiting(college, LIAISON) == _waiting(college, ARCHIVIST) == set()
    with college.app_context():
        assert closed.item()[1].state == "archived"


def test_only_the_archivist_chooses_how_long(college: Flask, as_: As, closed: Actor) -> None:
    """党政办 says where the originals lie; 保管期限 is the archivist's, of both copies."""
    page = f"/items/{closed.public_id}"
    form = _page(as_, closed.public_id).form("/archive/keeping")
    assert form.find(attrs={"name": "retention"}) is None
    with college.app_context():
        viewer, item = closed.item()
        with pytest.raises(Unmet, match="档案员"):
            archiving.set_keeping(viewer, item, intent(item), location="", retention="10年")
        db.session.rollback()
        viewer, item = closed.item(ARCHIVIST)
        with pytest.raises(Unmet, match="保管期限"):
            archiving.set_keeping(viewer, item, intent(item), location="", retention="5年")
        db.session.rollback()
        viewer, item = closed.item()
        with pytest.raises(Unmet, match="没有变化"):
            archiving.set_keeping(viewer, item, intent(item), location="")
        db.session.rollback()
    typed = {"location": "综合档案室B12", "retention": "永久"}
    assert fill(as_(ARCHIVIST), page, "/archive/keeping", typed).status == 303
    with college.app_context():
        viewer, item = closed.item()
        office, unit = archiving.records_of(item)
        assert (office.retention, unit.retention) == ("永久", "永久")
        assert (office.location, unit.location) == ("综合档案室B12", "")


def _waiting(app: Flask, name: str) -> set[str]:
    """The words in this person's 待办."""
    with app.app_context():
        return words_for(app, name)


def _fields(form: Tag) -> dict[str, str]:
    return {
        str(field["name"]): str(field.get("value", ""))
        for field in form.find_all("input")
        if field.get("type") != "checkbox"
    }


def _keep(actor: Actor) -> None:
    viewer, item = actor.item(LIAISON)
    archiving.keep_copy(viewer, item, archiving.records_of(item)[1], intent(item))


def _keep_elsewhere(app: Flask, actor: Actor) -> None:
    """What is in the package changes: where the originals lie."""
    with app.app_context():
        viewer, item = actor.item(ARCHIVIST)
        archiving.set_keeping(viewer, item, intent(item), location="综合档案室B12")


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


def test_a_unit_that_ended_before_the_archive(college: Flask) -> None:
    """第八条: merged between 销号 and 归档, nobody of it is left to sign for its copy; 党政办 does,
    and the item is archived."""
    public_id = draft(college, "A01", co_units=[])
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        actor.apply_close()
        actor.to_closing_filing()
        viewer, item = actor.item()
        commands.close(viewer, item, intent(item))
        stand_in(public_id)
        assert "keep_ended_copy" not in actor.offers(OFFICE)
        units.end_unit(editor(college), "BWC", TOMORROW, "HGC", WHY)
        pass_days(college, 2)
        viewer, item = actor.item()
        assert "keep_ended_copy" in actor.offers(OFFICE)
        assert "确认存档" in [row.word for row in waiting(viewer)]
        standing = packages.standing(item)
        assert standing is not None
        archiving.keep_copy(
            viewer,
            item,
            archiving.records_of(item)[1],
            intent(item),
            package=standing.public_id,
            act="keep_ended_copy",
        )
        viewer, item = actor.item(ARCHIVIST)
        archiving.archive(viewer, item, intent(item), package=standing.public_id)
        assert item.state == "archived"


def test_a_list_that_was_cut_says_so(
    as_: As, closed: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """逾期未归档 shows as many as it may, and does not give that for the total."""
    pass_days(closed.app, 60)
    assert "（只列出" not in get(as_(ARCHIVIST), "/archives/overdue").text
    monkeypatch.setattr(shelf, "PAGE", 1)
    assert "1件（只列出前1件）" in get(as_(ARCHIVIST), "/archives/overdue").text
