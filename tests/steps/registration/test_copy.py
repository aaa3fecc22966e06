"""复制 (SPEC §8.3): a new form from an item one may see; nothing of the old one's course."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.steps.registration.copying import moved_on
from portal.steps.registration.years import in_year
from tests.pages import fill, get, values_of
from tests.steps.registration.pages import (
    LITTLE,
    co_units,
    leader_id,
    made,
    stored,
    unit_id,
    value,
)

As = Callable[[str], FlaskClient]
MISSING = "00000000-0000-4000-8000-000000000000"


def _full(app: Flask) -> dict[str, object]:
    return {
        "title": "2026年冬季征兵宣传",
        "requirement": "张贴海报，组织宣讲。",
        "source_type": "annual_plan",
        "source_ref": "2026年工作要点第八项",
        "source_date": "2026-03-02",
        "lead_unit": unit_id(app, "学工部"),
        "co_units": [unit_id(app, "保卫处"), unit_id(app, "医护学院")],
        "level": "3",
        "category": "other",
        "principal": "secretary",
        "responsible_leader": leader_id(app, "余茂春"),
        "deadline_kind": "date",
        "deadline_date": "2026-12-15",
        "deadline_basis": "州征兵办要求",
        "save": "",
    }


def _copied(client: FlaskClient, address: str) -> str:
    return f"/items/new?secret=no&copy={address.rsplit('/', 1)[-1]}"


def test_the_question_comes_first_and_keeps_the_address(college: Flask, as_: As) -> None:
    """第二十一条: answered anew; no text of the old item before the answer."""
    office = as_("何玉萍")
    address = made(office, _full(college))
    link = get(office, address).soup.find("a", string=lambda words: words and "复制" in words)
    link = link or next(a for a in get(office, address).soup.select(".db-item-tools a")
                        if "复制" in a.get_text())  # fmt: skip
    page = get(office, str(link["href"]))
    assert "是否涉及国家秘密" in page.text
    assert "征兵" not in page.text
    answers = [str(a["href"]) for a in page.soup.select(".db-act-buttons a")]
    assert [f"copy={address.rsplit('/', 1)[-1]}" in answer for answer in answers] == [True, True]
    assert "征兵" in get(office, answers[0]).html
    stopped = get(office, answers[1])
    assert "请勿在本系统录入" in stopped.text
    assert "征兵" not in stopped.html


def test_texts_units_and_choices_come_along(college: Flask, as_: As) -> None:
    office = as_("何玉萍")
    given = _full(college)
    address = made(office, given)
    page = get(office, _copied(office, address))
    assert "内容复制自“2026年冬季征兵宣传”" in page.text
    for name, typed in given.items():
        if name not in ("save", "source_date"):
            assert value(page, name) == typed, name
    assert value(page, "source_date") == ""
    copy = fill(office, _copied(office, address), "/items/new", {"save": ""})
    assert copy.location is not None
    assert copy.location != address
    new, old = stored(college, copy.location), stored(college, address)
    assert new.chosen == old.chosen
    assert co_units(college, copy.location) == {"保卫处", "医护学院"}


def test_number_signatures_and_files_stay(college: Flask, as_: As) -> None:
    """What happened to the old item is not the new one's."""
    from tests.test_main_line import LINE, walk

    office = as_("何玉萍")
    draft = fill(office, "/items/new?secret=no", "/items/new",
                 {**LITTLE, "requirement": "要求", "source_type": "president_meeting",
                  "lead_unit": unit_id(college, "保卫处")})  # fmt: skip
    assert draft.location is not None
    walk(college, as_, uuid.UUID(draft.location.rsplit("/", 1)[-1]), LINE[:6])
    copy = fill(office, _copied(office, draft.location), "/items/new", {"save": ""})
    assert copy.location is not None
    item = stored(college, copy.location)
    assert (item.state, item.doc_seq, item.filed_on, item.issued_on) == ("draft", None, None, None)
    assert item.form_version == 0
    assert stored(college, draft.location).doc_seq == 1


def test_next_year_the_year_and_an_explicit_date_move_on(college: Flask, as_: As) -> None:
    """SPEC §8.3: same title and new year, dates one year on."""
    address = made(as_("何玉萍"), _full(college))
    college.extensions["portal.clock"] = Clock.standing_at(date(2027, 11, 1))
    page = get(as_("何玉萍"), _copied(as_("何玉萍"), address))
    assert value(page, "title") == "2027年冬季征兵宣传"
    assert value(page, "deadline_date") == "2027-12-15"


@pytest.mark.parametrize(
    ("day", "today", "moved"),
    [
        (date(2026, 12, 15), date(2026, 11, 23), date(2026, 12, 15)),
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23), date(2027, 11, 22)),
        (date(2023, 6, 1), date(2026, 11, 23), date(2027, 6, 1)),
        (date(2024, 2, 29), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_date_that_has_passed_moves_by_whole_years(day: date, today: date, moved: date) -> None:
    assert moved_on(day, today) == moved


@pytest.mark.parametrize(
    ("title", "copied"),
    [
        ("2025年征兵工作", "2026年征兵工作"),
        ("2025—2026学年迎新", "2026—2027学年迎新"),
        ("2025-2026学年迎新", "2026-2027学年迎新"),
        ("落实2023年巡察反馈", "落实2023年巡察反馈"),
        ("2025级新生军训", "2025级新生军训"),
        ("120252025年", "120252025年"),
        ("迎检", "迎检"),
    ],
)
def test_only_the_old_items_own_year_moves(title: str, copied: str) -> None:
    assert in_year(title, 2025, 2026) == copied


@pytest.mark.parametrize("given", [MISSING, "foreign", "nothing", "", "%00", "' OR 1=1"])
@pytest.mark.parametrize("answer", ["", "&secret=no", "&secret=yes"])
def test_foreign_and_missing_answer_alike(college: Flask, as_: As, given: str, answer: str) -> None:
    """第二十一条, SPEC §7.5 rule 1: another unit's draft, an id that is none, no id at all."""
    address = made(as_("邓涛"), {**LITTLE, "save": ""})
    wanted = address.rsplit("/", 1)[-1] if given == "foreign" else given
    page = get(as_("杨初"), f"/items/new?copy={wanted}{answer}")
    missing = get(as_("杨初"), f"/items/{MISSING}")
    assert page.status == missing.status == 404
    assert page.soup.main.get_text() == missing.soup.main.get_text()


def test_a_sensitive_item_is_not_copied(college: Flask, as_: As, database: Servers) -> None:
    """第二十一条: its text would become everybody's; who is listed sees it, but no 复制."""
    office = as_("何玉萍")
    address = made(office, {**LITTLE, "lead_unit": unit_id(college, "保卫处")})
    item = stored(college, address)
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers = %s WHERE id = %s",
            ([-item.drafter_id], item.id),
        )
        raw.commit()
    page = get(office, address)
    assert page.status == 200
    assert "复制" not in page.soup.select_one(".db-item-tools").get_text()
    answer = get(office, _copied(office, address))
    assert answer.status == 422
    assert LITTLE["title"] not in answer.html


def test_a_unit_copies_for_itself(college: Flask, as_: As) -> None:
    """The office's item led by another unit: the own one leads, and is no co-unit of itself."""
    address = made(as_("何玉萍"), {**_full(college), "requirement": "要求", "save": ""})
    office = as_("何玉萍")
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    head = as_("坤建军")
    page = get(head, _copied(head, address))
    assert value(page, "lead_unit") == unit_id(college, "保卫处")
    assert value(page, "co_units") == [unit_id(college, "医护学院")]


def test_a_unit_that_ended_is_left_out(college: Flask, as_: As, database: Servers) -> None:
    office = as_("何玉萍")
    address = made(office, _full(college))
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE unit SET valid_to = '2026-11-22' WHERE short_name = '医护学院'")
        raw.commit()
    page = get(office, _copied(office, address))
    assert value(page, "co_units") == [unit_id(college, "保卫处")]


def test_who_may_not_draft_has_no_copy(college: Flask, as_: As, database: Servers) -> None:
    address = made(as_("何玉萍"), {**_full(college), "requirement": "要求"})
    assert fill(as_("何玉萍"), address, "/submission", {"declared": "y"}).status == 303
    leader = as_("向维岷")
    page = get(leader, address)
    assert page.status == 200
    assert "复制" not in page.text
    assert get(leader, _copied(leader, address)).status == 422


def test_the_copy_is_sent_without_the_old_address(college: Flask, as_: As) -> None:
    """The form of the copy is the form of any new item: nothing ties the two together."""
    office = as_("何玉萍")
    address = made(office, _full(college))
    form = get(office, _copied(office, address)).form("/items/new")
    assert address.rsplit("/", 1)[-1] not in str(values_of(form))
