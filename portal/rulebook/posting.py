"""Messages as rows (SPEC §8.15): who is told what, written in the transaction of the act or of the
clock's round. Words are found when a message is read or sent, through the reader's own scope.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from portal.extensions import db
from portal.models import Event, Item, Message

ASKED: Final = "N01"
"""待审签/审核/审定/签收: to whoever must act next."""
NOTED: Final = "N00"
"""办理动态: what else an act's row tells, in the portal only."""
PAPERS: Final[Mapping[str, str]] = {
    "N14": "weekly-list", "N15": "weekly-summary", "N40": "monthly",
}  # fmt: skip
"""每周督办清单, 每周情况, 月度清单: about no item, each leads to its page at /papers."""
RELEASE_ASKED: Final = "N55"
"""导出审批待办: to 党政办主任."""
RELEASE_DECIDED: Final = "N56"
"""导出审批结果: to who asked."""
SPILT: Final = "N57"
"""疑似涉密报告: to 机要保密员."""
SPILL_ENDED: Final = "N58"
"""疑似涉密处置完毕: to who reported it and 党政办主任."""
ROOMS: Final[Mapping[str, str]] = {
    RELEASE_ASKED: "/ledger/exports", RELEASE_DECIDED: "/ledger/exports", SPILT: "/spills",
}  # fmt: skip
"""The room that a message about no item leads to."""
URGED: Final = "N09"
"""催办下达: says by when."""
DECIDED: Final = "N10"
"""延期审批结果."""
OF_ACTS: Final = {
    "issue": "N02",
    "issue_first": "N22",
    "deem_receipt": "N03",
    "number_urge": URGED,
    "sign_extension": DECIDED,
    "agree_extension": DECIDED,
    "check_extension": DECIDED,
    "review_extension": DECIDED,
    "approve_extension": DECIDED,
    "exempt": DECIDED,
    "refuse_extension": DECIDED,
    "return": "N11",
    "return_filing": "N11",
    "return_to_handler": "N11",
    "return_to_co_unit": "N11",
    "return_inspection": "N11",
    "return_feedback": "N11",
    "return_supplement": "N11",
    "return_supplement_filing": "N11",
    "not_met": "N24",
    "not_met_filing": "N24",
    "comment": "N12",
    "close": "N13",
    "expire_point": "N28",
}
"""The message that an act means to those it tells; others are 办理动态. See `kind_of`."""
BRIEF: Final = "brief"
"""The fact of a message about a 学期报告 or 通报: its address."""
Hearing = Literal["signed", "filing", "named"]
"""In which capacity somebody hears of an act to whom it means something else than to the others:
whose signature it ends, who gets a copy for 备案, who is named in a call."""
APART: Final[Mapping[tuple[str, Hearing], str]] = {
    ("N11", "signed"): "N23",
    (URGED, "filing"): "N25",
    (NOTED, "named"): "N26",
}
"""The kind they get instead; without one the same as the others."""


def paper_of(kind: str, occasion: str) -> str:
    """The address of the page a message of this kind and occasion («week:2026-W48») leads to; ""
    of one that leads to none."""
    if kind not in PAPERS:
        return ROOMS.get(kind, "")
    span, _colon, asked = occasion.partition(":")
    return f"/papers/{PAPERS[kind]}" + (f"?{span}={asked}" if asked else "")


class Kind(NamedTuple):
    """A kind of message: its label, the channels it may go over, its two texts.

    `channels`: site, wecom, sms; "sms(level 1)" for items of level 1 only. `sensitive` is the text
    outside the portal for a sensitive item: no number, title, unit or leader.
    """

    id: str
    event: str
    label: str
    channels: tuple[str, ...]
    text: str
    sensitive: str


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds by id, from `data/notifications.json`; 同左 is resolved."""
    path = files("portal.rulebook").joinpath("data/notifications.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["events"]
    return {row["id"]: _kind(row) for row in rows}


def _kind(row: Mapping[str, Any]) -> Kind:
    text, sensitive = row["template"], row["sensitive_template"]
    return Kind(
        row["id"],
        row["event"],
        row["label"],
        tuple(row["channels"]),
        text,
        text if sensitive.startswith("同左") else sensitive,
    )


def post(
    kind: str,
    persons: Collection[int],
    occasion: str,
    at: datetime,
    *,
    item: Item | None = None,
    event: Event | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell these persons, each once for an occasion: told twice, late, or by two at once, it is one
    row. KeyError if there is no such kind.

    `facts` fill the text's blanks: dates as ISO days and numbers, never words of the item.
    """
    _ = kinds()[kind]
    if not persons:
        return
    told = {
        "kind": kind,
        "occasion": occasion,
        "at": at,
        "item_id": None if item is None else item.id,
        "event_id": None if event is None else event.id,
        "facts": dict(facts or {}),
    }
    _write([{"person_id": person, **told} for person in sorted(persons)])


class Told(NamedTuple):
    """One message of many that are written at once: to whom, of which kind, about what."""

    person_id: int
    kind: str
    occasion: str
    item_id: int | None
    facts: Mapping[str, Any]


def post_all(messages: Collection[Told], at: datetime) -> None:
    """Like `post`, for the clock's round: many persons, kinds and occasions in one statement."""
    if not messages:
        return
    _write(
        [
            {**row._asdict(), "facts": dict(row.facts), "at": at, "event_id": None}
            # In the order of the items, as whoever locks several of them takes them.
            for row in sorted(messages, key=lambda row: row.item_id or 0)
        ]
    )


def _write(rows: list[dict[str, Any]]) -> None:
    # No RETURNING: the one who acts does not see what lies in others' trays.
    table = cast(Table, Message.__table__)
    for row in rows:
        row |= {"public_id": uuid.uuid4(), "readers": [-row["person_id"]]}
    db.session.execute(insert(table).on_conflict_do_nothing().inline(), rows)


def kind_of(act: str, facts: Mapping[str, Any]) -> str:
    """The message that an act with these facts means to those it tells.

    Whichever signature is the last decides a request for more time: the others are no result yet.
    退回上一环节 asks a signer anew and gives nothing back to be written again.
    """
    kind = OF_ACTS.get(act, NOTED)
    undecided = act != "refuse_extension" and not facts.keys() & {"due", "exempted"}
    if (kind == DECIDED and undecided) or facts.get("to_previous"):
        return NOTED
    return kind


def tell(
    item: Item,
    event: Event,
    asks: Mapping[int, str],
    act: str,
    apart: Mapping[Hearing, set[int]],
) -> None:
    """The messages of an act: 待办 to whoever is asked by it, and for what; to the others it tells
    the kind that `act` means (of a paper the act on screen), or means to those `apart`."""
    key, heard = str(event.key), set(event.tells)
    for word in sorted(set(asks.values())):
        asked = {person for person, what in asks.items() if what == word}
        post(ASKED, asked & heard, key, event.at, item=item, event=event, facts={"action": word})
    kind = kind_of(act, event.facts)
    facts = {"limit": event.facts["limit_on"]} if kind == URGED else {}
    left = heard - asks.keys()
    for how, persons in apart.items():
        if (kind, how) in APART:
            theirs = left & persons
            post(APART[kind, how], theirs, key, event.at, item=item, event=event)
            left -= theirs
    post(kind, left, key, event.at, item=item, event=event, facts=facts)
