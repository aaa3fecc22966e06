"""Photographs are kept without place, time and device, the right way up, not packed anew."""

from __future__ import annotations

import io
import struct
import time

import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from portal.attachments.bare_pictures import MOST_PIXELS, TOO_LARGE
from portal.attachments.checking import look_into
from portal.attachments.refusal import DAMAGED, FileRefused

DEVICE = "Huawei Mate 60"
PLACE = 0x8825


def photograph(kind: str, way: int, **more: object) -> bytes:
    """A picture that is not symmetric, with device, place and which way is up."""
    picture = Image.new("RGB", (64, 32), "white")
    picture.paste((200, 0, 0), (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = DEVICE, way
    exif.get_ifd(PLACE)[2] = (30.0, 40.0, 50.0)
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()


def kept(name: str, content: bytes) -> bytes:
    """What would be kept of an upload."""
    sound = look_into(name, io.BytesIO(content)).sound
    assert sound is not None
    return sound.stream.read()


def upright(content: bytes) -> bytes:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(content))).tobytes()


@pytest.mark.parametrize("way", range(1, 9))
@pytest.mark.parametrize(
    ("name", "kind", "more"),
    [
        ("a.jpg", "JPEG", {"comment": DEVICE.encode()}),
        ("a.jpg", "JPEG", {"progressive": True, "icc_profile": b"p" * 300}),
        ("a.png", "PNG", {}),
    ],
)
def test_nothing_is_left_but_the_picture(
    name: str, kind: str, more: dict[str, object], way: int
) -> None:
    """Every pixel stays, turned as before; colours stay; device and place are gone."""
    sent = photograph(kind, way, **more)
    assert DEVICE.encode() in sent
    left = kept(name, sent)
    picture, before = Image.open(io.BytesIO(left)), Image.open(io.BytesIO(sent))
    assert DEVICE.encode() not in left
    assert dict(picture.getexif()) == ({} if way == 1 else {0x0112: way})
    assert not picture.getexif().get_ifd(PLACE)
    assert picture.tobytes() == before.tobytes()
    assert upright(left) == upright(sent)
    assert picture.info.get("icc_profile") == before.info.get("icc_profile")
    assert kept(name, left) == left


def test_words_in_a_png_and_a_picture_behind_a_jpeg_go() -> None:
    """Other places where devices write of themselves."""
    words = PngInfo()
    words.add_text("Device", DEVICE)
    words.add_itxt("XML:com.adobe.xmp", DEVICE, zip=True)
    left = kept("a.png", photograph("PNG", 1, pnginfo=words))
    assert not {"Device", "XML:com.adobe.xmp"} & set(Image.open(io.BytesIO(left)).info)
    alone = photograph("JPEG", 1)
    assert kept("a.jpg", alone + photograph("JPEG", 6)) == kept("a.jpg", alone)


@pytest.mark.parametrize(
    "broken", [b"", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"?"]
)
def test_a_broken_exif_goes_like_any_other(broken: bytes) -> None:
    """The picture is sound: its Exif is not needed."""
    sound = kept("a.jpg", photograph("JPEG", 1))
    data = b"Exif\0\0" + broken
    sent = sound[:2] + struct.pack(">HH", 0xFFE1, len(data) + 2) + data + sound[2:]
    assert kept("a.jpg", sent) == sound


def huge(kind: str) -> bytes:
    """A small file that says it has more pixels than anybody may draw."""
    sound = kept("a." + kind, photograph({"jpg": "JPEG", "png": "PNG"}[kind], 1))
    if kind == "jpg":
        at = sound.index(b"\xff\xc0") + 5
        return sound[:at] + b"\xff\xff\xff\xff" + sound[at + 4 :]
    out = io.BytesIO()
    Image.new("1", (MOST_PIXELS // 10_000 + 1, 10_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_huge_picture_is_not_taken(kind: str) -> None:
    """With the sentence that says what to do."""
    with pytest.raises(FileRefused, match=TOO_LARGE):
        look_into("a." + kind, io.BytesIO(huge(kind)))


@pytest.mark.parametrize("cut", [3, 20, 200, -2])
def test_half_a_photograph_is_not_taken(cut: int) -> None:
    """Cut anywhere."""
    with pytest.raises(FileRefused, match=DAMAGED):
        look_into("a.jpg", io.BytesIO(photograph("JPEG", 6)[:cut]))


@pytest.mark.parametrize(
    "filling",
    [b"\xff\xfe\0\x02" * 60_000, b"\xff" * 3_000_000 + b"\0"],
    ids=["empty parts", "fill"],
)
def test_a_made_up_file_costs_little(filling: bytes) -> None:
    """Refused, and soon: neither the memory nor the time of the others is taken."""
    sound = kept("a.jpg", photograph("JPEG", 1))
    scan = sound.index(b"\xff\xda") + 14
    sent = sound[:2] + filling if filling[1] == 0xFE else sound[:scan] + filling
    begun = time.monotonic()
    with pytest.raises(FileRefused, match=DAMAGED):
        look_into("a.jpg", io.BytesIO(sent + (sound[2:] if filling[1] == 0xFE else b"")))
    assert time.monotonic() - begun < 5
