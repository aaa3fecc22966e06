"""Small real files of every kind, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

TYPES = "[Content_Types].xml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx(*paragraphs: str, **more: bytes | str) -> bytes:
    """A document; 「|」 in a paragraph begins a new run."""
    body = "".join(
        "<w:p>" + "\n".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in text.split("|")) + "</w:p>"
        for text in paragraphs
    )
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return zipped({TYPES: "<Types/>", "word/document.xml": document, **more})


def xlsx(*cells: str) -> bytes:
    """A workbook with these shared strings."""
    strings = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    return zipped(
        {
            TYPES: "<Types/>",
            "xl/workbook.xml": f'<workbook xmlns="{X}"/>',
            "xl/sharedStrings.xml": f'<sst xmlns="{X}">{strings}</sst>',
        }
    )


def ofd(text: str = "正文") -> bytes:
    """A fixed-layout document of one page."""
    page = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextCode>{text}</ofd:TextCode></ofd:Page>'
    return zipped({"OFD.xml": "<OFD/>", "Doc_0/Pages/Page_0/Content.xml": page})


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpg() -> bytes:
    """A picture of one dot."""
    packed = io.BytesIO()
    Image.new("L", (1, 1)).save(packed, "JPEG")
    return packed.getvalue()


def pdf(text: str = "report", password: str = "") -> bytes:
    """A sheet of one page with this text."""
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 720, text)
    canvas.save()
    if not password:
        return made.getvalue()
    writer = PdfWriter(PdfReader(made))
    writer.encrypt(password, algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def compound(*streams: str) -> bytes:
    """An Office file of old: header, one table, the directory with these streams in the root."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    entries = [_entry("Root Entry", 5, child=1 if streams else free)]
    for number, name in enumerate(streams, start=1):
        entries.append(_entry(name, 2, right=number + 1 if number < len(streams) else free))
    while len(entries) % 4:
        entries.append(bytes(128))
    sectors = len(entries) // 4
    chain = [0xFFFFFFFD, *range(2, sectors + 1), end]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 65534, 9, 6)
    )
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", 0, *[free] * 108)
    assert len(head) == 512
    return head + table + b"".join(entries)


def _entry(name: str, kind: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le")
    free = 0xFFFFFFFF
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return (head + struct.pack("<III", free, right, child)).ljust(128, b"\0")


def locked_zip() -> bytes:
    """An archive whose list says that a password is needed."""
    packed = bytearray(zipped({"表.xlsx": xlsx("甲")}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + place] |= 1
    return bytes(packed)
