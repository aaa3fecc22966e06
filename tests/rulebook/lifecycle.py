"""Which acts of the table carry which row of the life cycle (data/lifecycle.json, data/roles.json).

Every row names its acts here, every act has its row; what differs on purpose stands beside it
with its reason. `test_lifecycle` compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
LIFECYCLE: dict[str, Any] = json.loads((DATA / "lifecycle.json").read_text(encoding="utf-8"))
ROLES: dict[str, Any] = json.loads((DATA / "roles.json").read_text(encoding="utf-8"))

OFFICE = "office_staff office_head"
LEADERS = "responsible_leader office_leader secretary president"
RUNNING = "issued in_progress"
CLOSING = "closing_unit closing_sign closing_check closing_review closing_report"
BEGUN = RUNNING + " " + CLOSING + " closing_filing"
WORKING = f"in_progress {CLOSING} closing_filing"


class Prose(NamedTuple):
    """An act the rows do not name: its roles, the states of the item, its article, its source."""

    by: str
    states: str
    article: str
    said: str = ""


TRANSITIONS: dict[str, tuple[str, ...]] = {
    "T01": ("save",),
    "T02": ("submit",),
    "T03": ("submit_unit",),
    "T04": ("confirm_unit",),
    "T05": ("sign",),
    "T07": ("review",),
    "T08": ("approve",),
    "T09": ("file",),
    "T10": ("return", "return_filing"),
    "T11": ("reject",),
    "T12": ("withdraw",),
    "T13": ("delete",),
    "T14": ("issue",),
    "T15": ("sign_receipt",),
    "T16": ("deem_receipt",),
    "T17": ("object",),
    "T18": ("reassign",),
    "T19": ("assign_handler",),
    "T20": ("plan",),
    "T21": ("submit_feedback", "report_feedback"),
    "T22": ("urge",),
    "T23": ("extend",),
    "T24": ("exempt",),
    "T25": ("apply_close",),
    "T26": ("confirm_close",),
    "T27": ("sign_close",),
    "T28": ("check_close",),
    "T29": ("review_close",),
    "T30": ("read_close",),
    "T31": ("close",),
    "T32": ("return_supplement", "return_supplement_filing"),
    "T33": ("not_met", "not_met_filing"),
    "T34": ("withdraw_close",),
    "T35": ("archive",),
    "T36": ("reopen",),
    "T37": ("void",),
    "T38": ("adjust",),
    "T39": ("handover",),
    "T40": ("issue_first",),
    "T41": ("close_simple",),
}
UNDER_WAY = f"{RUNNING} {CLOSING} closing_filing"
"""From 交办 to 销号."""

WIDER = {
    ("T01", "returned"): "a returned form is a draft again and is saved like one",
    **{
        ("T39", state): "somebody may leave until the item is struck off"
        for state in (*CLOSING.split(), "closing_filing")
    },
    ("T38", "filed"): "a date that has passed is mended before the notice goes out (case D21)",
}
"""States in which an act is also open, and why."""

OWN_GROUND = {
    "T10": "12", "T12": "12", "T13": "12", "T34": "16(6)", "T37": "16(1)",
    "return_filing": "16(1)", "file_after": "16(1)",
}  # fmt: skip
"""The article of a row without one: that of the procedure it belongs to; and of an act whose
article is not its row's."""

SHARED_OUT = ("T21",)
"""Rows whose acts are one role's each: the handler's report and the head's own."""

CONSENTS: dict[str, dict[str, str]] = {
    "T18": {"agree_reassign": "responsible_leader"},
    "T33": {"propose_reset": "office_head office_leader secretary president",
            "agree_reset": "office_leader"},
    "T36": {"agree_reopen": "secretary president"},
    "T37": {"agree_void": "office_leader"},
    "T38": {"sign_adjust": "responsible_leader", "review_adjust": "office_leader",
            "approve_adjust": "secretary president"},
    "T40": {"file_after": "office_staff office_head"},
}  # fmt: skip
"""What the guard of a row asks beside its own act, and of whom: the approval of its change, the
late number."""

GRANTS: dict[str, tuple[str, ...]] = {
    "item.create": ("create",),
    "item.submit": ("submit",),
    "item.sign": ("sign",),
    "item.review": ("review",),
    "item.approve": ("approve",),
    "item.file": ("file", "file_after"),
    "item.issue": ("issue",),
    "item.receipt": ("sign_receipt", "sign_urge_receipt"),
    "item.object": ("object",),
    "item.reassign": ("reassign", "agree_reassign", "adjust", "sign_adjust", "review_adjust"),
    "item.assign": ("assign_handler", "replace_handler", "plan"),
    "fb.write": ("submit_feedback", "report_feedback"),
    "fb.confirm": ("confirm_feedback", "return_to_handler"),
    "fb.read": ("read_feedback", "return_feedback"),
    "fb.comment": ("comment",),
    "urge.draft": ("urge",),
    "urge.approve": ("sign_urge", "review_urge", "approve_urge", "refuse_urge"),
    "urge.number": ("number_urge",),
    "ext.apply": ("extend",),
    "ext.sign": ("agree_extension",),
    "ext.decide": ("check_extension", "review_extension", "approve_extension", "exempt"),
    "close.apply": ("apply_close",),
    "close.sign": ("sign_close",),
    "close.check": ("check_close",),
    "close.read": ("review_close", "read_close"),
    "close.close": ("close",),
    "rec.note": ("note_filing",),
    "insp.plan": ("inspect", "approve_inspection"),
    "insp.record": ("record_inspection", "verify_point", "reject_point"),
    "rect.reply": ("reply_point",),
    "phone.record": ("phone_record",),
    "handover": ("handover", "confirm_giving", "force_handover"),
    "paper.enter": (
        "enter_paper",
        "enter_report",
        "enter_co_report",
        "enter_hand_in",
        "enter_close",
        "enter_extension",
        "enter_urge_reply",
    ),
    "void": ("void", "agree_void", "reopen"),
    "archive": ("keep_copy", "keep_ended_copy", "archive", "set_keeping", "renew_copy"),
    "acc.manage": (
        "raise_clue",
        "add_ground",
        "check_clue",
        "hear_unit",
        "drop_clue",
        "propose_referral",
        "refer",
        "return_referral",
    ),
    "acc.suggest": ("suggest", "decide_case", "execute_case", "resolve_appeal", "close_case"),
    "sensitive.set": ("mark_sensitive", "grant_knowledge", "end_knowledge"),
}
NO_ACTS = {
    "delegate": "授权代办 is a row of its own, no act on an item",
    "report.semester": "通报 and 学期报告 are made over many items",
    "ledger.export": "台账", "ledger.view": "台账",
    "offline.register": "线下登记 holds nothing of an item",
    "sys.config": "administration", "sys.security": "administration", "sys.audit": "administration",
}  # fmt: skip
"""Granted actions that are no act of the table."""

SAME_ROLE = {
    "unit_handler": "handler",  # 承办人 by appointment, who drafts for the unit
    "handing_over": "handler",  # 承办人 who hands over confirms as the person named
}
"""Roles of the table by the name that roles.json gives them."""

RECORDED = {
    ("item.receipt", "office_staff"): "receipt_on_behalf",
    ("handover", "office_staff"): "handover",
}
"""Grants marked R (prepares or records) that are an act of the table; the rest are none."""
PREPARED = {
    ("item.reassign", "office_staff"): "fills the change sheet that 党政办主任 proposes",
    ("close.check", "office_staff"): "compares result and requirement before 党政办主任 checks",
    ("acc.suggest", "secretary"): "reads",
    ("acc.suggest", "president"): "reads",
}

PROSE: dict[str, Prose] = {
    "create": Prose(OFFICE + " unit_head unit_deputy liaison handler", "", "12"),
    "attach": Prose("proposer", "draft returned", "16(1)"),
    "detach": Prose("proposer", "draft returned", "16(1)"),
    "enter_paper": Prose("office_staff", "", "12", "SPEC 8.4"),
    "note_oral_extension": Prose(OFFICE, "in_progress", "19", "SPEC 2.9: by telephone first"),
    "write_extension": Prose("unit_head handler", "in_progress", "19", "SPEC 2.9: then in writing"),
    "expire_oral_extension": Prose("system", "", "19", "SPEC 2.9: within one working day"),
    "contest_paper": Prose("signer", "", "12", "SPEC 8.4"),
    "take_back": Prose("signatory", "", "12", "SPEC 2.3: until the next person has acted"),
    "answer_paper": Prose("office_head", "", "12", "SPEC 8.4: an objection is answered"),
    "correct_paper": Prose("office_head", "", "12", "SPEC 8.4: or the entry corrected"),
    "enter_report": Prose("office_staff", "in_progress", "16(5)", "SPEC 8.4: 代录"),
    "enter_co_report": Prose("office_staff", "in_progress", "8", "SPEC 8.4: 代录"),
    "enter_hand_in": Prose("office_staff", "in_progress", "8", "SPEC 8.4, 2.14: 协办"),
    "contest_report": Prose("signer", "", "16(5)", "SPEC 8.4"),
    "answer_report": Prose("office_head", "", "16(5)", "SPEC 8.4: an objection is answered"),
    "correct_report": Prose("office_head", "", "16(5)", "SPEC 8.4: or the entry corrected"),
    "enter_close": Prose("office_staff", "in_progress", "16(6)", "SPEC 8.4: 代录"),
    "enter_extension": Prose("office_staff", "in_progress", "19", "SPEC 8.4: 代录"),
    "enter_history": Prose("office_head", "", "16(7)", "SPEC 4: the paper backlog"),
    "enter_urge_reply": Prose("office_staff", "", "16(4)", "SPEC 8.4: 代录"),
    "mark_sensitive": Prose("office_head", "", "21", "SPEC 7.3: up at once by office_head"),
    "lift_sensitive": Prose("office_leader", "", "21", "SPEC 7.3: down by 党政办分管领导"),
    "grant_knowledge": Prose("office_head conf_officer", "", "21", "SPEC 7.3"),
    "end_knowledge": Prose("office_head conf_officer", "", "21", "SPEC 7.3"),
    "countersign": Prose(
        "responsible_leader",
        "pending_review pending_approve pending_filing",
        "12",
        "SPEC 1.4: 会签",
    ),
    "replace_handler": Prose("unit_head", RUNNING, "16(3)", "SPEC T19: from/to handler"),
    "receipt_on_behalf": Prose("office_staff", RUNNING, "16(3)", "SPEC 2.5: 电话确认代签收"),
    "accept_objection": Prose("office_head", RUNNING, "8", "SPEC 2.5"),
    "refuse_objection": Prose("office_head", RUNNING, "8", "SPEC 2.5"),
    "coordinate": Prose("unit_head handler", "in_progress", "8", "SPEC 2.14"),
    "answer_coordination": Prose(OFFICE, WORKING, "8", "SPEC 2.14: the office sees to it"),
    "comment": Prose(LEADERS, "in_progress " + CLOSING, "4", "SPEC 2.7: 批示"),
    "reply_comment": Prose("handler unit_head", WORKING, "4", "SPEC 2.7: 落实批示"),
    "attach_evidence": Prose("handler unit_head", "in_progress", "16(5)"),
    "detach_evidence": Prose("handler unit_head", "in_progress", "16(5)"),
    "note_filing": Prose("discipline hr", CLOSING + " closing_filing closed", "A3"),
    "set_keeping": Prose("archivist office_staff", "closed archived", "16(7)", "SPEC 2.11"),
    "keep_copy": Prose("liaison", "closed archived", "16(7)", "SPEC 2.11: 双备案"),
    "keep_ended_copy": Prose(
        "office_staff", "closed archived", "16(7)", "decision 0117: a unit that ended"
    ),
    "renew_copy": Prose(
        "archivist office_staff", "archived", "16(7)", "decision 0105: a new version is signed for"
    ),
    "refuse_change": Prose(LEADERS, "", "19", "every waiting state can be refused"),
    "withdraw_change": Prose("office_head", "", "19", "and withdrawn"),
    "note_urge_hr": Prose("hr", "", "A2", "SPEC 2.8: an 已备案 click"),
    "note_urge_discipline": Prose("discipline", "", "A2", "SPEC 2.8: an 已备案 click"),
    "state_reason": Prose("unit_head", "", "16(4)", "SPEC P15: 正当理由, asked before 催办"),
    "accept_reason": Prose("office_head", "", "25(1)", "SPEC P15: judged by office head"),
    "refuse_reason": Prose("office_head", "", "25(1)", "SPEC P15"),
    "lapse_reason": Prose("system", "", "25(1)", "decision 0088: no answer in time"),
    "review_yearly": Prose("office_head", "in_progress", "18(4)", "SPEC 2.15"),
    "open_review": Prose("system", "in_progress", "18(4)", "SPEC 2.15: in January"),
    "end_supplement": Prose(
        "system", "in_progress closing_unit", "16(6)", "SPEC 3.7: until its own date"
    ),
    "recount_deadline": Prose("system", "issued in_progress " + CLOSING, "18", "SPEC 3.3"),
    "report_to_lead": Prose(
        "unit_head", "in_progress", "8", "SPEC 2.7: co-units report to the lead"
    ),
    "confirm_to_lead": Prose("unit_head", WORKING, "8", "SPEC 2.7"),
    "merge_feedback": Prose("handler unit_head", "in_progress", "8", "SPEC 2.7: which merges"),
    "return_to_co_unit": Prose("handler unit_head", "in_progress", "8", "SPEC 2.7"),
    "cover_instalments": Prose(OFFICE, WORKING, "18", "SPEC 3.4: 合并计入本期"),
    "hand_in": Prose("handler unit_head", "in_progress", "8", "SPEC 2.14: 协办"),
    "deem_urge_receipt": Prose("system", "", "16(4)", "deemed after 1 working day"),
    "refuse_urge": Prose(LEADERS, "", "A2", "every waiting state can be refused"),
    "return_inspection": Prose("office_leader secretary president", "", "17", "and returned"),
    "transfer": Prose(
        "unit_head responsible_leader office_leader secretary president office_head",
        "pending_unit pending_sign pending_review pending_approve " + CLOSING,
        "12",
        "SPEC 2.3: 「转授权人」 on any approval",
    ),
    "transfer_urge": Prose(LEADERS, "", "A2", "SPEC 2.3: 「转授权人」 on any approval"),
    "transfer_extension": Prose(
        LEADERS + " unit_head office_head", "", "19", "SPEC 2.3: 「转授权人」 on any approval"
    ),
    "transfer_change": Prose(LEADERS, "", "19", "SPEC 2.3: 「转授权人」 on any approval"),
    "transfer_inspection": Prose(
        "office_leader secretary president", "", "17", "SPEC 2.3: 「转授权人」 on any approval"
    ),
    "open_handover": Prose("system", UNDER_WAY, "8", "SPEC 1.6 (4)"),
    "confirm_office_handover": Prose(
        "office_leader", UNDER_WAY, "8", "SPEC 1.6: of 党政办主任 himself"
    ),
    "decline_handover": Prose(
        "taking_over unit_head office_head", UNDER_WAY, "8", "every waiting state can be refused"
    ),
    "withdraw_handover": Prose(
        OFFICE + " handler unit_head", UNDER_WAY, "8", "and left by who began it"
    ),
    "phone_record": Prose(OFFICE, RUNNING + " " + CLOSING, "15", "SPEC 2.13"),
    "ask_loan": Prose(
        "unit_head liaison handler office_staff discipline hr",
        "archived",
        "16(7)",
        "roles.json: archivist, loan log",
    ),
    "grant_loan": Prose("office_head office_leader", "archived", "16(7)", "issue: lending note"),
    "grant_heads_loan": Prose("office_leader", "archived", "16(7)", "decision 0154"),
    "refuse_loan": Prose("office_head office_leader", "archived", "16(7)", "issue: lending note"),
    "lend": Prose("archivist office_staff", "archived", "16(7)", "roles.json: loan log"),
    "take_back_loan": Prose("archivist office_staff", "", "16(7)", "roles.json: loan log"),
    "cancel_loan": Prose("archivist office_staff", "", "16(7)", "every waiting state can be left"),
    "withdraw_loan": Prose("borrower", "", "16(7)", "decision 0154: until it is handed out"),
    "inspect": Prose(OFFICE, RUNNING + " " + CLOSING, "17", "SPEC 2.12"),
    "cancel_inspection": Prose(OFFICE, "", "17", "and left, before anybody went"),
    "replace_chief": Prose(OFFICE, BEGUN, "17", "decision 0172: whose leader is gone"),
    "reassign_point": Prose("office_head", BEGUN, "17", "decision 0172: whose unit is gone"),
    "withdraw_point": Prose("office_head", BEGUN, "17", "decision 0172: nobody's any more"),
    "conclude_inspection": Prose(
        "chief_inspector", BEGUN, "17", "SPEC 1.7: the team's leader signs"
    ),
    "object_to_opinion": Prose("unit_head", BEGUN, "17", "SPEC 2.12"),
    "uphold_opinion": Prose("office_head", BEGUN, "17", "SPEC 2.12: an objection is decided"),
    "withdraw_opinion": Prose("office_head", BEGUN, "17", "SPEC 2.12: an objection is decided"),
    "deem_opinion": Prose("system", BEGUN, "17", "decision 0136: silence is no objection"),
    "raise_clue": Prose("office_head system", "", "25", "SPEC 6.4"),
    "report_clue": Prose("discipline", "", "25", "SPEC 6.4: people enter the others"),
    "add_ground": Prose("office_head system", "", "25", "P19"),
    "hear_unit": Prose("office_head", "", "25", "SPEC 6.4"),
    "state_case": Prose("unit_head", "", "25", "SPEC 6.4"),
    "enter_statement": Prose("office_head", "", "25", "SPEC 8.4: or comes on paper"),
    "enter_appeal": Prose("hr discipline", "", "25", "SPEC 8.4: or comes on paper"),
    "lapse_statement": Prose("system", "", "25", "SPEC 6.4"),
    "propose_referral": Prose("office_head", "", "25", "SPEC 6.4"),
    "return_referral": Prose("office_leader", "", "25", "SPEC 6.4"),
}
"""Acts that lifecycle.json leaves to prose: of whom, in which states of the item, by which article,
and where it is said (else the article itself and roles.json)."""
