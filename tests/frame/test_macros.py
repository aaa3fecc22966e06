"""The parts of pages: words beside colours, dates and numbers as the office writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from portal import filters
from portal.filters import unbroken
from portal.frame import Light, Opinion, Step, TimelineEntry

TODAY = date(2026, 11, 23)


def parsed(app: Flask, source: str, **values: object) -> BeautifulSoup:
    """A snippet of a template, rendered and parsed."""
    with app.test_request_context("/"):
        return BeautifulSoup(render_template_string(source, **values), "html.parser")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("green", "正常"),
        ("yellow", "临期"),
        ("red", "逾期"),
        ("blue", "待审"),
        ("grey", "已结"),
        (Light("red", "逾期3天"), "逾期3天"),
        (Light("grey", "未交办"), "未交办"),
    ],
)
def test_light_always_has_its_word(frame_app: Flask, given: object, words: str) -> None:
    source = '{% from "macros/basics.html" import light %}{{ light(given) }}'
    page = parsed(frame_app, source, given=given)
    assert page.get_text().strip() == words
    assert page.select_one(".db-light-mark[aria-hidden=true]")


def test_unknown_light_is_an_error(frame_app: Flask) -> None:
    source = '{% from "macros/basics.html" import light %}{{ light("orange") }}'
    with pytest.raises(Exception, match="orange"):
        parsed(frame_app, source)


@pytest.mark.parametrize(
    ("day", "today", "words"),
    [
        (date(2026, 11, 24), TODAY, "11月24日"),
        (date(2026, 11, 3), None, "11月3日"),
        (date(2027, 1, 5), TODAY, "2027年1月5日"),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), TODAY, "2027年1月1日"),
    ],
)
def test_dates(day: date, today: date | None, words: str) -> None:
    assert filters.short_date(day, today) == words


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.full_date(datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001 (the case under test)


@pytest.mark.parametrize(
    ("due", "words"),
    [(30, "余7天"), (24, "余1天"), (23, "今天到期"), (20, "逾期3天")],
)
def test_remaining(due: int, words: str) -> None:
    assert filters.remaining(date(2026, 11, due), TODAY) == words


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("阿职督办〔2026〕18号", "〔2026〕18号"),
        ("〔2026〕18号", "〔2026〕18号"),
        ("未编号", "未编号"),
    ],
)
def test_short_number(number: str, short: str) -> None:
    assert filters.short_number(number) == short


def test_sizes_and_weekdays() -> None:
    assert [filters.file_size(n) for n in (900, 190_464, 1_363_149)] == [
        "900 B",
        "186 KB",
        "1.3 MB",
    ]
    assert filters.weekday(TODAY) == "周一"


def test_opinion_words_first_then_name(frame_app: Flask) -> None:
    given = Opinion("分管领导审签", "同意。", "陈铉", TODAY, on_behalf="解学农", paper="何玉萍")
    source = '{% from "macros/records.html" import opinion %}{{ opinion(given, today) }}'
    text = parsed(frame_app, source, given=given, today=TODAY).select_one("p").get_text()
    assert "".join(text.split()) == "同意。陈铉（代解学农）纸质签批，何玉萍代录"


def test_void_entry_is_struck_through_with_its_reason(frame_app: Flask) -> None:
    entry = TimelineEntry("阿职催办〔2026〕4号", TODAY, void_reason="催办有误")
    source = '{% from "macros/records.html" import timeline %}{{ timeline(entries, today) }}'
    page = parsed(frame_app, source, entries=[entry], today=TODAY)
    assert page.select_one("del").get_text() == "阿职催办〔2026〕4号"
    assert "催办有误" in page.get_text()
    assert "已作废" in page.get_text()


def test_step_bar_says_its_states_aloud(frame_app: Flask) -> None:
    steps = [Step("立项", "done"), Step("交办", "current"), Step("承办", "running"), Step("办结")]
    source = '{% from "macros/records.html" import step_bar %}{{ step_bar(steps) }}'
    page = parsed(frame_app, source, steps=steps)
    said = [label.get_text() for label in page.select(".db-step-label")]
    assert said == ["立项，已完成", "交办，当前环节", "承办，同时进行", "办结，未到"]
    assert len(page.select("[aria-current=step]")) == 1


def test_texts_are_escaped(frame_app: Flask) -> None:
    source = """{% from "macros/basics.html" import person, state_badge, ground, doc_no %}
    {{ person(x, x) }}{{ state_badge(x) }}{{ ground(x, "/a?b=" ~ x) }}{{ doc_no(x) }}"""
    page = parsed(frame_app, source, x='"><script>alert(1)</script>')
    assert not page.select("script")


class Sample(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """Fields of three kinds."""

    class Meta:
        csrf = False

    title = StringField("事项", description="一事一项")
    result = TextAreaField("成效")
    agreed = BooleanField("本人承诺")
    seen = HiddenField()


FIELDS = """{% from "macros/forms.html" import field, error_summary %}
{{ error_summary(form) }}
{{ field(form.title) }}{{ field(form.result) }}{{ field(form.agreed) }}"""


def test_fields_in_error_are_linked_and_described(frame_app: Flask) -> None:
    with frame_app.test_request_context("/"):
        form = Sample(formdata=None, data={"result": "已填"})
    form.title.errors = ["请填写事项。"]
    page = parsed(frame_app, FIELDS, form=form)
    control = page.select_one("#title")
    assert control["aria-invalid"] == "true"
    assert [page.find(id=name) is not None for name in control["aria-describedby"].split()] == [
        True,
        True,
    ]
    assert [link["href"] for link in page.select("[role=alert] a")] == ["#title"]
    assert "有1处需要补充：事项。" in page.select_one("[role=alert]").get_text()
    assert page.select_one("#result").get_text().strip() == "已填"
    assert page.select_one("label[for=agreed]")


def test_the_declaration_is_named_last_as_it_stands(frame_app: Flask) -> None:
    """Forms inherit 保密确认 before their own fields."""

    class Declared(FlaskForm):
        declared = BooleanField("确认")
        title = StringField("事项")

    with frame_app.test_request_context("/"):
        form = Declared(formdata=None)
    form.declared.errors, form.title.errors = ["请勾选。"], ["请填写事项。"]
    source = '{% from "macros/forms.html" import error_summary %}{{ error_summary(form) }}'
    links = parsed(frame_app, source, form=form).select("[role=alert] a")
    assert [link["href"] for link in links] == ["#title", "#declared"]


def test_no_error_no_summary(frame_app: Flask) -> None:
    with frame_app.test_request_context("/"):
        form = Sample(formdata=None)
    assert not parsed(frame_app, FIELDS, form=form).select("[role=alert]")


def test_errors_of_hidden_fields_and_of_the_form_are_said(frame_app: Flask) -> None:
    with frame_app.test_request_context("/"):
        form = Sample(formdata=None)
    form.seen.errors = ["页面已过期。"]
    form.form_errors.append("请先指定承办人。")
    page = parsed(frame_app, FIELDS, form=form)
    assert [p.get_text() for p in page.select("[role=alert] p")] == [
        "请先指定承办人。",
        "页面已过期。",
    ]


def test_the_frame_by_viewer(frame: FlaskClient) -> None:
    page = BeautifulSoup(frame.get("/form").data, "html.parser")
    assert page.select_one(".db-me-name").get_text() == "何玉萍"
    assert page.select_one(".db-side [aria-current=page]").get_text().strip() == "工作台"
    assert [count.get_text() for count in page.select(".db-side .db-count")] == ["6件"]
    assert page.select_one("form[action='/logout'][method=post] [name=csrf_token]")
    assert "演示日期2026年11月23日" in page.get_text()
    assert "数据时间 2026年11月23日 10:20" in page.get_text()


def test_the_frame_without_viewer(frame: FlaskClient) -> None:
    page = BeautifulSoup(frame.get("/form?as=nobody").data, "html.parser")
    assert "严禁处理、存储、传输国家秘密" in page.get_text()
    assert not page.select(".db-side, .db-phone, .db-me, .db-search")


def test_ids_are_unique_on_the_page_of_parts(frame: FlaskClient) -> None:
    page = BeautifulSoup(frame.get("/components").data, "html.parser")
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_date_stays_on_one_line_and_a_tag_as_it_is() -> None:
    """Text is escaped, markup is not; a date within an address or an attribute is left alone."""
    day = '<span class="db-day">2026年11月3日</span>'
    assert str(unbroken("于2026年11月3日<b>前")) == f"于{day}&lt;b&gt;前"
    given = Markup('<a title="11月3日">2026年11月3日</a>')
    assert str(unbroken(given)) == f'<a title="11月3日">{day}</a>'
