"""第十九条: 延期督办 and 免于督办, rows of the table of acts. `rule_shapes` explains a row."""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.rule_shapes import LEADERS, OFFICE, PRINCIPAL, UNITS, R, Rule

ASKING = (R.UNIT_HEAD, R.HANDLER)
ASKED = (
    guards.declared, guards.request_complete, guards.no_other_extension, guards.extension_left,
    guards.extension_in_time, guards.superior_agreed,
)  # fmt: skip
SIGNING = ("ext_unit", "ext_sign", "ext_check", "ext_office_leader", "ext_principal")
DECIDED = (*UNITS, R.HANDLER, R.OFFICE_STAFF)

EXTENSIONS: tuple[Rule, ...] = (
    Rule(
        "note_oral_extension", "登记口头延期申请", "extension", ("ext_draft",), None,
        by=OFFICE, tells=(*ASKING, R.RESPONSIBLE_LEADER, *PRINCIPAL), article="19",
        needs=(guards.words_given, guards.no_other_extension, guards.oral_noted),
        during=("in_progress",), makes=True, begins_if=guards.oral_extension_free,
        only=guards.not_by_word, asks=("write_extension",),
    ),
    Rule(
        "extend", "申请延期", "extension", ("ext_draft",), None,
        by=ASKING, tells=(R.UNIT_HEAD,), article="19",
        needs=ASKED, during=("in_progress",), document="extension", chain="extension",
        makes=True, begins_if=guards.extension_free, only=guards.not_by_word,
    ),
    Rule(
        "write_extension", "补交书面延期申请", "extension", ("ext_draft",), None,
        by=ASKING, tells=(R.UNIT_HEAD,), article="19",
        needs=ASKED, during=("in_progress",), document="extension", chain="extension",
        waits="补延期申请", only=guards.by_word,
    ),
    Rule(
        "expire_oral_extension", "口头延期申请失效", "extension", ("ext_draft",), "lapsed",
        by=(R.SYSTEM,), tells=(*ASKING, *OFFICE, R.RESPONSIBLE_LEADER), article="19",
    ),
    Rule(
        "sign_extension", "单位负责人签署", "extension", ("ext_unit",), None,
        by=(R.UNIT_HEAD,), tells=(), article="19",
        needs=(guards.extension_ahead,),
        document="extension", step="ext_unit", waits="签署延期",
    ),
    Rule(
        "agree_extension", "分管校领导签字", "extension", ("ext_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(R.UNIT_HEAD,), article="19",
        needs=(guards.extension_ahead, guards.signed_outside),
        document="extension", step="ext_sign", waits="延期签字",
    ),
    Rule(
        "check_extension", "党政办审核延期", "extension", ("ext_check",), None,
        by=(R.OFFICE_HEAD,), tells=DECIDED, article="19",
        needs=(guards.extension_ahead,),
        document="extension", step="ext_check", waits="审核延期", tells_too=("units",),
    ),
    Rule(
        "review_extension", "党政办分管领导审核延期", "extension", ("ext_office_leader",), None,
        by=(R.OFFICE_LEADER,), tells=DECIDED, article="19",
        needs=(guards.extension_ahead,),
        document="extension", step="ext_office_leader", waits="审核延期", tells_too=("units",),
    ),
    Rule(
        "approve_extension", "主要领导审定延期", "extension", ("ext_principal",), None,
        by=PRINCIPAL, tells=DECIDED, article="19",
        needs=(guards.extension_ahead,), only=guards.asks_extension,
        document="extension", step="ext_principal", waits="审定延期", tells_too=("units",),
    ),
    Rule(
        "exempt", "批准免于督办", "extension", ("ext_principal",), None,
        by=PRINCIPAL, tells=(*UNITS, R.HANDLER, *OFFICE, R.RESPONSIBLE_LEADER), article="19",
        needs=(guards.extension_ahead,),  # `during` binds the screen, this a paper as well
        during=("in_progress",), document="extension", step="ext_principal", carries="exempted",
        waits="审定免办", only=guards.asks_exemption, tells_too=("units",),
    ),
    Rule(
        "refuse_extension", "不同意", "extension", SIGNING, "rejected",
        by=(R.UNIT_HEAD, *LEADERS, R.OFFICE_HEAD),
        tells=(R.UNIT_HEAD, R.HANDLER, R.OFFICE_STAFF), article="19",
        needs=(guards.reason_given,), step="*", decides="refuse", document="extension",
    ),
    Rule(
        "transfer_extension", "转授权人", "extension", SIGNING, None,
        by=(R.UNIT_HEAD, *LEADERS, R.OFFICE_HEAD), tells=(), article="19",
        needs=(guards.a_delegate,), step="*", decides="transfer", in_person=True,
    ),
    Rule(
        "withdraw_extension", "撤回", "extension", ("ext_unit", "ext_sign"), "withdrawn",
        by=(R.UNIT_HEAD,), tells=(), article="19",
        chain="extension", decides="withdraw", document="extension", tells_too=("asked",),
    ),
)  # fmt: skip
