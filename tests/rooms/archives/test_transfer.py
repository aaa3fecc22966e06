"""移交清单: drawn up, signed by both sides in order, printed; a later change makes a new one."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import psycopg
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import ArchiveRecord, LedgerExport, TransferLine, TransferList
from portal.models.transfer import READERS
from portal.rulebook.keys import OFFICE_KEYS, held_by
from portal.rulebook.roles import Role
from portal.rulebook.scope import moment_of
from tests.attack.test_spoken import speaking
from tests.conftest import ANCHOR
from tests.gate import person_id, saying
from tests.pages import get, values_of
from tests.rooms.conftest import _dates, _number
from tests.rooms.desk.test_numbers import number
from tests.shaping import read_as, shape
from tests.steps.acting import HANDLER, OFFICE, OFFICE_HEAD, Actor
from tests.steps.lending.test_lending import ARCHIVIST, archived

__all__ = ["archived"]  # a fixture

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
LISTS = "/archives/transfers"
AGAIN = "UPDATE archive_package SET sha256 = repeat('7', 64)"


def _press(client: FlaskClient, address: str, **data: str) -> TestResponse:
    token = values_of(get(client, "/").form("/logout"))["csrf_token"]
    return client.post(address, data={"csrf_token": token, **data})


def _draw(client: FlaskClient) -> str:
    """The address of the list that it leads to."""
    answer = _press(client, LISTS, year="2026")
    assert answer.status_code == 303
    return answer.location


def _buttons(client: FlaskClient, address: str) -> list[str]:
    return [tag.get_text(strip=True) for tag in get(client, address).soup.select("main button")]


def _stand(client: FlaskClient) -> list[str]:
    """The standings of all lists, the newest first."""
    rows = get(client, LISTS).soup.select("main tbody tr")
    return [row.select("td")[-1].get_text(strip=True) for row in rows]


def _printed(client: FlaskClient, address: str) -> str:
    with _press(client, f"{address}/paper") as answer:
        assert answer.status_code == 200
        pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        return "".join(page.extract_text() for page in pages).replace("\n", "")


def _to_sign(client: FlaskClient) -> tuple[int, int]:
    """What the desk counts, and how many lists stand where its number leads."""
    (tile,) = (
        tag for tag in get(client, "/").soup.select(".db-queue") if "移交清单待签" in tag.get_text()
    )
    counted = number(tile.select_one(".db-queue-count"))
    return counted, len(get(client, str(tile["href"])).soup.select("main tbody tr"))


def test_both_sign_in_order_each_once(
    college: Flask, as_: As, archived: uuid.UUID, draft_item: Draft
) -> None:
    """党政办 first, 档案员 after it; what is not signed for is counted; the print has the names."""
    waits = draft_item(title="尚未确认")
    shape(
        college, waits, state="closed", closed_on=ANCHOR, **_number(9),
        **{**_dates(-9), "lit": False},
    )  # fmt: skip
    _records(college, waits)
    office, archivist = as_(OFFICE), as_(ARCHIVIST)
    assert "编制2026年度移交清单" in get(archivist, "/archives?year=2026").text
    address = _draw(archivist)
    assert _draw(office) == address, "unchanged, it is the same list"
    assert _buttons(archivist, address) == ["打印"]
    here = get(archivist, address).soup.select('.db-tab[aria-current="page"]')
    assert [tab.get_text(strip=True) for tab in here] == ["移交清单"]
    assert "待移交人签名" in _stand(archivist)
    _press(archivist, f"{address}/taking-over")
    assert "移交人尚未签名" in get(archivist, address).text
    assert _press(archivist, f"{address}/handing-over").status_code == 404
    assert _press(office, f"{address}/taking-over").status_code == 404
    unsigned = _printed(archivist, address)
    assert "移交1件" in unsigned
    assert "另有1件待确认存档" in unsigned
    assert "尚未确认" not in unsigned
    assert _buttons(office, address) == ["移交签名", "打印"]
    assert (_to_sign(office), _to_sign(archivist)) == ((1, 1), (0, 0))
    for _twice in range(2):
        _press(office, f"{address}/handing-over")
    _press(as_(OFFICE_HEAD), f"{address}/handing-over")
    assert _buttons(archivist, address) == ["接收签名", "打印"]
    assert (_to_sign(office), _to_sign(archivist)) == ((0, 0), (1, 1))
    for _twice in range(2):
        assert _press(archivist, f"{address}/taking-over").status_code == 303
    assert _stand(archivist) == ["已移交"]
    assert (_to_sign(office), _to_sign(archivist)) == ((0, 0), (0, 0))
    text = _printed(office, address)
    for who in (OFFICE, ARCHIVIST):
        assert who in text
    with college.app_context():
        read_as(college, OFFICE)
        made = db.session.scalars(select(TransferList)).one()
        assert (made.handed_by_id, made.taken_by_id) == (person_id(OFFICE), person_id(ARCHIVIST))
        row = db.session.scalars(select(LedgerExport)).one()
        assert (row.state, len(row.item_ids)) == ("given", 1)
    assert _press(archivist, LISTS, year="2026").location.endswith("/archives?year=2026")
    assert "暂不能编制移交清单" in get(archivist, "/archives").text


def _records(college: Flask, item_id: uuid.UUID) -> None:
    with college.app_context():
        _viewer, item = Actor(college, item_id).item(OFFICE)
        db.session.add_all(
            ArchiveRecord(item_id=item.id, keeper=keeper, archive_no="DB9", retention="10年")
            for keeper in ("office", "unit")
        )
        db.session.commit()


def test_a_later_change_makes_a_new_list(as_: As, archived: uuid.UUID, database: Servers) -> None:
    """Another package than the one on the list: nobody signs it any more, the old one stays as it
    was drawn up, and the new one takes its place."""
    office, archivist = as_(OFFICE), as_(ARCHIVIST)
    first = _draw(office)
    before = get(office, first).soup.select("main tbody td")[-1].get_text()
    with connect(database.owner_url) as raw:
        raw.execute(AGAIN)
    assert "请重新编制移交清单" in get(office, first).text
    _press(office, f"{first}/handing-over")
    assert _buttons(office, first) == ["打印"]
    second = _draw(archivist)
    assert second != first
    assert _stand(archivist) == ["待移交人签名", "已另行编制"]
    assert get(office, first).soup.select("main tbody td")[-1].get_text() == before
    assert get(office, second).soup.select("main tbody td")[-1].get_text() == "7" * 16
    _press(office, f"{second}/handing-over")
    _press(archivist, f"{second}/taking-over")
    with connect(database.owner_url) as raw:
        raw.execute(AGAIN.replace("7", "8"))
    third = _draw(office)
    assert _stand(office) == ["待移交人签名", "已移交", "已另行编制"], third


def test_what_became_sensitive_is_not_read_on_a_list(
    as_: As, archived: uuid.UUID, database: Servers
) -> None:
    """Neither on the page nor in print, and the list is not signed any more (SPEC §7.5)."""
    office = as_(OFFICE)
    address = _draw(office)
    title = get(office, address).soup.select_one("main td.db-cell-title")
    assert title is not None
    words = title.find(string=True, recursive=False)
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive'")
    page = get(office, address)
    assert str(words) not in page.text
    assert page.soup.select("main tbody tr") == []
    assert _buttons(office, address) == ["打印"]
    assert "1件现为敏感事项" in _printed(office, address)


def test_nobody_else_knows_of_a_list(as_: As, archived: uuid.UUID) -> None:
    address = _draw(as_(OFFICE))
    for client in map(as_, (HANDLER, "坤清祥", "耿立正")):
        assert client.get(LISTS).status_code == 404
        assert client.get(address).status_code == 404
        for way in ("handing-over", "taking-over", "paper"):
            assert _press(client, f"{address}/{way}").status_code == 404
        assert _press(client, LISTS, year="2026").status_code == 404


def test_there_is_no_list_of_nothing(as_: As) -> None:
    client = as_(ARCHIVIST)
    assert _press(client, LISTS, year="2026").status_code == 303
    assert "暂不能编制移交清单" in get(client, "/archives").text
    for year in ("", "x", "99999"):
        assert _press(client, LISTS, year=year).status_code == 404


def test_the_keys_of_the_lists() -> None:
    assert {OFFICE_KEYS[role.value] for role in _keepers()} == set(READERS)


def _keepers() -> tuple[Role, ...]:
    return (Role.OFFICE_HEAD, Role.OFFICE_STAFF, Role.ARCHIVIST)


FORGED = (
    "handed_by_id = {other}, handed_at = now()",
    "taken_by_id = {me}, taken_at = now()",
    "digest = ''",
    "drawn_by_id = {me}",
)


def test_the_database_keeps_the_signatures(
    college: Flask, as_: As, archived: uuid.UUID, database: Servers
) -> None:
    """As oneself, in order, once; nothing else is changed (migration 0074)."""
    _draw(as_(OFFICE))
    with college.app_context():
        me, other = person_id(OFFICE), person_id(ARCHIVIST)
        said = saying(held_by(me, moment_of(college.extensions["portal.clock"])).keys)
    for change in FORGED:
        forged = f"UPDATE transfer_list SET {change.format(me=me, other=other)}"  # noqa: S608 - of the list above
        with speaking(database.database_url, said) as raw, pytest.raises(psycopg.Error):
            raw.execute(forged.encode())
    signed = f"UPDATE transfer_list SET handed_by_id = {me}, handed_at = now()"  # noqa: S608 - a number
    again = b"UPDATE transfer_list SET handed_at = now() + interval '1 day'"
    with speaking(database.database_url, said) as raw:
        assert raw.execute(signed.encode()).rowcount == 1
        with pytest.raises(psycopg.Error, match="stays"):
            raw.execute(again)


def test_lines_are_of_the_list(as_: As, archived: uuid.UUID, college: Flask) -> None:
    """What it says of the item is what was signed for."""
    _draw(as_(OFFICE))
    with college.app_context():
        read_as(college, OFFICE)
        line = db.session.scalars(select(TransferLine)).one()
        _viewer, item = Actor(college, archived).item(OFFICE)
        assert (line.item_id, line.title, line.version) == (item.id, item.title, 1)
        assert len(line.sha256) == 64
