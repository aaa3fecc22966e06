"""Conditions of an act that are not met, with the inputs to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.errors import NotOffered


class Unmet(NotOffered):
    """A guard refuses: `reason` as a sentence, its article, and what to mend field by field.

    `beside` are the refusals of other guards of the same act: all is said in one round.
    """

    def __init__(
        self, reason: str, *, article: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason, article)
        self.fields = dict(fields or {})
        self.beside: tuple[Unmet, ...] = ()

    @property
    def each(self) -> tuple[Unmet, ...]:
        """This refusal and those beside it."""
        return (self, *self.beside)

    def alone(self) -> Unmet:
        """This refusal without those beside it."""
        return Unmet(self.reason, article=self.article, fields=self.fields)


def together(refusals: Sequence[Unmet]) -> Unmet | None:
    """Several refusals as one, the first in front; None of none."""
    if not refusals:
        return None
    first, *others = refusals
    first.beside = (*first.beside, *(part for other in others for part in other.each))
    return first
