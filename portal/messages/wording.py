"""A message in words: for its reader in the portal, and for what leaves it (SPEC §7.5, §8.15).

Words are found when they are read: from the message's facts and from the item, in the session that
reads as the message's person. What leaves the portal about a sensitive item is the neutral text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select

from portal.config import Settings
from portal.extensions import db
from portal.filters import short_date
from portal.item.people import Named, named
from portal.item.timeline import title_of
from portal.models import Event, Item, Message
from portal.rulebook.case_posting import KINDS as OF_CASES
from portal.rulebook.item_texts import due_now, number_of
from portal.rulebook.posting import ASKED, BRIEF, Kind, kinds, paper_of
from portal.rulebook.scope import Viewer, visible

RESULTS: Final = {"exempted": "已获同意，免于督办", "due": "已获同意"}
"""延期审批结果 by what the event of the last signature says."""
REFUSED: Final = "未获同意"
TEST_KIND: Final = "test"
TEST_LABEL: Final = "测试消息"
TEST_TEXT: Final = "这是一条测试消息，用于核对消息渠道。"
SMS_LIMIT: Final = 70
"""Characters of one 短信, its signature among them."""
LISTED: Final = 5
"""How many messages of a digest are written out."""
DATES: Final = ("due", "date", "limit")
PERSONS: Final = ("from",)
"""Facts that are a person's number."""


class Told(NamedTuple):
    """A message with what it is about; `item` and `event` are None where there is none."""

    message: Message
    item: Item | None
    event: Event | None

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return kinds()[self.message.kind]

    @property
    def is_sensitive(self) -> bool:
        """Whether it is about an item of those on its list only."""
        return self.item is not None and self.item.classification == "sensitive"


class Words(NamedTuple):
    """What a message says: the portal's own text, and for outside the one that may leave.

    `neutral` names nothing of the item; `short`: for 短信. `address` is the path of the page it is
    about; of a sensitive item it is the inbox.
    """

    label: str
    text: str
    outside: str
    neutral: str
    short: str
    address: str


def told(viewer: Viewer) -> Select[Any]:
    """The viewer's own messages with item and event, for `read`."""
    return (
        visible(viewer, Message)
        .outerjoin(Item, Item.id == Message.item_id)
        .outerjoin(Event, Event.id == Message.event_id)
        .where(Message.person_id == viewer.person_id)
        .add_columns(Item, Event)
    )


def read(query: Select[Any]) -> list[Told]:
    """The rows of a query made from `told`."""
    return [Told(*row) for row in db.session.execute(query)]


def in_words(rows: Sequence[Told], day: date, signature: str = "") -> list[Words]:
    """Each message in words, on a Shanghai day; `signature` is what stands before a 短信."""
    names = named(_persons(rows), day)
    return [_words(row, names, day, signature) for row in rows]


def label_of(kind: str) -> str:
    """「交办下达」: a kind by its name."""
    return TEST_LABEL if kind == TEST_KIND else kinds()[kind].label


def neutral_of(kind: str) -> str:
    """What may be shown of a kind to whoever sees no business; without blanks."""
    return TEST_TEXT if kind == TEST_KIND else _neutral(kinds()[kind])


def digest(words: Sequence[Words]) -> Words:
    """Several messages to one person as one (SPEC §8.10); a single one as it is."""
    if len(words) == 1:
        return words[0]
    head = f"您有{len(words)}条督办消息"
    lines = [f"{n}. {one.outside}" for n, one in enumerate(words[:LISTED], 1)]
    if len(words) > LISTED:
        lines.append(f"其余{len(words) - LISTED}条请登录系统查看。")
    neutral = f"{head}，请登录系统查看。"
    return Words("", "", "\n".join([f"{head}：", *lines]), neutral, neutral, INBOX)


def link_to(settings: Settings, address: str) -> str:
    """The whole address of a page for what leaves the portal; "" where it is not known."""
    return f"{settings.public_url}{address}" if settings.public_url else ""


INBOX: Final = "/messages"
CASES: Final = "/accountability"


def _words(row: Told, names: Mapping[int, Named], day: date, signature: str) -> Words:
    kind, neutral = row.kind, _neutral(row.kind)
    text = _filled(kind.text, _blanks(row, names, day)) or neutral
    hidden = row.is_sensitive
    outside = neutral if hidden else text
    fits = len(signature) + len(outside) <= SMS_LIMIT
    # A title instead of a number has no measure, and gateways refuse some words: neutral then.
    numbered = row.item is None or number_of(row.item) is not None
    address = paper_of(kind.id, row.message.occasion) or INBOX
    if kind.id in OF_CASES:
        address = CASES
    elif row.item is not None and not hidden:
        # Who is asked gets the page of the signature; it leads on to the item if there is none.
        page = "/signature" if kind.id == ASKED else ""
        address = f"/items/{row.item.public_id}{page}"
    elif row.message.facts.get(BRIEF):
        address = f"/reports/{row.message.facts[BRIEF]}"
    return Words(
        label=kind.label,
        text=text,
        outside=outside,
        neutral=neutral,
        short=outside if fits and numbered else neutral,
        address=address,
    )


def _neutral(kind: Kind) -> str:
    """The text for sensitive items; a kind whose two texts are one has blanks: then its label."""
    return f"{kind.label}，请登录系统查看。" if "{" in kind.sensitive else kind.sensitive


def _filled(template: str, blanks: Mapping[str, str]) -> str:
    """The template with its blanks; "" if nothing fills one, such as the day of a 长期 item."""
    try:
        return template.format_map(blanks)
    except KeyError:
        return ""


def _blanks(row: Told, names: Mapping[int, Named], day: date) -> dict[str, str]:
    facts = row.message.facts
    found = {name: str(value) for name, value in facts.items() if value is not None}
    for name in DATES:
        if name in found:
            found[name] = short_date(date.fromisoformat(found[name][:10]), day)
    for name in PERSONS:
        if isinstance(facts.get(name), int):
            found[name] = _named(names.get(facts[name]))
    if row.item is not None:
        found |= _of_item(row.item, day, found)
    if row.event is not None:
        found |= _of_event(row.event, names)
    return {name: value for name, value in found.items() if value}


def _of_item(item: Item, day: date, known: Mapping[str, str]) -> dict[str, str]:
    number, due = number_of(item), due_now(item)
    found = {"docno": str(number) if number else f"《{item.title}》", "title": item.title}
    if due is not None and "due" not in known:
        found["due"] = short_date(due, day)
    return found


def _of_event(event: Event, names: Mapping[int, Named]) -> dict[str, str]:
    """Who did what; of an act for somebody, the one it counts for is named."""
    who = _named(names.get(event.on_behalf_of_id or event.actor_id or 0))
    return {
        "leader": who,
        "act": f"{who or '系统'}　{title_of(event.act)}",
        "result": next((RESULTS[fact] for fact in RESULTS if fact in event.facts), REFUSED),
    }


def _named(person: Named | None) -> str:
    """「坤清祥副院长」."""
    return f"{person.name}{person.post}" if person else ""


def _persons(rows: Iterable[Told]) -> set[int | None]:
    wanted: set[int | None] = set()
    for row in rows:
        if row.event is not None:
            wanted.update((row.event.actor_id, row.event.on_behalf_of_id))
        wanted.update(
            int(row.message.facts[name]) for name in PERSONS if row.message.facts.get(name)
        )
    return wanted
