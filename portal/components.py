"""The parts of the pages on one page, for looking at them: registered in demo and tests only."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, render_template
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.frame import Fact, Light, NavEntry, Opinion, Step, TimelineEntry

TODAY = date(2026, 11, 23)
LIGHTS = (
    Light("green"),
    Light("yellow"),
    Light("red", "逾期3天"),
    Light("blue"),
    Light("grey"),
    Light("grey", "未交办"),
)
OPINIONS = (
    Opinion("学校主要领导审定", "同意。", "向维岷", date(2026, 10, 19), paper="何玉萍"),
    Opinion("分管领导审签", "同意立项。", "陈铉", date(2026, 11, 23), on_behalf="解学农"),
)
TIMELINE = (
    TimelineEntry("催办通知单待审核", "当前", "党政办分管领导", "余茂春", kind="now"),
    TimelineEntry(
        "逾期",
        date(2026, 11, 21),
        "时限11月20日已过，未报送办结",
        kind="overdue",
        ground="第十九条",
        ground_href="#rulebook",
    ),
    TimelineEntry("第5期反馈", date(2026, 11, 17), "杨初报送，党政办已阅"),
    TimelineEntry(
        "阿职催办〔2026〕4号", date(2026, 11, 11), void_reason="事项延期已获批准，催办有误"
    ),
    TimelineEntry(
        "同意延期至11月20日", date(2026, 10, 26), "坤清祥签字，杨思源决定", kind="decision"
    ),
    TimelineEntry(
        "编号备案", date(2025, 12, 28), "阿职督办〔2025〕18号", "何玉萍", kind="decision"
    ),
)
STEPS = (
    Step("立项", "done", "9月28日备案"),
    Step("交办", "done", "9月28日下达"),
    Step("承办", "done", "三单位已签收"),
    Step("催办", "current", "催办单待您审核"),
    Step("反馈", "running", "应报5期，欠报1期", urgent=True),
    Step("办结", fact="未提出"),
    Step("归档"),
)
FACTS = (
    Fact(
        "办理要求",
        "按政府采购程序完成采购和安装调试，每10天反馈1次。",
        ground="依据第十八条第（三）项",
        ground_href="#rulebook",
        wide=True,
    ),
    Fact("牵头单位", "后勤与国有资产管理处"),
    Fact("责任校领导", "坤清祥", note="副院长"),
    Fact("交办日期", "2026年9月28日"),
    Fact("现行时限", "2026年11月20日", ground="依据第十九条"),
)
ROWS = (
    ("建议催办", "3号学生公寓热水系统故障维修", 30, "后勤国资处", Light("red", "逾期3天"), "3天"),
    ("待交办", "图书馆延长开放时间", 33, "图信中心", Light("grey", "未交办"), "1个工作日"),
    ("办结待审", "清廉学校建设省级评估迎检", 22, "纪委办", Light("blue"), "3个工作日"),
)
TABS = (
    NavEntry("全部", "list", "#all", 40, active=True),
    NavEntry("在办", "list", "#open", 22),
    NavEntry("本周到期", "list", "#due", 4),
)
COLUMNS = ("灯号", "文号", "事项", "类别")


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """One field of every kind, two of them in error."""

    class Meta:
        csrf = False

    reason = TextAreaField("理由")
    opinion = TextAreaField("您的意见", description="不填即为“同意。”")
    capacity = RadioField(
        "办理身份",
        choices=[SelectChoice("head", "组织人事部部长"), SelectChoice("member", "党委委员")],
        default="head",
    )
    columns = SelectMultipleField(
        "列", choices=[SelectChoice(name) for name in COLUMNS], default=["灯号"]
    )
    statement = BooleanField("本人承诺：所报内容全面、客观、准确，不含国家秘密和工作秘密。")


def sample() -> dict[str, Any]:
    """Everything the page of parts shows."""
    form = SampleForm(formdata=None)
    form.reason.errors = ["请写明理由。"]
    return {
        "form": form,
        "today": TODAY,
        "lights": LIGHTS,
        "opinions": OPINIONS,
        "timeline_entries": TIMELINE,
        "steps": STEPS,
        "fact_rows": FACTS,
        "rows": ROWS,
        "tab_entries": TABS,
        "sample_page": "#page-{}".format,
    }


def register_components(app: Flask) -> None:
    """`/components`; the caller sees to it that this is a demo or a test."""

    @app.get("/components")
    def components() -> str:
        return render_template("components.html", **sample())
