"""Makes the typefaces of this folder from the unpacked packages named in README.md.

    python portal/documents/fonts/build.py FOLDER

It fetches nothing. Needs fontTools (a development dependency), takes about two minutes,
and gives the same files from the same packages.
"""

from __future__ import annotations

import bz2
import gzip
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent
ASCII = frozenset(range(0x20, 0x7F))
KEPT_TABLES = ("head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post")


@dataclass(frozen=True)
class Face:
    """One file to make. `name` is its PostScript name and its family's: never the source's,
    because reportlab tells fonts apart by it and the sources reserve theirs."""

    file: str
    name: str
    source: str
    characters: str  # all, common, ascii


FACES = (
    Face("fang.ttf", "SheetFang", "FandolFang-Regular.otf", "all"),
    Face("song.ttf", "SheetSong", "NotoSerifSC_300Light.ttf", "all"),
    Face("title.ttf", "SheetTitle", "NotoSerifSC_600SemiBold.ttf", "common"),
    Face("hei.ttf", "SheetHei", "NotoSansSC_500Medium.ttf", "common"),
    Face("kai.ttf", "SheetKai", "LXGWWenKai-Regular.ttf", "common"),
    Face("latin.ttf", "SheetLatin", "NotoSerifSC_300Light.ttf", "ascii"),
)


def found(folder: Path, name: str) -> Path:
    """The one file called `name` below `folder`; SystemExit says which is missing."""
    paths = sorted(folder.rglob(name))
    if not paths:
        raise SystemExit(f"{name} is not below {folder}; README.md names the packages to unpack")
    return paths[0]


def gb2312() -> frozenset[int]:
    """Every character of GB/T 2312: 6,763 Han, punctuation, letters."""
    pairs = (bytes((a, b)) for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF))
    return frozenset(ord(c) for pair in pairs if (c := pair.decode("gb2312", "ignore")))


def standard_characters(folder: Path) -> frozenset[int]:
    """通用规范汉字表 (2013), 8,105 Han, from the kTGH field of Unihan."""
    packed = found(folder, "Unihan_OtherMappings.txt.bz2")
    with bz2.open(packed, "rt", encoding="utf-8") as lines:
        codes = re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", lines.read(), re.MULTILINE)
    return frozenset(int(code, 16) for code in codes)


def characters(face: Face, font: TTFont, folder: Path) -> frozenset[int]:
    """The code points `face` keeps of `font`."""
    if face.characters == "ascii":
        return ASCII
    if face.characters == "common":
        return ASCII | gb2312() | standard_characters(folder) | {0xB7, 0x2014, 0x2022, 0x2030}
    return frozenset(font.getBestCmap())


def with_quadratic_curves(font: TTFont) -> TTFont:
    """`font` with TrueType outlines: reportlab reads no CFF."""
    if "glyf" in font:
        return font
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=2.0, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, drawn
    glyf.compile(font)
    font["maxp"] = maxp = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs = 0x00010000, len(order)
    for zero in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(maxp, zero, 0)
    for zero in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, zero, 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font.sfntVersion = "\x00\x01\x00\x00"
    return font


def renamed(font: TTFont, name: str, source: str) -> TTFont:
    """`font` under `name`; copyright and licence entries stay, and it says what it was made of."""
    table = font["name"]
    table.names = [entry for entry in table.names if entry.nameID in (0, 5, 13, 14)]
    for name_id, text in ((1, name), (2, "Regular"), (3, name), (4, name), (6, name), (10, source)):
        table.setName(text, name_id, 3, 1, 0x409)
        table.setName(text, name_id, 1, 0, 0)
    return font


def cut(font: TTFont, kept: Iterable[int]) -> TTFont:
    """`font` with the glyphs of `kept` only, no hints, no layout tables."""
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"], glyph_names=False
    )
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=kept)
    cutter.subset(font)
    for table in [tag for tag in font.keys() if tag not in (*KEPT_TABLES, "GlyphOrder")]:  # noqa: SIM118 - a TTFont iterates its glyphs, not its tables
        del font[table]
    return font


def build(face: Face, folder: Path) -> Path:
    """Make one face; returns its path."""
    font = TTFont(found(folder, face.source), recalcTimestamp=False)
    kept = characters(face, font, folder)
    font = cut(with_quadratic_curves(font), kept)
    font = renamed(font, face.name, f"Made from {face.source}: converted, cut, renamed.")
    path = HERE / face.file
    font.save(path)
    return path


def _rectangle(pen: TTGlyphPen, left: int, low: int, right: int, high: int, *, hole: bool) -> None:
    corners = [(left, low), (left, high), (right, high), (right, low)]
    _polygon(pen, list(reversed(corners)) if hole else corners)


def _polygon(pen: TTGlyphPen, points: list[tuple[int, int]]) -> None:
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def _box(*, ticked: bool) -> Any:
    pen = TTGlyphPen(None)
    _rectangle(pen, 110, -40, 890, 740, hole=False)
    _rectangle(pen, 165, 15, 835, 685, hole=True)
    if ticked:
        tick = [(250, 370), (320, 430), (450, 270), (710, 620), (780, 570), (455, 130)]
        _polygon(pen, tick)
    return pen.glyph()


def build_boxes() -> Path:
    """The tick boxes □ U+25A1 and ☑ U+2611 (no source has them at a useful weight), and blanks."""
    builder = FontBuilder(1000, isTTF=True)
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "space": TTGlyphPen(None).glyph()}
    glyphs |= {"box": _box(ticked=False), "ticked": _box(ticked=True)}
    builder.setupGlyphOrder(list(glyphs))
    # Private characters on the way through HTML: U+E000 for U+3000, which would be folded into
    # a space there, and U+E001 between two characters of which no line may break.
    blanks = {0x3000: "space", 0xE000: "space", 0xE001: "space"}
    builder.setupCharacterMap({0x25A1: "box", 0x2611: "ticked"} | blanks)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (1000, 110 if "o" in name else 0) for name in glyphs})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "SheetBox", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    renamed(builder.font, "SheetBox", "Drawn by build.py.")
    path = HERE / "box.ttf"
    builder.save(path)
    return path


def write_coverage(paths: list[Path]) -> None:
    """Which code points each face has, so that texts are checked without loading a font."""
    lines = []
    for path in paths:
        codes = set(TTFont(path).getBestCmap())
        starts = sorted(code for code in codes if code - 1 not in codes)
        ends = sorted(code for code in codes if code + 1 not in codes)
        spans = " ".join(f"{a:X}-{b:X}" for a, b in zip(starts, ends, strict=True))
        lines.append(f"{path.stem} {spans}\n")
    (HERE / "coverage.txt").write_text("".join(lines), encoding="ascii")


def copy_licences(folder: Path) -> None:
    """Put the licence texts beside the fonts."""
    fandol = next(path for path in folder.rglob("COPYING.gz") if path.parent.name == "fandol")
    with gzip.open(fandol) as packed:
        (HERE / "LICENSE-fang.txt").write_bytes(packed.read())
    shutil.copyfile(found(folder, "LICENSE_FONT"), HERE / "LICENSE-OFL.txt")


def main(arguments: list[str]) -> None:
    """Build all faces from the folder given."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        raise SystemExit(__doc__)
    folder = Path(arguments[0])
    paths = [*(build(face, folder) for face in FACES), build_boxes()]
    write_coverage(paths)
    copy_licences(folder)
    for path in paths:
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
