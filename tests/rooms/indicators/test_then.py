"""时点台账: the ledger of a past day as a page, and its 校验值."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Person, Unit
from portal.rooms.indicators.asked import UNREADABLE
from portal.rooms.indicators.then_routes import NO_DIGEST, NOT_OVER
from tests.conftest import ANCHOR
from tests.figures.plain import DAY, Plain, fill
from tests.pages import Page, get

As = Callable[[str], FlaskClient]
OFFICE, DOES_NOT, HEAD = "杨思源", "黄素芬", "覃燚"
ADDRESS = "/reports/as-of"
THEN = ANCHOR - 5 * DAY


def _load(college: Flask, database: Servers) -> None:
    """Late five days ago and closed since; sensitive; and of today alone."""
    with college.app_context():
        knows = db.session.scalars(select(Person.id).where(Person.name == OFFICE)).one()
        unit = db.session.scalars(select(Unit.id).where(Unit.code == "DZB")).one()
    late = Plain(
        "当时逾期", "in_progress", 2, unit, filed=THEN - 9 * DAY, issued=THEN - 9 * DAY,
        original=THEN - DAY, due=THEN - DAY, light="red",
    )  # fmt: skip
    secret = Plain(
        "敏感事项", "in_progress", 3, unit, filed=THEN, issued=THEN, due=ANCHOR, original=ANCHOR,
        light="green", sensitive=True, knows=[(knows, None)],
    )  # fmt: skip
    new = Plain("今天交办", "issued", 3, unit, filed=ANCHOR, issued=ANCHOR, light="green")
    fill(database, [late, secret], THEN, knows)
    fill(database, [new], ANCHOR, knows, before=2)
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET state = 'closed', lit = false WHERE id = %s", [late.id])
        raw.execute("SELECT stand(%s, %s)", [late.id, ANCHOR - DAY])


def _rows(page: Page) -> dict[str, list[str]]:
    return {
        row.select_one("a").get_text(strip=True): [
            cell.get_text(strip=True) for cell in row.select("td")[1:]
        ]
        for row in page.soup.select("main tbody tr")
    }


def test_the_ledger_as_it_stood(college: Flask, as_: As, database: Servers) -> None:
    """State and light of then; what was not there is not there; sensitive items by the list."""
    _load(college, database)
    then = _rows(get(as_(OFFICE), f"{ADDRESS}?at={THEN}"))
    assert then.keys() == {"当时逾期", "敏感事项"}
    assert then["当时逾期"][1:] == ["办理中", "11月17日", "逾期1天"]
    assert _rows(get(as_(DOES_NOT), f"{ADDRESS}?at={THEN}")).keys() == {"当时逾期"}
    assert _rows(get(as_(HEAD), f"{ADDRESS}?at={THEN}")).keys() == set()
    yesterday = get(as_(OFFICE), ADDRESS)
    assert "2026年11月22日日终" in yesterday.soup.get_text()
    assert _rows(yesterday)["当时逾期"][1] == "已销号"
    assert _rows(get(as_(OFFICE), f"{ADDRESS}?at={THEN}&light=red")).keys() == {"当时逾期"}
    assert not _rows(get(as_(OFFICE), f"{ADDRESS}?at={THEN}&light=blue"))
    assert "当日没有" in get(as_(OFFICE), f"{ADDRESS}?at=2020-01-01").soup.get_text()


def test_figures_as_they_stood(college: Flask, as_: As, database: Servers) -> None:
    """指标 with `at`: late then, not late now; and the rows behind."""
    _load(college, database)
    address = "/reports/indicators/overdue?since=2026-01-01&until=2026-12-31"
    assert "当时逾期" in _rows(get(as_(OFFICE), f"{address}&at={THEN}"))
    assert "当时逾期" not in _rows(get(as_(OFFICE), address))
    page = get(as_(OFFICE), f"/reports/indicators?at={THEN}")
    assert "截至11月18日" in page.soup.get_text()
    assert all(f"at={THEN}" in str(link["href"]) for link in page.soup.select("main table a"))


def test_the_digest(college: Flask, as_: As, database: Servers) -> None:
    """It stays, it changes with what stood, and is told to who sees everything open."""
    _load(college, database)

    def digest(who: str) -> str:
        found = get(as_(who), f"{ADDRESS}?at={THEN}").soup.select_one(".db-digest code")
        return "" if found is None else found.get_text()

    first = digest(OFFICE)
    assert len(first) == 64
    assert digest(DOES_NOT) == first
    assert digest(HEAD) == ""
    for given, said in ((first.upper(), "一致："), ("0" * 64, "不一致："), ("甲", NO_DIGEST)):
        page = get(as_(OFFICE), f"{ADDRESS}?at={THEN}&digest={given}")
        assert said in page.soup.select_one("main").get_text(), given
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers = '{}' WHERE state = 'closed'"
        )
    assert digest(OFFICE) == first
    assert "当时逾期" not in _rows(get(as_(OFFICE), f"{ADDRESS}?at={THEN}"))
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE standing SET due_effective = due_effective + 1")
    assert digest(OFFICE) != first


@pytest.mark.parametrize(
    ("at", "said"),
    [(str(ANCHOR), NOT_OVER), (str(ANCHOR + DAY), NOT_OVER), ("23.11.2026", UNREADABLE)],
)
def test_a_day_that_cannot_be_meant(as_: As, at: str, said: str) -> None:
    page = get(as_(OFFICE), f"{ADDRESS}?at={at}")
    assert page.status == 422
    assert said in page.soup.select_one("main").get_text()


def test_nobody_writes_how_it_stood(college: Flask, database: Servers) -> None:
    """The portal's roles read only, and may not call what writes."""
    import psycopg

    for role in (database.database_url, database.worker_url):
        for attempt in (
            "UPDATE standing SET state = 'closed'", "DELETE FROM standing",
            "INSERT INTO standing (item_id, day) VALUES (1, current_date)",
            "SELECT stand(1, current_date)",
        ):  # fmt: skip
            with connect(role) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(attempt.encode())
