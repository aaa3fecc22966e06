"""What no face can print is named at the field, before anybody signs (SPEC §5.1)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.printed_texts import can_be_printed
from tests.pages import fill
from tests.test_main_line import LINE, walk
from tests.test_scanned_forms import texts_of_acts

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
OF_TABLES = {"VoidForm", "YearForm", "OwnForm", "HistoryForm"}
"""Why a gap of numbers is void stands in the register only, the college's days in the calendar."""
NOT_PRINTED = {
    "VoidUrgeForm.consent", "CopyForm.location", "KeepingForm.location",
    "TemplateForm.name", "PaperForm.words", "GivenForm.reason",
    "UnitForm.aliases", "NewUnitForm.aliases", "PersonForm.readings", "NewPersonForm.readings",
}  # fmt: skip
"""目录 and 办理过程 of an archive package alone have the first, with 〓 for what no face has. Names
of templates, words of minutes (what is drafted from them is looked at), why somebody acts for
another, other names of units and readings of names stand on no sheet."""


@pytest.mark.parametrize(
    ("typed", "named"),
    [("同意👍", "「👍」（U+1F44D）"), ("请𠮷办理", "「𠮷」（U+20BB7）"), ("同意，请办理。", "")],
)
def test_an_opinion_no_face_can_print_is_refused_at_its_field(
    college: Flask, as_: As, draft_item: Draft, typed: str, named: str
) -> None:
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[:1])
    answer = fill(as_("坤清祥"), f"/items/{public_id}", "/signature", {"opinion": typed})
    assert answer.status == (422 if named else 303)
    if named:
        field = answer.soup.find("textarea", attrs={"name": "opinion"})
        assert f"以下字符无法打印，请改用其他写法：{named}。" in answer.text
        assert field.get_text().strip() == typed, "what was typed is there to be mended"


def test_every_text_that_is_printed_is_looked_at(college: Flask) -> None:
    """Of every form of an act, also of one that comes later: a sheet that cannot be set keeps the
    item from its archive for ever."""
    assert college
    looked_at, unseen = set(), set()
    for name, field in texts_of_acts():
        if name.partition(".")[0] in OF_TABLES:
            continue
        found = looked_at if can_be_printed in field.kwargs["validators"] else unseen
        found.add(name)
    assert unseen == NOT_PRINTED
    assert {"ReportForm.progress", "PlanForm.title_8", "CallForm.reply"} <= looked_at
