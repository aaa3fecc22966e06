"""What is done with all items of a batch at once: 提交立项, 签批, 编号备案; all or none.

Every item is an act of its own by the rule-book, with its own event; one transaction holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.errors import NotOffered, PortalError, Stale
from portal.extensions import db
from portal.rooms.batches.commands import of_row
from portal.rooms.batches.queries import FILING, SIGNING, SUBMITTING, Entry
from portal.rulebook import workflow
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.signing.commands import AGREED

NONE_CHOSEN: Final = "请至少勾选一个事项。"
Act = Callable[[Entry, str, Intent], Any]


@dataclass(eq=False)
class MovedOn(PortalError):
    """Somebody was first with one of the items: nothing was done of any. `said` names it."""

    said: str
    status = 409


def submit_all(viewer: Viewer, entries: Sequence[Entry], intent: Intent, *, declared: bool) -> None:
    """第十二条: the drafts go up together, as one list for signature."""

    def submit(entry: Entry, act: str, each: Intent) -> None:
        registration.hand_in(viewer, entry.item, each, declared=declared, act=act)

    _all(viewer, entries, SUBMITTING, intent, submit, {"declared": declared})


def sign_all(
    viewer: Viewer, entries: Sequence[Entry], opinions: Mapping[int, str], intent: Intent
) -> None:
    """第十二条: agree to every item. The opinion of the intent holds for all but those with one of
    their own in `opinions` (by place); an empty one is 「同意。」."""

    def sign(entry: Entry, act: str, each: Intent) -> None:
        opinion = opinions.get(entry.seq) or intent.opinion or AGREED
        own = replace(each, opinion=opinion, acting_as=intent.acting_as)
        workflow.perform(viewer, act, entry.item, own)

    _all(viewer, entries, SIGNING, intent, sign)


def file_all(
    viewer: Viewer, entries: Sequence[Entry], intent: Intent, *, word: str, release: bool
) -> None:
    """第十六条（一）: 批量编号下达. The numbers follow the paper's order without a gap: the counter
    is held from the first one to the end. `release`: the notices go out in the same act."""

    def file(entry: Entry, _act: str, each: Intent) -> None:
        registration.put_on_file(viewer, entry.item, each, word=word, release=release)

    _all(viewer, entries, FILING, intent, file)


def _all(
    viewer: Viewer,
    entries: Sequence[Entry],
    acts: Collection[str],
    intent: Intent,
    do: Act,
    values: Mapping[str, Any] | None = None,
) -> None:
    if not entries:
        raise Unmet(NONE_CHOSEN, article="12")
    _lock(viewer, entries)
    keys = {entry.seq: intent.also(f"batch {entry.seq}") for entry in entries}
    if workflow.done_before(viewer, keys[entries[0].seq], acts) is not None:
        return
    named = {entry.seq: _act(entry, acts) for entry in entries}
    refused = [
        _of(entry, reason)
        for entry in entries
        if (reason := workflow.refusal(viewer, named[entry.seq], entry.item, None, values))
    ]
    if (found := together(refused)) is not None:
        raise found
    for entry in sorted(entries, key=lambda entry: entry.seq):
        try:
            do(entry, named[entry.seq], replace(keys[entry.seq], seen=entry.seen))
        except Unmet as reason:
            raise _of(entry, reason) from reason
        except (Stale, NotOffered) as late:
            raise MovedOn(_moved(entry)) from late
    db.session.commit()


def _lock(viewer: Viewer, entries: Sequence[Entry]) -> None:
    """In the order of their ids: two batches never wait for each other."""
    for item in sorted((entry.item for entry in entries), key=lambda item: item.id):
        workflow.lock(viewer, item)


def _act(entry: Entry, acts: Collection[str]) -> str:
    for act in acts:
        if act in entry.acts:
            return act
    raise MovedOn(_moved(entry))


def _moved(entry: Entry) -> str:
    return f"第{entry.seq}项“{entry.line.title}”已有变动，本次各项均未办理，请核对后再次提交。"


def _of(entry: Entry, refused: Unmet) -> Unmet:
    return of_row(refused, entry.name, entry.seq, entry.line.title)
