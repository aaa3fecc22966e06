"""Text to runs without the way over HTML: each character in the first face of its family."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from portal.documents.typesetting.characters import FAMILIES, coverage
from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.paragraph import Run


def runs_of(text: str, family: str, size: float) -> Sequence[Run]:
    """The runs of a cleaned text in `family`, a key of FAMILIES; an empty text is one empty run."""
    runs: list[Run] = []
    begun, face = 0, ""
    for index, char in enumerate(text):
        own = _face_of(char, family)
        if own != face and index > begun:
            runs.append(Run(text[begun:index], font_name(face), size))
            begun = index
        face = own
    last = face or FAMILIES[family][-1]
    runs.append(Run(text[begun:], font_name(last), size))
    return runs


@cache
def _face_of(char: str, family: str) -> str:
    """The first face that has it; the last one if none has, or for a line's end."""
    faces = FAMILIES[family]
    return next((face for face in faces if ord(char) in coverage(face)), faces[-1])
