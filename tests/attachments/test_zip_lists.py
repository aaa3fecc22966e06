"""A zip file that lists a million entries is refused before they are read."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from portal.attachments import archives
from portal.attachments.refusal import FileRefused
from portal.attachments.zip_lists import END, LARGE, SAID_ELSEWHERE, longer_than
from portal.rooms.archives import checking
from tests.attachments import files

MANY = 1_000_000
ENTRY = b"PK\x01\x02" + bytes(42)


def _listing(entries: int, *, large: bool = False, remark: bytes = b"") -> bytes:
    """Nothing but a list of so many entries, each of them empty and without a name."""
    listed = ENTRY * entries
    size = SAID_ELSEWHERE if large else len(listed)
    count = min(entries, 0xFFFF)
    end = END.pack(b"PK\x05\x06", 0, 0, count, count, size, 0, len(remark))
    if large:
        record = LARGE.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(listed), 0)
        end = record + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(listed), 1) + end
    return listed + end + remark


def _shapes(entries: int) -> list[bytes]:
    return [
        _listing(entries),
        _listing(entries, large=True),
        _listing(entries, remark=b"x" * 60_000),
    ]


@pytest.mark.parametrize("shape", [0, 1, 2], ids=["plain", "large", "with a remark"])
def test_a_million_entries(
    shape: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an upload and as a package to be checked; nothing reads the list."""
    few, many = _shapes(3)[shape], _shapes(MANY)[shape]
    with zipfile.ZipFile(io.BytesIO(few)) as archive:
        assert len(archive.infolist()) == 3, "a list that zipfile reads"
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(FileRefused, match="请拆分"), archives.opened(io.BytesIO(many)):
        pass
    path = tmp_path_factory.mktemp("many") / "package.zip"
    path.write_bytes(many)
    with pytest.raises(checking.NoPackage, match="文件数超过"):
        checking.check(path)


def test_as_many_as_may_be() -> None:
    """With long names; and what is no zip file lists nothing."""
    most = {f"{'长' * 80}{number}.pdf": b"x" for number in range(archives.MOST_MEMBERS)}
    packed = io.BytesIO(files.zipped(most))
    assert not longer_than(packed, archives.MOST_MEMBERS)
    assert packed.tell() == 0
    for none in (b"", b"PK", b"PK\x05\x06", files.pdf(), bytes(30)):
        assert not longer_than(io.BytesIO(none), 1)
