"""第八条: 岗位交接 of one item, from who leaves it to who takes it up (SPEC §1.6).

Rows of the table of acts; `rule_shapes` explains a row. Three confirm in turn: who hands over, who
takes over, and the 监交人, whose office the line itself says; the last one makes it effective.
Where the one whose turn it is keeps silent, 党政办主任 may do it for all that are still to come.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook import guards
from portal.rulebook.rule_shapes import MADE_UP, OFFICE, R, Rule

_BEGUN: Final = (guards.giver_owns, guards.taker_fits, guards.not_handed_over)
_SUPERVISED: Final = (guards.not_a_party, guards.taker_may_know, guards.taker_in_office)

HANDOVERS: tuple[Rule, ...] = (
    Rule(
        "handover", "岗位交接", "handover", (), "requested",
        by=(R.UNIT_HEAD, *OFFICE, R.HANDLER), tells=(), article="8",
        needs=(guards.declared, *_BEGUN),
        during=MADE_UP, document="handover", makes=True, tells_too=("parties",),
        asks=("confirm_giving",),
    ),
    # A unit has a new head: the clock begins the list of the whole unit.
    Rule(
        "open_handover", "启动岗位交接", "handover", (), "requested",
        by=(R.SYSTEM,), tells=(), article="8",
        needs=_BEGUN, during=MADE_UP, document="handover", makes=True, tells_too=("parties",),
        asks=("confirm_giving",),
    ),
    Rule(
        "confirm_giving", "移交人确认", "handover", ("requested",), "from_confirmed",
        by=(R.HANDING_OVER,), tells=(R.TAKING_OVER,), article="8",
        during=MADE_UP, document="handover", waits="确认移交", asks=("confirm_taking",),
    ),
    Rule(
        "confirm_taking", "接手人确认", "handover", ("from_confirmed",), "to_confirmed",
        by=(R.TAKING_OVER,), tells=(R.UNIT_HEAD,), article="8",
        during=MADE_UP, document="handover", waits="确认接手",
        asks=("confirm_handover", "confirm_head_handover", "confirm_office_handover"),
    ),
    Rule(
        "confirm_handover", "监交人确认", "handover", ("to_confirmed",), "effective",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="8",
        needs=_SUPERVISED, during=MADE_UP, document="handover", waits="监交",
        only=guards.supervised_in_unit, tells_too=("parties",),
    ),
    Rule(
        "confirm_head_handover", "监交人确认", "handover", ("to_confirmed",), "effective",
        by=(R.OFFICE_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="8",
        needs=_SUPERVISED, during=MADE_UP, document="handover", waits="监交",
        only=guards.supervised_by_office, tells_too=("parties",),
    ),
    Rule(
        "confirm_office_handover", "监交人确认", "handover", ("to_confirmed",), "effective",
        by=(R.OFFICE_LEADER,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="8",
        needs=_SUPERVISED, during=MADE_UP, document="handover", waits="监交",
        only=guards.supervised_by_leader, tells_too=("parties",),
    ),
    Rule(
        "force_handover", "强制移交", "handover",
        ("requested", "from_confirmed", "to_confirmed"), "forced",
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD, R.OFFICE_STAFF, R.RESPONSIBLE_LEADER),
        article="8",
        needs=(guards.reason_given, guards.party_silent, *_SUPERVISED), during=MADE_UP,
        document="handover", tells_too=("parties",),
    ),
    Rule(
        "decline_handover", "退回交接", "handover", ("from_confirmed", "to_confirmed"), "declined",
        by=(R.TAKING_OVER, R.UNIT_HEAD, R.OFFICE_HEAD), tells=(R.UNIT_HEAD,), article="8",
        needs=(guards.reason_given,), during=MADE_UP, document="handover", tells_too=("parties",),
    ),
    Rule(
        "withdraw_handover", "撤回交接", "handover", ("requested", "from_confirmed"), "withdrawn",
        by=(R.HANDING_OVER, R.UNIT_HEAD, *OFFICE), tells=(), article="8",
        during=MADE_UP, document="handover", tells_too=("parties",),
    ),
)  # fmt: skip
