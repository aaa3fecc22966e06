"""Cleaning, what can be printed, and the face of a name (SPEC §8.9)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal.documents.typesetting.characters import (
    clean,
    family_of_name,
    unprintable,
    with_geta,
)
from tests.documents.samples import all_names


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("督办\r\n督查", "督办\n督查"),
        ("督\x00办\x07\x1b[0m", "督办[0m"),
        ("督\u200b办\ufeff\u202e查", "督办查"),
        ("督\ud842办", "督办"),
        ("督\ue000\ue001办", "督办"),
        ("督\t办\xa0查", "督 办 查"),
        ("cafe\u0301", "caf\u00e9"),
        ("\uf9dc", "\uf9dc"),  # a compatibility Han stays the character it is
        ("同意。　余茂春", "同意。　余茂春"),
    ],
)
def test_clean(typed: str, printed: str) -> None:
    assert clean(typed) == printed


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("阿职督办〔2026〕35号　☑□“‘—…·①Ⅲ℃‰", set()),
        ("罗䶮余㛃陈𬭎马𤩽曾骉覃燚王垚刘翀何赟吴喆", set()),
        ("完成😀ཀ", {"😀", "ཀ"}),
        ("\x00\ud800\u200d", set()),  # cleaned away, so not missing
    ],
)
def test_unprintable(text: str, missing: set[str]) -> None:
    assert unprintable(text) == missing


def test_every_name_of_the_sample_college_can_be_printed() -> None:
    assert unprintable("".join(all_names())) == set()


@pytest.mark.parametrize(
    ("name", "wanted", "family"),
    [
        ("坤清祥", "body", "body"),
        ("让布·达尔吉", "body", "body"),
        ("王垚", "body", "song"),
        ("王垚", "kai", "kai"),
        ("陈𬭎", "body", "song"),
        ("陈𰻝", "kai", "song"),
    ],
)
def test_a_name_stands_in_one_face(name: str, wanted: str, family: str) -> None:
    assert family_of_name(name, wanted) == family


def test_asking_loads_no_heavy_library() -> None:
    code = (
        "import sys; from portal.documents.typesetting.characters import unprintable;"
        "from portal.documents.render import render; unprintable('王');"
        "sys.exit(any(m.split('.')[0] in ('reportlab', 'xhtml2pdf') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_no_face_has_becomes_a_geta() -> None:
    """A name in Tibetan script or with an emoji, each character once; all else stays."""
    assert with_geta("整改😀照片（ཀ）\x00.png") == "整改〓照片（〓）.png"
    assert with_geta("陈𬭎") == "陈𬭎"
