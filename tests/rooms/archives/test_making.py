"""An item's package: what is in it, in which order, the same bytes each time (SPEC §2.11)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pdfplumber
import pytest
from flask import Flask

from portal import store
from portal.documents import commands as sheets
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import ArchivePackage, Attachment
from portal.rooms.archives import commands, making
from portal.rooms.archives.zipped import safe_name
from portal.rulebook.scope import everything
from portal.steps.closing import archiving, returns
from tests.rooms.archives.conftest import Made, path_of
from tests.steps.acting import Actor, intent

NAMES = [
    "目录.pdf", "目录.csv", "index.json",
    "001-立项备案单.pdf",
    "002-督办事项通知单（保卫处）.pdf",
    "003-督办事项通知单（学工部）.pdf",
    "004-督办事项通知单（后勤国资处）.pdf",
    "005-办结备案单.pdf",
    "006-办结-整改照片：一号楼.png",
    "007-办理过程.pdf",
    "008-办理记录及封存摘要.json",
]  # fmt: skip


def _index(archive: zipfile.ZipFile) -> dict[str, dict[str, object]]:
    told = json.loads(archive.read("index.json"))
    return {row["name"]: row for row in told["files"]}


def test_what_is_in_it(college: Flask, closed: Actor, made: Made) -> None:
    """Sheets in their order, files, 办理过程; each with digest, size and pages in the 目录."""
    package = made(closed)
    with zipfile.ZipFile(path_of(college, package)) as archive:
        assert archive.namelist() == NAMES
        index = _index(archive)
        assert set(index) == set(NAMES) - {"index.json"}
        for name, row in index.items():
            content = archive.read(name)
            assert row["sha256"] == hashlib.sha256(content).hexdigest(), name
            assert row["size"] == len(content), name
            if name.endswith(".pdf"):
                with pdfplumber.open(io.BytesIO(content)) as sheet:
                    assert row["pages"] == len(sheet.pages), name
        assert index[NAMES[8]]["pages"] == 1
        told = json.loads(archive.read("index.json"))
        assert told["facts"]["保管期限"] == "30年"
        assert told["facts"]["保管单位"] == "党政办公室、安全保卫处"
        table = list(csv.reader(io.StringIO(archive.read("目录.csv").decode("utf-8-sig"))))
        assert [row[1] for row in table[1:]] == NAMES[3:]
        with pdfplumber.open(io.BytesIO(archive.read("目录.pdf"))) as sheet:
            text = "".join(page.extract_text() for page in sheet.pages)
        with pdfplumber.open(io.BytesIO(archive.read(NAMES[9]))) as sheet:
            history = "".join(page.extract_text() for page in sheet.pages)
    assert "档案目录" in text
    assert "整改照片" in text
    for word in ("编号备案", "签收", "申请办结", "销号"):
        assert word in history, word
    assert (package.files, package.version) == (8, 1)
    assert package.done == package.total == package.files


def test_what_was_drafted_from_a_paper_brings_its_words(
    college: Flask, closed: Actor, made: Made, database: Servers
) -> None:
    """Its own, behind the 立项备案单; of the other items of the paper none (decision 0179)."""
    with connect(database.owner_url) as raw:
        raw.execute(
            "INSERT INTO batch (public_id, key, source_type, source_ref, words, made_by_id,"
            " made_at, drafted_at, readers) SELECT gen_random_uuid(), gen_random_uuid(),"
            " source_type, source_ref, '一、本项。二、另一项。', drafter_id, now(), now(), readers"
            " FROM item"
        )
        raw.execute(
            "INSERT INTO batch_item (item_id, batch_id, batch_uuid, seq, quotation)"
            " SELECT item.id, batch.id, batch.public_id, 1, '一、本项。' FROM item, batch"
        )
    package = made(closed)
    with zipfile.ZipFile(path_of(college, package)) as archive:
        names = archive.namelist()
        assert [name for name in names if name.startswith("002-")] == ["002-来源文件摘录.txt"]
        said = archive.read("002-来源文件摘录.txt").decode()
        assert _index(archive)["002-来源文件摘录.txt"]["kind"] == "来源依据"
    assert said.endswith("\n一、本项。\n")
    assert "另一项" not in said
    assert package.done == package.total == package.files == 9


def test_the_same_bytes_again(
    college: Flask, closed: Actor, made: Made, worker: Flask, asked: list[int]
) -> None:
    """Made anew from the same state, after a signature too, it is the same file."""
    package = made(closed)
    with college.app_context():
        viewer, item = closed.item("邓涛")
        archiving.keep_copy(viewer, item, archiving.records_of(item)[1], intent(item))
    with worker.app_context(), everything(because="测试"):
        row = db.session.get_one(ArchivePackage, package.id)
        row.state, row.sha256 = "asked", None
        db.session.commit()
    with worker.app_context():
        making.make(package.id)
        with everything(because="测试"):
            again = db.session.get_one(ArchivePackage, package.id)
            assert (again.state, again.sha256) == ("made", package.sha256)


@pytest.mark.long
def test_asked_often_it_is_made_once(
    college: Flask, closed: Actor, made: Made, worker: Flask, asked: list[int]
) -> None:
    """One row a state of the item; a second worker finds nothing to do; the clock asks for none
    that is there, and for a new one after an act."""
    with worker.app_context():
        commands.prepare()
    assert len(asked) == 1
    with worker.app_context():
        making.make(asked[0])
    first = made(closed)
    with college.app_context():
        commands.ask(*closed.item())
    with worker.app_context():
        commands.prepare()
        making.make(first.id)
    assert len(asked) == 1
    with college.app_context():
        viewer, item = closed.item("冉静")
        returns.note(viewer, item, intent(item))
    with worker.app_context():
        commands.prepare()
        making.make(asked[1])
    assert len(asked) == 2
    assert made(closed).version == 2


def test_a_lost_job_is_picked_up(
    college: Flask, closed: Actor, worker: Flask, asked: list[int]
) -> None:
    """A worker that was killed: the sweep asks again, and says so after three tries."""
    with worker.app_context():
        commands.prepare()
        (package_id,) = asked
        for tries in (1, 2, 3):
            with everything(because="测试"):
                row = db.session.get_one(ArchivePackage, package_id)
                row.state, row.tries = "making", tries
                row.started_at = row.asked_at.replace(year=2020)
                db.session.commit()
            commands.sweep()
        with everything(because="测试"):
            row = db.session.get_one(ArchivePackage, package_id)
            assert (row.state, row.failure) == ("failed", commands.FAILED)
    assert asked == [package_id] * 3


def test_altered_bytes_are_not_packed(
    college: Flask, closed: Actor, worker: Flask, asked: list[int]
) -> None:
    """A stored file that is not what its row says: no package, and the reason."""
    with worker.app_context():
        commands.prepare()
        with everything(because="测试"):
            digest = db.session.scalars(db.select(Attachment.sha256)).one()
        path = store.path_of(college.extensions["portal.settings"].files_dir, digest)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        making.make(asked[0])
        with everything(because="测试"):
            row = db.session.get_one(ArchivePackage, asked[0])
            assert (row.state, row.failure) == ("failed", making.ALTERED)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("立项备案单", "001-立项备案单.pdf"),
        ('a<b>c:d"e/f\\g|h?i*j', "001-a_b_c_d_e_f_g_h_i_j.pdf"),
        ("末尾的点. .", "001-末尾的点.pdf"),
        ("一\n二\t三", "001-一 二 三.pdf"),
        ("...", "001-文件.pdf"),
        ("长" * 200, f"001-{'长' * 72}.pdf"),
    ],
)
def test_names_are_good_on_windows(title: str, name: str) -> None:
    """No sign Windows forbids, no dot or blank at the end, not too long."""
    assert safe_name(1, title, "pdf") == name


def test_a_sheet_that_another_one_asks_for_meanwhile(
    college: Flask, closed: Actor, asked: list[int]
) -> None:
    """Two people open the pages of one sheet at once: it is made once, and neither is told of an
    error (each page reads one moment, in which the other's question is not there)."""
    with college.app_context():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        viewer, item = closed.item()
        with college.app_context():
            sheets.ask(*closed.item(), "filing")
        sheets.ask(viewer, item, "filing")
    assert len(asked) == 1
