"""公文 to try; their figures are those of indicator_examples.json."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from portal.documents.gongwen import circular, feedback, rectification, term_report
from portal.documents.gongwen.circular import Circular
from portal.documents.gongwen.feedback import FeedbackReport
from portal.documents.gongwen.figures import Figures, Unfinished
from portal.documents.gongwen.outline import day
from portal.documents.gongwen.rectification import Demand, Rectification
from portal.documents.gongwen.term_report import LedgerRow, TermReport, UrgeRow
from portal.documents.render import GONGWEN, render
from tests.documents.samples import CODE

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "portal" / "demo" / "data"
CASES = json.loads((ROOT / "demo" / "data" / "indicator_examples.json").read_text("utf-8"))["cases"]
WITHOUT_SENSITIVE = "other school leader without need-to-know (no sensitive items)"
LABELS = {"written": "书面督办", "phone": "电话（短信）督办", "onsite": "实地督查"}
HAN = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


def counted() -> dict[str, Any]:
    """The figures of the whole college without sensitive items."""
    (found,) = (
        case["expect"]
        for case in CASES
        if case["viewer"] == WITHOUT_SENSITIVE and case["unit"] == "ALL"
    )
    return dict(found)


def _items() -> list[dict[str, Any]]:
    items = json.loads((DATA / "items.json").read_text("utf-8"))["items"]
    return [
        item
        for item in items
        if item["filed_on"]
        and item["filed_on"] >= "2026-08-01"
        and item["classification"] != "sensitive"
    ]


def _named(file: str, key: str, name: str) -> dict[str, str]:
    rows = json.loads((DATA / file).read_text("utf-8"))[key]
    return {row["id"]: row[name] for row in rows}


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


UNITS = _named("org.json", "units", "short_name")
PEOPLE = _named("people.json", "people", "name")
ITEMS = _items()
BY_ID = {item["id"]: item for item in ITEMS}
EXPECTED = counted()
KINDS = ("批示类", "决策类", "重点工作类", "其他事项")

FIGURES = Figures(
    filed=EXPECTED["n_filed"],
    by_category=tuple(
        (kind, sum(item["category_label"] == kind for item in ITEMS)) for kind in KINDS
    ),
    issued=EXPECTED["n_issued"],
    closed=EXPECTED["n_closed_of_issued"],
    closed_rate=EXPECTED["r_closed"],
    due=EXPECTED["n_due"],
    due_rate=EXPECTED["r_due_closed"],
    on_time_rate=EXPECTED["r_on_time"],
    pending=EXPECTED["n_pending_review"],
    feedback_rate=EXPECTED["r_feedback"],
    overdue=EXPECTED["n_overdue"],
    extended=EXPECTED["n_extended"],
    exempted=EXPECTED["n_exempted_of_issued"],
    urged=EXPECTED["n_urged"],
    urged_items=EXPECTED["n_items_urged"],
    inspected=1,
)
DAY = dt.date(2026, 11, 23)
UNFINISHED = tuple(
    Unfinished(
        item["doc_no"],
        item["title"],
        UNITS[item["lead_unit_id"]],
        _date(item["due_effective"]),
        (DAY - _date(item["due_effective"])).days,
        "正在推进，已向责任校领导报告。",
    )
    for item in (BY_ID[key] for key in EXPECTED["overdue"])
)
LEDGER = tuple(
    LedgerRow(
        item["doc_no"],
        item["title"],
        item["category_label"],
        HAN[item["level"]],
        UNITS[item["lead_unit_id"]],
        PEOPLE[item["responsible_leader_id"]],
        _date(item["issued_on"]) if item["issued_on"] else None,
        f"{day(_date(item['due_effective']))}前" if item["due_effective"] else "长期",
        "办理中",
    )
    for item in ITEMS
)
PRACTICES = (
    "坚持一事一项、件件有回音，所有事项由党政办公室统一编号、按时限交办。"
    "建立日提醒、周清单、月台账制度，逾期事项及时催办，重要事项开展实地督查。"
)
TERM = TermReport(
    term="2026—2027学年第一学期",
    figures=FIGURES,
    practices=PRACTICES,
    good="学生工作部牵头的“2026级新生入学教育与军训实施”按期办结，材料齐全、成效明显。",
    overdue="南校区学生公寓供暖改造等3项逾期未办结，均由后勤与国有资产管理处牵头，平均逾期8.7天。",
    late_reports="个别单位报送反馈不够及时，应报60期，按时报送56期。",
    coordination="个别协办单位未在协办时限内提供材料，影响牵头单位整体进度。",
    next_steps="对逾期事项逐项约定办结日期，由责任校领导包抓；寒假前完成全部到期事项的办结审核。",
    signed_by="党政办公室",
    day=DAY,
    ledger=LEDGER,
    unfinished=UNFINISHED,
    urged=(
        UrgeRow("阿职催办〔2026〕2号", BY_ID["B01"]["title"], "科研处", dt.date(2026, 10, 22),
                dt.date(2026, 10, 26), "已办结"),
        UrgeRow("阿职催办〔2026〕3号", BY_ID["A04"]["title"], "后勤国资处", dt.date(2026, 11, 5),
                dt.date(2026, 11, 10), "逾期未落实"),
        UrgeRow("阿职催办〔2026〕5号", BY_ID["A04"]["title"], "后勤国资处", dt.date(2026, 11, 12),
                dt.date(2026, 11, 18), "逾期未落实"),
    ),
    control_code=CODE,
)  # fmt: skip
CIRCULAR = Circular(
    mark="阿坝职业学院党政办公室文件",
    number="阿职党政办〔2026〕12号",
    period="11月",
    figures=FIGURES,
    good="科研处牵头制定的《阿坝职业学院横向科研项目与经费管理办法》质量较高，学工部反馈及时。",
    problems="部分单位对到期事项重视不够，未提前申请延期；部分反馈内容空泛，未写明存在问题。",
    unfinished=UNFINISHED,
    demands="各单位要对照清单，逐项明确责任人和办结日期，11月30日前将推进情况书面报送党政办公室。",
    signed_by="党政办公室",
    day=DAY,
    copies=("学校领导", "纪委办公室", "组织人事部"),
    issuer="阿坝职业学院党政办公室",
    control_code=CODE,
)
_FEEDBACKS = json.loads((DATA / "feedbacks.json").read_text("utf-8"))["feedbacks"]
_FIRST = next(one for one in _FEEDBACKS if one["id"] == "F01")
FEEDBACK = FeedbackReport(
    addressed="党政办公室",
    unit="安全保卫处",
    title="冬季校园消防安全隐患集中排查整治",
    number="阿职督办〔2026〕32号",
    seq=2,
    **{name: _FIRST[name] for name, _heading in feedback.SECTIONS},
    percent=_FIRST["percent"],
    files=("隐患清单（第一批）", "整改前后对比照片（14张）"),
    day=dt.date(2026, 11, 22),
    control_code=CODE,
)
RECTIFICATION = Rectification(
    unit="后勤与国有资产管理处",
    number="阿职督办〔2026〕21号",
    title="南校区学生公寓供暖改造工程进度滞后问题整改",
    time="2026年11月18日 9:00—11:30",
    place="南校区3号、5号学生公寓",
    team=("余茂春", "杨思源", "何玉萍"),
    problems=(
        "5号公寓管网打压试验推迟，关键材料到货风险预估不足。",
        "施工现场日常调度记录不完整，监理日志缺11月14日至16日三天。",
    ),
    demands=(
        Demand("管网打压试验推迟", "增派班组，完成5号公寓打压和试供暖，逐栋签字确认。", "杨初",
               dt.date(2026, 11, 24)),
        Demand("调度记录不完整", "补齐监理日志，建立日调度台账，每日17时前报党政办公室。", "杨初",
               dt.date(2026, 11, 20)),
    ),
    report_by=dt.date(2026, 11, 27),
    day=dt.date(2026, 11, 18),
    control_code=CODE,
)  # fmt: skip

DOCUMENTS = {
    "feedback": feedback.compose(FEEDBACK),
    "term_report": term_report.compose(TERM),
    "circular": circular.compose(CIRCULAR),
    "rectification": rectification.compose(RECTIFICATION),
}


@cache
def pdf_of(name: str) -> bytes:
    """A document's PDF, set once for all tests that read it."""
    return render(GONGWEN, DOCUMENTS[name])
