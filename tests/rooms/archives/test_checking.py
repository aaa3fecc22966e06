"""`portal verify-archive`: whole packages, altered ones, files that are none (design: checking)."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portal.audit.digests import CURRENT
from portal.cli import main
from portal.rooms.archives import checking, events, listing, year_listing
from portal.rulebook.kept_texts import salted_with
from tests.attachments import files

Members = dict[str, bytes]
PDF = files.pdf("附件")


def _event(**changed: Any) -> dict[str, Any]:
    body, salt = "同意。", "00ff"
    record = json.dumps({"act": "sign", "digest": salted_with(salt, body), "facts": {}})
    previous = "a" * 64
    made = {
        "position": 7,
        "alg": CURRENT.name,
        "previous": previous,
        "digest": CURRENT.digest(f"{previous}\n{record}".encode()),
        "record": record,
        "texts": [{"digest": salted_with(salt, body), "salt": salt, "body": body}],
    }
    return made | changed


def _events(*told: Any) -> bytes:
    return json.dumps({"format": events.FORMAT, "events": told}).encode()


def _members(**changed: bytes) -> Members:
    made = {"001-立项备案单.pdf": PDF, "002-办理记录.json": _events(_event())}
    return made | changed


def _index(members: Mapping[str, bytes], form: str = listing.FORMAT, **row: Any) -> bytes:
    rows = [
        {
            "name": name,
            "kind": events.KIND if name.endswith(".json") else "文书",
            "pages": None,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in members.items()
    ]
    if row:
        rows[0] |= row
    return json.dumps({"format": form, "files": rows}).encode()


def _zip(members: Mapping[str, bytes]) -> bytes:
    return files.zipped(members, zipfile.ZIP_STORED)


def _whole(members: Members | None = None, **row: Any) -> bytes:
    held = _members() if members is None else members
    return _zip({**held, listing.INDEX: _index(held, **row)})


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """The command on these bytes: its result."""

    def verify(content: bytes, *options: str) -> Any:
        path = tmp_path / "package.zip"
        path.write_bytes(content)
        return CliRunner().invoke(main, ["verify-archive", str(path), *options])

    return verify


def test_a_whole_package(run: Callable[..., Any]) -> None:
    """Exit status 0; how much was checked, and the digest to compare with the signed one."""
    content = _whole(pages=1)
    told = run(content)
    assert told.exit_code == 0, told.output
    assert "已核对2份文件、1条办理记录，一致。" in told.output
    assert hashlib.sha256(content).hexdigest() in told.output
    said = json.loads(run(content, "--json").stdout)
    assert said["ok"] is True
    assert (said["files"], said["events"], said["wrong"]) == (2, 1, [])


def _without(members: Members, name: str) -> Members:
    return {key: content for key, content in members.items() if key != name}


SHEET, LOG = "001-立项备案单.pdf", "002-办理记录.json"
ALTERED = {
    "changed": (_zip({**_members(), SHEET: PDF[:-2] + b"\n\n", listing.INDEX: _index(_members())}),
                "SHA-256与目录不符"),
    "longer": (_zip({**_members(), SHEET: PDF + b"\n", listing.INDEX: _index(_members())}),
               "大小为"),
    "missing": (_zip({**_without(_members(), SHEET), listing.INDEX: _index(_members())}),
                "文件缺失"),
    "surplus": (_zip({**_members(), "003-x.pdf": PDF, listing.INDEX: _index(_members())}),
                "目录中没有该文件"),
    "pages": (_whole(pages=2), "页数为1，目录为2"),
    "no pdf": (_whole(_members(**{SHEET: b"%PDF-1.4 nothing"}), pages=1), "页数为无法读取"),
    "record": (_whole(_members(**{LOG: _events(_event(record="{}"))})), "与封存摘要不符"),
    "digest": (_whole(_members(**{LOG: _events(_event(digest="b" * 64))})), "与封存摘要不符"),
    "text": (_whole(_members(**{LOG: _events(
        _event(texts=[{"digest": salted_with("0", "同意。"), "salt": "0", "body": "不同意。"}])
    )})), "文本与摘要不符"),
    "text of another": (_whole(_members(**{LOG: _events(
        _event(texts=[{"digest": salted_with("1", "x"), "salt": "1", "body": "x"}])
    )})), "文本与摘要不符"),
    "half an event": (_whole(_members(**{LOG: _events({"alg": "sha256"}, 3, None)})), "不完整"),
    "unknown algorithm": (_whole(_members(**{LOG: _events(_event(alg="md5"))})), "不完整"),
    "surrogate": (_whole(_members(**{LOG: _events(_event(record='"\ud800"'))})), "不完整"),
    "a position beyond all": (
        _whole(_members(**{LOG: _events(_event(position=2**63))})), "不完整"),
    "no events": (_whole(_members(**{LOG: b"[]"})), "格式不符"),
    "no json": (_whole(_members(**{LOG: b"{"})), "不能读取"),
}  # fmt: skip


@pytest.mark.parametrize("case", ALTERED)
def test_what_is_altered_is_named(run: Callable[..., Any], case: str) -> None:
    """Exit status 1, and a sentence for each difference."""
    content, said = ALTERED[case]
    told = run(content)
    assert told.exit_code == 1, told.output
    assert said in told.output


def _lying() -> bytes:
    """Two members over the same bytes: the list says more than the file holds."""
    content = _zip({"a": b"0" * 5000, listing.INDEX: b"{}"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        offset = archive.infolist()[0].header_offset
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"0" * 5000)
        for number in range(20):
            again = zipfile.ZipInfo(f"a{number}")
            again.file_size = again.compress_size = 5000
            again.header_offset = offset
            again.CRC = archive.infolist()[0].CRC
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
        archive._didModify = True  # type: ignore[attr-defined]  # else the list is not written
    return out.getvalue()


NONE = {
    "empty": (b"", "不是完整的ZIP文件"),
    "text": ("不是压缩包".encode(), "不是完整的ZIP文件"),
    "cut": (_whole()[:-60], "不是完整的ZIP文件"),
    "path": (_zip({"../evil.pdf": PDF, listing.INDEX: b"{}"}), "文件名中含有路径"),
    "root": (_zip({"/etc/passwd": PDF, listing.INDEX: b"{}"}), "文件名中含有路径"),
    "drive": (_zip({"C:evil": PDF, listing.INDEX: b"{}"}), "文件名中含有路径"),
    "windows": (_zip({"a\\b": PDF, listing.INDEX: b"{}"}), "文件名中含有路径"),
    "bomb": (files.zipped({"a": b"0" * 10_000_000, listing.INDEX: b"{}"}), "经过压缩"),
    "overlap": (_lying(), "大小与实际不符"),
    "locked": (files.locked_zip(), ""),
    "other": (_zip({"a": b"1"}), "没有目录文件index.json"),
    "no json": (_zip({listing.INDEX: b"\xff"}), "不能读取"),
    "deep": (_zip({listing.INDEX: b"[" * 100_000}), "不能读取"),
    "other format": (_zip({listing.INDEX: b'{"format": "x", "files": []}'}), "格式不符"),
    "rows": (_zip({listing.INDEX: json.dumps(
        {"format": listing.FORMAT, "files": [{"name": 1}]}).encode()}), "格式不符"),
    "escape": (_whole(name="\x1b[31m"), "格式不符"),
    "escape of one byte": (_whole(name="\x9b31m"), "格式不符"),
    "no character": (_whole(name="\ud800"), "格式不符"),
    "turned around": (_zip({"001-\u202efdp.exe": PDF, listing.INDEX: b"{}"}), "文件名中含有路径"),
    "rows beyond number": (_zip({listing.INDEX: json.dumps({"format": listing.FORMAT, "files": [
        {"name": "a", "sha256": "", "size": 0}] * (checking.MOST_FILES + 1)}).encode()}),
        "格式不符"),
}  # fmt: skip


@pytest.mark.parametrize("case", NONE)
def test_what_is_no_package_is_told_so(run: Callable[..., Any], case: str) -> None:
    """Exit status 3, a sentence, no traceback, nothing unpacked."""
    content, said = NONE[case]
    told = run(content)
    assert told.exit_code == 3, (told.output, told.exception)
    assert said in told.output
    assert "Traceback" not in told.output


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Which one would be unpacked is unclear."""
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    with pytest.raises(checking.NoPackage, match="重名"):
        checking.check(path)


def test_the_packages_within_a_year(run: Callable[..., Any]) -> None:
    """Each is looked into; what is wrong in one says in which."""
    bad = _whole(pages=2)
    held = {"001-甲.zip": _whole(), "002-乙.zip": bad}
    told = run(_zip({**held, listing.INDEX: _index(held, year_listing.FORMAT)}))
    assert told.exit_code == 1
    assert f"002-乙.zip › {SHEET}：页数为1，目录为2。" in told.output
    assert "已核对6份文件、2条办理记录" in told.output
    held = {"001-甲.zip": b"x"}
    told = run(_zip({**held, listing.INDEX: _index(held, year_listing.FORMAT)}))
    assert told.exit_code == 3
    assert "001-甲.zip › 不是完整的ZIP文件" in told.output


def test_a_year_within_a_year(run: Callable[..., Any]) -> None:
    """Each of them would be written out while those around it are: a bomb for the disk."""
    content = _whole()
    for _ in range(3):
        held = {"001-甲.zip": content}
        content = _zip({**held, listing.INDEX: _index(held, year_listing.FORMAT)})
    told = run(content)
    assert told.exit_code == 3, (told.output, told.exception)
    assert "格式不符" in told.output


def test_not_every_wrong_event_is_named(run: Callable[..., Any]) -> None:
    """A few bytes an event would else become a sentence each, gigabytes of them."""
    told = run(_whole(_members(**{LOG: _events(*[0] * 10_000)})))
    assert told.exit_code == 1
    assert "其余办理记录未再核对" in told.output
    assert told.output.count("不完整") == events.MOST_WRONG


class _Full(io.BytesIO):
    """A temporary file on a disk that is full."""

    def write(self, _piece: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_says_nothing_of_the_package(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound package is not called damaged because /tmp is too small for it."""
    content = _whole()
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", _Full)
    told = run(content)
    assert told.exit_code == 3
    assert checking.FULL in told.output
