"""指标 (SPEC §6.2): one definition for the pages, the pictures, Excel and the reports.

`of` counts, `rows` are the rows behind a number: both read the same table of indicators
(`indicators`) over the same relations (`facts`). Only what the viewer may know of is counted; a
paper for others (`Scope.official`) leaves out sensitive items for everybody (SPEC §7.5).
"""

from portal.figures.asking import By, Period, Scope
from portal.figures.counting import Figure, Figures, of, rows
from portal.figures.indicators import BY_KEY, INDICATORS, Indicator

__all__ = [
    "BY_KEY",
    "INDICATORS",
    "By",
    "Figure",
    "Figures",
    "Indicator",
    "Period",
    "Scope",
    "of",
    "rows",
]
