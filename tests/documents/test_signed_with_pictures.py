"""The picture a box was signed with is printed, and stays, whatever becomes of it (SPEC §5.1)."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pdfplumber
import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import signatures
from portal.documents.queries import standing
from portal.documents.render import render
from portal.documents.sheets import FilingSheet
from portal.documents.table import fill
from portal.extensions import db
from portal.models import ApprovalSlot, Delegation
from portal.steps.signing import commands as signing
from tests.attachments.test_unused import _tidy, _two_days_later
from tests.documents.samples import squeezed
from tests.documents.signed import handed_in, store
from tests.steps.acting import (
    LEADER,
    OFFICE,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    Actor,
    intent,
)
from tests.steps.paper.sheet import enter, entry

New = Callable[..., uuid.UUID]
COLLEGE = "阿坝职业学院"


def sheet(actor: Actor) -> FilingSheet:
    """Annex 1 as it stands now."""
    viewer, item = actor.item()
    found = fill(viewer, item, "filing", standing(viewer, item, "filing").as_of_id, COLLEGE)
    assert isinstance(found, FilingSheet)
    return found


def pictures_on(pdf: bytes) -> list[int]:
    """How many pictures stand on each page."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [len(page.images) for page in document.pages]


def test_the_picture_of_the_moment_of_signing(
    college: Flask, worker: Flask, draft_item: New
) -> None:
    """A picture stored, replaced, taken away later changes nothing that was signed before."""
    with college.app_context():
        actor = handed_in(college, draft_item("A01"))
        first = store(actor, LEADER)
        actor.sign(LEADER, "sign", "同意立项。")
        store(actor, LEADER, strokes=2)
        actor.sign(OFFICE_LEADER, "review")
        store(actor, OFFICE_LEADER)  # after the signature: too late for it
        before = sheet(actor)
        assert before.sign.picture == first
        assert before.review.picture == b""
        pdf = render("filing", before)
        assert pictures_on(pdf) == [1]
        signatures.take_away(actor.viewer(LEADER), now=actor.viewer(LEADER).moment.instant)
        signed = next(event for event in actor.events() if event.act == "sign")
        assert len(signed.facts["picture"]) == 64
    _two_days_later(college, worker)
    _tidy(worker)
    with college.app_context():
        assert render("filing", sheet(actor)) == pdf


def test_the_name_can_still_be_found_and_copied(college: Flask, draft_item: New) -> None:
    with college.app_context():
        actor = handed_in(college, draft_item("A01"))
        store(actor, LEADER)
        actor.sign(LEADER, "sign", "同意立项。")
        pdf = render("filing", sheet(actor))
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        box = page.find_tables()[0].rows[9].cells[1]
        (picture,) = page.images
        text = squeezed(page.crop(box).extract_text())
    assert text.startswith(f"同意立项。{LEADER}2026年")
    assert box[0] < picture["x0"] < picture["x1"] < box[2]
    assert box[1] < picture["top"] < picture["bottom"] < box[3]


def test_no_picture_for_paper_nor_for_who_stands_in(college: Flask, draft_item: New) -> None:
    with college.app_context():
        actor = handed_in(college, draft_item("A01"))
        for who in (LEADER, OFFICE_LEADER, PRESIDENT):
            store(actor, who)
        giver, taker = actor.viewer(LEADER), actor.viewer(OFFICE_LEADER)
        db.session.add(
            Delegation(
                from_id=giver.person_id,
                to_id=taker.person_id,
                kind="AB角",
                scope="审签",
                reason="外出",
                created_by_id=giver.person_id,
                roles=["responsible_leader"],
                starts_at=giver.moment.instant - timedelta(days=1),
                ends_at=giver.moment.instant + timedelta(days=9),
            )
        )
        db.session.commit()
        actor.sign(OFFICE_LEADER, "sign")
        viewer, item = actor.item(OFFICE)
        enter(college, viewer, item, entry(item, "review", OFFICE_LEADER, date(2026, 11, 23)))
        found = sheet(actor)
        assert (found.sign.note, found.sign.picture) == (f"（代{LEADER}）", b"")
        assert (found.review.note, found.review.picture) == ("（纸质签批，扫描件附后）", b"")
        assert pictures_on(render("filing", found)) == [0]


def test_a_box_emptied_again_forgets_the_picture(college: Flask, draft_item: New) -> None:
    with college.app_context():
        actor = handed_in(college, draft_item("A01"))
        store(actor, LEADER)
        actor.sign(LEADER, "sign")
        viewer, item = actor.item(OFFICE_LEADER)
        signing.send_back(viewer, item, intent(item, REASON), to_previous=True)
        slots = db.session.scalars(select(ApprovalSlot).where(ApprovalSlot.step == "sign"))
        assert [slot.picture_sha256 for slot in slots] == [None]


@pytest.mark.parametrize("content", [None, b"", b"something else"])
def test_a_lost_picture_leaves_the_typed_name(
    college: Flask, draft_item: New, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    with college.app_context(), caplog.at_level(logging.ERROR):
        actor = handed_in(college, draft_item("A01"))
        store(actor, LEADER)
        actor.sign(LEADER, "sign", "同意立项。")
        for path in college.extensions["portal.settings"].files_dir.rglob("*"):
            if path.is_file() and content is None:
                path.unlink()
            elif path.is_file():
                path.write_bytes(content or b"")
        found = sheet(actor)
    assert (found.sign.name, found.sign.picture) == (LEADER, b"")
    assert "lost or damaged" in caplog.text
    assert LEADER not in caplog.text
