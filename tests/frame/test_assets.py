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


NEWER = r"oklch|color-mix|:has\(|@container|@layer|\binset:|aspect-ratio|dvh|@import|url\("


@pytest.mark.parametrize("path", sorted(OWN.glob("css/*.css")), ids=lambda path: path.name)
def test_own_styles_stay_within_chromium_86(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(NEWER, text)
    assert "&" not in text, "no nesting"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_pages_carry_nothing_inline(path: Path) -> None:
    """The policy allows no inline style, script or handler; sheets for PDF are not pages."""
    if "documents" in path.relative_to(TEMPLATES).parts:
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", text)
