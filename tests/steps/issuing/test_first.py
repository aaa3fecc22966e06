"""先交办后补签 (第十五条, SPEC T40): the units start at once, signatures and the number follow."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents.queries import sheets_of
from portal.documents.table import fill as fill_sheet
from portal.extensions import db
from portal.models import Event, Item, ItemUnit
from portal.rulebook.guards import Consent
from portal.rulebook.refusals import Unmet
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.conftest import ANCHOR
from tests.pages import Page, fill, get
from tests.stages import LEADERS, as_of, intent, item_of, person, tomorrow

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
LEADER, OFFICE_HEAD = "坤清祥", "杨思源"


def _first(
    college: Flask, public_id: uuid.UUID, who: str = LEADER, at: timedelta = timedelta(0),
    channel: str = "phone",
) -> None:  # fmt: skip
    now = college.extensions["portal.clock"].now()
    consent = Consent(person(who), now + at, channel)
    viewer = as_of(college, OFFICE_HEAD)
    item = item_of(viewer, public_id)
    issuing.issue_first(viewer, item, intent(item), declared=True, consent=consent)


def _file(college: Flask, public_id: uuid.UUID) -> Item:
    viewer = as_of(college, "何玉萍")
    item = item_of(viewer, public_id)
    registration.file(viewer, item, intent(item), word="阿职督办", release=True)
    return item_of(as_of(college, "何玉萍"), public_id)


def test_the_units_start_at_once(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert (item.state, item.supplementary, item.issued_on) == ("in_progress", True, ANCHOR)
        assert item.due_original == item.due_effective == item.due is not None
        shares = db.session.query(ItemUnit).filter_by(item_id=item.id).all()
        assert {share.state for share in shares} == {"received"}
        assert all(share.received_at and not share.deemed for share in shares)


def test_the_number_waits_for_the_last_signature(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
        for act, who in LEADERS.items():
            with pytest.raises(Unmet, match="尚未补齐"):
                _file(college, public_id)
            db.session.rollback()
            viewer = as_of(college, who)
            item = item_of(viewer, public_id)
            signing.sign(viewer, item, act, intent(item))
        item = _file(college, public_id)
        assert (item.doc_year, item.doc_seq, item.filed_on) == (2026, 1, ANCHOR)
        assert (item.state, item.supplementary) == ("in_progress", False)


def test_the_leader_must_have_agreed_by_word(college: Flask, draft_item: Draft) -> None:
    """第十五条: who, when and how; not another leader, not tomorrow, not in a way unheard of."""
    public_id = draft_item("A01")
    later = timedelta(minutes=5)
    with college.app_context():
        for given, field in (
            ({"who": "解学农"}, "consent_by"), ({"who": OFFICE_HEAD}, "consent_by"),
            ({"at": later}, "consent_at"), ({"channel": "letter"}, "consent_at"),
        ):  # fmt: skip
            with pytest.raises(Unmet) as refused:
                _first(college, public_id, **given)
            assert (set(refused.value.fields), refused.value.article) == ({field}, "15")
            db.session.rollback()
        viewer = as_of(college, OFFICE_HEAD)
        item = item_of(viewer, public_id)
        with pytest.raises(Unmet, match="口头同意"):
            issuing.issue_first(viewer, item, intent(item), declared=True, consent=None)


def test_only_what_is_urgent_or_by_telephone(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A03")
    with college.app_context(), pytest.raises(Unmet, match="一级事项"):
        _first(college, public_id)


def test_from_the_page_to_the_number(college: Flask, draft_item: Draft, as_: As) -> None:
    """党政办主任 hands it out, the leaders sign afterwards, the office numbers it: each page says
    what is still missing, and until when."""
    address = f"/items/{draft_item('A01')}"
    sent = fill(as_(OFFICE_HEAD), address, "/notice/first", {"declared": "y"})
    assert sent.status == 303
    page = get(as_(LEADER), address)
    said = "签批和编号应于2026年11月25日前补齐，余2天。尚待：分管领导审签、"
    assert said + "党政办分管领导审核、学校主要领导审定院长、编号备案。" in _words(page)
    assert "立项签批（补签）" in page.text
    assert page.soup.select_one(".db-step-fact").get_text() == "补签中"
    assert "电话同意先行交办" in page.soup.select_one(".db-timeline").get_text()
    assert "补签期限11月25日，余2天" in get(as_(LEADER), "/todo").text
    for who in LEADERS.values():
        assert fill(as_(who), address, "/signature").status == 303
    assert "尚待：编号备案。" in get(as_("何玉萍"), address).text
    assert "补签期限11月25日，余2天" in get(as_("何玉萍"), "/todo").text
    assert fill(as_("何玉萍"), address, "/filing").status == 303
    page = get(as_("何玉萍"), address)
    assert "补齐" not in page.text
    assert "阿职督办〔2026〕1号" in page.text


def _words(page: Page) -> str:
    return "".join(page.text.split())


def test_what_is_overdue_says_so(college: Flask, draft_item: Draft, as_: As) -> None:
    """On the last day it is due today, the day after it is overdue."""
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
    tomorrow(college, 2)
    assert "补签期限11月25日，今天到期" in get(as_(LEADER), "/todo").text
    tomorrow(college)
    page = get(as_(LEADER), f"/items/{public_id}")
    assert "签批和编号应于2026年11月25日前补齐，逾期1天" in _words(page)
    todo = get(as_(LEADER), "/todo").soup
    assert "补签期限11月25日，逾期1天" in todo.select_one(".db-cell-note.db-urgent").get_text()


def test_the_sheets_of_what_was_handed_out_first(college: Flask, draft_item: Draft) -> None:
    """The strip of the notice says how the unit was told; annex 1 can be printed for signing by
    hand at once, and has the office's box filled after the number."""
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
        viewer, item = as_of(college, "何玉萍"), item_of(as_of(college, "何玉萍"), public_id)
        notice = fill_sheet(viewer, item, "notice-BWC", _last(item), "阿坝职业学院")
        assert notice.receipt.person == "先行交办（先交办后补签）"
        assert notice.receipt.at.startswith("2026年11月23日")
        assert notice.asks.startswith("已先行交办，请承办单位立即办理并明确承办人；不能按期办结的")
        assert "filing" in {sheet.kind for sheet in sheets_of(viewer, item)}
        for act, who in LEADERS.items():
            viewer = as_of(college, who)
            signing.sign(
                viewer, item_of(viewer, public_id), act, intent(item_of(viewer, public_id))
            )
        item = _file(college, public_id)
        viewer = as_of(college, "何玉萍")
        annex = fill_sheet(viewer, item, "filing", _last(item), "阿坝职业学院")
        assert (annex.filing.name, annex.filing.date) == ("何玉萍", date(2026, 11, 23))


def _last(item: Item) -> int:
    return db.session.scalars(
        select(Event.id).where(Event.item_id == item.id).order_by(Event.id.desc()).limit(1)
    ).one()


def test_a_double_click_hands_out_once(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context():
        consent = Consent(person(LEADER), college.extensions["portal.clock"].now(), "in_person")
        viewer = as_of(college, OFFICE_HEAD)
        item = item_of(viewer, public_id)
        sent = intent(item)
        for _ in range(2):
            issuing.issue_first(viewer, item, sent, declared=True, consent=consent)
        acts = db.session.scalars(select(Event.act).where(Event.act == "issue_first")).all()
        assert acts == ["issue_first"]


def test_only_by_the_head_of_the_office_and_in_earnest(
    college: Flask, draft_item: Draft, as_: As
) -> None:
    """No form for others or for what is not urgent; a forged one changes nothing."""
    urgent, other = f"/items/{draft_item('A01')}", f"/items/{draft_item('A03')}"
    client = as_(OFFICE_HEAD)
    for address, who in ((urgent, "何玉萍"), (other, OFFICE_HEAD)):
        forms = get(as_(who), address).actions()
        assert not [form for form in forms if form.endswith("/notice/first")]
    for forged in (
        {"declared": "n", "consent_at": ""}, {"declared": "y", "consent_at": "2026-11-23T25:00"},
        {"declared": "y", "channel": "x"}, {"declared": "y", "consent_by": "999999"},
        {"declared": "y", "opinion": "机密★"}, {},
    ):  # fmt: skip
        assert fill(client, urgent, "/notice/first", forged).status == 422, forged
    with college.app_context():
        as_of(college, "何玉萍")
        assert set(db.session.scalars(select(Item.state))) == {"draft"}
