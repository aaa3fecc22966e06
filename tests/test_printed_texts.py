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
PRINTED = {"title", "requirement", "source_ref", "deadline_basis", "opinion", "result_text"}
"""On annex 1 and 3, on notices."""
NOT_PRINTED = {"VoidForm.opinion", "CallForm.requirement"}
"""Why a gap of numbers is void stands in the register only, a call on the item's page."""


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
    """Of every form of an act, also of one that comes later."""
    assert college
    printed = {
        name: can_be_printed in field.kwargs["validators"]
        for name, field in texts_of_acts()
        if name.rpartition(".")[2] in PRINTED
    }
    assert len(printed) >= 20
    assert {name for name, looked in printed.items() if not looked} == NOT_PRINTED
