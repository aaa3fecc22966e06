"""核验码: the number by which a printed sheet is found again, and its address (decision 0103).

It is the random id of the stored row, written so that it can be typed by hand: 122 bits that
nobody guesses, and two letters that catch every single slip and every pair of swapped letters.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Final
from urllib.parse import urlsplit

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, which are read or typed as something else (Crockford)."""
GROUP: Final = 4
LENGTH: Final = 28
PATH: Final = "/V/"
"""Short and in capitals: so a QR code of the address takes the fewest squares."""
_CHECK: Final = 1021
"""The largest prime that two letters hold: no slip of one letter leaves the remainder as it was."""
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_PRINTED: Final = re.compile(rf"(?<![0-9A-Z])[0-9A-Z]{{{GROUP}}}(?:-[0-9A-Z]{{{GROUP}}}){{6}}")


def number_of(public_id: uuid.UUID) -> str:
    """The number as it is printed: seven groups of four."""
    rest = (public_id.int << 10) | public_id.int % _CHECK
    letters = ""
    for _ in range(LENGTH):
        rest, place = divmod(rest, len(LETTERS))
        letters = LETTERS[place] + letters
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def id_of(typed: str) -> uuid.UUID | None:
    """The row's id; None for what is no number, or was typed wrong.

    Small letters, full width, blanks and dashes do not matter, nor does the address before it.
    """
    text = unicodedata.normalize("NFKC", typed).rstrip("/ ").rpartition("/")[2].upper()
    letters = re.sub(r"[\s\-‐-―−]", "", text).translate(_MISREAD)
    if len(letters) != LENGTH or not set(letters) <= set(LETTERS):
        return None
    number = 0
    for letter in letters:
        number = number * len(LETTERS) + LETTERS.index(letter)
    value, check = divmod(number, 1 << 10)
    if value >= 1 << 128 or value % _CHECK != check:
        return None
    return uuid.UUID(int=value)


def printed_in(text: str) -> list[uuid.UUID]:
    """The rows whose numbers stand in a text, each once, in their order."""
    found = (id_of(number) for number in _PRINTED.findall(text))
    return list(dict.fromkeys(one for one in found if one is not None))


def address_of(number: str, base: str) -> str:
    """What the QR code holds: the address under which people open the portal (`public_url`), or
    the path alone if none is set. Never the host of a request, which anybody may name."""
    path = PATH + number.replace("-", "")
    if not base:
        return path
    # Scheme and host may be written in capitals, which take fewer squares; a path may not.
    return (base if urlsplit(base).path else base.upper()) + path
