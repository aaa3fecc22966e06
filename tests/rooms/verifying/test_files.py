"""A file held against what is kept: on the page for some, and by `portal verify`."""

from __future__ import annotations

import json
import uuid
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

import portal
from portal.cli import main
from portal.documents.control import number_of
from portal.rooms.verifying import checking
from tests.attachments import files
from tests.attachments.kept import given
from tests.pages import Page, fill, get, send
from tests.people import csrf
from tests.rooms.verifying.conftest import LETTER, World

OFFICE, ARCHIVIST = "何玉萍", "黄素芬"
TITLE = "冬季校园消防安全隐患集中排查整治"
NEITHER = "不是系统保存的文件，也不是系统提供的副本"
DIFFERS = "载有系统的核验码，但与系统保存的版本不一致"


def _pdf(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as answer:
        assert answer.status_code == 200, address
        return answer.data


def _sheet(world: World, number: str, who: str = OFFICE) -> bytes:
    return _pdf(world.as_(who), f"/verify/{number}/sheet.pdf")


def _held(client: FlaskClient, content: bytes) -> Page:
    return fill(client, "/verify", "/verify/file", {"file": given(("文件.pdf", content))})


def test_what_a_file_is(world: World) -> None:
    """The stored one, an old one, a changed one, one of elsewhere; locked, broken, no PDF."""
    office = world.as_(OFFICE)
    stored, old = (_sheet(world, world.of_open[kind]) for kind in ("filing", "notice-HGC"))
    numbered = files.pdf(world.of_open["filing"])
    for content, said in (
        (stored, ("系统保存有这份文书，为现行版本", "立项备案单", TITLE)),
        (old, ("已有更新版本", "督办事项通知单（后勤国资处）")),
        (stored + b"\n", (DIFFERS, "立项备案单")),
        (numbered, (DIFFERS, "立项备案单")),
        (files.pdf("report"), (NEITHER, checking.NO_NUMBER)),
        (stored[:9000], (NEITHER, checking.NO_NUMBER)),
        (files.pdf("report", "secret"), (NEITHER, checking.LOCKED)),
        (files.jpg(), (NEITHER, checking.NO_PDF)),
        (b"0", (NEITHER, checking.NO_PDF)),
    ):
        page = _held(office, content)
        assert page.status == 200
        assert [word for word in said if word not in page.text] == [], page.text[-1500:]
    assert _held(office, b"").status in (200, 422)
    assert send(office, "/verify/file", {"csrf_token": csrf(office, "/verify")}).status == 422


def test_a_stamped_copy_is_known_with_who_took_it(world: World) -> None:
    """Of a sheet, and of a PDF that came with the form; each download is a copy of its own."""
    taken = _sheet(world, world.of_hidden["filing"], "坤建军")
    page = _held(world.as_(OFFICE), taken)
    assert "由坤建军（" in page.text
    assert "于2026年11月23日" in page.text
    assert TITLE in page.text
    head, address = world.as_("坤建军"), f"/items/{world.hidden}"
    links = [str(tag["href"]) for tag in get(head, address).soup.select("a[href*='/attachments/']")]
    pdfs = dict.fromkeys(link.removesuffix("/page") for link in links)
    attached = next(pdf for pdf in map(partial(_pdf, head), pdfs) if pdf.startswith(b"%PDF"))
    assert attached != LETTER
    page = _held(world.as_(OFFICE), attached)
    assert "由坤建军（" in page.text
    assert "与事项附件一致" in _held(world.as_(OFFICE), LETTER).text


def test_who_may_not_know_of_it_learns_nothing_from_its_file(world: World) -> None:
    """The archivist is not on the list: the copy, its bytes and its number are all unknown."""
    taken = _sheet(world, world.of_hidden["filing"])
    archivist = world.as_(ARCHIVIST)
    foreign = _held(archivist, files.pdf(world.of_hidden["filing"]))
    unknown = _held(archivist, files.pdf(number_of(uuid.uuid4())))
    assert _told(foreign) == _told(unknown)
    for page in (foreign, unknown, _held(archivist, taken)):
        assert NEITHER in page.text
        assert "立项备案单" not in page.text
        assert OFFICE not in page.text
    assert "为现行版本" in _held(archivist, _sheet(world, world.of_open["filing"])).text


def _told(page: Page) -> str:
    """What the page says, but for the hash of what was sent."""
    return page.text.partition("SHA-256")[0]


@pytest.mark.parametrize("who", ["坤建军", "三郎泽里", "周慎之", "邓涛"])
def test_others_hold_no_files_against_it(world: World, who: str) -> None:
    """They type numbers; the form is not there, nor what is behind it."""
    client = world.as_(who)
    page = get(client, "/verify")
    assert page.actions() == ["/verify"]
    sent = {"csrf_token": csrf(client, "/verify"), "file": given(("x.pdf", files.pdf()))}
    assert send(client, "/verify/file", sent).status == 403


def test_more_than_the_portal_ever_hands_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGEST", 10)
    page = _held(world.as_(OFFICE), files.pdf())
    assert page.status == 422
    assert "文件超过100 MB" in page.text


def _run(world: World, monkeypatch: pytest.MonkeyPatch, *args: object) -> Result:
    monkeypatch.setattr(portal, "create_app", lambda **_options: world.worker)
    return CliRunner().invoke(main, ["verify", *map(str, args)])


def test_the_command_says_what_a_file_is_by_its_exit_code(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """0 current, 3 replaced, 1 changed or unknown, 2 not to be read."""
    stored = _sheet(world, world.of_open["filing"])
    for content, code, said in (
        (stored, 0, "与系统保存的现行版本一致。"),
        (_sheet(world, world.of_open["notice-HGC"]), 3, "已有更新版本"),
        (stored + b" ", 1, DIFFERS),
        (files.pdf(), 1, NEITHER),
        (files.pdf("x", "secret"), 1, checking.LOCKED),
        (b"", 1, checking.NO_PDF),
    ):
        path = tmp_path / "file.pdf"
        path.write_bytes(content)
        ran = _run(world, monkeypatch, path)
        assert (ran.exit_code, said in ran.stdout) == (code, True), ran.output
        assert TITLE not in ran.output
    assert "阿职督办〔2026〕1号" in _run(world, monkeypatch, _written(tmp_path, stored)).stdout
    for wrong in (tmp_path / "none.pdf", tmp_path):
        assert _run(world, monkeypatch, wrong).exit_code == 2
    monkeypatch.setattr(checking, "LARGEST", 10)
    ran = _run(world, monkeypatch, _written(tmp_path, stored))
    assert (ran.exit_code, "文件过大" in ran.output) == (2, True)


def test_the_command_names_who_took_a_copy_and_nothing_of_the_item(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SPEC §7.5, 11, 12: not even the number of a sensitive item."""
    path = _written(tmp_path, _sheet(world, world.of_hidden["filing"], "三郎泽里"))
    ran = _run(world, monkeypatch, path, "--json")
    assert ran.exit_code == 0
    told = json.loads(ran.stdout)
    (copy,) = told["copies"]
    assert copy["by"].startswith("三郎泽里（")
    assert (copy["label"], copy["item"]) == ("立项备案单", "敏感事项")
    assert copy["address"] == f"/items/{world.hidden}"
    text = _run(world, monkeypatch, path).stdout
    assert "带水印的副本，三郎泽里（" in text
    for hidden in (TITLE, "阿职督办"):
        assert hidden not in text + ran.stdout


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "written.pdf"
    path.write_bytes(content)
    return path
