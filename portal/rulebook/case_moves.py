"""What an act on a case changes of it beside the state (第二十二至二十五条, SPEC §6.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from portal.models import Case
from portal.rulebook import policy, working_calendar
from portal.rulebook.guards import Decided
from portal.rulebook.scope import Viewer

Values = Mapping[str, Any]
Facts = dict[str, Any]


def apply(act: str, viewer: Viewer, case: Case, values: Values) -> Facts:
    """Change the columns; the facts of the act, dates and keys only."""
    change = _CHANGES.get(act)
    return change(viewer, case, values) if change else {}


def _hear(viewer: Viewer, case: Case, _values: Values) -> Facts:
    days = policy.CURRENT.limit("case_statement")
    case.justified = False
    case.statement_by = working_calendar.current().add_workdays(viewer.moment.day, days)
    return {"statement_by": case.statement_by.isoformat()}


def _drop(viewer: Viewer, case: Case, values: Values) -> Facts:
    case.justified = values.get("justified", False)
    case.ended_on = viewer.moment.day
    return {"justified": case.justified}


def _state(viewer: Viewer, case: Case, _values: Values) -> Facts:
    case.stated_by_id, case.stated_on = viewer.person_id, viewer.moment.day
    return {}


def _enter(_viewer: Viewer, case: Case, values: Values) -> Facts:
    case.stated_on, case.silent = values["received_on"], False
    return {"received_on": values["received_on"].isoformat()}


def _lapse(_viewer: Viewer, case: Case, _values: Values) -> Facts:
    case.silent = True
    return {"silent": True}


def _propose(_viewer: Viewer, case: Case, values: Values) -> Facts:
    case.referred_to = values["referred_to"]
    return {"referred_to": case.referred_to}


def _refer(viewer: Viewer, case: Case, _values: Values) -> Facts:
    case.referred_on = viewer.moment.day
    return {"referred_to": case.referred_to}


def _suggest(_viewer: Viewer, _case: Case, values: Values) -> Facts:
    return {"measures": list(values.get("measures", ())), "grade": values.get("grade", "")}


def _decide(_viewer: Viewer, case: Case, values: Values) -> Facts:
    decided: Decided = values["decided"]
    case.deciding_body, case.minutes_no = decided.body, decided.minutes_no.strip()
    case.decided_on, case.decision = decided.on, decided.text.strip()
    case.measures, case.grade = list(decided.measures), decided.grade
    return {
        "body": case.deciding_body,
        "minutes_no": case.minutes_no,
        "decided_on": decided.on.isoformat() if decided.on else None,
        "measures": case.measures,
        "grade": case.grade,
    }


def _execute(viewer: Viewer, case: Case, _values: Values) -> Facts:
    case.executed_on = viewer.moment.day
    return {}


def _receive(_viewer: Viewer, _case: Case, values: Values) -> Facts:
    return {
        "appellant": values["appellant"],
        "received_on": values["received_on"].isoformat(),
    }


def _resolve(viewer: Viewer, case: Case, values: Values) -> Facts:
    """复核 decides anew; what was executed is to be executed as it stands now."""
    case.executed_on = None
    return _decide(viewer, case, values)


def _close(viewer: Viewer, case: Case, _values: Values) -> Facts:
    case.ended_on = viewer.moment.day
    return {}


_CHANGES: Final[Mapping[str, Callable[[Viewer, Case, Values], Facts]]] = {
    "hear_unit": _hear,
    "drop_clue": _drop,
    "state_case": _state,
    "enter_statement": _enter,
    "lapse_statement": _lapse,
    "propose_referral": _propose,
    "refer": _refer,
    "suggest": _suggest,
    "decide_case": _decide,
    "execute_case": _execute,
    "enter_appeal": _receive,
    "resolve_appeal": _resolve,
    "close_case": _close,
}
