"""Why an act is not done: each says what is so, by which article, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Base of what the kernel refuses; `message` is formal Chinese for the person."""

    def __init__(self, message: str, *, article: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.article = article


class NotOffered(Refusal):
    """The rules do not offer this act to this person in this state."""


class Unmet(Refusal):
    """A condition of the act is not met; `fields` names the inputs to correct."""

    def __init__(
        self, message: str, *, article: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, article=article)
        self.fields = dict(fields or {})


class Stale(Refusal):
    """Somebody acted since the person opened the page; `events` are those acts, oldest first."""

    def __init__(self, message: str, events: list[Any]) -> None:
        super().__init__(message)
        self.events = events


class Unknown(Refusal):
    """Missing, or not for this person to know of: both answer alike (SPEC §7.5)."""

    def __init__(self) -> None:
        super().__init__("未找到该页面")
