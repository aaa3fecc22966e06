"""第二十二至二十五条: what a case may be about and what may be decided, in the rule-book's words.

The articles speak of 「年度考核称职以下等次」 and 「政纪处分」; for 事业单位 the grades are 合格
and below and the disciplinary kinds are those of 2014 (SPEC P18, decision 0149). Both lists are
offered, and the decision itself is free text: the body that decides chooses its words.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Criterion(NamedTuple):
    """One circumstance of 第二十三至二十五条: its code, short words, the article."""

    code: str
    text: str
    article: str
    by_clock: bool = False


CRITERIA: Final = {
    row.code: row
    for row in (
        Criterion("A23", "未按办结时限完成且无正当理由", "23", by_clock=True),
        Criterion("A24", "失职渎职，情节严重、影响恶劣，造成重大失误或严重后果", "24"),
        Criterion(
            "A25-1",
            "无正当理由被催办1次及以上仍不能按时按要求完成承办事项",
            "25(1)",
            by_clock=True,
        ),
        Criterion("A25-2", "敷衍塞责、推诿扯皮、久拖不办", "25(2)"),
        Criterion("A25-3", "重答复轻落实，弄虚作假、严重失实、官僚主义、形式主义", "25(3)"),
    )
}
BY_PEOPLE: Final = {code: row.text for code, row in CRITERIA.items() if not row.by_clock}
"""What people enter; the others the portal raises from dates (SPEC §6.4)."""

MEASURES: Final = {
    "circular": "全校通报批评",
    "performance": "扣发目标绩效",
    "title": "取消职称评聘",
    "grade": "年度考核等次",
    "reminder": "提醒谈话、批评教育",
    "organisation": "组织处理",
    "party": "党纪处分",
    "warning": "处分：警告",
    "demerit": "处分：记过",
    "demotion": "处分：降低岗位等级或者撤职",
    "dismissal": "处分：开除",
    "none": "不予追究",
}
GRADES: Final = {
    "": "不涉及",
    "qualified": "合格",
    "basic": "基本合格",
    "unqualified": "不合格",
    "competent": "称职",
    "barely": "基本称职",
    "incompetent": "不称职",
}
"""Of 事业单位 (合格 …) and the rule-book's own (称职 …); 优秀 is no measure."""
ORIGINS: Final = {"system": "系统提示", "office": "党政办登记", "discipline": "纪委办登记"}
TARGETS: Final = {"hr": "组织人事部", "discipline": "纪委办", "both": "组织人事部、纪委办"}
BODIES: Final = {"committee": "党委会", "president": "院长办公会", "other": "其他有权机关"}
FINDINGS: Final[dict[str, tuple[str, bool | None]]] = {
    "y": ("有正当理由", True),
    "n": ("无正当理由，情节轻微，予以提醒", False),
    "unfounded": ("线索不成立", None),
}
"""What 不予移送 rests on, and what `Case.justified` says of it then."""
APPELLANTS: Final = {"unit": "单位", "concerned": "当事人"}
"""Whose 申诉 on paper it is."""
LATE_CO_UNIT: Final = "协办单位未按时提供"
"""第八条 (P34): the lead unit is late because a co-unit is."""


def criteria_text(codes: list[str]) -> str:
    """「A23、A25-1」 in words, in the order of the articles."""
    return "；".join(row.text for code, row in CRITERIA.items() if code in codes)


def finding_text(justified: bool | None) -> str:
    """What a clue was dropped on, in words."""
    return next(text for text, value in FINDINGS.values() if value is justified)


def measures_text(measures: list[str], grade: str) -> str:
    """「全校通报批评、年度考核等次（基本合格）」; "" for none."""
    words = [
        f"{text}（{GRADES[grade]}）" if key == "grade" and grade else text
        for key, text in MEASURES.items()
        if key in measures
    ]
    return "、".join(words)
