"""A photographed or scanned signature becomes a small picture: dark ink on white, its margins cut.

Pure but for Pillow, which is loaded where a picture is read. What is stored is drawn anew from the
pixels, so nothing of the file that was sent (its metadata, a second file within it) is kept.
"""

from __future__ import annotations

import bisect
import io
import itertools
import warnings
from typing import IO, TYPE_CHECKING

from portal.errors import NotOffered
from portal.upright import upright

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 2 * 1024 * 1024  # bytes
MOST_PIXELS = 20_000_000
WIDTH, HEIGHT = 600, 240  # pixels of what is kept: 50 mm at 300 dots an inch
PAPER, INK = 0.80, 0.45
"""Against the paper's own brightness: from where on a pixel is paper, up to where it is ink."""
LEAST_INK, MOST_INK = 0.0005, 0.5
"""Share of a picture that a signature takes."""
GREYS = 16
"""Steps of brightness that are kept: enough at 300 dots an inch, and a quarter of the bytes."""
FORMATS = ("PNG", "JPEG")

TOO_LARGE = "签名图片不超过2 MB，请压缩后重新上传。"
UNREADABLE = "图片无法读取，请上传PNG或JPG格式的签名图片。"
TOO_MANY_PIXELS = "图片尺寸过大，请缩小到2000万像素以内后重新上传。"
NO_INK = "图片中没有找到签名笔迹，请用深色笔在白纸上签名，拍照或扫描后上传。"
NOT_PAPER = "图片背景过深或内容过多，请用深色笔在白纸上签名，拍照或扫描后上传。"


def inked(stream: IO[bytes]) -> bytes:
    """The PNG to keep, at most WIDTH × HEIGHT pixels in GREYS greys.

    NotOffered says in a sentence what is wrong with the picture.
    """
    raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise NotOffered(TOO_LARGE)
    return _drawn(_bleached(_grey(raw)))


def _grey(raw: bytes) -> Image.Image:
    """The picture in greys on white, turned as it was held. NotOffered if it is none."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header's oddities; what matters raises below
            picture = Image.open(io.BytesIO(raw), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise NotOffered(TOO_MANY_PIXELS)
            turned = upright(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotOffered(UNREADABLE) from error
    white = Image.new("RGBA", turned.size, "white")
    return Image.alpha_composite(white, turned).convert("L")


def _bleached(grey: Image.Image) -> Image.Image:
    """Paper made white and ink dark, whatever the light it was photographed in."""
    paper = _paper(grey)
    low, high = paper * INK, paper * PAPER
    return grey.point([round(255 * min(max((x - low) / (high - low), 0), 1)) for x in range(256)])


def _paper(grey: Image.Image) -> float:
    """The brightness of the paper: most of the picture is paper."""
    below = list(itertools.accumulate(grey.histogram()))
    brightness = bisect.bisect_left(below, below[-1] / 2)
    if brightness < 64:
        raise NotOffered(NOT_PAPER)
    return float(brightness)


def _drawn(bleached: Image.Image) -> bytes:
    from PIL import Image

    dark = bleached.point([255 if x < 128 else 0 for x in range(256)])
    share = dark.histogram()[255] / (dark.width * dark.height)
    box = bleached.point([255 if x < 250 else 0 for x in range(256)]).getbbox()
    if share < LEAST_INK or box is None:
        raise NotOffered(NO_INK)
    if share > MOST_INK:
        raise NotOffered(NOT_PAPER)
    cut = bleached.crop(box)
    cut.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    step = 255 / (GREYS - 1)
    kept = cut.point([round(round(x / step) * step) for x in range(256)])
    out = io.BytesIO()
    kept.save(out, "PNG", optimize=True)
    return out.getvalue()
