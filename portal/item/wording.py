"""Words the rooms share: an item's state, the ground of a fact, how long something waits."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for

from portal.filters import as_day
from portal.models import Item
from portal.rulebook import policy
from portal.rulebook.text import ground_anchor, ground_label


def state_label(item: Item) -> str:
    """「办理中」."""
    return policy.CURRENT.state(item.state).label


def ground(article: str) -> tuple[str, str]:
    """How an article is cited, 「依据第十八条第（三）项」, and its place in the rule-book."""
    return f"依据{ground_label(article)}", ground_href(article)


def ground_href(article: str) -> str:
    """The address of an article's own place on the page of the rule-book."""
    return url_for("help.rulebook", _anchor=ground_anchor(article))


def waited(since: datetime, today: date) -> str:
    """「今天」, 「3天」: natural days since an instant."""
    days = (today - as_day(since)).days
    return f"{days}天" if days > 0 else "今天"
