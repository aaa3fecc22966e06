"""SPEC §8.14: a file is what is inside it; tricks are refused with a sentence."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from portal.attachments import archives, kinds
from portal.attachments.kinds import kind_of
from portal.attachments.names import LONGEST, clean_name
from portal.attachments.refusal import DAMAGED, ENCRYPTED, FileRefused
from portal.attachments.texts import texts_of
from tests.attachments import files

GOOD = (
    ("通知.doc", files.compound("WordDocument", "1Table"), "doc"),
    ("通知.wps", files.compound("1Table", "WordDocument"), "doc"),
    ("台账.xls", files.compound("Workbook"), "xls"),
    ("台账.et", files.compound("Book"), "xls"),
    ("通知.docx", files.docx("正文"), "docx"),
    ("通知.DOCX", files.docx("正文"), "docx"),
    ("台账.xlsx", files.xlsx("单元格"), "xlsx"),
    ("公文.ofd", files.ofd(), "ofd"),
    ("公文.pdf", files.pdf(), "pdf"),
    ("照片.jpg", files.jpg(), "jpg"),
    ("照片.jpeg", files.jpg(), "jpg"),
    ("照片.png", files.png(), "png"),
    ("材料.zip", files.zipped({"内/台账.xlsx": files.xlsx("甲")}), "zip"),
)
MISMATCH = "不符"
BAD = (
    ("空.pdf", b"", "文件是空的"),
    ("程序.exe", b"MZ" + bytes(100), "不支持这种文件"),
    ("没有扩展名", files.pdf(), "不支持这种文件"),
    ("网页.html", b"<script>", "不支持这种文件"),
    ("图.svg", b"<svg/>", "不支持这种文件"),
    ("程序.pdf", b"MZ" + bytes(100), MISMATCH),
    ("网页.jpg", b"<html><script>alert(1)</script>", MISMATCH),
    ("公文.docx", files.pdf(), MISMATCH),
    ("公文.doc", files.docx("正文"), MISMATCH),
    ("公文.zip", files.docx("正文"), MISMATCH),
    ("台账.xlsx", files.docx("正文"), MISMATCH),
    ("台账.xls", files.compound("WordDocument"), MISMATCH),
    ("安装.doc", files.compound("PowerPoint Document"), MISMATCH),
    ("宏.docx", files.docx("正文", **{"word/vbaProject.bin": b"x"}), MISMATCH),
    # Two files in one: a picture or a sheet that unpacks as an archive, a program before one.
    ("双.jpg", files.jpg() + files.zipped({"a.pdf": b"x"}), MISMATCH),
    ("双.pdf", files.pdf() + files.zipped({"a.pdf": b"x"}), MISMATCH),
    ("自解压.zip", b"MZ" + files.zipped({"a.pdf": b"x"}), MISMATCH),
    ("前言.pdf", b"GIF89a" + files.pdf(), MISMATCH),
    ("双.png", files.png() + b"<script>", DAMAGED),
    ("半.pdf", files.pdf()[:200], DAMAGED),
    ("半.docx", files.docx("正文" * 1000)[:-30], DAMAGED),
    ("半.doc", files.compound("WordDocument")[:512], DAMAGED),
    ("锁.zip", files.locked_zip(), ENCRYPTED),
    ("锁.docx", files.compound("EncryptedPackage", "EncryptionInfo"), ENCRYPTED),
    ("空.zip", files.zipped({}), MISMATCH),
    ("空.zip", files.zipped({"夹/": b""}), "压缩包是空的"),
)
PATHS = (
    "../../etc/passwd.pdf",
    "/etc/cron.d/a.pdf",
    "a/../../b.pdf",
    "a//b.pdf",
    "./a.pdf",
    "C:/Windows/a.pdf",
    "..\\..\\a.pdf",
    "a\nb.pdf",
)


def _why(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        _read(name, content)
    return str(refused.value)


def _read(name: str, content: bytes) -> list[str]:
    file = io.BytesIO(content)
    return list(texts_of(file, kind_of(file, name)))


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[row[0] for row in GOOD])
def test_allowed_types_are_known_by_their_content(name: str, content: bytes, kind: str) -> None:
    """Each type under each of its extensions, and it can be read through."""
    file = io.BytesIO(content)
    assert kind_of(file, name).name == kind
    assert file.tell() == 0
    _read(name, content)


@pytest.mark.parametrize(("name", "content", "why"), BAD, ids=[row[0] for row in BAD])
def test_everything_else_is_refused_with_a_sentence(name: str, content: bytes, why: str) -> None:
    """Wrong extension, wrong content, two files in one, half files, passwords."""
    said = _why(name, content)
    assert why in said
    assert said.endswith("。")


def test_fifty_megabytes_and_not_one_byte_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is allowed."""
    assert kinds.LARGEST == 50 * 1024 * 1024
    sheet = files.pdf()
    monkeypatch.setattr(kinds, "LARGEST", len(sheet))
    assert kind_of(io.BytesIO(sheet), "a.pdf").name == "pdf"
    assert "不超过50 MB" in _why("a.pdf", sheet + b"\n")


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    """Nothing is ever written out; a path that tries is a sign of ill will all the same."""
    assert "路径不规范" in _why("材料.zip", files.zipped({path: files.pdf()}))


def test_links_and_doubles_are_refused() -> None:
    """A link leads out of the archive; of two members of one name it is unclear which is read."""
    link = zipfile.ZipInfo("去处.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "路径不规范" in _why("材料.zip", packed.getvalue())
    twice = files.zipped({"a.pdf": files.pdf(), "b.pdf": files.pdf()}).replace(b"b.pdf", b"a.pdf")
    assert "路径不规范" in _why("材料.zip", twice)


def test_bombs_are_refused_by_their_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many members, too large in all, or shrunk too far; before anything is unpacked."""
    bomb = files.zipped({"表.xlsx": bytes(archives.RATIO_FROM + 1)})
    assert "展开后过大" in _why("弹.zip", bomb)
    assert "展开后过大" in _why("弹.docx", files.docx("文", **{"word/a.xml": bytes(11 << 20)}))
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 10)
    assert "展开后过大" in _why("大.zip", files.zipped({"a.pdf": files.pdf()}))
    many = {f"{number}.pdf": b"x" for number in range(archives.MOST_MEMBERS + 1)}
    assert "个，请拆分" in _why("多.zip", files.zipped(many))


def test_a_list_that_lies_about_sizes_is_refused() -> None:
    """Reading stops at the size of the list, and the checksum tells."""
    packed = bytearray(files.zipped({"a.pdf": files.pdf() * 50}))
    place = packed.index(b"PK\x01\x02") + 24
    packed[place : place + 4] = (100).to_bytes(4, "little")
    assert _why("谎.zip", bytes(packed))


@pytest.mark.parametrize(
    ("member", "content", "why"),
    [
        ("程序.exe", b"MZ", "不支持这种文件"),
        ("网页.pdf", b"<html>", MISMATCH),
        ("内.zip", files.zipped({"a.pdf": files.pdf()}), "不能再有压缩包"),
        ("锁.pdf", files.pdf(password="只有本人知道"), ENCRYPTED),
    ],
)
def test_what_is_packed_is_held_to_the_same_rules(member: str, content: bytes, why: str) -> None:
    """The members are known by their content too; no archive within an archive."""
    assert why in _why("材料.zip", files.zipped({member: content}))


LITTER = {
    "__MACOSX/._a.pdf": b"\0\x05\x16\x07\0\x02\0\0",
    "夹/.DS_Store": b"\0\0\0\1Bud1",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "夹/desktop.ini": b"[.ShellClassInfo]\r\n",
}


def test_names_of_chinese_windows_and_litter_of_systems() -> None:
    """Names in GBK are read as such; what systems add by themselves is passed over."""
    name = "附件/整改台账.xlsx"
    packed = files.zipped({"A" * len(name.encode("gb18030")): files.xlsx("甲")})
    packed = packed.replace(b"A" * len(name.encode("gb18030")), name.encode("gb18030"))
    assert _read("材料.zip", packed) == [name, "甲\n"]
    litter = {**LITTER, "台账.xlsx": files.xlsx("乙")}
    assert _read("材料.zip", files.zipped(litter))[-2:] == ["台账.xlsx", "乙\n"]
    assert _read("材料.zip", files.zipped(litter))[::2] == [*litter]


@pytest.mark.parametrize("name", [*LITTER, "__MACOSX/run.exe", "__MACOSX/._run.exe"])
def test_what_only_is_called_like_litter_is_none(name: str) -> None:
    """A program stays one, whatever folder it lies in; so does a mark."""
    with pytest.raises(FileRefused):
        _read("材料.zip", files.zipped({name: b"MZ\x90\0"}))
    marked = LITTER.get(name, b"") + "绝密".encode()
    if name in LITTER:
        assert "绝密" in "".join(_read("材料.zip", files.zipped({name: marked})))


def test_text_layers_are_read() -> None:
    """Words broken into runs come together again; heads, feet and titles count."""
    head = f'<w:hdr xmlns:w="{files.W}"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>'
    core = '<cp xmlns:dc="d"><dc:title>标题</dc:title></cp>'
    more = {"word/header1.xml": head, "docProps/core.xml": core}
    assert "".join(_read("a.docx", files.docx("第一段", "第二段", **more))) == (
        "第一段\n第二段\n页眉\n标题\n"
    )
    assert _read("a.xlsx", files.xlsx("甲", "乙")) == ["甲\n乙\n"]
    assert _read("a.ofd", files.ofd("版式")) == ["版式\n"]
    assert "督办" in "".join(_read("a.pdf", files.pdf("督办")))


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("customXml/item1.xml", "<a><b>绝密</b></a>"),
        ("docProps/custom.xml", "<a><b>绝密</b></a>"),
        ("xl/worksheets/sheet1.xml", '<s><c t="str"><f>"绝"</f><v>绝密</v></c></s>'),
        ("xl/worksheets/sheet1.xml", "<s><oddHeader>绝密</oddHeader></s>"),
        ("xl/workbook.xml", '<w><sheets><sheet name="绝密"/></sheets></w>'),
        ("xl/drawings/drawing1.xml", "<d><p><t>绝密</t></p></d>"),
        ("xl/charts/chart1.xml", "<d><p><t>绝密</t></p></d>"),
    ],
)
def test_what_is_not_on_the_first_look_is_read_too(part: str, content: str) -> None:
    """Results of formulas, heads and names of sheets, drawings, hidden properties."""
    whole = files.zipped({files.TYPES: "<Types/>", "xl/workbook.xml": "<w/>", part: content})
    assert "绝密" in "".join(_read("a.xlsx", whole))


def test_hostile_xml_is_refused() -> None:
    """Entities that multiply, and what is no XML at all."""
    bomb = '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    for part in (bomb, "<a>"):
        assert _why("a.docx", files.docx("文", **{"word/footer1.xml": part})) == DAMAGED


@pytest.mark.parametrize("encoding", ["TF-8", "utf-32", "utf-7", "big5", "Ａ"])
def test_a_part_in_an_unknown_encoding_is_damaged(encoding: str) -> None:
    """What expat cannot read is no error of the portal."""
    part = f'<?xml version="1.0" encoding="{encoding}"?><w/>'
    assert _why("a.docx", files.docx("文", **{"word/footer1.xml": part})) == DAMAGED


def test_a_broken_sheet_has_no_text_and_does_no_harm() -> None:
    """What the reader cannot read counts as a picture: kept, without text."""
    assert "".join(_read("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 9 + b"\n%%EOF")) == ""
    assert _why("锁.pdf", files.pdf(password="只有本人知道")) == ENCRYPTED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\何玉萍\\会议纪要.docx", "会议纪要.docx"),
        ("../../etc/纪要.pdf", "纪要.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("报\u200b告\x00\n.pdf", "报告.pdf"),
        ("  多  空格 . pdf", "多 空格. pdf"),
        ('引"号<b>.pdf', "引_号_b_.pdf"),
        (".pdf", "pdf"),
        ("", "附件"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("𬭎" * 200 + ".docx", "𬭎" * (LONGEST - 5) + ".docx"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    """No path, no signs nobody sees, at most 120 characters, the extension stays."""
    assert clean_name(given) == kept
    assert len(clean_name(given)) <= LONGEST
