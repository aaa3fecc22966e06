"""常用语: the phrases offered under an opinion box, per step. Full stops belong to them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """Phrases by step (审签, 审核, 审定, 批示, 退回, 反馈, 延期, 办结, 催办).

    `{unit}`, `{leader}`, `{level}`, `{date}` stand for words of the item.
    """
    path = files("portal.rulebook").joinpath("data/phrases.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    return {step: tuple(texts) for step, texts in data["phrases"].items()}
