"""Values no browser sends, by people who are signed in: a page of the portal, never a 500."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.extensions import db
from tests.attachments import files
from tests.attachments.kept import given
from tests.pages import fill, get, send, values_of
from tests.people import csrf
from tests.steps.acting import HEAD, OFFICE, REPORT, at_work
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
HUGE = "9" * 30


@pytest.fixture
def submitted(college: Flask, as_: As, draft_item: Draft) -> str:
    """The address of an item that waits for 审签."""
    public_id = draft_item("A01")
    walk(college, as_, public_id, LINE[:1])
    return f"/items/{public_id}"


@pytest.mark.parametrize("seen", [HUGE, "-1", "一", str(2**31)])
def test_a_version_no_item_has_is_a_broken_form(as_: As, submitted: str, seen: str) -> None:
    answer = fill(as_("坤清祥"), submitted, "/signature", {"seen": seen, "opinion": "同意。"})
    assert answer.status == 422
    assert "表单已失效" in answer.text
    assert "同意。" in answer.html, "what was typed stays"


@pytest.mark.parametrize("kind", ["notice-%00", "notice-BWC%00", "notice-", "notice-%0A"])
def test_a_sheet_that_is_none_is_not_found(as_: As, submitted: str, kind: str) -> None:
    office = as_(OFFICE)
    assert office.get(f"{submitted}/documents/{kind}.pdf").status_code == 404
    data = {"csrf_token": csrf(office, "/account/password")}
    assert send(office, f"{submitted}/documents/{kind}", data).status == 404


def test_a_report_of_no_unit_or_with_reports_of_nobody(college: Flask, as_: As) -> None:
    """The unit in the address; a report of another item, a hidden and a missing one alike."""
    with at_work(college) as other:
        foreign = other.report(HEAD).id
    with at_work(college) as actor:
        page = f"/items/{actor.public_id}/feedback"
    head = as_(HEAD)
    assert head.get(f"{page}/new?unit=%00").status_code == 404
    typed = {
        "measures": REPORT.measures, "progress": REPORT.progress, "next_steps": REPORT.next_steps,
        "percent": "60", "declared": "y",
    }  # fmt: skip
    said = set()
    for merged in (str(foreign), "999999999999", HUGE):
        answer = fill(head, f"{page}/new", "/feedback", {**typed, "merged": merged})
        assert answer.status == 422
        said.add("所选协办反馈不属于本事项" in answer.text)
    assert said == {True}
    answer = fill(head, f"{page}/new", "/feedback", {**typed, "point": HUGE})
    assert answer.status == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31"])
def test_a_paper_of_a_day_no_clock_has(as_: As, submitted: str, day: str) -> None:
    office = as_(OFFICE)
    form = get(office, f"{submitted}/paper").form("/paper")
    box = next(name for name in values_of(form) if name.endswith("-paper_on"))
    signers = form.find("select", attrs={"name": box.replace("paper_on", "signer_id")})
    typed = {
        **values_of(form), box: day, box.replace("paper_on", "opinion"): "同意。",
        box.replace("paper_on", "signer_id"): signers.find_all("option")[1]["value"],
        "declared": "y", "files": given(("审签.pdf", files.pdf())),
    }  # fmt: skip
    assert send(office, f"{submitted}/paper", typed).status == 422


def test_who_types_in_no_papers_is_told_so_before_anything_is_looked_up(
    college: Flask, as_: As, submitted: str
) -> None:
    """Days of boxes that are none are not read: each would ask who held an office then."""
    run = values_of(get(as_(OFFICE), f"{submitted}/paper").form("/paper"))["run"][0]
    days = {f"x{number}-paper_on": f"{1950 + number}-01-01" for number in range(60)}
    counts = {}
    for who in ("坤建军", OFFICE):
        client = as_(who)
        data = {"csrf_token": csrf(client, "/account/password"), "run": run, **days}
        with college.app_context():
            engine = db.engine
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)  # noqa: B023 - of this round

        event.listen(engine, "before_cursor_execute", note)
        answer = send(client, f"{submitted}/paper", data)
        event.remove(engine, "before_cursor_execute", note)
        assert answer.status == 422
        counts[who] = len(asked)
    assert counts["坤建军"] < 30, counts
    assert counts[OFFICE] < 150, counts


def test_no_line_of_the_log_is_forged(
    college: Flask, as_: As, submitted: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An error names the address; its control characters are written out."""
    office = as_(OFFICE)
    college.config["PROPAGATE_EXCEPTIONS"] = False
    college.testing = False

    def fails(**_address: object) -> str:
        raise RuntimeError

    college.view_functions["documents.pdf"] = fails
    caplog.set_level(logging.ERROR)
    answer = office.get(f"{submitted}/documents/x%0A[1] [INFO] forged%1B[31m.pdf")
    assert answer.status_code == 500
    assert "forged" in caplog.text
    for line in caplog.messages:
        assert line.isprintable(), repr(line)
