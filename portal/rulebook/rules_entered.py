"""代录 of what a unit hands in on paper, by telephone or as a file (第十六条、第十九条, §8.4), and
of whole matters of the paper years.

Rows of the table of acts; those of signatures on paper stand in `rules`. `rule_shapes` explains
a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.rule_shapes import OFFICE, R, Rule
from portal.rulebook.rules_extending import ASKED

ENTRY = (guards.entry_complete, guards.entry_by_the_unit, guards.entry_in_time)
HANDED_IN = ("fb_submitted", "fb_read", "fb_lead", "fb_merged", "fb_returned")
AT_WORK = (R.SIGNER, R.UNIT_HEAD, R.HANDLER)

ENTERED: tuple[Rule, ...] = (
    # 启用本系统以前已办结归档的事项 (SPEC §4 rule 5): it begins where it ended, and asks nobody.
    Rule(
        "enter_history", "补录历史事项", "item", (), "archived",
        by=(R.OFFICE_HEAD,), tells=(), article="16(7)",
        needs=(guards.declared, guards.number_of_the_past, guards.days_in_order),
        in_person=True,
    ),
    Rule(
        "enter_report", "代录反馈", "feedback", ("fb_draft", "fb_returned"), "fb_submitted",
        by=(R.OFFICE_STAFF,), tells=(*AT_WORK, R.RESPONSIBLE_LEADER), article="16(5)",
        needs=(guards.declared, *ENTRY), during=("in_progress",), unit="lead", makes=True,
        only=guards.to_be_entered,
    ),
    Rule(
        "enter_co_report", "代录协办反馈", "feedback", ("fb_draft", "fb_returned"), "fb_lead",
        by=(R.OFFICE_STAFF,), tells=AT_WORK, article="8",
        needs=(guards.declared, *ENTRY), during=("in_progress",), unit="co", makes=True,
        only=guards.to_be_entered,
    ),
    Rule(
        "enter_hand_in", "代录协办完成情况", "item_unit", ("received",), "handed_in",
        by=(R.OFFICE_STAFF,), tells=(R.UNIT_HEAD, R.HANDLER), article="8",
        needs=(guards.nothing_unmerged,), during=("in_progress",), unit="co",
        only=guards.finished_on_paper,
    ),
    Rule(
        "contest_report", "对代录提出异议", "feedback", HANDED_IN, None,
        by=(R.SIGNER,), tells=OFFICE, article="16(5)",
        needs=(guards.reason_given, guards.paper_contestable), only=guards.entered,
    ),
    Rule(
        "answer_report", "答复代录异议", "feedback", HANDED_IN, None,
        by=(R.OFFICE_HEAD,), tells=(R.SIGNER, R.OFFICE_STAFF), article="16(5)",
        needs=(guards.reason_given, guards.paper_contested),
        waits="答复代录异议", only=guards.contested,
    ),
    Rule(
        "correct_report", "更正代录", "feedback", HANDED_IN, None,
        by=(R.OFFICE_HEAD,), tells=(R.SIGNER, R.OFFICE_STAFF), article="16(5)",
        needs=(guards.paper_contested, guards.declared, *ENTRY), only=guards.contested,
    ),
    Rule(
        "enter_close", "代录办结申请", "item", ("in_progress",), None,
        by=(R.OFFICE_STAFF,), tells=(*AT_WORK, R.RESPONSIBLE_LEADER), article="16(6)",
        needs=(guards.declared, *ENTRY, guards.handler_named, guards.result_present,
               guards.evidence_present, guards.co_units_done, guards.points_settled,
               guards.visits_decided),
        document="closing", chain="closing",
    ),
    Rule(
        "enter_extension", "代录延期申请", "extension", ("ext_draft",), None,
        by=(R.OFFICE_STAFF,), tells=AT_WORK, article="19",
        needs=(*ENTRY, *ASKED), during=("in_progress",), document="extension", chain="extension",
        makes=True, begins_if=guards.extension_free,
    ),
)  # fmt: skip
