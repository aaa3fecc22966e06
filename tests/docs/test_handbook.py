"""The handbook's pictures: each is there, small and shown in its chapter; its page still exists."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from PIL import Image

from tests.browser.handbook import FOLDER, PICTURES, Picture
from tests.browser.rounds import OFFICES

CHAPTERS = FOLDER.parent
SHOWN = re.compile(r"!\[([^\]]+)\]\(pictures/([\w-]+)\.png\)")
LARGEST, ALL = 200_000, 3_000_000  # bytes


def shown_in(chapter: str) -> list[tuple[str, str]]:
    """The words and names of the pictures that a chapter shows."""
    return SHOWN.findall((CHAPTERS / f"{chapter}.md").read_text(encoding="utf-8"))


def test_chapters_show_exactly_the_pictures_that_are_taken() -> None:
    """Under their words, each once; no file is left over, and every chapter has one."""
    chapters = sorted(file.stem for file in CHAPTERS.glob("*.md") if file.stem != "README")
    found = {(name, chapter, words) for chapter in chapters for words, name in shown_in(chapter)}
    assert found == {(one.name, one.chapter, one.shows) for one in PICTURES}
    assert {file.stem for file in FOLDER.iterdir()} == {one.name for one in PICTURES}
    assert {one.chapter for one in PICTURES} == set(chapters)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.name)
def test_a_picture_is_a_small_one_of_its_window(picture: Picture) -> None:
    file = FOLDER / f"{picture.name}.png"
    with Image.open(file) as image:
        assert image.mode == "P"
        assert image.size == (picture.view.width, picture.height)
    assert file.stat().st_size < LARGEST


def test_all_of_them_are_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < ALL


def test_their_pages_are_still_there(college: Flask) -> None:
    """Each address is one of the portal's, met by somebody of the sample."""
    places = college.url_map.bind("")
    for picture in PICTURES:
        assert places.match(picture.way[0].partition("?")[0], "GET"), picture.name
        assert picture.who in OFFICES
