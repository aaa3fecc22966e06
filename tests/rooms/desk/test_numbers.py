"""Every number of every desk is a link to exactly those rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.extensions import db
from portal.rooms.desk.desks import CASES, DESKS, Words, _label
from portal.rulebook.offers import table
from tests.pages import Page, get
from tests.rooms.desk.college_at_work import settle

As = Callable[[str], FlaskClient]
ROWS = {
    "/urges": '[aria-label="建议催办"] tbody tr',
    "/knowledge": "main .db-card",
    "/reports": '[aria-label="待您审批的文稿"] tbody tr',
    "/ledger/exports": 'button[name="granted"][value="1"]',
}
"""Where the counted rows stand, on pages that show others, too."""
LABELS = {_label(tile) for tiles in DESKS.values() for tile in tiles}
PEOPLE = {
    "何玉萍": ("office", "worker"),
    "杨思源": ("office", "unit"),
    "坤清祥": (),
    "向维岷": (),
    "坤建军": ("unit",),
    "邓涛": ("worker",),
    "耿立正": ("supervision", "unit"),
    "黄素芬": ("archivist",),
    "周慎之": ("secrets",),
}
"""Who sees the tiles of which posts."""
MOST_STATEMENTS = 40
"""Of a whole page with its frame, whoever opens it."""
UNMET_HERE = {"待重新确认", "移交清单待签", "问责待办"}
"""After 归档, of a list drawn up: tests/rooms/archives; after 移送: tests/rooms/accountability."""


def number(tag: Tag | None) -> int:
    """The number that is shown."""
    assert tag is not None
    return int(tag.get_text(strip=True))


def rows_of(page: Page, address: str) -> int:
    """How many rows the page has in all: what its pager says, or what stands there."""
    path = address.split("?", maxsplit=1)[0]
    said = page.soup.select_one(".db-pager-said")
    if said is not None and path not in ROWS:
        return int(said.get_text().split("共")[1].removesuffix("项"))
    return len(page.soup.select(ROWS.get(path, "main tbody tr")))


def test_every_number_leads_to_its_rows(college: Flask, as_: As) -> None:
    """From a table: for each person, each tile, light, day, person; and the number of 待办. A desk
    asks few statements, however much waits: what is counted is counted together."""
    settle(college)
    met: dict[str, int] = {}
    for who, posts in PEOPLE.items():
        client = as_(who)
        with counted(college) as statements:
            desk = get(client, "/")
        assert 5 < len(statements) <= MOST_STATEMENTS, (who, len(statements), statements)
        groups = [tag["id"] for tag in desk.soup.select(".db-queues-title")]
        assert groups == ([f"post-{post}" for post in posts] if len(posts) > 1 else []), who
        _tiles(client, desk, who, met)
        _others(client, desk, who)
        todo = get(client, "/todo")
        count = desk.soup.select_one("#todo-count .db-bubble")
        shown = count.find(string=True, recursive=False) if count else "0"
        assert int(str(shown)) == len(todo.soup.select("tbody tr")), who
    some = {label for label, most in met.items() if most}
    assert some >= LABELS - UNMET_HERE, LABELS - some


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def _tiles(client: FlaskClient, desk: Page, who: str, met: dict[str, int]) -> None:
    """Follow every tile, one at zero once a label; `met`: the largest number a label had."""
    for tile in desk.soup.select(".db-queue"):
        label = tile.select_one(".db-queue-label")
        assert label is not None
        word, address = label.get_text(), str(tile["href"])
        said = number(tile.select_one(".db-queue-count"))
        if word not in met or said:
            page = get(client, address)
            assert page.status == 200, (who, word)
            assert rows_of(page, address) == said, (who, word)
            assert said or page.soup.select_one(".db-empty a.btn-primary"), (who, address)
        met[word] = max(said, met.get(word, 0))


def _others(client: FlaskClient, desk: Page, who: str) -> None:
    """The lights, the days of the week, the own people."""
    lights = desk.soup.select(".db-legend a, .db-four a")
    for link in lights:
        found = rows_of(get(client, str(link["href"])), str(link["href"]))
        assert found == number(link.select_one("b")), (who, link["href"])
    for link in desk.soup.select(".db-week-all"):
        said = str(link.find(string=True)).removesuffix("项")
        assert rows_of(get(client, str(link["href"])), str(link["href"])) == int(said), who
    for link in desk.soup.select(".db-people a"):
        found = rows_of(get(client, str(link["href"])), str(link["href"]))
        assert found == number(link.select_one("b")), (who, link["href"])


def test_nobody_opens_a_list_of_another_post(as_: As) -> None:
    """A list that is on nobody's desk here does not exist here; nor do strangers as own people."""
    assert as_("坤建军").get("/queues/unsigned").status_code == 404
    assert as_("邓涛").get("/queues/unmet").status_code == 404
    assert as_("何玉萍").get("/queues/nothing").status_code == 404
    assert as_("坤建军").get("/people/20100001/items").status_code == 404
    assert as_("邓涛").get("/people/20100049/items").status_code == 404
    assert as_("邓涛").get("/instructions").status_code == 404
    assert as_("邓涛").get("/days/2026-13-01").status_code == 404
    assert as_("sysadmin01").get("/queues/due").status_code == 403


def test_the_words_of_tiles_are_words_of_the_table() -> None:
    """A tile that counts a word nobody is ever asked by would stay at zero."""
    known = {word for rule in table() for word in (rule.waits, rule.reminds) if word}
    asked = {
        word
        for tiles in DESKS.values()
        for tile in tiles
        if isinstance(tile, Words)
        for word in tile.words
    }
    assert asked <= known, asked - known
    of_cases = {rule.waits for rule in table() if rule.machine == "accountability"} - {""}
    assert set(CASES.words) == of_cases, "问责待办 counts whatever waits of a case"
