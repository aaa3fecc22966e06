"""Sending what is due: the job of the schedule. Words are read as the person, then sent outside any
transaction, then noted. A log line has ids only.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import Final

from flask import current_app
from sqlalchemy import select

from portal.clock import Clock
from portal.config import Settings
from portal.extensions import db
from portal.messages import outbox, wording
from portal.messages.channels import WAYS, configured
from portal.messages.channels.base import Channel, ChannelError, Temporary
from portal.messages.outbox import Bundle
from portal.messages.planning import plan
from portal.messages.wording import Words
from portal.models import Message, Person
from portal.rulebook.scope import view_as, view_as_nobody

log = logging.getLogger(__name__)

SECONDS: Final = 60.0
"""How long one turn takes new bundles up: other jobs wait for the worker meanwhile."""
STRIKES: Final = 3
"""After so many failures in a row a channel is left alone for this turn: a provider that hangs
holds the worker up for seconds, not for ever."""
SETTLED: Final = "接收人无需再接收"
"""Read in the portal meanwhile, or not his to know any more: the administrator learns not which."""
LEFT: Final = "接收人已停用"
NO_ADDRESS: Final = "接收人未登记{}地址"


def deliver() -> None:
    """What the schedule calls: decide about new messages, then send what is due."""
    plan()
    send_due()


def send_due(seconds: float = SECONDS) -> int:
    """Send bundles until none is due or the time is over; how many were accepted."""
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    channels, strikes, sent = configured(settings), Counter[str](), 0
    view_as_nobody()
    outbox.give_up_lost(clock.now())
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        alive = [name for name in channels if strikes[name] < STRIKES]
        bundle = outbox.take(alive, clock.now()) if alive else None
        if bundle is None:
            break
        accepted = _send(bundle, channels[bundle.channel], settings, clock)
        strikes[bundle.channel] = 0 if accepted is not False else strikes[bundle.channel] + 1
        sent += bool(accepted)
    db.session.commit()
    return sent


def _send(bundle: Bundle, channel: Channel, settings: Settings, clock: Clock) -> bool | None:
    """Whether the provider took it; None if nothing was to be sent."""
    way = WAYS[bundle.channel]
    try:
        to, words = _read(bundle, settings, clock)
    finally:
        db.session.rollback()  # nothing is held while a provider is waited for
        view_as_nobody()
    rows = list(words)
    if not rows:
        return None
    if not to:
        reason = NO_ADDRESS.format(way.label)
        outbox.note_skipped(bundle, rows, reason, clock.now())
        return None
    said = wording.digest(list(words.values()))
    text = said.neutral if way.shared else said.short if way.name == "sms" else said.outside
    # In a group the link would tell which items are sensitive.
    address = wording.INBOX if way.shared else said.address
    try:
        receipt = channel.send(to, text, wording.link_to(settings, address), bundle.key)
    except ChannelError as error:
        noted = outbox.note_failed if isinstance(error, Temporary) else outbox.note_given_up
        noted(bundle, rows, error.reason, clock.now())
        log.warning("bundle %s over %s was not sent", bundle.key, bundle.channel)
        return False if isinstance(error, Temporary) else None
    if not outbox.note_sent(bundle, rows, receipt.provider_id, clock.now()):
        log.warning("bundle %s over %s was sent after its lease", bundle.key, bundle.channel)
    return True


def _read(bundle: Bundle, settings: Settings, clock: Clock) -> tuple[str, Mapping[int, Words]]:
    """The person's address and, by row, what is to be said, read as the person.

    What is not to be sent any more is noted at once.
    """
    person = db.session.scalars(select(Person).where(Person.id == bundle.person_id)).one()
    if not person.active:
        outbox.note_skipped(bundle, [row.id for row in bundle.rows], LEFT, clock.now())
        return "", {}
    address = WAYS[bundle.channel].address(person)
    wanted = {row.message_id: row for row in bundle.rows if row.message_id is not None}
    viewer = view_as(bundle.person_id, clock)
    query = wording.told(viewer).where(Message.id.in_(wanted)).order_by(Message.id)
    found = {row.message.id: row for row in wording.read(query)}
    if WAYS[bundle.channel].shared:  # that there is something at all is not for the group
        found = {id_: row for id_, row in found.items() if not row.is_sensitive}
    read = {id_ for id_, row in found.items() if row.message.read_at and not wanted[id_].forced}
    fresh = [row for id_, row in found.items() if id_ not in read]
    said = wording.in_words(fresh, viewer.moment.day, settings.sms_signature)
    words = {wanted[row.message.id].id: one for row, one in zip(fresh, said, strict=True)}
    words |= {row.id: _test_words() for row in bundle.rows if row.message_id is None}
    outbox.note_skipped(bundle, [wanted[id_].id for id_ in read], SETTLED, clock.now())
    gone = [row.id for id_, row in wanted.items() if id_ not in found]
    outbox.note_skipped(bundle, gone, SETTLED, clock.now())
    return address, words


def _test_words() -> Words:
    text = wording.TEST_TEXT
    return Words(wording.TEST_LABEL, text, text, text, text, "")
