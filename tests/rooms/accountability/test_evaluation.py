"""年度评价表 (第二十二条, SPEC §6.3): for whom it is, and that only what was decided is in it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from portal.extensions import db
from portal.rooms.accountability import evaluation
from tests.pages import get
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE, OFFICE_HEAD, OFFICE_LEADER, SECRETARY
from tests.steps.knowledge.listing import sensitive
from tests.steps.urging import acts

As = Callable[[str], FlaskClient]
PAGE = "/accountability/evaluation"
SHEETS = ["单位", "个人", "逾期事项", "催办", "通报批评", "处理决定", "口径说明"]


@pytest.fixture
def actor(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID]
) -> Iterator[work.Casework]:
    """An item in work."""
    with college.app_context():
        found = work.Casework(college, draft_item(level=3, deadline_days=30))
        found.worker = worker
        found.to_work()
        yield found


def _rows(actor: work.Casework, name: str, year: int = 2026) -> list[tuple[object, ...]]:
    tables = evaluation.tables_of(actor.viewer(work.HR), year)
    return list(next(table.rows for table in tables if table.name == name))


def test_only_what_was_decided(actor: work.Casework) -> None:
    """Not while it is open, nor while an appeal is looked into; with words, use and minutes."""
    public_id = work.bring(actor, "suggested")
    assert _rows(actor, "处理决定") == []
    work.act(actor, "decide_case", public_id)
    ((unit, person, _title, criteria, measures, uses, minutes, _on, executed),) = _rows(
        actor, "处理决定"
    )
    assert (unit, person, executed) == ("安全保卫处", "", None)
    assert criteria == "未按办结时限完成且无正当理由"
    assert measures == "全校通报批评、年度考核等次（基本合格）"
    assert uses == "年度考核、选拔任用"
    assert minutes == "党委会　阿职党纪〔2026〕21号"
    assert _rows(actor, "处理决定", 2025) == []
    work.act(actor, "appeal", public_id)
    assert _rows(actor, "处理决定") == []


def test_what_was_noted_after_the_decision_is_not_judged(actor: work.Casework) -> None:
    work.bring(actor, "decided")
    assert work.raised(actor, criterion="A25-1")
    (row,) = _rows(actor, "处理决定")
    assert row[3] == "未按办结时限完成且无正当理由"


@pytest.mark.parametrize(("accepted", "said"), [(True, "是"), (False, "否"), (None, "未认定")])
def test_late_items(actor: work.Casework, accepted: bool | None, said: str) -> None:
    """With what was ruled on the unit's reason; the notice stands in a sheet of its own."""
    acts.issued(actor)
    if accepted is not None:
        acts.state_reason(actor)
        acts.rule(actor, accepted=accepted)
    ((unit, number, _title, _due, done, days, justified),) = _rows(actor, "逾期事项")
    assert (unit, done, days, justified) == ("安全保卫处", None, 1, said)
    assert str(number).startswith("阿职督办〔2026〕")
    ((_unit, notice, *_rest, state),) = _rows(actor, "催办")
    assert str(notice).startswith("阿职催办〔2026〕")
    assert state == "已下达待签收"


def test_a_unit_is_not_held_to_what_it_was_cleared_of(actor: work.Casework) -> None:
    """党政办 found a 正当理由 and dropped the clue: the sheet says 是, to those who get it."""
    acts.issued(actor)
    public_id = work.bring(actor, "checking")
    form = work.said(justified=True)
    work.act(actor, "drop_clue", public_id, form=form)
    assert [row[-1] for row in _rows(actor, "逾期事项")] == ["是"]
    _viewer, item = actor.item(OFFICE)
    asked = select(func.found_justified(item.id, item.lead_unit_id))
    assert db.session.scalar(asked) is False


@pytest.mark.parametrize(
    ("criterion", "named", "justified", "said"),
    [
        ("A25-2", False, True, "未认定"),
        ("A25-3", False, True, "未认定"),
        ("A24", True, True, "未认定"),
        ("A23", False, None, "未认定"),
        ("A23", False, False, "未认定"),
        ("A25-1", False, True, "是"),
    ],
)
def test_a_lateness_is_excused_by_a_clue_on_it_alone(
    actor: work.Casework, criterion: str, justified: bool | None, said: str, *, named: bool
) -> None:
    """Not by one on 敷衍塞责 or on a person that was found to be none, nor by one that did not
    hold."""
    acts.issued(actor)
    if criterion in ("A23", "A25-1"):
        public_id = work.raised(actor, criterion=criterion)
    else:
        person = work.person_id(HEAD) if named else None
        case = work.entered(
            actor, work.DISCIPLINE, work.said(), criterion=criterion, person_id=person
        )
        assert case is not None
        public_id = case.public_id
    work.act(actor, "check_clue", public_id)
    work.act(actor, "drop_clue", public_id, form=work.said(justified=justified))
    assert [row[-1] for row in _rows(actor, "逾期事项")] == [said]


def test_figures_are_those_of_the_indicators(actor: work.Casework) -> None:
    """One line a unit and a person that has any, in the official order."""
    acts.overdue(actor)
    assert {row[0] for row in _rows(actor, "单位")} >= {"安全保卫处", "后勤与国有资产管理处"}
    people = [row[0] for row in _rows(actor, "个人")]
    assert "邓涛" in people


def test_a_sensitive_item_is_in_no_sheet(college: Flask) -> None:
    """Also for one who is on its list (SPEC §7.5 rule 5)."""
    with sensitive(college, level=3, deadline_days=30) as known:
        known.to_work()
        acts.overdue(known)
        tables = evaluation.tables_of(known.viewer(OFFICE_HEAD), 2026)
        assert [table.rows for table in tables if table.name != "个人"] == [[], [], [], [], []]
        db.session.rollback()


def test_for_whom_it_is(college: Flask, as_: As) -> None:
    """组织人事部 and 纪委办; to others it is not there, nor years that are none."""
    assert college
    client = as_(work.HR)
    assert "年度评价表" in get(client, PAGE).text
    answer = client.get(f"{PAGE}.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == SHEETS
    assert "不含敏感事项" in str(book["口径说明"]["B6"].value)
    assert "年度评价表（2026年）" in get(client, "/ledger/exports").text
    for year in ("2022", "2027", "abc", "-1", "99999"):
        assert client.get(f"{PAGE}?year={year}").status_code == 404
    other = as_(work.DISCIPLINE)
    assert other.get(PAGE).status_code == 200
    book = load_workbook(io.BytesIO(other.get(f"{PAGE}.xlsx").data))
    assert book.sheetnames == [name for name in SHEETS if name != "个人"], "SPEC §6.2"
    for who in (OFFICE_HEAD, OFFICE, OFFICE_LEADER, SECRETARY, HEAD):
        other = as_(who)
        assert other.get(PAGE).status_code == 404, who
        assert other.get(f"{PAGE}.xlsx").status_code == 404, who
