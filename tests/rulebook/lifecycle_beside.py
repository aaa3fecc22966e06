"""Which acts of the table carry which row of the machines beside the item (data/lifecycle.json).

Like `lifecycle`, whose second half this is.
"""

from __future__ import annotations

from tests.rulebook.lifecycle import CLOSING, RUNNING, WORKING

SUB_MACHINES: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("feedback", "fb_draft", "submit"): ("submit_feedback",),
    ("feedback", "fb_unit", "confirm"): ("confirm_feedback",),
    ("feedback", "fb_unit", "return"): ("return_to_handler",),
    ("feedback", "fb_submitted", "read"): ("read_feedback",),
    ("feedback", "fb_submitted", "return"): ("return_feedback",),
    ("feedback", "fb_returned", "submit"): ("submit_feedback",),
    ("extension", "ext_draft", "submit"): ("extend",),
    ("extension", "ext_unit", "sign"): ("sign_extension",),
    ("extension", "ext_sign", "agree"): ("agree_extension",),
    ("extension", "ext_check", "agree"): ("check_extension",),
    ("extension", "ext_office_leader", "agree"): ("review_extension",),
    ("extension", "ext_principal", "agree"): ("approve_extension",),
    ("extension", "*", "refuse"): ("refuse_extension",),
    ("extension", "ext_unit|ext_sign", "withdraw"): ("withdraw_extension",),
    ("urge", "ug_draft", "submit"): ("urge",),
    ("urge", "ug_sign", "agree"): ("sign_urge",),
    ("urge", "ug_review", "agree"): ("review_urge",),
    ("urge", "ug_approve", "agree"): ("approve_urge",),
    ("urge", "ug_filing", "number"): ("number_urge",),
    ("urge", "ug_issued", "sign"): ("sign_urge_receipt",),
    ("urge", "ug_signed", "reply"): ("reply_urge",),
    ("urge", "ug_signed|ug_replied", "meet"): ("meet_urge",),
    ("urge", "ug_signed|ug_replied", "expire"): ("expire_urge",),
    ("urge", "ug_draft..ug_approve", "cancel"): ("cancel_urge",),
    ("urge", "ug_issued", "void"): ("void_urge",),
    ("inspection", "plan_draft", "submit"): ("inspect",),
    ("inspection", "plan_pending", "approve"): ("approve_inspection",),
    ("inspection", "plan_approved", "record"): ("record_inspection",),
    ("inspection", "conducted", "issue_opinion"): ("issue_opinion",),
    ("inspection", "conducted", "finish"): ("finish_inspection",),
    ("inspection", "opinion_issued", "sign"): ("sign_opinion",),
    ("inspection", "rectifying", "all_verified"): ("finish_rectifying",),
    ("rectification", "open", "reply"): ("reply_point",),
    ("rectification", "replied", "verify"): ("verify_point",),
    ("rectification", "replied", "reject"): ("reject_point",),
    ("rectification", "open", "expire"): ("expire_point",),
    ("accountability", "clue", "check"): ("check_clue",),
    ("accountability", "checking", "drop"): ("drop_clue",),
    ("accountability", "checking", "refer"): ("refer",),
    ("accountability", "referred", "suggest"): ("suggest",),
    ("accountability", "suggested", "decide"): ("decide_case",),
    ("accountability", "decided", "execute"): ("execute_case",),
    ("accountability", "decided|executed", "appeal"): ("appeal",),
    ("accountability", "appeal", "resolve"): ("resolve_appeal",),
    ("accountability", "executed", "close"): ("close_case",),
    ("handover", "requested", "confirm"): ("confirm_giving",),
    ("handover", "from_confirmed", "confirm"): ("confirm_taking",),
    ("handover", "to_confirmed", "confirm"): ("confirm_handover", "confirm_head_handover"),
    ("handover", "requested", "force"): ("force_handover",),
}
STORED_AS = {
    ("feedback", "fb_unit", "return"): "fb_returned",
    ("rectification", "replied", "reject"): "open",
    ("handover", "requested", "force"): "forced",
}
"""Rows whose target is stored otherwise. A returned report keeps its instalment, so it is no fresh
draft; of two targets in one the first or the last is passed at once."""

WHO: dict[str, frozenset[str]] = {
    words: frozenset(roles.split())
    for words, roles in {
        "unit_head|unit_deputy(delegated)": "unit_head",
        "office_staff (reason, 2 working days to resubmit)": "office_staff",
        "responsible_leader of the urged unit": "responsible_leader",
        "secretary/president": "secretary president",
        "current approver, reason":
            "unit_head responsible_leader office_head office_leader secretary president",
        "office_staff (takes 阿职催办 number)": "office_staff",
        "unit head (deemed after 1 working day)": "unit_head",
        "unit head (within 2 working days)": "unit_head",
        "item handed in for closing before limit": "system",
        "system at limit + 1 day": "system",
        "office_head when the unit hands in meanwhile": "office_head",
        "office_head + office_leader": "office_head",
        "office_head + office_leader, each": "office_leader",
        "office_leader (principal for level 1 or 约谈 of a unit head)":
            "office_leader secretary president",
        "team leader": "inspector",
        "office_head (issues exist)": "office_head",
        "office_head (no issue)": "office_head",
        "unit head (objection within 5 working days)": "unit_head",
        "owner unit": "unit_head handler",
        "inspection team member": "inspector",
        "office_head (justified reason written)": "office_head",
        "hr / discipline": "hr discipline",
        "recorded by hr/discipline with the 党委会 minutes no.": "hr discipline",
        "unit or person": "unit_head concerned",
        "from person": "handler",
        "to person": "taking_over",
        "unit head (or office head if the unit head is moving)": "unit_head office_head",
        "office_head after 3 working days or when the account is disabled": "office_head",
    }.items()
}  # fmt: skip
"""What the sub-machines say of who acts, in words; anything else there is a role's own name."""

SHARED_OUT = ("confirm_handover", "confirm_head_handover")
"""Acts of one row that are one role's each: whose office it is to see to it, the line says."""

WITH_CONSENT = ("void_urge",)
"""「office_head + office_leader」: 党政办主任 acts, with the leader's consent noted."""

BOTH_SIGN = {"refer": ("propose_referral", "referring")}
"""「office_head + office_leader」 signed by both: the head proposes, the leader agrees in this
state."""

UNDER_WAY = {
    "in_progress": ("submit_feedback", "report_feedback", "return_to_handler", "return_feedback",
                    "urge", "extend", "exempt"),
    WORKING: ("confirm_feedback",),
    WORKING + " closed": ("read_feedback",),  # of an ended item nobody is asked to read on
    "in_progress closing_unit": ("number_urge",),  # until the head has handed in
    RUNNING + " " + CLOSING + " closing_filing": (
        "handover", "confirm_giving", "confirm_taking", "confirm_handover",
        "confirm_head_handover", "force_handover", "record_inspection", "issue_opinion",
        "sign_opinion", "reply_point", "verify_point", "reject_point", "expire_point",
    ),
    RUNNING + " " + CLOSING: ("inspect", "approve_inspection"),
}  # fmt: skip
"""Acts of the sub-machines that need the item in certain states; the others go on beside it."""

GROUNDS = {
    "feedback": {"16(5)", "4", "8", "18"},
    "extension": {"19"},
    "urge": {"16(4)", "A2", "25(1)"},
    "inspection": {"17"},
    "rectification": {"17"},
    "accountability": {"23", "25"},
    "handover": {"8"},
}
"""The articles by which the acts of a sub-machine are done."""

UNSEEN = {
    ("feedback", "fb_draft"): "written and sent in one act; returned, 待办 says so",
    ("feedback", "fb_read"): "nothing is to be done",
    ("attachment", "kept"): "nothing is to be done",
    ("item_unit", "named"): "waits for the item's own approval",
    ("item_unit", "countersigned"): "waits for the item's own approval",
    ("approval_slot", "waiting"): "waits for the box before it",
    ("approval_slot", "open"): "waits as the act of its step",
    ("loan", "lent"): "with the borrower, who is reminded when it is due",
    ("change", "proposed"): "proposed and opened in one act",
    ("urge", "ug_draft"): "drafted and sent in one act",
    ("inspection", "plan_draft"): "the office that drafts is told when it is returned",
    ("rectification", "not_passed"): "never stored",
    ("accountability", "checking"): "with 党政办主任, who has begun",
    ("accountability", "suggested"): "waits for the 党委会, outside the portal",
    ("accountability", "decided"): "waits for what was decided, outside the portal",
    ("accountability", "executed"): "only to be closed",
}
"""States of parts in which nobody's 待办 has a word, and why."""

BESIDE_SUB_ROWS = {
    ("report_feedback", "fb_draft"): "T21: the head's own report needs no second confirmation",
    ("report_feedback", "fb_returned"): "T21",
    ("report_to_lead", "fb_draft"): "SPEC 2.7: co-units report to the lead",
    ("report_to_lead", "fb_returned"): "SPEC 2.7",
    ("confirm_to_lead", "fb_unit"): "SPEC 2.7",
    ("merge_feedback", "fb_lead"): "SPEC 2.7: which merges",
    ("return_to_co_unit", "fb_lead"): "SPEC 2.7",
    ("cover_instalments", "fb_submitted"): "SPEC 3.4: 合并计入本期",
    ("cover_instalments", "fb_read"): "SPEC 3.4",
    ("comment", "fb_submitted"): "SPEC 2.7: 批示 on any report",
    ("comment", "fb_read"): "SPEC 2.7",
    ("return_feedback", "fb_read"): "SPEC 2.7: a report can still be asked for more",
    ("exempt", "ext_principal"): "T24: the same approval, of the kind 免于督办",
    ("note_oral_extension", "ext_draft"): "SPEC 2.9: of level 1 by telephone first",
    ("write_extension", "ext_draft"): "SPEC 2.9: the written form follows",
    ("enter_extension", "ext_draft"): "SPEC 8.4: or comes on paper",
    ("expire_oral_extension", "ext_draft"): "SPEC 2.9: within one working day",
    ("refuse_urge", "ug_sign"): "every waiting state can be refused",
    ("refuse_urge", "ug_review"): "every waiting state can be refused",
    ("refuse_urge", "ug_approve"): "every waiting state can be refused",
    ("enter_urge_reply", "ug_signed"): "SPEC 8.4: as the unit answered otherwise",
    ("deem_urge_receipt", "ug_issued"): "deemed after 1 working day",
    ("meet_urge", "ug_issued"): "handed in before the notice is received",
    ("cancel_urge", "ug_filing"): "5.3: until it has its number",
    **{
        (act, state): "A2: 组织、纪委备案"
        for act in ("note_urge_hr", "note_urge_discipline")
        for state in ("ug_issued", "ug_signed", "ug_replied", "ug_met", "ug_unmet")
    },
    ("hear_unit", "checking"): "SPEC 6.4: 陈述申辩 before a referral",
    ("state_case", "hearing"): "SPEC 6.4",
    ("enter_statement", "hearing"): "SPEC 8.4: as the unit stated it otherwise",
    ("enter_statement", "heard"): "SPEC 8.4: it came in time and is entered afterwards",
    ("enter_appeal", "decided"): "SPEC 8.4: as who appeals otherwise",
    ("enter_appeal", "executed"): "SPEC 8.4: as who appeals otherwise",
    ("lapse_statement", "hearing"): "SPEC 6.4: within three working days",
    ("drop_clue", "heard"): "SPEC 6.4: or it is not referred after all",
    ("propose_referral", "heard"): "SPEC 6.4: two sign a referral",
    ("refer", "referring"): "SPEC 6.4",
    ("return_referral", "referring"): "every waiting state can be returned",
    **{
        ("add_ground", state): "P19: the same facts under another article"
        for state in (
            "clue",
            "checking",
            "hearing",
            "heard",
            "referring",
            "referred",
            "suggested",
        )
    },
    ("confirm_office_handover", "to_confirmed"): "SPEC 1.6: where 党政办主任 is a party",
    ("force_handover", "from_confirmed"): "decision 0160: who takes over keeps silent",
    ("force_handover", "to_confirmed"): "decision 0160: who sees to it keeps silent",
    ("decline_handover", "from_confirmed"): "every waiting state can be refused",
    ("decline_handover", "to_confirmed"): "every waiting state can be refused",
    ("withdraw_handover", "requested"): "every waiting state can be left",
    ("withdraw_handover", "from_confirmed"): "every waiting state can be left",
    ("return_inspection", "plan_pending"): "every waiting state can be returned",
    **{
        (f"transfer_{machine}", state): "SPEC 2.3: 「转授权人」 on any approval"
        for machine, states in {
            "urge": ("ug_sign", "ug_review", "ug_approve"),
            "extension": (
                "ext_unit",
                "ext_sign",
                "ext_check",
                "ext_office_leader",
                "ext_principal",
            ),
            "inspection": ("plan_pending",),
        }.items()
        for state in states
    },
    **{
        ("cancel_inspection", state): "and left, before anybody went"
        for state in ("plan_draft", "plan_pending", "plan_approved")
    },
    **{
        ("replace_chief", state): "decision 0172: another leads the team"
        for state in ("plan_approved", "conducted")
    },
    **{
        (act, state): "decision 0172: whose unit is gone, it becomes another one's, or ends"
        for act in ("reassign_point", "withdraw_point")
        for state in ("open", "overdue", "replied")
    },
    ("conclude_inspection", "conducted"): "SPEC 1.7, 2.12: the team's leader signs the conclusion",
    **{
        (act, "opinion_issued"): "SPEC 2.12: or objects within 5 working days, which is decided"
        for act in ("object_to_opinion", "uphold_opinion", "withdraw_opinion", "deem_opinion")
    },
    ("reply_point", "overdue"): "an overdue point can still be replied to",
    **{
        (act, state): "SPEC 8.4: what came on paper is typed in"
        for act in ("enter_report", "enter_co_report")
        for state in ("fb_draft", "fb_returned")
    },
    **{
        (act, state): "SPEC 8.4: an objection to an entry, its answer, the correction"
        for act in ("contest_report", "answer_report", "correct_report")
        for state in ("fb_submitted", "fb_read", "fb_lead", "fb_merged", "fb_returned")
    },
}
"""States of a sub-machine from which the table has more acts than its rows, and why."""
