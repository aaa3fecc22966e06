"""A06 and A07 of the sample, sensitive, with words in them that stand nowhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.rulebook import reporting
from portal.steps.execution import commands as execution
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.attachments import files
from tests.attachments.kept import given
from tests.pages import fill
from tests.people import draft, sign_in
from tests.steps.acting import OFFICE, REPORT, Actor, intent


class Words(NamedTuple):
    """One word a place: what the item is, asks, reports; what is said of it; its file."""

    title: str
    requirement: str
    report: str
    opinion: str
    file_name: str
    file: str
    pinyin: str
    """How somebody would look for the title who heard of it."""

    @property
    def all(self) -> tuple[str, ...]:
        """The words that must not be met; pinyin is only asked for."""
        return tuple(word for word in self[:-1] if word)


LETTER = Words(
    "琥珀来信梯田", "苔藓答复灯塔", "", "鲸鱼批注山谷", "珊瑚线索清单", "MANGROVELETTER", "hupo"
)
TOUR = Words(
    "雪豹回访高原", "潮汐核验礁石", "火山台账湖泊", "极光意见沙丘", "陨石佐证目录", "GLACIERTOUR",
    "xuebao",
)  # fmt: skip
CO_REPORT = {"ZZRS": "竹林组织部分", "JCC": "银杏财务部分"}
"""What two co-units of A07 report, each to the lead unit."""
CO_UNITS = {
    "JWB": ("耿立正", "冉静"),
    "ZZRS": ("毛明军", "蔡晓琳"),
    "JCC": ("曾骉", "孙敏"),
    "HGC": ("覃燚", "杨初"),
}
LISTED_A06 = frozenset({"何玉萍", "向维岷", "三郎泽里", "卓玛青措", "余茂春", "杨思源", "余㛃"})
LISTED_A07 = frozenset({"何玉萍", "向维岷", "三郎泽里", "余茂春", "杨思源", "罗䶮"}) | {
    name for pair in CO_UNITS.values() for name in pair
}
"""SPEC §7.3 with the persons of the sample."""


@dataclass
class Scene:
    """The two items: A06 waits for 审签, A07 is in work with reports of three units."""

    app: Flask
    letter: uuid.UUID
    tour: uuid.UUID
    letter_file: uuid.UUID
    tour_file: uuid.UUID
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, name: str) -> FlaskClient:
        """Somebody signed in, once."""
        if name not in self.clients:
            self.clients[name] = sign_in(self.app, name)
        return self.clients[name]


def set_up(app: Flask) -> Scene:
    """Both items, through commands; their files through the page."""
    letter = draft(
        app, "A06", title=LETTER.title, requirement=LETTER.requirement, classification="sensitive"
    )
    tour = draft(
        app, "A07", title=TOUR.title, requirement=TOUR.requirement, classification="sensitive"
    )
    office = sign_in(app, OFFICE)
    scene = Scene(
        app,
        letter,
        tour,
        _attach(office, letter, LETTER),
        _attach(office, tour, TOUR),
        {OFFICE: office},
    )
    with app.app_context():
        _submit(Actor(app, letter))
        actor = Actor(app, letter)
        actor.sign("卓玛青措", "sign", LETTER.opinion)
        _to_work(Actor(app, tour))
    return scene


def _attach(client: FlaskClient, public_id: uuid.UUID, words: Words) -> uuid.UUID:
    sent = {
        "files": given((f"{words.file_name}.pdf", files.pdf(words.file))),
        "declared": "y",
    }
    answer = fill(client, f"/items/{public_id}", "/attachments", sent)
    assert answer.status == 303, answer.text[:500]
    page = client.get(f"/items/{public_id}").get_data(as_text=True)
    return uuid.UUID(page.split("/attachments/")[1][:36])


def _submit(actor: Actor) -> None:
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)


def _to_work(actor: Actor) -> None:
    _submit(actor)
    for who, act in (("余茂春", "review"), ("向维岷", "approve")):
        viewer, item = actor.item(who)
        signing.sign(viewer, item, act, intent(item, TOUR.opinion))
    actor.file()
    actor.receive("杨思源", "DZB", "罗䶮")
    for code, (head, handler) in CO_UNITS.items():
        actor.receive(head, code, handler)
    for code, words in CO_REPORT.items():
        actor.report(CO_UNITS[code][0], code, fields=replace(REPORT, progress=words))
    written = actor.report("罗䶮", "DZB", fields=replace(REPORT, progress=TOUR.report))
    viewer, item = actor.item("杨思源")
    reporting.confirm(viewer, item, written, intent(item))
    db.session.commit()
    viewer, item = actor.item("何玉萍")
    execution.read(viewer, item, written, intent(item))
