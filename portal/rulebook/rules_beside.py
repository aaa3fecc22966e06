"""第七、八、十六（四）、十七、十九、二十二至二十五条: what runs beside an item in work.

电话记录, 问责: rows of the table of acts, one small machine each (`machines` names their states);
催办 stands in `rules_urging`, 延期 and 免于督办 in `rules_extending`, 岗位交接 in `rules_handing`,
实地督查 and 整改 in `rules_inspecting`. `rule_shapes` explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import RUNNING
from portal.rulebook.rule_shapes import (
    CLOSING,
    OFFICE,
    PRINCIPAL,
    UNITS,
    R,
    Rule,
)
from portal.rulebook.rules_extending import EXTENSIONS
from portal.rulebook.rules_handing import HANDOVERS
from portal.rulebook.rules_inspecting import INSPECTIONS
from portal.rulebook.rules_urging import URGING

BESIDE: tuple[Rule, ...] = (
    *EXTENSIONS,
    *URGING,
    *INSPECTIONS,
    # 电话（短信）督办 第十五条
    Rule(
        "phone_record", "登记电话督办", "phone_record", (), "noted",
        by=OFFICE, tells=UNITS, article="15",
        needs=(guards.declared, guards.call_sound),
        during=(*RUNNING, *CLOSING), document="phone", makes=True, tells_too=("units",),
    ),
    *HANDOVERS,
    # 问责线索 第二十二至二十五条
    Rule(
        "raise_clue", "登记线索", "accountability", (), "clue",
        by=(R.OFFICE_HEAD, R.SYSTEM), tells=(R.OFFICE_HEAD,), article="25", makes=True,
    ),
    Rule(
        "check_clue", "核实线索", "accountability", ("clue",), "checking",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD,), article="25", waits="核实线索",
    ),
    Rule(
        "drop_clue", "不予移送", "accountability", ("checking",), "dropped",
        by=(R.OFFICE_HEAD,), tells=(), article="25", needs=(guards.reason_given,),
    ),
    Rule(
        "refer", "移送", "accountability", ("checking",), "referred",
        by=(R.OFFICE_HEAD, R.OFFICE_LEADER), tells=(R.DISCIPLINE, R.HR), article="25",
        needs=(guards.office_leader_agreed,), in_person=True,
    ),
    Rule(
        "suggest", "提出处理建议", "accountability", ("referred",), "suggested",
        by=(R.HR, R.DISCIPLINE), tells=PRINCIPAL, article="25", waits="处理建议",
    ),
    Rule(
        "decide_case", "登记处理决定", "accountability", ("suggested",), "decided",
        by=(R.HR, R.DISCIPLINE), tells=(R.OFFICE_HEAD, R.UNIT_HEAD, R.CONCERNED), article="23",
    ),
    Rule(
        "execute_case", "登记执行情况", "accountability", ("decided",), "executed",
        by=(R.HR, R.DISCIPLINE), tells=(R.OFFICE_HEAD,), article="23",
    ),
    Rule(
        "appeal", "提出申诉", "accountability", ("decided", "executed"), "appeal",
        by=(R.UNIT_HEAD, R.CONCERNED), tells=(R.HR, R.DISCIPLINE), article="25",
        needs=(guards.reason_given,),
    ),
    Rule(
        "resolve_appeal", "申诉复核", "accountability", ("appeal",), "decided",
        by=(R.HR, R.DISCIPLINE), tells=(R.UNIT_HEAD, R.CONCERNED), article="25",
        needs=(guards.reason_given,), waits="申诉复核",
    ),
    Rule(
        "close_case", "结案", "accountability", ("executed",), "closed",
        by=(R.HR, R.DISCIPLINE), tells=(R.OFFICE_HEAD,), article="25",
    ),
)  # fmt: skip
