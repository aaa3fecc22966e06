"""Where name and date of a signature stand (GB/T 9704 7.3.5), in characters of the body."""

from __future__ import annotations

from typing import Final, NamedTuple

WITHOUT_SEAL, WITH_SEAL = 2, 4  # 右空二字, 右空四字
SHIFT: Final = 2  # the date's first character, right of the name's
BEFORE_SEAL: Final = 2  # lines above the name, so that the seal begins within a line of the text
BEFORE: Final = 1


class Places(NamedTuple):
    """What stays free at the right of name and date, in characters."""

    name: float
    day: float


def places(name: float, day: float, *, seal: bool) -> Places:
    """Of a name and a date of these widths. With a seal the date leads and the name stands
    centred over it; without, the name leads, or the date where it is longer."""
    if seal:
        return Places(max(0.0, WITH_SEAL + (day - name) / 2), WITH_SEAL)
    free = max(WITHOUT_SEAL, WITHOUT_SEAL + SHIFT + day - name)
    return Places(free, free + name - SHIFT - day)


def ems(text: str) -> float:
    """Width of a text in characters, letters and digits at half of one."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)
