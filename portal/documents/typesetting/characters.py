"""Characters: which can be printed, in which face, and what is cleaned away before (SPEC §8.9).

Plain Python: forms may ask before anything is printed, without loading a font.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

MOST_NAMED = 20
GETA = "〓"
FONTS = Path(__file__).parent.parent / "fonts"

# xhtml2pdf folds U+3000 into a space; this private character passes and is turned back.
BLANK = "\ue000"
JOINER = "\ue001"  # no line ends between the two characters it stands between
IDEOGRAPHIC_SPACE = "\u3000"

# Families, first face first: each character is set in the first face that has it.
FAMILIES: dict[str, tuple[str, ...]] = {
    "body": ("box", "latin", "fang", "song"),
    "hei": ("box", "hei", "song"),
    "title": ("box", "title", "song"),
    "kai": ("box", "kai", "song"),
    "song": ("box", "song"),
}

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Invisible: soft hyphen, joiners, direction marks, variation selectors, the byte order mark.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)

# Only letters with accents are composed: composing all would replace compatibility Han.
_COMBINED = re.compile("[A-Za-z\u00c0-\u024f][\u0300-\u036f]+")


def clean(text: str) -> str:
    """`text` with "\\n" as the only control character and nothing invisible in it.

    Lone surrogates, private characters and zero-width characters go; tabs become spaces.
    """
    text = _BREAKS.sub("\n", text).replace("\t", " ").replace("\xa0", " ")
    text = _INVISIBLE.sub("", text)
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
    return _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), "".join(kept))


@cache
def coverage(face: str) -> frozenset[int]:
    """Code points of `face` (its file's name without ending); KeyError for an unknown face."""
    return _coverages()[face]


@cache
def _coverages() -> dict[str, frozenset[int]]:
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines()
    found = {}
    for line in lines:
        face, *spans = line.split()
        ends = (span.split("-") for span in spans)
        found[face] = frozenset(code for a, b in ends for code in range(int(a, 16), int(b, 16) + 1))
    return found


def unprintable(text: str) -> set[str]:
    """Characters of `text`, as cleaned, that no face has; empty if all of it can be printed."""
    printable = _body()
    return {c for c in clean(text) if c != "\n" and ord(c) not in printable}


def with_geta(text: str) -> str:
    """`text`, as cleaned, with 〓 for what no face has: for names of files, which nobody can mend
    once something was handed in with them."""
    missing = unprintable(text)
    return "".join(GETA if char in missing else char for char in clean(text))


def cannot_print(missing: Collection[str]) -> str:
    """The sentence that names characters no face has, with their code points."""
    named = "、".join(f"「{char}」（U+{ord(char):04X}）" for char in sorted(missing)[:MOST_NAMED])
    return f"以下字符无法打印，请改用其他写法：{named}。"


@cache
def _body() -> frozenset[int]:
    return frozenset[int]().union(*map(coverage, FAMILIES["body"]))


def unbroken(name: str) -> str:
    """`name` with joiners, so that no line ends within it."""
    return JOINER.join(name)


def family_of_name(name: str, wanted: str = "body") -> str:
    """The family to set `name` in as a whole: `wanted`, or song if `wanted` lacks a character.

    So a name with a rare character is not a mixture of two faces.
    """
    own = _own_faces(wanted)
    return wanted if all(ord(c) in own for c in name) else "song"


@cache
def _own_faces(family: str) -> frozenset[int]:
    return frozenset[int]().union(*(coverage(face) for face in FAMILIES[family] if face != "song"))
