"""The package on the item's page, who may have it; the archive's room (第二十一条, SPEC §7.3)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bench.filling.kept import fill_database
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import NeedToKnow, Person, ViewLog, YearPackage
from portal.rooms.archives import checking, commands, queries, years
from portal.rulebook.scope import everything, view_as
from portal.steps.closing import archiving
from portal.steps.knowledge import commands as knowledge
from tests.pages import fill, get
from tests.people import draft
from tests.rooms.archives.conftest import Made, path_of
from tests.steps.acting import HEAD, OFFICE_HEAD, REASON, Actor, intent

As = Callable[[str], FlaskClient]


ARCHIVIST, LIAISON = "黄素芬", "邓涛"


def _take(client: FlaskClient, address: str) -> TestResponse:
    """The file, read to its end."""
    return client.get(address, buffered=True)


def test_asked_for_followed_and_taken(
    college: Flask, as_: As, closed: Actor, made: Made, asked: list[int]
) -> None:
    """The card says how far it is, with a script and without; then the file is there."""
    page, client = f"/items/{closed.public_id}", as_(ARCHIVIST)
    assert fill(client, page, "/archive-package").status == 303
    assert len(asked) == 1
    card = get(client, page).soup.select_one("#package")
    assert card is not None
    assert "档案包第1版正在生成" in card.get_text()
    assert card["hx-trigger"] == "every 2s"
    early = _take(client, f"{page}/documents/archive.zip")
    assert (early.status_code, early.headers["Retry-After"], early.headers["Refresh"]) == (
        202, "2", "2",
    )  # fmt: skip
    package = made(closed)
    part = client.get(f"{page}/archive-package").get_data(as_text=True)
    assert package.sha256 is not None
    assert package.sha256 in part
    assert "hx-trigger" not in part
    taken = _take(client, f"{page}/documents/archive.zip")
    assert taken.status_code == 200
    assert taken.headers["Cache-Control"] == "no-store"
    assert taken.data == path_of(college, package).read_bytes()
    assert _take(client, f"{page}/documents/archive.zip?version=1").status_code == 200
    for none in ("2", "0", "-1", "9" * 30):
        address = f"{page}/documents/archive.zip?version={none}"
        assert client.get(address).status_code == 404, none
    assert client.get(f"{page}/documents/archive.zip?version=x", buffered=True).status_code == 200


def test_none_before_the_item_is_closed(college: Flask, as_: As, asked: list[int]) -> None:
    """Its papers are not complete: no address, no button."""
    public_id = draft(college, "A01")
    with college.app_context():
        Actor(college, public_id).to_work()
    client = as_(ARCHIVIST)
    assert client.get(f"/items/{public_id}/documents/archive.zip").status_code == 404
    assert client.get(f"/items/{public_id}/archive-package").status_code == 404
    assert asked == []


@pytest.fixture
def sensitive(closed: Actor, made: Made) -> Actor:
    """The same item, sensitive, with its package; the head of a co-unit knows of his part alone."""
    with closed.app.app_context():
        viewer, item = closed.item(OFFICE_HEAD)
        knowledge.mark(viewer, item, intent(item, REASON))
        db.session.commit()
    made(closed)
    return closed


def test_who_may_have_that_of_a_sensitive_item(
    college: Flask, as_: As, sensitive: Actor, asked: list[int]
) -> None:
    """Who knows of all of it; neither strangers nor the people of a co-unit; each taking is
    noted."""
    address = f"/items/{sensitive.public_id}/documents/archive.zip"
    with college.app_context():
        _viewer, item = sensitive.item(OFFICE_HEAD)
        rows = db.session.execute(
            select(Person.name, NeedToKnow.unit_id)
            .join(Person, Person.id == NeedToKnow.person_id)
            .where(NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None))
        )
        parts = {row.name: row.unit_id for row in rows}
    assert parts[HEAD] is None
    of_a_part = next(name for name, unit in parts.items() if unit is not None)
    assert _take(as_(HEAD), address).status_code == 200
    assert as_(of_a_part).get(address).status_code == 404
    assert "档案包" not in get(as_(of_a_part), f"/items/{sensitive.public_id}").text
    assert as_("周慎之").get(address).status_code == 404
    answer = _take(as_(HEAD), address)
    assert "filename" in answer.headers["Content-Disposition"]
    assert "%E5%8F%B7" not in answer.headers["Content-Disposition"], "no number in its name"
    with college.app_context():
        sensitive.item(OFFICE_HEAD)
        pages = list(db.session.scalars(select(ViewLog.page)))
    assert pages.count("archives.package_zip") == 2
    log = get(as_(OFFICE_HEAD), f"/items/{sensitive.public_id}/views").text
    assert log.count("档案包") == 2


def test_the_room_and_the_package_of_a_year(
    college: Flask, as_: As, closed: Actor, made: Made, worker: Flask, asked: list[int]
) -> None:
    """What waits for whom; only what both have signed for is in the year's package, which checks
    out as a whole."""
    made(closed)
    client = as_(ARCHIVIST)
    assert "待牵头单位、党政办确认" in get(client, "/archives").text
    with college.app_context():
        viewer, item = closed.item(LIAISON)
        archiving.keep_copy(viewer, item, archiving.records_of(item)[1], intent(item))
        viewer, item = closed.item(ARCHIVIST)
        archiving.archive(viewer, item, intent(item))
    room = get(client, "/archives")
    assert "双方已确认" in room.text
    assert "双方均已确认存档的1件入包，其余0件待确认后入包" in room.text
    answer = fill(client, "/archives", "/archives")
    assert answer.status == 303
    assert answer.location is not None
    progress = client.get(answer.location)
    assert progress.headers["Refresh"] == "2"
    assert client.get(f"{answer.location}.zip").status_code == 202
    with worker.app_context():
        years.make(asked[-1])
        years.make(asked[-1])  # finds nothing to do
    assert "已完成，共1件。" in get(client, answer.location).text
    taken = _take(client, f"{answer.location}.zip")
    assert taken.status_code == 200
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        assert archive.namelist() == [
            "目录.pdf", "目录.csv", "index.json", "001-阿职督办〔2026〕1号.zip",
        ]  # fmt: skip
    with worker.app_context(), everything(because="测试"):
        stored = db.session.scalars(select(YearPackage.sha256)).one()
    path = path_of(college, YearPackage(sha256=stored))  # type: ignore[arg-type]
    report = checking.check(path)
    assert report.wrong == []
    assert report.files > 5
    assert as_(OFFICE_HEAD).get(f"{answer.location}.zip").status_code == 404, "another's"


@pytest.mark.parametrize("who", [HEAD, LIAISON, "坤清祥", "三郎泽里", "冉静"])
def test_the_room_is_for_those_who_keep_the_archive(
    college: Flask, as_: As, closed: Actor, who: str
) -> None:
    """档案员 and 党政办; for everybody else there is no such room."""
    assert as_(who).get("/archives").status_code == 404
    assert '"/archives"' not in get(as_(who), "/").html


def test_sensitive_items_are_handed_over_apart(
    college: Flask, as_: As, sensitive: Actor, worker: Flask, asked: list[int]
) -> None:
    """Shown to who knows of them only, and in nobody's package of the year."""
    own, other = get(as_(OFFICE_HEAD), "/archives"), get(as_(ARCHIVIST), "/archives")
    assert "敏感事项" in own.text
    with college.app_context():
        title = sensitive.item(OFFICE_HEAD)[1].title
    assert title in own.text
    assert title not in other.text
    with college.app_context():
        viewer = sensitive.viewer(OFFICE_HEAD)
        package = years.ask(viewer, 2026)
        assert years.ask(viewer, 2026).id == package.id, "asked twice, made once"
        package_id = package.id
    with worker.app_context():
        years.make(package_id)
        with everything(because="测试"):
            row = db.session.get_one(YearPackage, package_id)
            assert (row.state, row.item_ids) == ("made", [])


def test_what_waits_is_named_to_who_may_know_of_it(
    college: Flask, as_: As, closed: Actor, worker: Flask, asked: list[int]
) -> None:
    """目录 of a year names what is not complete yet: the file goes once that became sensitive."""
    client = as_(ARCHIVIST)
    with college.app_context():
        package = years.ask(closed.viewer(ARCHIVIST), 2026)
        address, package_id = f"/archives/{package.public_id}", package.id
    with worker.app_context():
        years.make(package_id)
    assert "已完成，共0件。" in get(client, address).text
    assert _take(client, f"{address}.zip").status_code == 200
    with connect(college.config["PORTAL_OWNER_URL"]) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive'")
    assert _take(client, f"{address}.zip").status_code == 404


def test_what_another_worker_made_stays(closed: Actor, worker: Flask, asked: list[int]) -> None:
    """A slow worker that was taken for gone fails in the end: the file is there nevertheless, and
    the sweep leaves alone what a worker is just ending."""
    with closed.app.app_context():
        package_id = years.ask(closed.viewer(ARCHIVIST), 2026).id
    with worker.app_context(), everything(because="测试"):
        assert years.YEARS.claim(package_id) is not None
        row = db.session.get_one(YearPackage, package_id)
        row.started_at = row.asked_at.replace(year=2020)
        db.session.commit()
        with connect(closed.app.config["PORTAL_OWNER_URL"]) as ending, ending.transaction():
            ending.execute("UPDATE year_package SET state = 'made', sha256 = repeat('0', 64)")
            assert years.YEARS.lost(years.FAILED) == []
            db.session.rollback()
        years.YEARS.fail(package_id, years.FAILED)
        db.session.commit()
        assert db.session.get_one(YearPackage, package_id).state == "made"


def test_lost_ones_are_picked_up(worker: Flask, closed: Actor, asked: list[int]) -> None:
    """A year's package whose worker was killed."""
    with closed.app.app_context():
        package_id = years.ask(closed.viewer(ARCHIVIST), 2026).id
    with worker.app_context():
        with everything(because="测试"):
            row = db.session.get_one(YearPackage, package_id)
            row.state, row.tries, row.started_at = "making", 3, row.asked_at.replace(year=2020)
            db.session.commit()
        years.sweep()
        with everything(because="测试"):
            row = db.session.get_one(YearPackage, package_id)
            assert (row.state, row.failure) == ("failed", years.FAILED)


def test_a_failed_one_is_asked_for_again(
    college: Flask, as_: As, closed: Actor, worker: Flask, asked: list[int]
) -> None:
    """The reason stands on the card; the button tries again, the clock does not."""
    with worker.app_context():
        commands.prepare()
        with everything(because="测试"):
            commands.PACKAGES.fail(asked[0], "以下字符无法打印。")
            db.session.commit()
        commands.prepare()
    assert len(asked) == 1
    client, page = as_(ARCHIVIST), f"/items/{closed.public_id}"
    assert "以下字符无法打印。" in get(client, page).text
    assert fill(client, page, "/archive-package").status == 303
    assert asked == [asked[0]] * 2


def test_a_years_items_stand_on_pages(
    college: Flask, database: Servers, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many were closed in a year: each stands on one page of it."""
    monkeypatch.setattr(queries, "PAGE", 4)
    fill_database(college, database, 60)
    client, year = as_(ARCHIVIST), 2025
    page, seen = 1, list[str]()
    while True:
        soup = get(client, f"/archives?year={year}&page={page}").soup
        rows = [str(link["href"]) for link in soup.select("main .db-cell-title a")]
        assert 0 < len(rows) <= 4
        seen += rows
        if soup.select_one(".db-pager a[rel=next]") is None:
            break
        page += 1
    assert page > 1
    assert len(seen) == len(set(seen))
    assert f"{year}年销号{len(seen)}件" in get(client, f"/archives?year={year}").text
    with college.app_context():
        keeper = db.session.scalars(select(Person.id).where(Person.name == ARCHIVIST)).one()
        reader = view_as(keeper, college.extensions["portal.clock"])
        every = [line.public_id for line in queries.lines_of(reader, year)]
    assert sorted(f"/items/{one}#archive" for one in every) == sorted(seen)
