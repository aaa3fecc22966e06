"""A condition of an act that is not met, with the inputs to correct."""

from __future__ import annotations

from collections.abc import Mapping

from portal.errors import NotOffered


class Unmet(NotOffered):
    """A guard refuses: `reason` as a sentence, its article, and what to mend field by field."""

    def __init__(
        self, reason: str, *, article: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason, article)
        self.fields = dict(fields or {})
