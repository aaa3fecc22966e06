"""A process of its own: a scan in a folder, read into sheets, pictures and numbers.

Called with the folder and the kind of the file `scan` in it. Beside it come `page-<n>.jpg`, for a
PDF `sheet-<n>.pdf`, and last `sheets.json`: a list of sheets, each with its pages (from 0) and the
text of its code. Exit status 3: locked; 4: too many pages. Nothing of the portal is loaded, and the
process takes no more than its share of time and memory.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

SECONDS, BYTES = 240, 2 * 1024 * 1024 * 1024
PAGES = 200
LOCKED, TOO_MANY = 3, 4
DPI = (200, 300)
"""Tried one after the other: the first reads nearly all, the second small or faint codes."""
MOST_PIXELS = 40_000_000
"""Of one page: A3 at 400 dpi."""
WIDE = 1100
"""Pixels across of a page's picture: enough to read handwriting by."""
OURS = re.compile(r"/V/[0-9A-Z]{28}$", re.IGNORECASE)


def main(folder: Path, kind: str) -> int:
    """Read the scan; the exit status."""
    _confine()
    return _pdf(folder) if kind == "pdf" else _picture(folder)


def _pdf(folder: Path) -> int:
    import pypdfium2

    try:
        scan = pypdfium2.PdfDocument(folder / "scan")
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return LOCKED
        raise
    if len(scan) > PAGES:
        return TOO_MANY
    codes = []
    for number in range(len(scan)):
        code = ""
        for dpi in DPI:
            picture = _rendered(scan[number], dpi)
            if dpi == DPI[0]:
                _keep(picture, folder / f"page-{number}.jpg")
            code = _code_on(picture)
            if code:
                break
        codes.append(code)
        print(number + 1, len(scan), flush=True)
    sheets = grouped(codes)
    for number, sheet in enumerate(sheets):
        own = pypdfium2.PdfDocument.new()
        own.import_pages(scan, sheet["pages"])
        own.save(folder / f"sheet-{number}.pdf")
    (folder / "sheets.json").write_text(json.dumps(sheets), encoding="utf-8")
    return 0


def _rendered(page: Any, dpi: int) -> Any:
    scale = dpi / 72
    pixels = page.get_width() * page.get_height() * scale * scale
    if pixels > MOST_PIXELS:
        scale *= (MOST_PIXELS / pixels) ** 0.5
    return page.render(scale=scale, grayscale=True).to_pil().convert("L")


def _picture(folder: Path) -> int:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = 2 * MOST_PIXELS  # twice as many are an error
    with Image.open(folder / "scan") as opened:
        upright = ImageOps.exif_transpose(opened).convert("L")
    if upright.width * upright.height > MOST_PIXELS:
        upright.thumbnail((7000, 7000))
    _keep(upright, folder / "page-0.jpg")
    sheets = grouped([_code_on(upright)])
    (folder / "sheets.json").write_text(json.dumps(sheets), encoding="utf-8")
    return 0


def grouped(codes: list[str]) -> list[dict[str, Any]]:
    """The sheets of a file, from the codes of its pages: a page with another code than the sheet
    before begins a new one, a page without a code goes on with it (the back of a sheet)."""
    sheets: list[dict[str, Any]] = []
    for page, code in enumerate(codes):
        if sheets and code in ("", sheets[-1]["code"]):
            sheets[-1]["pages"].append(page)
        else:
            sheets.append({"pages": [page], "code": code})
    return sheets


def _code_on(picture: Any) -> str:
    """The text of the portal's code on this page; empty: there is none, or several."""
    import zxingcpp

    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(picture, formats=formats)
    ours = {one.text for one in found if OURS.search(one.text)}
    return ours.pop() if len(ours) == 1 else ""


def _keep(picture: Any, path: Path) -> None:
    height = max(1, round(picture.height * WIDE / picture.width))
    picture.resize((WIDE, min(height, 4 * WIDE))).save(path, "JPEG", quality=70)


def _confine() -> None:
    try:
        import resource
    except ImportError:  # only Unix has it; elsewhere the caller's timeout holds alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
