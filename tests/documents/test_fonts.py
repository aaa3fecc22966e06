"""The typefaces in the project: their size, their licences, what `coverage.txt` says of them."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from portal.documents.fonts import build
from portal.documents.typesetting.characters import FAMILIES, FONTS, coverage

FACES = sorted({face for faces in FAMILIES.values() for face in faces})


def test_together_they_are_small_and_bring_their_licences() -> None:
    files = sorted(FONTS.glob("*.ttf"))
    assert [path.stem for path in files] == FACES
    assert sum(path.stat().st_size for path in files) <= 45_000_000
    assert "GNU GENERAL PUBLIC LICENSE" in (FONTS / "LICENSE-fang.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE-OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("face", FACES)
def test_a_face_holds_what_is_said_of_it(face: str) -> None:
    with TTFont(FONTS / f"{face}.ttf", lazy=True) as font:
        assert set(font.getBestCmap()) == coverage(face)
        assert "glyf" in font  # reportlab reads no other outlines
        name = font["name"].getDebugName(6)
    assert name == f"Sheet{face.capitalize()}"  # the sources reserve theirs


@pytest.mark.parametrize("family", ["body", "hei", "title", "kai"])
def test_what_an_office_writes_can_be_set_in_every_family(family: str) -> None:
    """Every family falls back to 宋; 仿宋 itself holds GB/T 2312."""
    held = frozenset[int]().union(*map(coverage, FAMILIES[family]))
    assert not {code for code in build.gb2312() if code not in held}
    assert ord("𬭎") in held
