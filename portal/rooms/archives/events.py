"""The events in a package against their seals and the texts against their digests, offline."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from portal.audit.digests import ALGORITHMS
from portal.rulebook.kept_texts import salted_with

FORMAT: Final = "duban-events/1"
KIND: Final = "办理过程"
MOST_WRONG: Final = 100
"""Differences that are named: of a file of somebody's own making there might be millions."""
LAST_POSITION: Final = 2**63 - 1
"""What the chain's own column holds."""


@dataclass
class Checked:
    """How many events there are, what is wrong with them, and what the server's chain must hold."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    seals: list[tuple[int, str]] = field(default_factory=list)


def checked(content: bytes) -> Checked:
    """Every event's digest over its record and the one before; every text's over its salt."""
    found = Checked()
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        found.wrong.append("办理记录不能读取。")
        return found
    events = told.get("events") if isinstance(told, dict) else None
    if not isinstance(events, list) or told.get("format") != FORMAT:
        found.wrong.append("办理记录的格式不符。")
        return found
    for place, event in enumerate(events, 1):
        if len(found.wrong) >= MOST_WRONG:
            found.wrong.append("其余办理记录未再核对。")
            break
        _check(event, place, found)
    return found


def _check(event: Any, place: int, found: Checked) -> None:
    found.count += 1
    try:
        alg = ALGORITHMS[event["alg"]]
        sealed = alg.digest(f"{event['previous']}\n{event['record']}".encode())
        record = json.loads(event["record"])
        texts = [
            (text["digest"], salted_with(text["salt"], text["body"])) for text in event["texts"]
        ]
        told = {record.get("digest"), *_digests(record)}
        position = int(event["position"])
        if not 0 < position <= LAST_POSITION:
            raise ValueError("no position of a chain")
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        found.wrong.append(f"第{place}条办理记录不完整。")
        return
    if sealed != event["digest"]:
        found.wrong.append(f"第{place}条办理记录与封存摘要不符，内容已改动。")
    if any(kept != now or kept not in told for kept, now in texts):
        found.wrong.append(f"第{place}条办理记录的文本与摘要不符，内容已改动。")
    found.seals.append((position, str(event["digest"])))


def _digests(record: dict[str, Any]) -> set[str]:
    """The digests of texts that a record's facts name."""
    facts = record.get("facts") or {}
    return {
        str(kept["digest"])
        for kept in facts.values()
        if isinstance(kept, dict) and "digest" in kept
    }
