"""A photograph turned as the camera was held, as its orientation (Exif tag 274) says.

Pillow's own way writes all other tags anew, and breaks off with any error there is at an odd one:
a picture would be refused for a camera's date that nobody keeps.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

ORIENTATION: Final = 0x0112
UNREAD: Final = (
    ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError,
    struct.error,
)  # fmt: skip
"""What Pillow raises at tags that are not as the standard has them."""


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned; as it lies, if nothing readable says how it was held."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(picture.getexif().get(ORIENTATION, 1))
    except UNREAD:
        turn = None
    return picture if turn is None else picture.transpose(turn)
