"""Sheets as a scanner gives them: pictures of pages, in one PDF."""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

from portal.documents.render import render
from tests.documents import every

DPI = 200
BLANK = Image.new("L", (1654, 2339), 250)
"""The empty back of a sheet."""


def pages(pdf: bytes) -> list[Image.Image]:
    """The pages of a printed sheet as grey pictures."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L") for page in document]
    document.close()
    return found


def scan(*pictures: Image.Image) -> bytes:
    """One PDF of these pages, without a text in it."""
    out = io.BytesIO()
    # Copies: Pillow notes the others in the first.
    first, *others = (picture.copy() for picture in pictures)
    first.save(out, "PDF", save_all=True, append_images=others, resolution=DPI)
    return out.getvalue()


def askew(picture: Image.Image, degrees: float) -> Image.Image:
    """As it lay on the glass."""
    return picture.rotate(degrees, expand=True, fillcolor=250)


def sample(kind: str = "signing_list", base: str = "https://duban.example.edu.cn") -> bytes:
    """A marked sheet of the table of samples."""
    return render(kind, every.marked()[kind], base=base)


def as_file(picture: Image.Image, form: str) -> bytes:
    """The picture by itself."""
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()
