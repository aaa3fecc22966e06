"""Looking into one file: the strictest of what its name and its texts say."""

from __future__ import annotations

import io

import pytest

from portal.attachments import checking
from portal.attachments.checking import look_into
from portal.attachments.refusal import FileRefused
from tests.attachments import files


def test_name_and_texts_count_together() -> None:
    """Each word once, in the order met; the cleaned name is what is kept."""
    content = files.zipped({"密件/表.xlsx": files.xlsx("保密"), "书.docx": files.docx("内部资料")})
    looked = look_into("夹/保密工作.zip", io.BytesIO(content))
    assert looked.sound is not None
    assert (looked.sound.name, looked.sound.kind.name) == ("保密工作.zip", "zip")
    assert looked.finding == ("confirm", ("保密", "密件", "内部资料"))


def test_a_marked_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is not opened at all."""

    def opened(*_: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(checking, "kind_of", opened)
    looked = look_into("绝密.pdf", io.BytesIO(files.pdf()))
    assert (looked.sound, looked.finding.kind) == (None, "stop")


def test_a_mark_counts_whatever_else_is_wrong() -> None:
    """第二十一条: the fact is noted though the archive would be refused for another reason too."""
    marked, program = {"书.docx": files.docx("密级：秘密")}, {"程序.exe": b"MZ"}
    looked = look_into("材料.zip", io.BytesIO(files.zipped({**marked, **program})))
    assert (looked.sound, looked.finding.kind) == (None, "stop")
    with pytest.raises(FileRefused, match="不支持这种文件"):
        look_into("材料.zip", io.BytesIO(files.zipped({**program, **marked})))
