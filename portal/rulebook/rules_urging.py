"""第十六条（四）、第二十五条（一）、附件 2: 催办, and the question of 正当理由 beside it.

Rows of the table of acts; `rule_shapes` explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.rule_shapes import LEADERS, OFFICE, PRINCIPAL, R, Rule

URGED = (R.UNIT_HEAD, R.HANDLER, R.RESPONSIBLE_LEADER, R.DISCIPLINE, R.HR)
NOT_HANDED_IN = ("in_progress", "closing_unit")
"""The head has not handed in yet."""
SIGNING = ("ug_sign", "ug_review", "ug_approve")
RECEIVED = ("ug_signed", "ug_replied")
OVER = ("ug_met", "ug_unmet")
MADE_UP = ("ug_filing", "ug_issued", *RECEIVED, *OVER)
"""先下达后补签: where the boxes after 党政办分管领导's may be signed (SPEC §2.8)."""
ISSUED = ("ug_issued", *RECEIVED, *OVER)

URGING: tuple[Rule, ...] = (
    Rule(
        "urge", "催办", "urge", ("ug_draft",), None,
        by=OFFICE, tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="16(4)",
        needs=(guards.declared, guards.no_other_urge, guards.may_be_urged, guards.urge_complete),
        during=("in_progress",), document="urge", chain="urge", makes=True, asks=("state_reason",),
    ),
    Rule(
        "sign_urge", "审签同意催办", "urge", ("ug_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(R.OFFICE_LEADER,), article="A2",
        document="urge", step="sign_urge", afterwards=MADE_UP, waits="审签催办",
    ),
    Rule(
        "review_urge", "审核同意催办", "urge", ("ug_review",), None,
        by=(R.OFFICE_LEADER,), tells=(*PRINCIPAL, R.OFFICE_STAFF), article="A2",
        document="urge", step="review_urge", afterwards=MADE_UP, waits="审核催办",
    ),
    Rule(
        "approve_urge", "审定同意催办", "urge", ("ug_approve",), None,
        by=PRINCIPAL, tells=(R.OFFICE_STAFF,), article="A2",
        document="urge", step="approve_urge", afterwards=MADE_UP, waits="审定催办",
    ),
    Rule(
        "refuse_urge", "不同意催办", "urge", SIGNING, "ug_void",
        by=LEADERS, tells=OFFICE, article="A2",
        needs=(guards.reason_given,), document="urge", step="*", decides="refuse",
    ),
    Rule(
        "transfer_urge", "转授权人", "urge", SIGNING, None,
        by=LEADERS, tells=(), article="A2",
        needs=(guards.a_delegate,), step="*", decides="transfer", in_person=True,
    ),
    Rule(
        "number_urge", "编号下达催办通知单", "urge", ("ug_filing",), "ug_issued",
        by=OFFICE, tells=URGED, article="16(4)",
        needs=(guards.still_missed,), during=NOT_HANDED_IN, document="urge", waits="催办编号",
    ),
    Rule(
        "sign_urge_receipt", "签收催办通知单", "urge", ("ug_issued",), "ug_signed",
        by=(R.UNIT_HEAD, R.LIAISON), tells=(R.OFFICE_STAFF,), article="16(4)",
        document="urge", waits="签收催办",
    ),
    Rule(
        "deem_urge_receipt", "视同签收催办通知单", "urge", ("ug_issued",), "ug_signed",
        by=(R.SYSTEM,), tells=(R.UNIT_HEAD,), article="16(4)", document="urge",
    ),
    Rule(
        "reply_urge", "回复催办", "urge", ("ug_signed",), "ug_replied",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="16(4)",
        needs=(guards.declared, guards.reason_given, guards.promise_dated), waits="回复催办",
    ),
    Rule(
        "enter_urge_reply", "代录催办回复", "urge", ("ug_signed",), "ug_replied",
        by=(R.OFFICE_STAFF,), tells=(R.UNIT_HEAD, R.HANDLER, R.RESPONSIBLE_LEADER),
        article="16(4)",
        needs=(guards.declared, guards.reason_given, guards.promise_dated, guards.urge_answered),
    ),
    Rule(
        "meet_urge", "催办已消除", "urge", ("ug_issued", *RECEIVED), "ug_met",
        by=(R.SYSTEM,), tells=(R.OFFICE_STAFF,), article="16(4)",
    ),
    Rule(
        "expire_urge", "催办逾期未落实", "urge", RECEIVED, "ug_unmet",
        by=(R.SYSTEM,), tells=(R.OFFICE_HEAD, R.RESPONSIBLE_LEADER), article="25(1)",
    ),
    Rule(
        "cancel_urge", "取消催办", "urge", ("ug_draft", *SIGNING, "ug_filing"), "ug_void",
        by=(R.OFFICE_HEAD,), tells=(R.OFFICE_STAFF,), article="16(4)",
        document="urge", chain="urge", decides="withdraw", tells_too=("asked",),
    ),
    Rule(
        "void_urge", "作废催办通知单", "urge", ("ug_issued",), "ug_void",
        by=(R.OFFICE_HEAD,), tells=URGED, article="16(4)",
        needs=(guards.reason_given, guards.office_leader_agreed), document="urge",
    ),
    # 组织、纪委备案 附件 2: recorded, never in the way
    Rule(
        "note_urge_hr", "组织人事部备案", "urge", ISSUED, None,
        by=(R.HR,), tells=(), article="A2",
        document="urge", waits="催办备案", waits_in=("ug_issued", *RECEIVED),
        only=guards.not_by_hr,
    ),
    Rule(
        "note_urge_discipline", "纪委办备案", "urge", ISSUED, None,
        by=(R.DISCIPLINE,), tells=(), article="A2",
        document="urge", waits="催办备案", waits_in=("ug_issued", *RECEIVED),
        only=guards.not_by_discipline,
    ),
    # 正当理由 第十六条（四）、第二十五条（一）
    Rule(
        "state_reason", "说明正当理由", "urge_question", ("asked",), "stated",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_HEAD,), article="16(4)",
        needs=(guards.declared, guards.reason_given, guards.reason_in_time), waits="说明正当理由",
        only=guards.of_valid_notice, asks=("accept_reason",),
    ),
    Rule(
        "accept_reason", "采纳正当理由", "urge_question", ("stated",), "accepted",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER, R.OFFICE_STAFF),
        article="25(1)",
        needs=(guards.reason_given,), waits="审核正当理由", only=guards.of_valid_notice,
    ),
    Rule(
        "refuse_reason", "不采纳正当理由", "urge_question", ("stated",), "refused",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="25(1)",
        needs=(guards.reason_given,), only=guards.of_valid_notice,
    ),
    Rule(
        "lapse_reason", "逾期未说明正当理由", "urge_question", ("asked",), "unanswered",
        by=(R.SYSTEM,), tells=(R.OFFICE_HEAD,), article="25(1)", only=guards.of_valid_notice,
    ),
)  # fmt: skip
