"""催办 in words (第十六条（四）, 附件 2): 催办事项 and 办理要求, generated from what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

from portal.rulebook.deadline_texts import long_date

Ground = Literal["overdue", "reports", "inner", "asked"]

GROUNDS: Final[dict[Ground, str]] = {
    "overdue": "逾期未办结",
    "reports": "反馈未报送",
    "inner": "协办逾期",
    "asked": "提请协调",
}
"""Why a unit is urged, in short; the order is also which ground a notice names."""


def missed_text(
    ground: Ground,
    *,
    since: date | None,
    today: date,
    points: Sequence[int] = (),
    named: Sequence[str] = (),
) -> str:
    """「逾期3天未办结」, 「第2、3期反馈未报送」: what was missed, as it stands today.

    `named` reports are not counted by the plan: 「第2期、电话约定反馈未报送」.
    """
    days = (today - since).days if since else 0
    counted = [f"第{'、'.join(map(str, points))}期"] if points else []
    missing = "、".join((*counted, *dict.fromkeys(named)))
    reports = f"{missing}反馈未报送" if missing else ""
    if ground == "reports":
        return reports
    if ground == "asked":
        return "牵头单位提请协调，协办部分尚未报送"
    late = f"逾期{days}天未办结" if ground == "overdue" else f"协办部分逾期{days}天未报送"
    return f"{late}，{reports}" if reports else late


def subject_text(nth: int, missed: str, number: str, due: date | None) -> str:
    """催办事项: 「第1次催办：逾期3天未办结（阿职督办〔2026〕18号，完成时限2026年11月20日）。」"""
    limit = f"完成时限{long_date(due)}" if due else ""
    about = "，".join(part for part in (number, limit) if part)
    return f"第{nth}次催办：{missed}{f'（{about}）' if about else ''}。"


def requirement_text(
    ground: Ground, *, limit_on: date | None, limit_days: int, reply_days: int
) -> str:
    """办理要求: 「请于2026年11月30日前办结，2个工作日内书面说明原因。」"""
    by = f"{long_date(limit_on)}前" if limit_on else f"本通知单下达后{limit_days}个工作日内"
    done = {"overdue": "办结", "reports": "补报反馈", "inner": "报送协办完成情况"}
    return f"请于{by}{done.get(ground, done['inner'])}，{reply_days}个工作日内书面说明原因。"
