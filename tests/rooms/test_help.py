"""/help: every article has its place, and every ground on the pages leads to one."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from portal.rulebook import text
from portal.rulebook.offers import table
from tests.pages import get

As = Callable[[str], FlaskClient]


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


def test_plain_help_leads_to_the_rulebook(as_: As) -> None:
    answer = as_("邓涛").get("/help")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/help/rulebook")
