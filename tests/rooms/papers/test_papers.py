"""SPEC §6.1: 每周督办清单, 每周情况, 月度清单: who reads them, what they hold, and their files."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import spans
from portal.embedded import Servers, connect
from portal.errors import NotFound
from portal.extensions import db
from portal.models import FeedbackPoint, Item, LedgerExport
from tests import scenes
from tests.conftest import ANCHOR
from tests.pages import Page, get, values_of
from tests.rooms.conftest import _dates, _number
from tests.shaping import read_as, shape
from tests.stages import tomorrow

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
DAY = timedelta(days=1)
LIST, SUMMARY, MONTH = "/papers/weekly-list", "/papers/weekly-summary", "/papers/monthly"


@pytest.fixture
def papers(college: Flask, draft_item: Draft) -> Draft:
    """Items of 保卫处: late, due this week with a report to come, closed on Monday; one waits for
    others and one is not issued."""
    scenes.play(college, ("papers",), lambda: _papers(college, draft_item), shared=True)
    return draft_item


def _papers(college: Flask, draft_item: Draft) -> None:
    late, due, closed, blue = (
        draft_item(title=title) for title in ("逾期", "本周", "办结", "待审")
    )
    shape(college, late, state="in_progress", **_dates(-9), **_number(1))
    shape(college, due, state="in_progress", **_dates(2), **_number(2))
    shape(college, closed, state="closed", closed_on=ANCHOR, **{**_dates(-2), "lit": False})
    shape(college, blue, state="closing_check", blue=True, **_dates(-1))
    draft_item(title="草稿")
    with college.app_context():
        read_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == due)).one()
        db.session.add(
            FeedbackPoint(item_id=item.id, seq=1, due=ANCHOR + DAY, readers=item.readers)
        )
        db.session.commit()


def parts(page: Page) -> dict[str, list[str]]:
    """The titles in each part, by its name in the address."""
    assert page.status == 200
    return {
        str(card["id"]): [tag.get_text() for tag in card.select(".db-cell-title a")]
        for card in page.soup.select("section.db-card[id]")
        if card["id"] != "units"
    }


def counts(page: Page) -> dict[str, list[str]]:
    """The numbers of each unit and of all."""
    rows = page.soup.select("#units tbody tr")
    return {
        row.select_one(".db-cell-title").get_text(strip=True): [
            cell.get_text(strip=True) for cell in row.select("td.db-num")
        ]
        for row in rows
    }


def test_the_list_of_a_unit(papers: Draft, as_: As) -> None:
    """What the week asks: what waits for others asks nothing. Every number is of its rows."""
    page = get(as_("坤建军"), LIST)
    assert parts(page) == {"reports": ["本周"], "due": ["本周"], "late": ["逾期"]}
    assert counts(page) == {"保卫处": ["1", "1", "1"], "合计": ["1", "1", "1"]}
    for link in page.soup.select("#units td.db-num a"):
        address, _hash, section = str(link["href"]).partition("#")
        found = parts(get(as_("坤建军"), address) if address else page)
        assert len(found[section]) == int(link.get_text())


def test_the_summary_and_the_month(papers: Draft, as_: As) -> None:
    page = get(as_("坤清祥"), SUMMARY)
    assert parts(page) == {
        "late": ["逾期"], "closed": ["办结"], "in-hand": ["逾期", "待审", "本周"],
    }  # fmt: skip
    assert "2026年11月21日—27日" in page.text
    month = parts(get(as_("何玉萍"), MONTH))
    assert month["open"] == ["逾期", "待审", "本周"]
    assert month["closed"] == ["办结"]
    assert len(month["issued"]) == 4


def test_a_past_week_tells_what_the_days_tell(college: Flask, papers: Draft, as_: As) -> None:
    """Two weeks later: what was struck off since was in that week's list all the same."""
    with college.app_context():
        read_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.title == "本周")).one()
        item.state, item.lit, item.closed_on = "closed", False, ANCHOR + 8 * DAY
        db.session.commit()
    tomorrow(college, 14)
    client = as_("坤建军")
    page = get(client, f"{LIST}?week=2026-W48")
    assert parts(page) == {
        "reports": ["本周"], "due": ["本周"], "late": ["逾期", "办结", "待审"],
    }  # fmt: skip
    assert "往期清单" in page.text
    assert parts(get(client, f"{LIST}?week=2026-W50"))["late"] == ["逾期"]
    assert parts(get(client, LIST))["due"] == []
    summary = get(as_("坤清祥"), f"{SUMMARY}?week=2026-W48")
    assert parts(summary)["in-hand"] == ["逾期", "待审", "本周"]
    assert parts(get(as_("坤清祥"), f"{SUMMARY}?week=2026-W49"))["closed"] == ["本周"]


@pytest.mark.parametrize(
    ("who", "read"),
    [
        ("何玉萍", [LIST, SUMMARY, MONTH]), ("坤清祥", [SUMMARY, MONTH]),
        ("向维岷", [SUMMARY, MONTH]),
        ("坤建军", [LIST]), ("邓涛", [LIST]), ("彭国栋", []), ("黄素芬", []), ("周慎之", []),
    ],
)  # fmt: skip
def test_who_reads_which(as_: As, who: str, read: list[str]) -> None:
    """党政办 all, leaders the two of leaders, head and 联络员 that of their unit; nobody else. The
    link of the navigation is there for the same."""
    client = as_(who)
    assert [one for one in (LIST, SUMMARY, MONTH) if client.get(one).status_code == 200] == read
    linked = get(client, "/").soup.select('a.db-side-link[href="/papers"]')
    assert bool(linked) == bool(read)
    assert client.get("/papers").status_code == (200 if read else 404)


def test_only_the_units_of_the_reader(papers: Draft, as_: As) -> None:
    """覃燚 heads another unit; its unit's address of ours is answered as if there were none."""
    other = as_("覃燚")
    assert parts(get(other, LIST)) == {"reports": [], "due": [], "late": []}
    assert other.get(f"{LIST}?unit=BWC").status_code == 404
    assert other.get(f"{LIST}?unit=none").status_code == 404
    assert parts(get(as_("何玉萍"), f"{LIST}?unit=JWC")) == {"reports": [], "due": [], "late": []}


def test_a_sensitive_item_counts_for_those_on_its_list(
    college: Flask, papers: Draft, as_: As, database: Servers
) -> None:
    """SPEC §7.5: rows and numbers are the reader's own; no file holds it, not even theirs."""
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers ="
            " (SELECT array_agg(-id::int) FROM person WHERE name = '坤建军') WHERE title = '逾期'"
        )
    assert parts(get(as_("坤建军"), LIST))["late"] == ["逾期"]
    assert counts(get(as_("何玉萍"), LIST))["合计"] == ["1", "1", "0"]
    book = _excel(as_("坤建军"), LIST)
    assert _titles(book["此前逾期"]) == []
    assert _titles(book["本周到期"]) == ["本周"]
    said = {row[0].value: row[1].value for row in book["口径说明"].iter_rows()}
    assert said["敏感事项"] == "另有1项敏感事项不导出"


def _press(client: FlaskClient, address: str, form: str) -> Any:
    page = get(client, address)
    sent = {**values_of(page.form("/files")), "form": form}
    return client.post(page.form("/files")["action"], data=sent)


def _excel(client: FlaskClient, address: str) -> Any:
    with _press(client, address, "excel") as answer:
        assert answer.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(answer.data))


def _titles(sheet: Any) -> list[str]:
    return [row[2].value for row in sheet.iter_rows(min_row=2) if row[2].value]


def _send(client: FlaskClient, address: str, form: str) -> int:
    """The answer to a form that the page does not show."""
    token = values_of(get(client, "/").form("/logout"))["csrf_token"]
    with client.post(address, data={"csrf_token": token, "form": form}) as answer:
        return answer.status_code


def test_the_files_hold_the_rows_and_are_noted(college: Flask, papers: Draft, as_: As) -> None:
    client = as_("何玉萍")
    book = _excel(client, f"{MONTH}?unit=BWC")
    assert book.sheetnames == ["未办结清单", "逾期事项", "本月办结", "本月交办", "口径说明"]
    assert _titles(book["未办结清单"]) == ["逾期", "待审", "本周"]
    with _press(client, MONTH, "pdf") as answer:
        text = "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages
        )
        assert answer.headers["Cache-Control"] == "no-store"
    for words in ("月度清单（2026年11月）", "未办结清单3项", "本周", "办结"):
        assert words in text.replace("\n", "")
    with college.app_context():
        read_as(college, "何玉萍")
        rows = db.session.scalars(select(LedgerExport).order_by(LedgerExport.id)).all()
        assert [(row.form, row.state, len(row.item_ids)) for row in rows] == [
            ("excel", "given", 4), ("pdf", "given", 4),
        ]  # fmt: skip
    assert get(client, "/ledger/exports").text.count("月度清单（2026年11月）") == 2


def test_who_takes_files_out(papers: Draft, as_: As) -> None:
    """SPEC §1.3 导出台账: a 联络员 reads the list and takes none."""
    assert not get(as_("邓涛"), LIST).soup.select('form[action$="/files"]')
    assert _send(as_("邓涛"), f"{LIST}/files", "excel") == 404
    assert _send(as_("坤建军"), f"{LIST}/files", "word") == 404
    assert _send(as_("坤清祥"), f"{MONTH}/files", "excel") == 200
    assert _send(as_("坤清祥"), f"{LIST}/files", "excel") == 404


@pytest.mark.parametrize(
    "asked", ["2026-W49", "2026-W54", "2026-W00", "1999-W01", "9999-W53", "2026-11-23", "%00"]
)
def test_weeks_that_are_none(as_: As, asked: str) -> None:
    """Also one that is to come."""
    assert as_("坤建军").get(f"{LIST}?week={asked}").status_code == 404


@pytest.mark.parametrize("asked", ["2026-12", "2026-13", "0000-01", "x"])
def test_months_that_are_none(as_: As, asked: str) -> None:
    assert as_("何玉萍").get(f"{MONTH}?month={asked}").status_code == 404


def test_spans_follow_one_another() -> None:
    """From any week to the one before and back, over the turn of years."""
    week = spans.read("week", "2026-W01", ANCHOR)
    assert (week.first.isoformat(), week.earlier, week.later) == (
        "2025-12-29", "2025-W52", "2026-W02",
    )  # fmt: skip
    assert week.said == "2025年12月29日—2026年1月4日"
    assert spans.read("week", week.earlier, ANCHOR).later == week.name
    month = spans.read("month", "2026-11", ANCHOR)
    assert (month.last.day, month.earlier, month.later) == (30, "2026-10", "")
    with pytest.raises(NotFound):
        spans.read("month", "2027-01", ANCHOR)


@pytest.mark.parametrize(
    ("kind", "second", "first"), [("week", "2000-W02", "2000-W01"), ("month", "2000-02", "2000-01")]
)
def test_the_first_span_leads_to_none_before(kind: str, second: str, first: str) -> None:
    """What would be asked for there is not found."""
    assert spans.read(kind, second, ANCHOR).earlier == first
    assert spans.read(kind, first, ANCHOR).earlier == ""


def test_a_long_part_says_how_many_there_are(
    papers: Draft, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.rooms.papers.queries.ON_PAGE", 2)
    page = get(as_("何玉萍"), MONTH)
    assert len(parts(page)["open"]) == 2
    assert "仅列前2项" in page.text
    assert counts(page)["合计"][0] == "3"
