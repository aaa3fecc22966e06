"""Pictures within a line: a signature in the place of a typed name (SPEC §5.1).

On its way through HTML a picture is one private character, which no typed text can hold: `clean`
removes them. xhtml2pdf's own pictures are not used, so that nothing it reads comes from a text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

FIRST_MARK, MOST = 0xE100, 0x800
LARGEST = 1_000_000  # pixels
WIDEST = 4.0  # times its height


class Signed(NamedTuple):
    """What a picture is of: its bytes, and the name it stands for."""

    content: bytes
    name: str


@dataclass(frozen=True)
class Picture:
    """A picture that can be set: its pixels, how many times wider than high, whose name it is.

    The name is set unseen below it, so that the sheet can be searched and copied.
    """

    pixels: Any
    ratio: float
    name: str


def shown(value: Any) -> Iterator[Signed]:
    """The pictures of a sheet's signatures, wherever they stand in it, in their order."""
    if isinstance(value, tuple):
        for part in value:
            yield from shown(part)
    elif is_dataclass(value) and not isinstance(value, type):
        if getattr(value, "picture", b""):
            yield Signed(value.picture, value.name)  # type: ignore[attr-defined]  # a signature box
        for each in fields(value):
            yield from shown(getattr(value, each.name))


def marks(signed: Iterable[Signed]) -> dict[Signed, str]:
    """The private character of each picture, in their order. One that is broken has none."""
    found: dict[Signed, str] = {}
    for one in signed:
        if one not in found and len(found) < MOST and _read(one.content) is not None:
            found[one] = chr(FIRST_MARK + len(found))
    return found


def pictures(found: dict[Signed, str]) -> dict[str, Picture]:
    """By its private character what is drawn."""
    from reportlab.lib.utils import ImageReader

    made = {}
    for one, mark in found.items():
        pixels = _read(one.content)
        ratio = min(pixels.width / pixels.height, WIDEST)
        made[mark] = Picture(ImageReader(pixels), ratio, one.name)
    return made


def _read(content: bytes) -> Any:
    """The pixels of a PNG of sensible size; None of anything else."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG",))
        if picture.width * picture.height > LARGEST:
            return None
        return picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
