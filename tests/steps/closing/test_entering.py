"""代录办结申请 (SPEC §8.4, 附件 3): the sheet the head has signed, and the signatures after it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, Closure
from portal.rulebook import closures, hand_ins
from portal.rulebook.refusals import Unmet
from portal.rulebook.workflow import Intent
from portal.steps.closing import commands as closing
from portal.steps.closing import returns
from portal.steps.paper import commands as paper
from tests.attachments.kept import given
from tests.pages import get, send, values_of
from tests.stages import as_of, bring, intent, item_of, person, tomorrow
from tests.steps import entries
from tests.steps.acting import HANDLER, HEAD, REASON, Actor
from tests.steps.paper import sheet

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]


@pytest.fixture
def working(college: Flask, draft_item: New) -> Iterator[Actor]:
    """An item in work since 23 November, three days later."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        tomorrow(college, 3)
        yield Actor(college, public_id)


def _enter(actor: Actor, **given: Any) -> None:
    entries.close(actor.app, actor.public_id, **{"paper_on": date(2026, 11, 25), **given})


def _closure() -> Closure:
    query = select(Closure).order_by(Closure.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def test_it_fills_the_head_s_box(working: Actor) -> None:
    """One sheet, one entry: handed in on the paper's day, blue from now."""
    _enter(working)
    _viewer, item = working.item()
    assert (item.state, item.blue) == ("closing_sign", True)
    box = sheet.slot(item, "confirm_close")
    assert (box.state, box.via, box.paper_on) == ("agreed", "paper", date(2026, 11, 25))
    assert (box.person_id, box.entered_by_id) == (person(HEAD), person("何玉萍"))
    assert closures.rounds_of(item)[-1].handed_in_at == hand_ins.handed_in_at(item)
    assert (_closure().via, _closure().written_by_id) == ("paper", person(HEAD))


def test_the_rest_is_signed_on_paper_too(working: Actor) -> None:
    """附件 3 from end to end by 代录, one sheet a step; then it is struck off, on time."""
    _enter(working)
    day = date(2026, 11, 26)
    for step, name, role in (
        ("sign_close", "坤清祥", ""), ("check_close", "杨思源", ""), ("review_close", "余茂春", ""),
        ("read_close", "向维岷", "secretary"), ("read_close", "三郎泽里", "president"),
    ):  # fmt: skip
        viewer, item = working.item()
        sheet.enter(working.app, viewer, item, sheet.entry(item, step, name, day, role=role))
    viewer, item = working.item()
    assert item.state == "closing_filing"
    closing.close(viewer, item, intent(item))
    assert (_closure().on_time, _closure().completed_on) == (True, date(2026, 11, 25))


def test_the_head_objects_and_the_box_is_asked_again(working: Actor) -> None:
    """The same machinery as for every signature on paper."""
    _enter(working)
    viewer, item = working.item(HEAD)
    paper.contest(viewer, item, sheet.slot(item, "confirm_close"), intent(item, REASON))
    item = item_of(as_of(working.app, "何玉萍"), working.public_id)
    assert item.state == "closing_unit"
    assert sheet.slot(item, "confirm_close").state == "open"
    viewer, item = working.item(HEAD)
    returns.withdraw(viewer, item, intent(item))
    assert item_of(viewer, working.public_id).state == "in_progress"


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"signer": HANDLER}, "signer_id"),
    ({"signer": "何玉萍"}, "signer_id"),
    ({"paper_on": date(2026, 11, 27)}, "paper_on"),
    ({"paper_on": date(2026, 11, 22)}, "paper_on"),
    ({"files": ()}, "files"),
    ({"without_co_units": False}, "without_co_units"),
)


def test_what_does_not_hold_is_said_at_its_field(working: Actor) -> None:
    """It bears the head's own name and a day on which it could be written."""
    for wrong, field in WRONG:
        with pytest.raises(Unmet) as refused:
            _enter(working, **wrong)
        db.session.rollback()
        assert field in refused.value.fields, wrong
        assert working.item()[1].state == "in_progress"


def test_what_was_sent_back_is_handed_in_after_that(working: Actor) -> None:
    """SPEC §3.7: no sheet of before 退回补正 counts as its supplement."""
    _enter(working)
    viewer, item = working.item("坤清祥")
    returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
    with pytest.raises(Unmet) as refused:
        _enter(working)
    db.session.rollback()
    assert "退回" in refused.value.reason
    _enter(working, paper_on=date(2026, 11, 26))
    assert [run.state for run in db.session.scalars(select(Approval).order_by(Approval.id))][
        -2:
    ] == ["returned", "open"]


def test_a_double_click_is_one_application(working: Actor) -> None:
    viewer, item = working.item()
    once = Intent(item.version, uuid.uuid4())
    for _ in range(2):
        closing.enter_close(
            viewer, item, "已整改。", entries.entry(HEAD), once,
            declared=True, without_co_units=True, files=(entries.scan(),),
        )  # fmt: skip
    assert len(db.session.scalars(select(Closure)).all()) == 1


def test_only_the_office_types_it_in(working: Actor) -> None:
    for name in ("杨思源", HEAD, HANDLER, "坤清祥"):
        with pytest.raises(NotOffered):
            _enter(working, by=name)
        db.session.rollback()


def test_the_page(college: Flask, as_: As, draft_item: New) -> None:
    """The link, the form, the scan; without it everything typed comes back."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        head = str(person(HEAD))
    office, address = as_("何玉萍"), f"/items/{public_id}/closing/entry"
    assert "代录办结申请" in get(office, f"/items/{public_id}").text
    assert "代录办结申请" not in get(as_("杨思源"), f"/items/{public_id}").text
    assert get(as_("杨思源"), address).status == 422
    form = get(office, address).form("/closing/entry")
    typed: dict[str, object] = {
        **values_of(form), "signer_id": head, "paper_on": "2026-11-23",
        "result_text": "隐患已全部整改。", "without_co_units": "y", "declared": "y",
    }  # fmt: skip
    refused = send(office, address, {**typed, "files": given(("", b""))})
    assert refused.status == 422
    assert "请上传扫描件或文件。" in refused.text
    assert "隐患已全部整改。" in refused.html
    sent = {**typed, "key": str(uuid.uuid4()), "files": given(("申请.pdf", entries.SHEET))}
    assert send(office, address, sent).status == 303
    shown = get(as_(HANDLER), f"/items/{public_id}")
    assert shown.text.count("纸质申请，何玉萍代录") == 2
    assert "纸质签批，何玉萍代录" in shown.text
    assert shown.soup.find("a", string="扫描件") is not None
