"""Photographs: made small before they are set, and set as a block of their own.

They reach the HTML as `data:` addresses, the only ones that its reader follows.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from reportlab.platypus.flowables import Flowable

from portal.upright import upright

WIDEST = 1000
"""Pixels of the longer side: 74 mm in print at 340 points an inch."""
LARGEST = 50_000_000
"""Pixels of a picture that is opened at all."""
QUALITY = 82
FORMATS = ("JPEG", "PNG")


class BrokenPhoto(ValueError):
    """It is no picture, or too large to be opened."""


def shrunk(content: bytes) -> bytes:
    """The picture as a JPEG of at most WIDEST pixels, upright, without what else was in the file
    (place, camera). Raises BrokenPhoto."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST:
                raise BrokenPhoto
            picture = upright(opened)
            picture.thumbnail((WIDEST, WIDEST))
            flat = Image.new("RGB", picture.size, "white")
            mask = picture.convert("RGBA") if "A" in picture.mode else None
            flat.paste(picture.convert("RGB"), mask=mask)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BrokenPhoto from error
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def address_of(jpeg: bytes) -> str:
    """The picture as a `data:` address."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


class PhotoBlock(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A picture in the middle of its cell, as high as its style says, narrower if it must be."""

    def __init__(self, content: bytes, height: float) -> None:
        from reportlab.lib.utils import ImageReader

        super().__init__()
        self.picture = ImageReader(io.BytesIO(content))
        self.wanted = height

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Returns the width of the cell and the height the picture takes."""
        wide, high = self.picture.getSize()
        scale = min(self.wanted / high, available_width / wide)
        self.drawn = (wide * scale, high * scale)
        self.width, self.height = available_width, high * scale
        return self.width, self.height

    def draw(self) -> None:
        """Draw it; the flowable's origin is its lower left corner."""
        wide, high = self.drawn
        self.canv.drawImage(self.picture, (self.width - wide) / 2, 0, wide, high)


def photo_in(source: Any) -> PhotoBlock | None:
    """The picture that xhtml2pdf read in this paragraph; None if it is one of text."""
    for frag in source.frags:
        found = getattr(frag, "cbDefn", None)
        if found is not None and found.kind == "img":
            return PhotoBlock(found.image._imgdata, found.height)
    return None
