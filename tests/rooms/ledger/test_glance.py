"""速览: what the quick look says, and to whom."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from tests.pages import Page, get
from tests.steps.acting import HEAD, OFFICE, at_work
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}
STRANGER, CO_HEAD = "解学农", "覃燚"


def _look(client: FlaskClient, item: object) -> Page:
    answer = client.get(f"/ledger/items/{item}", headers=HTMX)
    return Page(answer.status_code, answer.get_data(as_text=True))


def test_it_says_what_the_page_says_first(college: Flask, as_: As) -> None:
    """The latest report, the plan in numbers, 办理要求; a part of a page, no page."""
    with at_work(college) as actor:
        actor.report(HEAD)
    client = as_(OFFICE)
    look = _look(client, actor.public_id)
    assert look.soup.find("html") is None
    for said in ("最近反馈", "60%", "已排查全部楼栋，发现隐患17处。", "尚未到报送日期", "打开事项"):
        assert said in look.soup.get_text(), said
    row = get(client, "/ledger").soup.select_one("[data-db-look]")
    assert row is not None
    assert row["href"] == f"/ledger/items/{actor.public_id}"


def test_it_offers_a_copy_to_who_may_draft(college: Flask, as_: As) -> None:
    """复制, of last year's item 复制上年; to a leader, who drafts nothing, neither."""
    with at_work(college) as actor:
        pass
    copy = f"/items/new?copy={actor.public_id}"
    assert copy in _look(as_(OFFICE), actor.public_id).html
    assert copy not in _look(as_("坤清祥"), actor.public_id).html


def test_without_a_script_its_link_leads_to_the_item(college: Flask, as_: As) -> None:
    with at_work(college) as actor:
        pass
    answer = as_(OFFICE).get(f"/ledger/items/{actor.public_id}")
    assert (answer.status_code, answer.location) == (302, f"/items/{actor.public_id}")


def test_nobody_looks_at_what_he_may_not_know_of(
    college: Flask, database: Servers, as_: As
) -> None:
    """The same 404 as for none; who may is in the log of views."""
    with sensitive(college) as actor:
        actor.to_filing()
    missing = _look(as_(STRANGER), "00000000-0000-4000-8000-000000000000")
    hidden = _look(as_(STRANGER), actor.public_id)
    assert (hidden.status, missing.status) == (404, 404)
    assert hidden.text == missing.text
    assert _look(as_(OFFICE), actor.public_id).status == 200
    with connect(database.owner_url) as raw:
        pages = raw.execute("SELECT page FROM view_log").fetchall()
    assert pages == [("ledger.glance",)]


def test_of_a_part_nothing_is_counted(college: Flask, database: Servers, as_: As) -> None:
    """Who knows of a co-unit's part alone: no column that counts, and no filter by such counts."""
    with sensitive(college) as actor:
        actor.to_filing()
    client = as_(CO_HEAD)
    page = get(client, "/ledger?columns=title,urged,extended,percent")
    counted = page.soup.select(".db-ledger tbody td")[1:4]
    assert [cell.get_text().strip() for cell in counted] == ["", "", ""]
    for query in ("urged=0", "urged=1", "extended=0", "owed=1"):
        assert "没有符合条件的事项" in get(client, f"/ledger?{query}").text, query
    office = get(as_(OFFICE), "/ledger?urged=0")
    assert len(office.soup.select(".db-ledger .db-cell-title a")) == 1
