"""/help: every article has its place, and every ground on the pages leads to one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask.testing import FlaskClient

from portal.rulebook import text
from portal.rulebook.offers import table
from tests.pages import get

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]


def test_every_article_and_item_has_its_place(as_: As) -> None:
    """第一至二十六条 and the annexes, by anchor, letter for letter."""
    page = get(as_("邓涛"), "/help/rulebook")
    for article in text.articles():
        found = page.soup.find(id=f"a{article.number}")
        assert found is not None, article.label
        assert article.text.split("\n")[0] in found.get_text()
        for clause in article.clauses:
            place = page.soup.find(id=f"a{article.number}-{clause.number}")
            assert place is not None
            assert clause.text in place.get_text()
    for annex in text.rulebook().annexes:
        assert page.soup.find(id=f"annex-{annex.number}") is not None


def test_table_of_acts_is_the_one_the_portal_decides_by(as_: As) -> None:
    """One row an act; its ground leads to a place that exists."""
    client = as_("邓涛")
    page = get(client, "/help/rules")
    labels = [tag.find(string=True, recursive=False) for tag in page.soup.select("tbody th")]
    assert labels == [rule.label for rule in table()]
    book = get(client, "/help/rulebook")
    for link in page.soup.select("tbody a.db-ground"):
        address, anchor = str(link["href"]).split("#")
        assert address == "/help/rulebook"
        assert book.soup.find(id=anchor) is not None, anchor


def test_help_leads_to_everything_there_is_to_read(as_: As) -> None:
    """For people and for administrators, who have no business: every link answers."""
    for who in ("邓涛", "sysadmin01"):
        client = as_(who)
        page = get(client, "/help")
        links = {str(link["href"]) for link in page.soup.select("main a")}
        assert {"/help/rulebook", "/help/rules"} <= links
        for link in links:
            assert client.get(link).status_code == 200, (who, link)


def test_every_act_is_found_from_its_article(as_: As) -> None:
    """And its row from there, by its own anchor; each act once."""
    client = as_("邓涛")
    book, rules = get(client, "/help/rulebook"), get(client, "/help/rules")
    found = [str(link["href"]) for link in book.soup.select(".db-book-acts a")]
    assert sorted(found) == sorted(f"/help/rules#act-{rule.act}" for rule in table())
    for rule in table():
        row = rules.soup.find(id=f"act-{rule.act}")
        assert row is not None, rule.act
        place = str(row.select_one("a.db-ground")["href"]).partition("#")[2]
        article = book.soup.find(id=place)
        beside = article if article.select(".db-book-acts") else article.find_next_sibling()
        assert rule.label in beside.get_text(), rule.act


def test_the_button_leads_to_its_article_and_its_row(as_: As, draft_item: Draft) -> None:
    """「依据第十二条」 and 「办理权责」 above the act itself."""
    public_id = draft_item()
    page = get(as_("何玉萍"), f"/items/{public_id}")
    form = page.form("/submission")
    links = {link.get_text(): link["href"] for link in form.select(".db-act-ground a")}
    assert links == {
        "依据第十二条": "/help/rulebook#a12",
        "办理权责": "/help/rules#act-submit",
    }


def test_one_may_read_what_concerns_oneself(as_: As) -> None:
    """与我有关: the acts of one's own roles alone."""
    client = as_("黄素芬")
    mine = get(client, "/help/rules?mine=1")
    acts = {str(row["id"]) for row in mine.soup.select("tbody tr")}
    assert "act-archive" in acts
    assert "act-approve" not in acts
    assert len(get(client, "/help/rules").soup.select("tbody tr")) == len(table())


def test_who_acts_instead_is_said_with_the_act(as_: As) -> None:
    """第七条: of an inspection of 党政办 itself; and its leader finds the act among his own."""
    page = get(as_("余茂春"), "/help/rules?mine=1")
    row = page.soup.find(id="act-issue_opinion")
    assert row is not None
    assert "党政办主任（其为被督查单位人员的，党政办分管领导）" in row.get_text()
