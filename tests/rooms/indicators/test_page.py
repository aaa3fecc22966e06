"""指标: each number is that of the rows its link leads to; who sees whose; bad input."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from portal.embedded import Servers
from portal.extensions import db
from portal.figures import INDICATORS
from portal.models import LedgerExport, Person, Unit
from portal.rooms.indicators.asked import BOTH, ORDER, TOO_LONG, UNREADABLE
from tests.conftest import ANCHOR
from tests.figures.plain import DAY, Plain, fill
from tests.pages import Page, get

As = Callable[[str], FlaskClient]
OFFICE, DOES_NOT, HEAD, WORKER, LEADER = "杨思源", "黄素芬", "覃燚", "杨初", "向维岷"
ADDRESS = "/reports/indicators"


def _load(college: Flask, database: Servers) -> None:
    """Two units: one item late, one closed, one sensitive."""
    with college.app_context():
        by_name = {row.name: row.id for row in db.session.scalars(select(Person))}
        units = {row.code: row.id for row in db.session.scalars(select(Unit))}
    unit, other = _unit_of(college, by_name[HEAD]), units["DZB"]
    worker, knows = by_name[WORKER], by_name[OFFICE]
    late = Plain(
        "逾期事项", "in_progress", 2, unit, filed=ANCHOR - 20 * DAY, issued=ANCHOR - 20 * DAY,
        original=ANCHOR - 3 * DAY, due=ANCHOR - 3 * DAY, light="red",
        reports=[(ANCHOR - 10 * DAY, [ANCHOR - 9 * DAY]), (ANCHOR - 5 * DAY, [ANCHOR - 5 * DAY])],
        notices=[(unit, ANCHOR - DAY, "ug_issued")], workers=[(worker, unit, "handler")],
    )  # fmt: skip
    done = Plain(
        "办结事项", "closed", 3, other, filed=ANCHOR - 30 * DAY, issued=ANCHOR - 30 * DAY,
        original=ANCHOR - 5 * DAY, due=ANCHOR - 5 * DAY, closed=ANCHOR - 5 * DAY,
        closures=[("accepted", ANCHOR - 6 * DAY)],
    )  # fmt: skip
    secret = Plain(
        "敏感事项", "in_progress", 3, other, filed=ANCHOR - 9 * DAY, issued=ANCHOR - 9 * DAY,
        original=ANCHOR - 2 * DAY, due=ANCHOR - 2 * DAY, light="red", sensitive=True,
        knows=[(knows, None)],
    )  # fmt: skip
    fill(database, [late, done, secret], ANCHOR, knows)


def _unit_of(college: Flask, person: int) -> int:
    from portal.models import Appointment

    with college.app_context():
        found = select(Appointment.unit_id).where(
            Appointment.person_id == person, Appointment.role == "unit_head"
        )
        unit = db.session.scalars(found).first()
        assert unit is not None
        return unit


def _cells(page: Page) -> dict[str, str]:
    """指标 and its value of the one table."""
    return {
        row.select_one("td span").get_text(strip=True): row.select_one(".db-num").get_text(
            strip=True
        )
        for row in page.soup.select("main .db-indicator-list tbody tr")
    }


def test_each_number_leads_to_its_rows(college: Flask, as_: As, database: Servers) -> None:
    """For who knows of the sensitive item and who does not; units and persons, too. Who sees all
    follows a link of each indicator, the others two."""
    _load(college, database)
    filed = {}
    for who in (OFFICE, DOES_NOT, HEAD):
        client = as_(who)
        for by in ("college", "unit", "person"):
            page = get(client, f"{ADDRESS}?by={by}")
            assert page.status == 200, (who, by)
            links = [str(link["href"]) for link in page.soup.select("main table a, main svg a")]
            assert links or (who, by) == (DOES_NOT, "person"), (who, by)
            one_each = {urlsplit(href).path: href for href in links}
            for href in one_each.values() if who == OFFICE else links[:2]:
                listed = get(client, href)
                assert listed.status == 200, href
                assert listed.soup.select("main tbody tr"), href
        filed[who] = _cells(get(client, ADDRESS))["立项数"]
    assert filed == {OFFICE: "3项，立项数", DOES_NOT: "2项，立项数", HEAD: "1项，立项数"}


def test_the_figures_of_the_page(college: Flask, as_: As, database: Servers) -> None:
    """By hand: of three items one is closed, in time."""
    _load(college, database)
    said = {name: words.split("，")[0] for name, words in _cells(get(as_(OFFICE), ADDRESS)).items()}
    assert said == {
        "立项数": "3项", "办结率": "33.3%", "到期办结率": "33.3%", "待审项数": "0项",
        "按时办结率": "33.3%", "原定时限办结率": "33.3%", "反馈及时率": "50.0%",
        "被催办次数": "1次", "被催办件数": "1项", "延期次数": "0次", "退回次数": "0次",
        "平均办理天数（一至三级）": "24.0天", "平均办理天数（四级）": "—", "逾期件数": "2项",
        "平均逾期天数": "2.5天", "协办件数": "0项", "协办及时率": "—",
    }  # fmt: skip


def test_the_picture_has_no_sensitive_item(college: Flask, as_: As, database: Servers) -> None:
    """It may be put on a screen (SPEC §7.5 rule 19), and so are the rows behind its bars."""
    _load(college, database)
    page = get(as_(OFFICE), ADDRESS)
    titles = [title.get_text() for title in page.soup.select("svg.db-chart title")]
    assert "到期办结率，50.0%" in titles
    bar = page.soup.select_one("svg.db-chart a")
    assert bar is not None
    assert "敏感事项" not in get(as_(OFFICE), str(bar["href"])).soup.select_one("tbody").get_text()


def test_whose_figures(college: Flask, as_: As, database: Servers) -> None:
    """承办人: oneself, the unit's head, 组织人事部 and 党政办主任; other units are not told about
    by the few items of them that one knows."""
    _load(college, database)
    with college.app_context():
        worker = db.session.scalars(select(Person).where(Person.name == WORKER)).one().emp_no
    one = f"{ADDRESS}/filed?by=person&person={worker}"
    for who, status in ((OFFICE, 200), (HEAD, 200), (WORKER, 200), (LEADER, 404), (DOES_NOT, 404)):
        assert get(as_(who), one).status == status, who
    heads = [
        row.get_text(strip=True)
        for row in get(as_(HEAD), f"{ADDRESS}?by=unit").soup.select("tbody th")
    ]
    assert len(heads) == 2, heads
    assert get(as_(HEAD), f"{ADDRESS}/filed?by=unit&unit=DZB").status == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=2026-11-23&until=2026-11-01", ORDER),
        ("since=2026-11-23", BOTH),
        ("term=custom", BOTH),
        ("since=23.11.2026&until=2026-11-30", UNREADABLE),
        ("since=1990-01-01&until=2026-11-30", TOO_LONG),
    ],
)
def test_days_that_cannot_be_meant(as_: As, query: str, said: str) -> None:
    """A sentence, no figures; and neither rows nor a file."""
    client = as_(OFFICE)
    page = get(client, f"{ADDRESS}?{query}")
    assert page.status == 422
    assert said in page.soup.select_one("main").get_text()
    assert not page.soup.select("main table")
    assert get(client, f"{ADDRESS}/filed?{query}").status == 404
    assert client.get(f"{ADDRESS}.xlsx?{query}").status_code == 404


def test_a_period_without_items(as_: As) -> None:
    """Nothing is 0 % or 100 %: the page says that there is nothing."""
    page = get(as_(OFFICE), f"{ADDRESS}?month=2020-02")
    assert page.status == 200
    assert "本期没有您可以查阅的事项" in page.soup.select_one("main").get_text()
    assert "2020年2月1日至2020年2月29日" in page.soup.get_text()
    assert get(as_(OFFICE), f"{ADDRESS}/nothing").status == 404


def test_excel(college: Flask, as_: As, database: Servers) -> None:
    """Numbers as numbers, without sensitive items, with its formulas; and who took it is kept."""
    _load(college, database)
    answer = as_(OFFICE).get(f"{ADDRESS}.xlsx?by=unit")
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["指标", "分子与分母", "口径说明"]
    rows = list(book["指标"].values)
    assert rows[0][0] == "单位"
    assert rows[1][:4] == ("合计", 2, 50, 50)
    assert len(rows) == 4
    said = dict(book["口径说明"].values)
    assert {row.label: row.formula for row in INDICATORS}.items() <= said.items()
    assert all("敏感事项" not in str(cell) for row in book["指标"].values for cell in row)
    log = get(as_(OFFICE), "/ledger/exports")
    assert "督办指标" in log.soup.select_one("main").get_text()
    with college.app_context():
        from tests.shaping import read_as

        read_as(college, OFFICE)
        assert db.session.scalars(select(LedgerExport.form)).all() == ["figures"]
    assert as_(WORKER).get(f"{ADDRESS}.xlsx").status_code == 403


def test_the_links_of_the_page_are_its_own(as_: As) -> None:
    """Tabs lead to the page itself with the rest of the question kept."""
    page = get(as_(OFFICE), f"{ADDRESS}?term=year&by=unit")
    hrefs = [urlsplit(str(link["href"])) for link in page.soup.select(".db-tabs a")]
    assert {part.path for part in hrefs} == {ADDRESS}
    assert all("by=unit" in part.query for part in hrefs[:4])
