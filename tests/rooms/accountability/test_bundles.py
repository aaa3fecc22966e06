"""证据汇编: one PDF with a list of digests, made by a worker, stamped and logged (SPEC §6.3)."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from portal.extensions import db
from portal.models import CaseBundle
from portal.rooms.accountability import bundles, copies
from tests.pages import fill, get
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE, OFFICE_HEAD

As = Callable[[str], FlaskClient]


def _text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_bundle(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID], as_: As
) -> None:
    """Asked for on the case's page; while it is made its page says so; then it opens, stamped."""
    actor = work.Casework(college, draft_item())
    actor.worker = worker
    with college.app_context():
        actor.to_work()
        public_id = work.bring(actor, "referred")
    address = f"/accountability/{public_id}"
    client = as_(work.DISCIPLINE)
    asked = fill(client, address, "/bundles")
    assert asked.status == 303
    assert asked.location is not None
    assert "正在汇编" in get(client, asked.location).text
    assert client.get(f"{asked.location}.pdf").status_code == 404
    with worker.app_context():
        bundle_id = _only(worker)
        bundles.make(bundle_id)
        bundles.make(bundle_id)
    assert "打开" in get(client, asked.location).text
    answer = client.get(f"{asked.location}.pdf")
    assert answer.mimetype == "application/pdf"
    text = _text(answer.data)
    for said in (
        "问责材料汇编", "未按办结时限完成且无正当理由", "办理记录完整，未被改动", "问责办理记录",
        "督办事项办理过程", "立项备案单", work.WORDS, "陈述申辩",
    ):  # fmt: skip
        assert said in text, said
    assert "冉静" in text, "the reader's stamp"
    with college.app_context():
        actor.viewer(work.DISCIPLINE)
        case = work.seen(actor, work.DISCIPLINE, public_id)
        assert case is not None
        ((name, copy),) = copies.of_case(actor.viewer(work.DISCIPLINE), case)
    assert (name, copy.sha256) == ("冉静", hashlib.sha256(answer.data).hexdigest())
    assert "取用记录" in get(client, address).text
    for who in (OFFICE_HEAD, OFFICE, HEAD):
        assert as_(who).get(f"{asked.location}.pdf").status_code == 404, who
    assert "生成材料汇编" not in get(as_(HEAD), address).text


def _only(worker: Flask) -> int:
    with work.everything(because="问责线索的测试"):
        assert worker
        return db.session.scalars(select(CaseBundle.id)).one()
