"""A person at the portal: which forms of acts the item's page carries, forms forged, forms grown
old."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from functools import cached_property
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.act_pages import ActPage
from portal.extensions import db
from portal.item.panels import PAGES
from portal.models import Item, Person, Unit
from portal.rulebook import offers
from portal.rulebook.rules import BY_ACT
from portal.rulebook.scope import view_as, visible
from tests.matrix.facts import Facts, Offered, Part, may_know_part
from tests.people import csrf, sign_in

FORM = re.compile(r'<form\b[^>]*\baction="(?P<action>[^"]+)"(?P<inside>.*?)</form>', re.S)
ACT = re.compile(r'name="act"\s+value="(\w+)"')
REPORT = re.compile(r'href="(/items/[^"?]+\?report=\d+)#')
SPOKEN = {
    "consent_by": "1", "consent_at": "2026-11-23T00:00", "channel": "phone",
    "replied_by": "1", "replied_at": "2026-11-23T00:00", "reply_form": "oral",
}  # fmt: skip
"""What was said by word, in the forms of 先交办后补签 and 简易办结."""
CALLED = {"called_at": "2026-11-23T00:00", "reply": "已安排专人。", "purpose": "supervise"}
"""A call, in the form of 登记电话督办."""
VISITED = {
    "begun_at": "2026-11-23T00:00", "ended_at": "2026-11-23T00:00", "place": "南校区",
    "attendees": "坤建军", "findings": "无", "conclusion": "good", "reply": "已安排专人。",
    "due": "2026-12-31", "chief": "20100049",
}  # fmt: skip
"""What was found on the spot, concluded and put right, in the forms of 实地督查."""
REASON_FIRST = {rule.act for rule in BY_ACT.values() if rule.only and rule.needs} | {"file"}
"""Acts whose conditions say in the form why, before it is said that there is nothing to do. Of an
item handed out first, 编号备案 (`file`) is `file_after`."""
FORM_ASKS_FIRST = {
    "cover_instalments", "grant_knowledge", "issue_opinion", "reassign_point",
    "transfer", "transfer_urge", "transfer_extension", "transfer_change", "transfer_inspection",
}  # fmt: skip
"""Acts whose form offers only what can be chosen now: nothing to send, so the form refuses."""


def offered(
    app: Flask, names: Iterable[str], public_id: uuid.UUID
) -> dict[str, set[Offered] | None]:
    """What the kernel offers each person on the item; None to who may not know of it."""
    found: dict[str, set[Offered] | None] = {}
    with app.app_context():
        units = {row.id: row.code for row in db.session.scalars(select(Unit))}
        people = {row.name: row.id for row in db.session.scalars(select(Person))}
        for name in names:
            viewer = view_as(people[name], app.extensions["portal.clock"])
            item = db.session.scalars(
                visible(viewer, Item).where(Item.public_id == public_id)
            ).one_or_none()
            found[name] = None if item is None else {
                Offered(offer.act, 0, units[offer.unit_id] if offer.unit_id else "")
                if offer.subject is None else Offered(offer.act, offer.subject.id, "")
                for offer in offers.offered(viewer, item)
            }  # fmt: skip
    return found


def addresses(mine: Mapping[Offered, str]) -> dict[tuple[str, str], Offered]:
    """The acts that have their form on the item's page, by act and address below the item's."""
    return {
        (one.act, tail + PAGES[one.act].by_act[one.act].address): one
        for one, tail in mine.items()
        if one.act in PAGES
    }


class Seat:
    """A person at the portal, signed in once, when first needed."""

    def __init__(self, app: Flask, name: str) -> None:
        self.app, self.name = app, name

    @cached_property
    def client(self) -> FlaskClient:
        """The browser."""
        return sign_in(self.app, self.name)

    @cached_property
    def token(self) -> str:
        """What every form of this session carries."""
        return csrf(self.client, "/account/password")

    def forms(self, public_id: uuid.UUID) -> set[tuple[str, str]] | None:
        """The forms of acts on the item's page, with each of its reports unfolded: act and
        address; None if it is not to be found."""
        answer = self.client.get(f"/items/{public_id}")
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        found = _acts(text, public_id)
        for address in REPORT.findall(text):
            found |= _acts(self.client.get(address).get_data(as_text=True), public_id)
        return found

    def send_old(self, public_id: uuid.UUID, act: str, address: str, facts: Facts) -> None:
        """Send the act's form as it was before the last act: it comes back to be sent again, for
        this person may do it, and nothing was done."""
        typed = {**_typed(address, facts), "seen": str(facts.rows["version"] - 1)}
        answer = self._send(public_id, address, act, typed)
        said = (self.name, act, address, answer.status_code)
        assert answer.status_code == 409 or (
            act in FORM_ASKS_FIRST and answer.status_code == 422
        ), said
        assert f"/items/{public_id}{address}" in unescape(answer.get_data(as_text=True)), said

    def forge(
        self, public_id: uuid.UUID, act: str, part: Part | None, facts: Facts
    ) -> TestResponse:
        """Send the act's form where it is not offered: 404 to who may not know of the item or of
        the part, or where there is no such part, else 422, said by the kernel."""
        page = PAGES[act].by_act[act]
        address = (part.tail if part else _nowhere(page)) + page.address
        answer = self._send(public_id, address, act, _typed(address, facts))
        where = (self.name, act, address, facts.state)
        known = part is not None and may_know_part(self.name, part, facts)
        assert answer.status_code == (422 if known else 404), (*where, answer.status_code)
        by_kernel = answer.headers.get("HX-Retarget") == "#db-toasts"
        assert by_kernel or act in FORM_ASKS_FIRST | REASON_FIRST, (
            *where,
            answer.get_data(as_text=True),
        )
        return answer

    def _send(
        self, public_id: uuid.UUID, address: str, act: str, typed: Mapping[str, str]
    ) -> TestResponse:
        data = {**typed, "csrf_token": self.token, "act": act}
        return self.client.post(
            f"/items/{public_id}{address}", data=data, headers={"HX-Request": "true"}
        )


def _acts(page: str, public_id: uuid.UUID) -> set[tuple[str, str]]:
    start = len(f"/items/{public_id}")
    return {
        (act[1], unescape(form["action"])[start:])
        for form in FORM.finditer(page)
        if (act := ACT.search(form["inside"]))
    }


def parts_of(act: str, facts: Facts) -> tuple[Part | None, ...]:
    """The rows on which the act might be tried; one that does not exist if there are none. An act
    that begins a row is tried on the item."""
    if PAGES[act].by_act[act].part is None:
        return facts.parts["item"]
    return facts.parts.get(BY_ACT[act].machine) or (None,)


def _nowhere(page: ActPage) -> str:
    """The address of a part that does not exist."""
    piece = page.part.rule if page.part else ""
    return re.sub(r"<[^>]*>", str(uuid.uuid4()), piece)


def _typed(address: str, facts: Facts) -> dict[str, str]:
    """A form in which everything is filled that any act asks for."""
    of_unit = re.match(r"/units/(\w+)/", address)
    return {
        "key": str(uuid.uuid4()),
        "opinion": "请补充依据文件。",
        "declared": "y",
        "result_text": "已全部整改。",
        "without_co_units": "y",
        "confirmed_by": "坤建军，上午九时",
        "handler": str(facts.heads[of_unit[1] if of_unit else facts.lead]),
        "target": "drafter",
        "days": "2",
        "new_due": "2026-12-31",
        "kind": "exempt",
        "reason": "政策依据已不存在。",
        "progress": "已停止。",
        "called_by": "1",
        "leader": "1",
        "called_at": "2026-11-23T00:00",
        "person": "20100049",
        "location": "保卫处资料柜二层",
        "retention": "10年",
        "due_back": "2026-12-01",
        **SPOKEN,
        **CALLED,
        **VISITED,
        "callee": str(facts.heads[facts.lead]),
        "caller": str(facts.heads["DZB"]),
        "outcome": "continue",
        "measures": "增派人员，倒排工期。",
        "promised_on": "2026-12-31",
        "consent": "当面同意",
    }
