"""Assets: hashed names that agree between processes, served for ever, icons cut to the list."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.assets import ICONS, OWN, asset_url, collect, icon_url, manifest

TEMPLATES = OWN.parent / "templates"


@pytest.mark.parametrize("name", sorted(manifest()))
def test_every_asset_is_served_for_ever(frame: FlaskClient, name: str) -> None:
    answer = frame.get(asset_url(name))
    assert answer.status_code == 200
    assert answer.data == manifest()[name].body
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == manifest()[name].type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_large_files_travel_compressed(frame: FlaskClient) -> None:
    answer = frame.get(asset_url("bootstrap.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == manifest()["bootstrap.css"].body
    assert len(answer.data) < 40_000


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/static/portal.css", 404),
        ("/static/portal.000000000000.css", 404),
        ("/static/../assets.py", 404),
        ("/static/", 404),
    ],
)
def test_unknown_names_are_missing(frame: FlaskClient, address: str, status: int) -> None:
    answer = frame.get(address)
    assert answer.status_code == status
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_only_reading_is_allowed(frame: FlaskClient) -> None:
    assert frame.post(asset_url("htmx.js")).status_code == 405
    head = frame.head(asset_url("htmx.js"))
    assert (head.status_code, head.data) == (200, b"")


def test_names_agree_between_processes() -> None:
    code = "from portal.assets import manifest; print([a.hashed for a in manifest().values()])"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert runs == {f"{[asset.hashed for asset in manifest().values()]}\n"}


def test_the_sprite_holds_the_listed_icons_only() -> None:
    sprite = manifest()["icons.svg"].body.decode()
    assert re.findall(r' id="([^"]+)"', sprite) == list(ICONS)
    assert len(sprite) < 60_000


def test_an_icon_outside_the_list_is_refused() -> None:
    assert icon_url("search").endswith("#search")
    with pytest.raises(KeyError, match="add it to ICONS"):
        icon_url("0-circle")


def test_templates_use_listed_icons() -> None:
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'icon(?:_name=|\()"([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= set(ICONS)


def test_collect_writes_what_is_served(tmp_path: Path) -> None:
    written = collect(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        asset.hashed for asset in manifest().values()
    }
    for path in written:
        packed = path.with_name(path.name + ".gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()


NEWER = {
    # by the Chromium that first knew it
    r"\binset:": 87,
    r"\baspect-ratio\s*:": 88,
    r":(?:is|where)\(": 88,
    r":not\([^()]*,": 88,
    r"\bforced-color-adjust": 89,
    r"\boverflow(?:-[xy])?\s*:\s*clip": 90,
    r"@counter-style": 91,
    r"(?<![-\w])size-adjust": 92,
    r"\baccent-color": 93,
    r"@layer|\bd[vls]v[hw]\b": 99,
    r"\b(?:hwb|lab|lch|oklab|oklch|color|color-mix|light-dark)\(": 101,
    r":has\(|@container|container-type|\bcq[wihb]\b": 105,
    r"\b[0-9.]+[dsl]v[hwib]\b": 108,
    r"\btext-wrap": 114,
    r"\bsubgrid\b|@scope|@starting-style|@property": 117,
    r"\banimation-timeline|view-transition": 115,
    r"\b(?:translate|rotate|scale)\s*:": 104,
    r"\bmask(?:-image)?\s*:": 120,
    r"\(\s*(?:width|height)\s*[<>]": 104,
}
"""What Chromium 86 does not know, as patterns: a page must be whole without it."""
HARMLESS = {
    "accent-color": "colours a bar that is there without it",
    "text-wrap": "breaks titles more evenly where it is known",
}
"""What is ignored where it is not known, and nothing is lost; why."""


def nested(css: str) -> bool:
    """Whether a rule stands inside a rule; inside @media it may."""
    open_rules: list[bool] = []
    for prelude, sign in re.findall(r"([^{};]*)([{};])", css):
        if sign == "}":
            open_rules.pop()
        elif sign == "{":
            plain = not prelude.strip().startswith("@")
            if plain and any(open_rules):
                return True
            open_rules.append(plain)
    return False


def newer_than_86(text: str) -> dict[str, int]:
    """The features in a style sheet that came later, each with its version."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = {}
    for pattern, version in NEWER.items():
        for use in re.findall(pattern, plain):
            if not any(name in use for name in HARMLESS):
                found[use] = version
    if nested(plain):
        found["nesting"] = 112
    return found


@pytest.mark.parametrize("path", sorted(OWN.glob("css/*.css")), ids=lambda path: path.name)
def test_own_styles_stay_within_chromium_86(path: Path) -> None:
    """Domestic browsers stand at this version; nothing is loaded from elsewhere either."""
    text = path.read_text(encoding="utf-8")
    assert newer_than_86(text) == {}
    assert not re.search(r"@import|url\(", text)


@pytest.mark.parametrize(
    ("css", "version"),
    [
        (".a { inset: 0 }", 87),
        (".a { aspect-ratio: 1 }", 88),
        (":is(.a, .b) { top: 0 }", 88),
        (".a:has(.b) { top: 0 }", 105),
        ("@container (width > 1px) { .a { top: 0 } }", 105),
        (".a { height: 100dvh }", 108),
        (".a { color: oklch(0.5 0 0) }", 101),
        (".a { & .b { top: 0 } }", 112),
        (".a { .b { top: 0 } }", 112),
        (".a { display: grid; grid-template-rows: subgrid }", 117),
    ],
)
def test_what_is_newer_is_found(css: str, version: int) -> None:
    """The pattern for each feature fits it; media queries are no nesting."""
    assert version in newer_than_86(css).values()
    assert newer_than_86("@media (max-width: 720px) { .a { gap: 4px } .b { top: 0 } }") == {}


FIRST_VISIT = 300_000
"""Bytes of all files of the frame as they travel, on the first visit (the issue's measure)."""


def test_the_first_visit_is_small() -> None:
    """Every style sheet, script and icon together, compressed; the pages themselves apart."""
    travelled = {asset.name: len(asset.zipped) for asset in manifest().values()}
    assert sum(travelled.values()) < FIRST_VISIT, travelled


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_pages_carry_nothing_inline(path: Path) -> None:
    """The policy allows no inline style, script or handler; sheets for PDF are not pages."""
    if "documents" in path.relative_to(TEMPLATES).parts:
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", text)


EMPTY = re.compile(r"\{\{ empty\((?P<said>.*?)\) \}\}")


def test_every_empty_list_leads_on() -> None:
    """What is so, what comes next, one button: each call of the macro has all three."""
    calls = {
        f"{path.name}: {said}"
        for path in TEMPLATES.rglob("*.html")
        if path.name not in ("components.html", "notices.html", "page.html")
        or path.parent.parent.name == "rooms"
        for said in EMPTY.findall(path.read_text(encoding="utf-8"))
    }
    assert len(calls) > 12
    for said in calls:
        leads = re.search(r"url_for\(|\w_href", said)
        assert leads, said
        assert "[" in said[: leads.start()], said
