"""Photographs without what the camera wrote beside the picture: where, when, with which device."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import IO, Final, TypeVar

from portal.attachments.kinds import Kind
from portal.attachments.refusal import DAMAGED, FileRefused

_Part = TypeVar("_Part")
MOST_PIXELS: Final = 200_000_000
"""What the largest cameras of telephones give; a sheet of A3 at 600 dpi has a third of it."""
MOST_PARTS: Final = 50_000
"""Segments or chunks of one picture: a made-up file of empty ones would fill the memory."""
TOO_LARGE: Final = "图片的像素过多（超过2亿），请缩小后重新上传。"
UPRIGHT: Final = 1
_ORIENTATION: Final = 0x0112
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends a scan: neither a stuffed byte nor a restart."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF: Final = b"Exif\0\0"
_DRAWN: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB bKGD hIST pHYs sPLT cICP mDCV cLLI "
    b"acTL fcTL fdAT".split()
)
"""Chunks of a PNG that say how it is drawn; all others are words, times and 'eXIf'."""


def bare(file: IO[bytes], kind: Kind) -> IO[bytes]:
    """The same picture, not packed anew, with nothing beside it but colours and which way is up;
    any other file as it is. FileRefused if it is damaged or has more than MOST_PIXELS."""
    if kind.name not in ("jpg", "png"):
        return file
    file.seek(0)
    content = file.read()
    try:
        parts = _jpeg(content) if kind.name == "jpg" else _png(content)
        return io.BytesIO(b"".join(parts))
    except (struct.error, IndexError) as error:
        raise FileRefused(DAMAGED) from error


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Its segments to the end of the picture: what stands behind it (a second picture with an
    Exif of its own, a film) is left away."""
    segments = _counted(_segments(content))
    exif = (body[10:] for code, body in segments if code == 0xE1 and body[4:10] == _EXIF)
    way = _way(next(exif, b""))
    yield b"\xff\xd8"
    # Readers look for Exif behind JFIF, or at once where there is none.
    first = segments[0][0] if segments else 0
    if first != 0xE0 and way != UPRIGHT:
        yield _segment(0xE1, _EXIF + _tiff(way))
    for place, (code, body) in enumerate(segments):
        if _of_the_picture(code, body):
            yield body
        if place == 0 and code == 0xE0 and way != UPRIGHT:
            yield _segment(0xE1, _EXIF + _tiff(way))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its marker; a scan with the bytes that follow it."""
    at, framed, scanned = 2, False, False
    while True:
        if content[at] != 0xFF:
            raise FileRefused(DAMAGED)
        while content[at] == 0xFF:
            at += 1
        code = content[at]
        at += 1
        if code == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, at)
        end = at + length
        if length < 2 or end > len(content):
            raise FileRefused(DAMAGED)
        if code in _FRAMES:
            _check_size(*struct.unpack_from(">HH", content, at + 3))
            framed = True
        if code == 0xDA:
            found = _MARKER.search(content, end)
            if found is None:
                raise FileRefused(DAMAGED)
            end, scanned = found.start(), True
        yield code, b"\xff" + bytes([code]) + content[at:end]
        at = end
    if not (framed and scanned):
        raise FileRefused(DAMAGED)
    yield 0xD9, b"\xff\xd9"


def _of_the_picture(code: int, body: bytes) -> bool:
    if code == 0xFE:
        return False
    if 0xE0 <= code <= 0xEF:
        beginnings = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
        return code in beginnings and body[4:].startswith(beginnings[code])
    return True


def _counted(parts: Iterator[_Part]) -> list[_Part]:
    found = list(islice(parts, MOST_PARTS + 1))
    if len(found) > MOST_PARTS:
        raise FileRefused(DAMAGED)
    return found


def _segment(code: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(data) + 2) + data


def _png(content: bytes) -> Iterator[bytes]:
    chunks = _counted(_chunks(content))
    way = _way(next((data for name, data in chunks if name == b"eXIf"), b""))
    yield content[:8]
    for name, data in chunks:
        if name in _DRAWN:
            yield _chunk(name, data)
        if name == b"IHDR" and way != UPRIGHT:
            yield _chunk(b"eXIf", _tiff(way))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", content, at + 8 + length)
        if check != zlib.crc32(name + data):
            raise FileRefused(DAMAGED)
        if name == b"IHDR":
            _check_size(*struct.unpack_from(">II", data))
        yield name, data
        at += 12 + length


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _check_size(one: int, other: int) -> None:
    if one * other > MOST_PIXELS:
        raise FileRefused(TOO_LARGE)


def _way(tiff: bytes) -> int:
    """Which way is up, 1 to 8; upright where Exif is broken or says nothing."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, at)
        for nth in range(entries):
            tag, kind, _count, value = struct.unpack_from(order + "HHIH", tiff, at + 2 + nth * 12)
            if tag == _ORIENTATION:
                return value if kind == 3 and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _tiff(way: int) -> bytes:
    """An Exif of one entry: which way is up."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way, 0, 0)
