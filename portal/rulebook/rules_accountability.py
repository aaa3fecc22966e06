"""第二十二至二十五条: 问责线索 and what becomes of it, from the clue to 结案 (SPEC §6.4).

Rows of the table of acts; `rule_shapes` explains a row. They are done by `cases` and not by
`workflow`: a case is known to fewer than the item, and so is its log. The portal raises a clue and
never decides; two sign a referral, 党政办主任 and 党政办分管领导.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook import guards
from portal.rulebook.rule_shapes import PRINCIPAL, R, Rule

UNDECIDED: Final = (
    "clue", "checking", "hearing", "heard", "referring", "referred", "suggested",
)  # fmt: skip
"""While a case is one of these, what is found besides is added to it (decision 0169)."""
DECIDERS: Final = (R.HR, R.DISCIPLINE)
"""组织人事部 and 纪委办, as far as the case is referred to them."""

ACCOUNTABILITY: tuple[Rule, ...] = (
    Rule(
        "raise_clue", "登记线索", "accountability", (), "clue",
        by=(R.OFFICE_HEAD, R.SYSTEM), tells=(R.OFFICE_HEAD,), article="25",
        needs=(guards.ground_known, guards.named_knows), makes=True, asks=("check_clue",),
    ),
    Rule(
        "report_clue", "登记线索", "accountability", (), "clue",
        by=(R.DISCIPLINE,), tells=(R.OFFICE_HEAD,), article="25",
        needs=(guards.ground_known, guards.named_knows), makes=True, asks=("check_clue",),
    ),
    Rule(
        "add_ground", "增列情形", "accountability", UNDECIDED, None,
        by=(R.OFFICE_HEAD, R.SYSTEM), tells=(), article="25", needs=(guards.ground_known,),
    ),
    Rule(
        "check_clue", "核实线索", "accountability", ("clue",), "checking",
        by=(R.OFFICE_HEAD,), tells=(), article="25", waits="核实线索",
    ),
    Rule(
        "hear_unit", "请单位陈述申辩", "accountability", ("checking",), "hearing",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD,), article="25",
        needs=(guards.declared, guards.reason_given, guards.unit_can_answer), asks=("state_case",),
    ),
    Rule(
        "drop_clue", "不予移送", "accountability", ("checking", "heard"), "dropped",
        by=(R.OFFICE_HEAD,), tells=(), article="25",
        needs=(guards.declared, guards.reason_given),
    ),
    Rule(
        "state_case", "陈述申辩", "accountability", ("hearing",), "heard",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_HEAD,), article="25",
        needs=(guards.declared, guards.reason_given, guards.statement_in_time),
        waits="陈述申辩", asks=("propose_referral",),
    ),
    Rule(
        "enter_statement", "代录陈述申辩", "accountability", ("hearing", "heard"), "heard",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD,), article="25",
        needs=(guards.declared, guards.reason_given, guards.statement_received),
    ),
    Rule(
        "lapse_statement", "逾期未陈述申辩", "accountability", ("hearing",), "heard",
        by=(R.SYSTEM,), tells=(R.OFFICE_HEAD, R.UNIT_HEAD), article="25",
        asks=("propose_referral",),
    ),
    Rule(
        "propose_referral", "提请移送", "accountability", ("heard",), "referring",
        by=(R.OFFICE_HEAD,), tells=(R.OFFICE_LEADER,), article="25",
        needs=(guards.declared, guards.reason_given, guards.referral_fits),
        waits="决定是否移送", asks=("refer",), in_person=True,
    ),
    Rule(
        "refer", "同意移送", "accountability", ("referring",), "referred",
        by=(R.OFFICE_LEADER,), tells=(R.OFFICE_HEAD, R.DISCIPLINE, R.HR), article="25",
        waits="审核移送", asks=("suggest",), in_person=True,
    ),
    Rule(
        "return_referral", "退回补充核实", "accountability", ("referring",), "heard",
        by=(R.OFFICE_LEADER,), tells=(R.OFFICE_HEAD,), article="25",
        needs=(guards.reason_given,), asks=("propose_referral",), in_person=True,
    ),
    Rule(
        "suggest", "提出处理建议", "accountability", ("referred",), "suggested",
        by=DECIDERS, tells=PRINCIPAL, article="25",
        needs=(guards.declared, guards.reason_given), waits="处理建议", in_person=True,
    ),
    Rule(
        "decide_case", "登记处理决定", "accountability", ("suggested",), "decided",
        by=DECIDERS, tells=(R.OFFICE_HEAD, R.UNIT_HEAD, R.CONCERNED), article="23",
        needs=(guards.declared, guards.decision_recorded), in_person=True,
    ),
    Rule(
        "execute_case", "登记执行情况", "accountability", ("decided",), "executed",
        by=DECIDERS, tells=(R.OFFICE_HEAD,), article="23",
        needs=(guards.declared, guards.reason_given), in_person=True,
    ),
    Rule(
        "appeal", "提出申诉", "accountability", ("decided", "executed"), "appeal",
        by=(R.UNIT_HEAD, R.CONCERNED), tells=DECIDERS, article="25",
        needs=(guards.declared, guards.reason_given), asks=("resolve_appeal",),
    ),
    Rule(
        "enter_appeal", "代录申诉", "accountability", ("decided", "executed"), "appeal",
        by=DECIDERS, tells=(R.UNIT_HEAD, R.CONCERNED), article="25",
        needs=(guards.declared, guards.reason_given, guards.appeal_received),
        asks=("resolve_appeal",),
    ),
    Rule(
        "resolve_appeal", "申诉复核", "accountability", ("appeal",), "decided",
        by=DECIDERS, tells=(R.UNIT_HEAD, R.CONCERNED), article="25",
        needs=(guards.declared, guards.reason_given, guards.decision_recorded),
        waits="申诉复核", in_person=True,
    ),
    Rule(
        "close_case", "结案", "accountability", ("executed",), "closed",
        by=DECIDERS, tells=(R.OFFICE_HEAD,), article="25", in_person=True,
    ),
)  # fmt: skip
