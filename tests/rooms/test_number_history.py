"""历史编号导入: nothing before it is confirmed, just the plan that was shown, one list once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.embedded import Servers
from portal.extensions import db
from portal.models import NumberPlaceholder
from portal.rooms.numbers.forms import LONGEST_TEXT
from portal.rulebook import numbering
from tests.attack.test_repetition import at_once, copies
from tests.filing import WORD, file, waiting
from tests.pages import Page, fill, get, send, values_of
from tests.rooms.number_pages import acts, counter, numbered, row_of, table_of
from tests.shaping import shape

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
HEAD, STAFF, OTHER = "杨思源", "何玉萍", "泽仁旺姆"
ADDRESS = "/numbers/history"


def lines(*seqs: int, year: int = 2023, word: str = WORD) -> str:
    """These numbers, one a line."""
    return "\n".join(f"{word}〔{year}〕{seq}号" for seq in seqs)


def check(client: FlaskClient, text: str, **typed: str) -> Page:
    """Paste and press 核对."""
    return fill(client, ADDRESS, ADDRESS, {"text": text, **typed})


def confirm(client: FlaskClient, shown: Page) -> Page:
    """Press 确认登记 on what is shown."""
    return send(client, ADDRESS, {**values_of(shown.form(ADDRESS)), "confirm": "1"})


def stored(college: Flask) -> list[tuple[int, int, date | None]]:
    """The numbers of the backlog: year, number, day."""
    with college.app_context():
        rows = db.session.execute(
            select(NumberPlaceholder.year, NumberPlaceholder.seq, NumberPlaceholder.used_on)
            .where(NumberPlaceholder.kind == "history")
            .order_by(NumberPlaceholder.year, NumberPlaceholder.seq)
        )
        return [(row.year, row.seq, row.used_on) for row in rows]


def _kept(page: Page) -> str:
    field = page.form(ADDRESS).find("textarea", attrs={"name": "text"})
    assert field is not None
    return field.get_text().strip()


@pytest.mark.parametrize("who", [HEAD, STAFF])
def test_a_list_is_shown_and_then_stored(college: Flask, as_: As, who: str) -> None:
    """Case S09 through the pages: read line by line, gaps told, the counter moved."""
    client = as_(who)
    text = "阿职督办[2023]1号 2023-02-01\n阿职督办（2023）第002号\n阿职督办〔2023〕５号"
    shown = check(client, text)
    assert shown.status == 200
    shown.check()
    (outlook,) = table_of(shown, "登记后的编号情况")
    assert outlook == ["1至2号、5号", "5", "6", "空号2个 3至4号"]
    assert table_of(shown, "逐行核对")[0] == [
        "阿职督办[2023]1号 2023-02-01", f"{WORD}〔2023〕1号", "2023年2月1日", "待登记",
    ]  # fmt: skip
    assert stored(college) == []
    assert confirm(client, shown).location == "/numbers"
    assert stored(college) == [(2023, 1, date(2023, 2, 1)), (2023, 2, None), (2023, 5, None)]
    page = get(client, "/numbers")
    row = row_of(page, f"{WORD}〔2023〕")
    assert (row["已使用"], row["末号"], row["下一个"]) == ("3", "5", "6")
    assert (row["其中"], row["检查结果"]) == ("历史编号3", "空号2个 3至4号")
    (entry,) = table_of(page, "办理记录")
    assert entry[1:] == [who, "历史编号导入", f"{WORD}〔2023〕1至2号、5号"]


def test_the_same_list_twice_changes_nothing(college: Flask, as_: As) -> None:
    """There is then nothing to confirm, and a confirmation sent all the same is refused."""
    client = as_(STAFF)
    confirm(client, check(client, lines(1, 2, 5)))
    before = stored(college), acts(college), counter(college, 2023)
    again = check(client, lines(1, 2, 5))
    assert again.status == 200
    assert "没有需要登记的编号" in again.text
    assert not again.soup.find("button", attrs={"name": "confirm"})
    assert [row[-1] for row in table_of(again, "逐行核对")] == ["已登记 以前已登记，不再改动。"] * 3
    assert confirm(client, again).status == 422
    assert (stored(college), acts(college), counter(college, 2023)) == before


def test_the_same_form_twice_is_one_import(college: Flask, as_: As) -> None:
    """A double click, and many at once: each answers as done."""
    client = as_(STAFF)
    data = {**values_of(check(client, lines(1, 2)).form(ADDRESS)), "confirm": "1"}
    answers = at_once(copies(college, client), ADDRESS, data)
    assert {(answer.status, answer.location) for answer in answers} == {(303, "/numbers")}
    assert len(stored(college)) == 2
    assert acts(college) == [("history", STAFF)]


def test_the_form_is_somebody_elses(college: Flask, as_: As) -> None:
    staff, other = as_(STAFF), as_(OTHER)
    data = {**values_of(check(staff, lines(1)).form(ADDRESS)), "confirm": "1"}
    assert send(staff, ADDRESS, data).status == 303
    token = values_of(get(other, ADDRESS).form(ADDRESS))["csrf_token"]
    answer = send(other, ADDRESS, {**data, "csrf_token": token})
    assert answer.status == 422
    assert acts(college) == [("history", STAFF)]


def test_what_is_confirmed_is_what_was_shown(college: Flask, as_: As) -> None:
    """The text changed after 核对: shown again, nothing stored."""
    client = as_(STAFF)
    shown = values_of(check(client, lines(1, 2)).form(ADDRESS))
    answer = send(client, ADDRESS, {**shown, "text": lines(1, 2, 3), "confirm": "1"})
    assert answer.status == 422
    answer.check()
    assert "编号情况已有变化" in answer.text
    assert stored(college) == []
    assert confirm(client, answer).status == 303
    assert len(stored(college)) == 3


def test_a_number_taken_meanwhile_stops_the_confirmation(
    college: Flask, as_: As, draft_item: New
) -> None:
    """Somebody files between 核对 and 确认登记."""
    client = as_(STAFF)
    shown = check(client, lines(1, 2, year=2026))
    shape(college, draft_item(), **numbered(1))
    answer = confirm(client, shown)
    assert answer.status == 422
    assert [row[-1] for row in table_of(answer, "逐行核对")] == [
        "已使用 系统中已使用，不再登记。", "待登记",
    ]  # fmt: skip
    assert stored(college) == []
    assert confirm(client, answer).status == 303
    assert stored(college) == [(2026, 2, None)]


def test_one_wrong_line_stops_all(college: Flask, as_: As) -> None:
    """Line by line, the wrong ones first; the text is kept; nothing can be confirmed."""
    text = f"{lines(1)}\n川职督办〔2023〕2号\n{lines(0)}\n{lines(7, year=2099)}\n{lines(1)}"
    client = as_(STAFF)
    answer = check(client, text)
    assert answer.status == 422
    answer.check()
    heads = [cell.get_text(strip=True) for cell in answer.soup.select("tbody th")]
    assert heads[1:] == ["第2行", "第3行", "第4行", "第1行", "第5行"]
    said = [row[-1] for row in table_of(answer, "逐行核对")]
    assert [words.split()[0] for words in said] == ["有误", "有误", "有误", "待登记", "重复"]
    assert "有3行有误" in answer.text
    assert _kept(answer) == text
    assert not answer.soup.find("button", attrs={"name": "confirm"})
    assert confirm(client, answer).status == 422
    assert stored(college) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请粘贴历史编号"),
        (" \n\t\n\u200b", "请粘贴历史编号"),
        (lines(1) + "\n" * 5 + "'; DROP TABLE item; --", "有1行有误"),
        ("\x00\x01<script>", "有1行有误"),
        ("督" * 5000, "本行超过60个字"),
        ("督" * (LONGEST_TEXT + 1), "请分次导入"),
        (lines(*range(1, 10_002)), "每次不超过10000行，现有10001行"),
        (lines(1_000_000), "顺序号不超过六位"),
        (lines(1, 900_000), "空号超过1000个"),
        ("机密★10年\n" + lines(1), "请勿在本系统录入"),
    ],
    ids=[
        "nothing", "blanks", "quotes", "controls", "a long line", "a long text", "many lines",
        "seven figures", "a slip", "a secret",
    ],
)  # fmt: skip
def test_garbage_is_answered_in_words(college: Flask, as_: As, text: str, said: str) -> None:
    """422, the text kept unless it is marked as a secret."""
    answer = check(as_(STAFF), text)
    assert answer.status == 422
    answer.check()
    assert said in answer.text
    if "机密" in text:
        assert "机密" not in answer.html
    assert stored(college) == []


@pytest.mark.long
def test_ten_thousand_lines(college: Flask, as_: As) -> None:
    """Shown in part, stored whole, read again as known."""
    client = as_(STAFF)
    text = lines(*range(1, 10_001))
    shown = check(client, text)
    assert shown.status == 200
    assert len(table_of(shown, "逐行核对")) == 200
    assert "共10000行，列出200行" in shown.text
    assert confirm(client, shown).status == 303
    assert counter(college, 2023) == 10_000
    again = check(client, text)
    assert "已登记10000行" in again.text


def test_the_counter_moves_forward_never_back(college: Flask, database: Servers, as_: As) -> None:
    """The next filing follows the greatest number in use."""
    client, ids = as_(STAFF), waiting(college, database, 2)
    confirm(client, check(client, lines(3, 7, year=2026)))
    assert file(college, ids[0]).endswith("〕8号")
    confirm(client, check(client, lines(1, year=2026)))
    assert file(college, ids[1]).endswith("〕9号")


def test_both_words_and_several_years(college: Flask, as_: As) -> None:
    client = as_(STAFF)
    text = "\n".join([lines(2), lines(1, word="阿职催办"), lines(40, year=2025), lines(1)])
    shown = check(client, text)
    assert [row[0] for row in table_of(shown, "登记后的编号情况")] == ["1号", "1至2号", "40号"]
    assert confirm(client, shown).status == 303
    assert [(year, seq) for year, seq, _day in stored(college)] == [
        (2023, 1), (2023, 1), (2023, 2), (2025, 40),
    ]  # fmt: skip


def test_two_imports_at_once(college: Flask, as_: As) -> None:
    """Lists that overlap, in opposite orders: no deadlock, each number once."""
    clients = [as_(STAFF), as_(OTHER)]
    texts = [
        "\n".join([lines(1, 2, 3), lines(1, 2, word="阿职催办"), lines(1, year=2024)]),
        "\n".join([lines(1, year=2024), lines(2, 3, word="阿职催办"), lines(3, 4, 2)]),
    ]
    forms = [
        {**values_of(check(client, text).form(ADDRESS)), "confirm": "1"}
        for client, text in zip(clients, texts, strict=True)
    ]
    answers = _at_once(
        [partial(send, client, ADDRESS, form) for client, form in zip(clients, forms, strict=True)]
    )
    # Who comes second is shown what changed, and confirms the rest.
    assert sorted(answer.status for answer in answers) == [303, 422]
    second = next(place for place, answer in enumerate(answers) if answer.status == 422)
    assert confirm(clients[second], answers[second]).status == 303
    with college.app_context():
        placed = db.session.scalar(select(func.count()).select_from(NumberPlaceholder))
    assert placed == 8
    assert counter(college, 2023) == 4


def test_an_import_and_filings_at_the_same_moment(
    college: Flask, database: Servers, as_: As
) -> None:
    """Every filing keeps a number of its own, and none is one of the imported."""
    client, ids = as_(STAFF), waiting(college, database, 6)
    given = (4, 5, 6, 20)
    form = {**values_of(check(client, lines(*given, year=2026)).form(ADDRESS)), "confirm": "1"}
    filings = [partial(file, college, public_id) for public_id in ids]
    *numbers, answer = _at_once([*filings, partial(send, client, ADDRESS, form)])
    for _ in range(2):  # shown again, perhaps while filings still went on: then once more
        if answer.status == 422:
            answer = confirm(client, answer)
    assert answer.status == 303
    seqs = [numbering.parse(number, {WORD}).seq for number in numbers]
    imported = [seq for _year, seq, _day in stored(college)]
    assert len(set(seqs)) == 6
    assert not set(seqs) & set(imported)
    assert set(given) <= {*seqs, *imported}
    assert counter(college) == max(*seqs, 20)


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    ready = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def go(place: int, call: Callable[[], Any]) -> None:
        ready.wait(30)
        answers[place] = call()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
