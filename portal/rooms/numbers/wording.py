"""The log of 编号管理 in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.filters import full_date
from portal.models import NumberAct
from portal.rooms.numbers.commands import LABELS
from portal.rooms.numbers.register import said


def label_of(act: NumberAct) -> str:
    """The act's label: 「线下使用」."""
    return LABELS[act.act]


def facts_of(act: NumberAct) -> str:
    """What it was about, as one sentence without its end."""
    return _SAYS[act.act](act.facts)


def _offline(facts: Mapping[str, Any]) -> str:
    return f"{facts['number']}，{full_date(date.fromisoformat(facts['used_on']))}使用"


def _void(facts: Mapping[str, Any]) -> str:
    return f"{'、'.join(facts['numbers'])}：{facts['reason']}"


def _start(facts: Mapping[str, Any]) -> str:
    word, year, first, before = (facts[name] for name in ("word", "year", "first", "before"))
    return f"{word}〔{year}〕首号由{before}号改为{first}号"


def _history(facts: Mapping[str, Any]) -> str:
    return "；".join(
        f"{word}〔{year}〕{said(range(first, last + 1) for first, last in runs)}"
        for word, year, runs in facts["added"]
    )


_SAYS = {"offline": _offline, "void": _void, "start": _start, "history": _history}
