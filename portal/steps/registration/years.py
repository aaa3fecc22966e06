"""Years in titles, moved on with the item (SPEC §8.3)."""

from __future__ import annotations

import re


def in_year(title: str, old: int, new: int) -> str:
    """「2025年征兵工作」 is 「2026年征兵工作」, 「2025—2026学年」 is 「2026—2027学年」.

    Only years counted from the one in which the old item was drafted move; 「2023年巡察」 stays.
    """

    def moved(found: re.Match[str]) -> str:
        if int(found["year"]) != old:
            return found[0]
        return re.sub(r"\d{4}", lambda year: str(int(year[0]) + new - old), found[0])

    return re.sub(r"(?<!\d)(?P<year>\d{4})(?:[—–－-]\d{4}学)?年", moved, title)
