"""How roomy a sheet may be set: 四号 down to 小四 before it takes a second page (SPEC §5.1)."""

from __future__ import annotations

from dataclasses import dataclass

MILLIMETRE = 72 / 25.4  # in points


@dataclass(frozen=True)
class Step:
    """How roomy a sheet is set; points, heights of empty boxes in millimetres."""

    size: float
    leading: float
    padding: float
    sign_height: float
    filing_height: float
    margin: float = 18  # millimetres above and below
    tight: bool = False

    @property
    def label_size(self) -> float:
        """Five characters of a label leave some white in its 26 mm."""
        return min(self.size, 13)

    @property
    def picture_size(self) -> float:
        """Height of a signature's picture, points: two in a narrow box leave room for opinions."""
        return self.sign_height * 0.9

    @property
    def lengths(self) -> tuple[float, ...]:
        """Everything that a template takes of the step, in points."""
        heights = (self.sign_height, self.filing_height, self.lines_height, self.receipt_height)
        indent = 2 * self.size
        texts = (self.size, indent, self.label_size, self.leading, self.padding, self.picture_size)
        return (*texts, *(height * MILLIMETRE for height in heights))

    @property
    def lines_height(self) -> float:
        """Height of the box with three lines to sign."""
        return self.filing_height * 1.4

    @property
    def receipt_height(self) -> float:
        """Height of the strip in which a unit signs for a notice, two lines at least."""
        return self.filing_height * 0.8


# 四号 down to 小四 before the sheet breaks (SPEC §5.1), each narrower than the one before.
STEPS = (
    Step(14, 21, 3, 32, 22),
    Step(14, 19, 2, 26, 18),
    Step(13, 17.5, 2, 24, 16),
    Step(12, 16, 1.5, 22, 14),
    Step(12, 15, 1, 18, 12, margin=15),
    Step(12, 14, 1, 16, 10, margin=14, tight=True),
)
FLOWING = Step(12, 16, 1.5, 22, 14)  # for what takes several pages anyway
# What a sheet is read with, to be set at any step: lengths that stand nowhere else.
READ = Step(14.017, 21.023, 3.031, 32.041, 22.053)
