"""Figures within a text: what is a field, what is refused, what is printed."""

from __future__ import annotations

import pytest

from portal.rooms.reports import drafting, fields

DATA = {
    "figures": {
        "filed": 22, "issued": 21, "closed": 6, "closed_rate": "28.6", "due": 10,
        "due_rate": "70.0", "on_time_rate": None, "pending": 1, "feedback_rate": "94.0",
        "overdue": 3, "extended": 2, "exempted": 0, "urged": 3, "urged_items": 2, "inspected": 0,
    },
    "balance": {"opening": 5, "entered": 22, "closed": 6, "exempted": 0, "void": 0, "open": 21},
    "done": {"issued": 21, "reports": 40, "comments": 3, "calls": 0, "closings": 7},
    "good_units": ["学工部", "科研处"],
    "good_items": [{"title": "新生{军训}", "unit": "学工部"}],
    "late_reports": [{"unit": "后勤国资处", "unit_id": 10, "missed": 4}],
    "late_shares": [],
    "unfinished": [
        {"title": "公寓供暖", "unit": "后勤国资处", "unit_id": 10, "days_over": 9,
         "cause": "设备{甲}未到货"},
        {"title": "章程修订", "unit": "科研处", "unit_id": 7, "days_over": 0, "cause": ""},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("立项{立项数}项，办结率{办结率}。", "立项22项，办结率28.6%。"),
        ("按时办结率{按时办结率}。", "按时办结率—。"),
        ("全角｛期末在办数｝项，{ 催办份数 }份。", "全角21项，3份。"),
        ("期末逾期{期末逾期数}项，未按期反馈{未按期反馈期数}期。", "期末逾期1项，未按期反馈4期。"),
    ],
)
def test_a_field_prints_its_figure(text: str, printed: str) -> None:
    assert fields.filled(text, DATA) == printed
    assert fields.wrong(text) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [("{立项}项", ["立项"]), ("{立项数项", ["{"]), ("立项数}", ["}"]), ("{a}{a}", ["a"])],
)
def test_what_is_no_field_is_named(text: str, named: list[str]) -> None:
    assert fields.wrong(text) == named


def test_a_paper_that_counts_nothing_has_no_fields() -> None:
    assert fields.wrong("{立项数}", counted=False) == ["立项数"]


def test_every_field_has_a_figure() -> None:
    """The list beside the editor: nothing in it fails, whatever was counted."""
    assert fields.values(DATA).keys() == fields.FIELDS.keys()


def test_the_first_wording_says_what_was_counted_and_what_units_stated() -> None:
    said = {name: fields.filled(text, DATA) for name, text in
            drafting.drafted("term_report", DATA).items()}  # fmt: skip
    assert "下达督办事项通知21次，转办落实校领导批示3条，" in said["practices"]
    assert "发出催办通知单3份，涉及2项" in said["practices"]
    assert said["good"].startswith("学工部、科研处到期事项全部按时办结")
    assert "“新生（军训）”（学工部）等事项提前办结" in said["good"], "braces others typed are none"
    assert "“公寓供暖”（后勤国资处），已逾期9天。" in said["overdue"]
    assert said["overdue"].endswith("承办单位反映：设备（甲）未到货。")
    assert said["late_reports"] == "反馈及时率94.0%，未按期反馈4期：后勤国资处4期。"
    assert said["coordination"] == "无。"
    assert all(fields.wrong(text) == [] for text in drafting.drafted("circular", DATA).values())
    assert "后勤国资处" not in "".join(drafting.drafted("circular", DATA).values())
