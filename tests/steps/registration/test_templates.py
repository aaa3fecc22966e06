"""存为模板 and 从模板立项 (SPEC §8.3): a unit's own, without dates, persons, anything sensitive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.rulebook.secrecy import STOPPED
from tests.pages import Page, fill, get, send, values_of
from tests.people import draft
from tests.steps.registration.pages import co_units, stored, unit_id, value

As = Callable[[str], FlaskClient]
OFFICE, OTHER, UNIT = "何玉萍", "泽仁旺姆", "坤建军"
NEW = "/templates/new"
DECLARED = {"declared": "y"}


def keep(client: FlaskClient, address: str = NEW, **typed: object) -> Page:
    """Save the template of the form at an address."""
    return fill(client, address, NEW, {**DECLARED, **typed})


def kept(client: FlaskClient) -> list[str]:
    """The names in the list, in its order."""
    cells = get(client, "/templates").soup.select("td.db-cell-title")
    return [cell.get_text(strip=True) for cell in cells]


def first(client: FlaskClient, word: str) -> str:
    """The address of an act on the first template."""
    link = get(client, "/templates").soup.find("a", string=word)
    assert link is not None
    return str(link["href"])


def test_an_item_becomes_a_template_and_a_template_a_draft(college: Flask, as_: As) -> None:
    """Title with this year's number, requirement, units, level and days come along."""
    office = as_(OFFICE)
    item = draft(college, "A01", title="2026年元旦值班", level=2, deadline_days=10)
    link = get(office, f"/items/{item}").soup.find("a", string="存为模板")
    assert link is not None
    assert keep(office, str(link["href"]), name="元旦值班").status == 303
    assert kept(office) == kept(as_(OTHER)) == ["元旦值班"]
    assert kept(as_(UNIT)) == []
    college.extensions["portal.clock"] = Clock.standing_at(date(2027, 12, 1))
    office = as_(OFFICE)
    question = get(office, first(office, "立项"))
    assert "是否涉及国家秘密" in question.text
    page = get(office, str(question.soup.select(".db-act-buttons a")[0]["href"]))
    assert value(page, "title") == "2027年元旦值班"
    assert value(page, "deadline_days") == "10"
    sent = {**values_of(page.form("/items/new")), "save": ""}
    made = send(office, "/items/new", sent)
    assert made.location is not None
    assert stored(college, made.location).level == 2
    assert co_units(college, made.location) == {"后勤国资处", "学工部"}


def test_changed_and_deleted(college: Flask, as_: As) -> None:
    office = as_(OFFICE)
    unit = unit_id(college, "保卫处")
    for name in ("迎检", "慰问"):
        assert keep(office, name=name, title=f"{name}工作", lead_unit=unit).status == 303
    assert set(kept(office)) == {"迎检", "慰问"}
    address = first(office, "修改")
    name = value(get(office, address), "name")
    assert fill(office, address, address, {**DECLARED, "name": "春节值班"}).status == 303
    assert "春节值班" in kept(office)
    assert name not in kept(office)
    removal = f"{address}/removal"
    form = get(office, "/templates").form("/removal")
    assert send(office, str(form["action"]), values_of(form)).status == 303
    assert len(kept(office)) == 1
    stranger = as_(UNIT)
    assert get(stranger, address).status == 404
    own = values_of(get(stranger, NEW).form(NEW))
    assert send(stranger, removal, own).status == 404


WRONG = (
    ("name", "", "请填写模板名称。"), ("title", "", "请填写事项。"),
    ("lead_unit", "0", "请选择牵头单位。"), ("name", "迎检", "已有同名模板"),
    ("deadline_days", "0", "之间的天数"), ("title", "绝密值班", STOPPED),
    ("declared", [], "请勾选确认后再提交。"),
)  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "said"), WRONG)
def test_what_is_wrong_is_said(
    college: Flask, as_: As, field: str, typed: object, said: str
) -> None:
    office, unit = as_(OFFICE), unit_id(college, "保卫处")
    assert keep(office, name="迎检", title="迎检工作", lead_unit=unit).status == 303
    right: dict[str, object] = {"name": "慰问", "title": "慰问工作", "lead_unit": unit}
    answer = keep(office, **{**right, field: typed})
    assert (answer.status, said in answer.text) == (422, True)
    assert kept(office) == ["迎检"]


def test_a_sensitive_item_is_no_template(college: Flask, as_: As, database: Servers) -> None:
    """第二十一条."""
    item = draft(college, "A01")
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive'")
    office = as_(OFFICE)
    assert get(office, f"/items/{item}").soup.find("a", string="存为模板") is None
    assert get(office, f"{NEW}?item={item}").status == 422
    for address in (f"{NEW}?item=1", "/items/new?template=1"):
        assert get(office, address).status == 404


def test_who_drafts_nothing_keeps_none(as_: As) -> None:
    for address in ("/templates", NEW):
        assert get(as_("坤清祥"), address).status == 422


def test_last_years_item_moves_on_by_the_calendar(college: Flask, as_: As) -> None:
    """复制上年: the date a year on; a rest day becomes the next working day, and it is said."""
    item = draft(
        college, "A01", title="2026年征兵工作", level=3, deadline_kind="date", deadline_days=None,
        deadline_date=date(2026, 11, 27), deadline_basis="通知",
    )  # fmt: skip
    assert "复制上年" not in get(as_(OFFICE), f"/items/{item}").text
    college.extensions["portal.clock"] = Clock.standing_at(date(2027, 3, 1))
    office = as_(OFFICE)
    assert "复制上年" in get(office, f"/items/{item}").text
    page = get(office, f"/items/new?secret=no&copy={item}")
    assert value(page, "title") == "2027年征兵工作"
    assert value(page, "deadline_date") == "2027-11-29"
    assert "2027年11月27日为休息日，完成时限顺延至2027年11月29日，请核对。" in page.text
