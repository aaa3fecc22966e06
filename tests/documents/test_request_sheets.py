"""延期督办申请表, 免于督办审批表 and 督办事项调整单 as they are printed (第十九条, SPEC §5.1)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from portal.documents.queries import sheets_of, standing
from portal.documents.render import render
from portal.documents.sheets import RequestSheet
from portal.documents.table import fill
from portal.errors import NotFound
from tests.documents.samples import squeezed, text_of
from tests.people import draft
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE_HEAD, OFFICE_LEADER, Actor
from tests.steps.changes import proposing
from tests.steps.extending import asking

LEVEL3 = {"level": 3, "deadline_kind": "days", "deadline_days": 30}


def _filled(actor: Actor, kind: str) -> RequestSheet:
    viewer, item = actor.item()
    sheet = fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, "阿坝职业学院")
    assert isinstance(sheet, RequestSheet)
    return sheet


def _printed(actor: Actor, kind: str) -> str:
    sheet = _filled(actor, kind)
    pdf = render("request", sheet)
    assert pdf == render("request", sheet)
    return squeezed(text_of(pdf))


def test_the_form_of_an_extension(college: Flask) -> None:
    """What was asked and why, its evidence, who signed, what was decided; printed anew after each
    signature, two forms side by side."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01", **LEVEL3))
        actor.to_work()
        asking.ask(actor, HANDLER, new_due=date(2027, 1, 8), files=asking.evidence())
        viewer, item = actor.item()
        before = standing(viewer, item, "extension-1")
        empty = _printed(actor, "extension-1")
        for said in ("阿坝职业学院延期督办申请表", asking.WHY, asking.SO_FAR, "交通管制通告.pdf",
                     "完成时限延至2027年1月8日前", "最迟申请时间"):  # fmt: skip
            assert squeezed(said) in empty, said
        assert "办理结果" in empty
        asking.agree(actor, "sign_extension", HEAD, "情况属实。")
        asking.agree(actor, "agree_extension", LEADER)
        asking.agree(actor, "check_extension", OFFICE_HEAD)
        viewer, item = actor.item()
        assert standing(viewer, item, "extension-1").as_of_id > before.as_of_id
        full = _printed(actor, "extension-1")
        for said in ("情况属实。", HEAD, LEADER, OFFICE_HEAD, "同意延期至2027年1月8日前"):
            assert squeezed(said) in full, said
        asking.ask(actor, kind="exempt")
        viewer, item = actor.item()
        labels = [line.label for line in sheets_of(viewer, item)]
        assert "延期督办申请表（第1次）" in labels
        assert "免于督办审批表（第2次）" in labels
        assert "办结备案单" not in labels  # nobody has asked for 办结
        assert squeezed("阿坝职业学院免于督办审批表") in _printed(actor, "extension-2")


def test_the_sheet_of_a_change(college: Flask) -> None:
    """督办事项调整单: each element before and after, and above them the item as it was, also once
    all have agreed and printed anew after the next change."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01", **LEVEL3))
        actor.to_work()
        words = "排查全部楼栋，建立三张清单。"
        proposing.propose(college, actor.public_id, "adjust", requirement=words)
        text = _printed(actor, "adjustment-1")
        for said in ("督办事项调整单", f"调整后：{words}", proposing.REASON):
            assert squeezed(said) in text, said
        for act, who in (("sign_adjust", LEADER), ("review_adjust", OFFICE_LEADER)):
            proposing.agree(college, actor.public_id, act, who)
        proposing.propose(college, actor.public_id, "reassign", lead="JWC", co=("BWC",))
        for who in (LEADER, "解学农"):
            proposing.agree(college, actor.public_id, "agree_reassign", who)
        for kind in ("adjustment-1", "adjustment-2"):
            halves = dict(_filled(actor, kind).halves)
            assert (halves["承办单位"], halves["责任校领导"]) == ("安全保卫处", LEADER), kind
            assert halves["提出日期"] == "2026年11月23日"
        text = _printed(actor, "adjustment-2")
        assert squeezed("调整前：保卫处") in text
        assert squeezed("调整后：教务处") in text


@pytest.mark.parametrize(
    "kind", ["extension-0", "extension-01", "extension-1", "extension-x", "adjustment-1"]
)
def test_there_is_no_other(college: Flask, kind: str) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01", **LEVEL3))
        actor.to_work()
        viewer, item = actor.item()
        with pytest.raises(NotFound):
            standing(viewer, item, kind)
