"""File names as people send them, made safe to show, to store in a row and to hand back."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
UNNAMED = "附件"
_UNSAFE = re.compile(r'[<>:"|?*]')
# Control, format (bidi marks, zero width), surrogate, private and unassigned signs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean_name(given: str) -> str:
    """The last part of a path, on one line, at most 120 characters, its extension kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _HIDDEN)
    plain = _UNSAFE.sub("_", " ".join(seen.split())).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST] or UNNAMED
    tail = f".{ending}"[:LONGEST]
    return (stem.strip(" .")[: LONGEST - len(tail)].rstrip(" .") or UNNAMED) + tail


def extension(name: str) -> str:
    """The ending in small letters without its dot; empty if there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
