"""A photograph becomes ink on white, or a sentence says why not (SPEC §5.1)."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image

from portal import inking
from portal.documents.typesetting.photos import shrunk
from portal.errors import NotOffered
from portal.inking import inked
from tests.accounts.pictures import photographed
from tests.attachments import files


def _read(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize(
    "given",
    [
        photographed(),
        photographed("PNG", paper=(255, 255, 255)),
        photographed("PNG", paper=(0, 0, 0, 0), mode="RGBA"),
        photographed("PNG", paper=(120, 118, 110)),
        photographed(size=(2400, 1600)),
        photographed("PNG", size=(120, 60)),
    ],
    ids=["photograph", "scan", "cut out", "in the shade", "large", "small"],
)
def test_ink_on_white(given: bytes) -> None:
    kept = _read(inked(io.BytesIO(given)))
    assert (kept.format, kept.mode) == ("PNG", "L")
    assert kept.width <= inking.WIDTH
    assert kept.height <= inking.HEIGHT
    assert kept.getextrema() == (0, 255)
    assert kept.histogram()[255] > kept.width * kept.height / 3
    # Its margins are cut: ink stands at every edge.
    assert kept.point([255 if x < 250 else 0 for x in range(256)]).getbbox() == (
        0, 0, kept.width, kept.height,
    )  # fmt: skip
    assert inked(io.BytesIO(given)) == inked(io.BytesIO(given))


def test_nothing_else_of_the_file_is_kept() -> None:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "阿坝州马尔康市办公室"
    exif[0x0112] = 6  # lying on its side
    with Image.open(io.BytesIO(photographed())) as picture:
        upright = _read(inked(io.BytesIO(photographed())))
        picture.save(made, "JPEG", exif=exif)
    kept = inked(io.BytesIO(made.getvalue() + files.zipped({"x": "x"})))
    assert "阿坝" not in kept.decode("utf-8", errors="ignore")
    assert b"PK" not in kept
    turned = _read(kept)
    assert not turned.getexif()
    assert (turned.width > turned.height) != (upright.width > upright.height)


def _noted(tag: int, form: int, count: int, value: int) -> bytes:
    """A photograph lying on its side, beside whose orientation stands a tag of a wrong form."""
    tags = struct.pack("<HHHIHH", 2, 0x0112, 3, 1, 6, 0) + struct.pack(
        "<HHII", tag, form, count, value
    )
    made = io.BytesIO()
    with Image.open(io.BytesIO(photographed())) as picture:
        picture.save(made, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + tags + bytes(12))
    return made.getvalue()


@pytest.mark.filterwarnings("ignore:Metadata Warning")
@pytest.mark.parametrize(
    "tag",
    [(0x010E, 5, 1, 38), (0x011A, 2, 4, 0x41414141), (0x0100, 2, 4, 0x41414141)],
    ids=["a fraction for a text", "a text for a fraction", "a text for a number"],
)
def test_odd_tags_do_not_matter(tag: tuple[int, int, int, int]) -> None:
    """Cameras and their programs write such; the picture is turned as it was held all the same."""
    given = _noted(*tag)
    for kept in (inked(io.BytesIO(given)), shrunk(given)):
        turned = _read(kept)
        assert turned.height > turned.width


def _flat(form: str, colour: int) -> bytes:
    made = io.BytesIO()
    Image.new("L", (300, 200), colour).save(made, form)
    return made.getvalue()


def _wide() -> bytes:
    """A file of a few bytes that says it holds a picture of 40,000 by 40,000."""
    raw = bytearray(files.png())
    raw[16:24] = (40_000).to_bytes(4, "big") * 2
    return bytes(raw)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda: b"", inking.UNREADABLE),
        (lambda: b"<svg onload='alert(1)'/>", inking.UNREADABLE),
        (lambda: files.pdf(), inking.UNREADABLE),
        (lambda: files.jpg()[:-100], inking.UNREADABLE),
        (lambda: photographed("GIF"), inking.UNREADABLE),
        (lambda: photographed()[:2000], inking.UNREADABLE),
        (lambda: photographed("PNG")[:-40], inking.UNREADABLE),
        (_wide, inking.UNREADABLE),
        (lambda: photographed("PNG") + bytes(inking.LARGEST), inking.TOO_LARGE),
        (lambda: _flat("PNG", 255), inking.NO_INK),
        (lambda: _flat("JPEG", 170), inking.NO_INK),
        (lambda: photographed(strokes=0), inking.NO_INK),
        (lambda: _flat("PNG", 0), inking.NOT_PAPER),
        (lambda: photographed("PNG", paper=(40, 40, 40)), inking.NOT_PAPER),
    ],
)
def test_what_is_no_signature_is_said(given: Callable[[], bytes], says: str) -> None:
    with pytest.raises(NotOffered) as refused:
        inked(io.BytesIO(given()))
    assert refused.value.reason == says
