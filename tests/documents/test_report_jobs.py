"""反馈报告 of an item: which there are, for whom, as PDF and for Word (第十六条（五）)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import queued_work
from portal.documents import commands
from portal.documents.queries import sheets_of, standing
from portal.documents.table import fill
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document
from portal.steps.execution import commands as execution
from tests.documents.samples import text_of
from tests.documents.word.reading import text_of_word
from tests.pages import get
from tests.steps import entries
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    REPORT,
    Actor,
    at_work,
    intent,
    pass_days,
)
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
LABEL = "反馈报告（第1期）"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


def _reports(actor: Actor, who: str) -> dict[str, str]:
    """Kinds and names of the reports this person is offered."""
    lines = sheets_of(*actor.item(who))
    return {line.kind: line.label for line in lines if line.kind.startswith("feedback")}


def _read(actor: Actor) -> None:
    viewer, item = actor.item(OFFICE)
    execution.read(viewer, item, actor.reports()[-1], intent(item))


def _printed(actor: Actor, kind: str, who: str = LEADER) -> str:
    viewer, item = actor.item(who)
    sheet = fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, "阿坝职业学院")
    return str(sheet)


def test_a_report_is_printed_once_it_is_handed_in(college: Flask) -> None:
    """Not while its head has it; to whom reads it by opening it, after that alone."""
    with at_work(college) as actor:
        actor.report(HANDLER)
        assert _reports(actor, LEADER) == {}
        report = actor.reports()[-1]
        viewer, item = actor.item(HEAD)
        execution.confirm(viewer, item, report, intent(item))
        assert _reports(actor, LEADER) == {"feedback-1": LABEL}
        assert _reports(actor, HEAD) == {"feedback-1": LABEL}
        assert _reports(actor, OFFICE) == {}
        with pytest.raises(NotFound):
            standing(*actor.item(OFFICE), "feedback-1")
        _read(actor)
        assert _reports(actor, OFFICE) == {"feedback-1": LABEL}


def test_what_it_says_and_that_it_is_made_anew_after_it_came_back(college: Flask) -> None:
    with at_work(college) as actor:
        actor.report(HEAD)
        first = standing(*actor.item(LEADER), "feedback-1")
        said = _printed(actor, "feedback-1")
        for words in (
            "关于“冬季校园消防安全隐患集中排查整治”办理情况的报告（第1期）",
            "党政办公室",
            "安全保卫处",
            *(REPORT.measures, REPORT.progress, REPORT.effect, REPORT.problems),
            f"目前办理进度{REPORT.percent}%。",
            "datetime.date(2026, 11, 23)",
        ):
            assert words in said, words
        _read(actor)
        assert standing(*actor.item(LEADER), "feedback-1") == first
        viewer, item = actor.item(OFFICE)
        report = actor.reports()[-1]
        execution.send_back(viewer, item, report, "return_feedback", intent(item, "请补充数据。"))
        assert _reports(actor, LEADER) == {}
        actor.report(HEAD, fields=replace(REPORT, effect="整改17处。"))
        assert standing(*actor.item(LEADER), "feedback-1").as_of_id > first.as_of_id
        assert "整改17处。" in _printed(actor, "feedback-1")


def test_a_co_units_report_goes_to_the_lead_unit(college: Flask) -> None:
    """第八条; whoever may know of the item may print it."""
    with at_work(college) as actor:
        actor.receive(CO_HEAD, CO_UNIT)
        actor.report(CO_HEAD, CO_UNIT)
        assert _reports(actor, OFFICE) == {"feedback-1": "反馈报告（第1期，后勤国资处）"}
        said = _printed(actor, "feedback-1")
        assert "addressed=('安全保卫处',)" in said
        assert "name='后勤与国有资产管理处'" in said


def test_a_report_on_paper_bears_its_own_day(college: Flask) -> None:
    """代录: the day on the paper; its scan is the report itself, other files are named."""
    with at_work(college) as actor:
        pass_days(college, 2)
        files = (entries.scan("反馈原件.pdf"), entries.scan("隐患清单.v2.pdf"))
        entries.report(college, actor.public_id, paper_on=date(2026, 11, 24), files=files)
        said = _printed(actor, "feedback-1")
        assert "files=('隐患清单.v2',)" in said
        assert "datetime.date(2026, 11, 24)" in said


@pytest.mark.parametrize(
    "kind", ["feedback-2", "feedback-0", "feedback-01", "feedback-", "feedback-x", "feedback-12345"]
)
def test_there_is_no_other(college: Flask, kind: str) -> None:
    with at_work(college) as actor:
        actor.report(HEAD)
        with pytest.raises(NotFound):
            standing(*actor.item(LEADER), kind)


def test_pdf_and_word_copy_say_the_same(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """Asked for, made by the worker and fetched; the Word copy is made at once. 附件 1 has none."""
    with at_work(college) as actor:
        actor.report(HEAD)
        at = f"/items/{actor.public_id}"
    head = as_(HEAD)
    page = get(head, at)
    assert f"生成{LABEL}" in page.text
    for kind in ("feedback-1", "notice-BWC", "notices"):
        assert f'href="{at}/documents/{kind}.docx">下载 Word 版' in page.html
    assert f"{at}/documents/filing.docx" not in page.html
    assert head.get(f"{at}/documents/feedback-1.pdf").status_code == 202
    with worker.app_context():
        commands.make(asked.pop())
    with head.get(f"{at}/documents/feedback-1.pdf") as answer:
        pdf = text_of(answer.data)
    copy = head.get(f"{at}/documents/feedback-1.docx")
    assert copy.status_code == 200
    assert "attachment" in copy.headers["Content-Disposition"]
    assert copy.headers["Cache-Control"] == "no-store"
    for words in (REPORT.measures, REPORT.progress, "安全保卫处2026年11月23日"):
        assert words in pdf
        assert words in "".join(text_of_word(copy.data).split())
    assert head.get(f"{at}/documents/feedback-1.docx").data == copy.data
    notice = head.get(f"{at}/documents/notice-BWC.docx")
    assert "阿坝职业学院督办事项通知单" in text_of_word(notice.data)
    for kind in ("filing", "feedback-2", "notice-JWC", "x"):
        assert head.get(f"{at}/documents/{kind}.docx").status_code == 404
    with head.get(f"{at}/documents/feedback-1.pdf") as answer:
        assert "下载 Word 版" in get(head, at).text
    assert as_("周慎之").get(f"{at}/documents/feedback-1.docx").status_code == 404


def test_what_no_file_of_word_can_hold_is_said(college: Flask, as_: As) -> None:
    with at_work(college) as actor:
        actor.report(HEAD, fields=replace(REPORT, effect="整改\ufffe处。"))
        at = f"/items/{actor.public_id}"
    answer = as_(HEAD).get(f"{at}/documents/feedback-1.docx")
    assert answer.status_code == 422
    assert "U+FFFE" in answer.get_data(as_text=True)


def test_of_a_sensitive_item_a_co_unit_has_its_own_reports_alone(
    college: Flask, as_: As, asked: list[int]
) -> None:
    """SPEC §7.3: on the page, by address, in the database; every copy is logged and names who
    took it."""
    with sensitive(college) as actor:
        actor.to_work()
        actor.receive("覃燚", CO_UNIT)
        actor.report(HEAD)
        actor.report("覃燚", CO_UNIT)
        at = f"/items/{actor.public_id}"
        own, whole = {"feedback-2"}, {"feedback-1", "feedback-2"}
        may = {HEAD: whole, LEADER: whole, "覃燚": own, "余㛃": set(), "杨思源": whole}
        may["杨思源"] = own  # the first waits to be opened by 党政办
        for who, kinds in may.items():
            assert set(_reports(actor, who)) == kinds, who
        for kind in sorted(whole):
            commands.ask(*actor.item(HEAD), kind)
        for who, kinds in may.items():
            if who != "杨思源":
                actor.viewer(who)
                stored = db.session.scalars(select(Document.kind))
                assert {kind for kind in stored if kind.startswith("feedback")} == kinds, who
    for who, kinds in may.items():
        client = as_(who)
        found = {kind: client.get(f"{at}/documents/{kind}.docx") for kind in whole}
        assert {kind for kind, one in found.items() if one.status_code == 200} == kinds, who
    copy = as_(HEAD).get(f"{at}/documents/feedback-1.docx")
    stamp = docx.Document(io.BytesIO(copy.data)).sections[0].header.paragraphs[0].text
    assert stamp.startswith(f"{HEAD}　")
    assert "2026年11月23日" in stamp
    assert "反馈报告（第1期）（Word 版）" in get(as_("杨思源"), f"{at}/views").text
    assert len(asked) == 2
