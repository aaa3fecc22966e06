"""What must hold of every item after every act, read by the owner of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import select

from portal.extensions import db
from portal.item.awaited import waits_for
from portal.models import Item
from portal.rulebook import offers, policy, stored_lights, tray
from portal.rulebook.chains import CHAINS, step_of
from portal.rulebook.offers import subjects
from portal.rulebook.readers import readers_of
from portal.rulebook.rules import BY_ACT, RULES
from portal.rulebook.scope import Viewer
from portal.rulebook.standing import Standing

Raw = psycopg.Connection[tuple[Any, ...]]
RESTING = {"archived", "rejected", "exempted", "void"}
"""Where nothing waits any more."""
OF_CHAINS = {step.state: chain.name for chain in CHAINS.values() for step in chain.steps
             if chain.machine == "item"}  # fmt: skip
STATES = tuple(state.id for state in policy.CURRENT.states)
PARTS = (
    "approval", "approval_slot", "event", "feedback", "feedback_point", "item_member", "item_unit",
    "opinion", "closure", "archive_record", "change", "comment", "objection", "extension", "urge",
    "urge_question",
)  # fmt: skip


def fingerprint(raw: Raw, item_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Everything an act may change of these items, in a form to compare."""
    rows: list[tuple[Any, ...]] = raw.execute(
        "SELECT id, state, version, readers, due, yellow_from, red_from, blue, lit, doc_seq,"
        " form_version FROM item WHERE id = ANY(%s) ORDER BY id",
        (list(item_ids),),
    ).fetchall()
    for table in PARTS:
        counted = f"SELECT '{table}', count(*), max(id), max(xmin::text::bigint) FROM {table}"  # noqa: S608 - a constant
        rows += raw.execute(f"{counted} WHERE item_id = ANY(%s)", (list(item_ids),)).fetchall()
    return rows + raw.execute("SELECT * FROM number_sequence ORDER BY word, year").fetchall()


def numbers_are_whole(raw: Raw) -> None:
    """SPEC §4: of each year from 1, none twice, none missing, and the sequence says the last."""
    taken = raw.execute(
        "SELECT doc_word, doc_year, array_agg(doc_seq ORDER BY doc_seq) FROM"
        " (SELECT doc_word, doc_year, doc_seq FROM item UNION ALL"
        " SELECT doc_word, doc_year, doc_seq FROM urge) AS numbered"
        " WHERE doc_seq IS NOT NULL GROUP BY doc_word, doc_year"
    ).fetchall()
    for word, year, numbers in taken:
        assert numbers == list(range(1, len(numbers) + 1)), (word, year, numbers)
        last = raw.execute(
            "SELECT value FROM number_sequence WHERE word = %s AND year = %s", (word, year)
        ).fetchone()
        assert last == (len(numbers),)


def approvals_fit(raw: Raw, item_id: int, state: str) -> None:
    """One open approval of a chain over a row; its open boxes are the first that are not signed,
    and the item stands where they say."""
    open_runs = raw.execute(
        "SELECT id, chain, subject_id, beside FROM approval WHERE item_id = %s AND state = 'open'",
        (item_id,),
    ).fetchall()
    assert len({(chain, subject) for _id, chain, subject, _beside in open_runs}) == len(open_runs)
    leading = {chain for _id, chain, _s, beside in open_runs if CHAINS[chain].machine == "item"
               and not beside}  # fmt: skip
    assert leading == ({OF_CHAINS[state]} if state in OF_CHAINS else set())
    for approval_id, chain, _subject, beside in open_runs:
        slots = raw.execute(
            "SELECT position, state, step, via = 'paper' FROM approval_slot"
            " WHERE approval_id = %s ORDER BY position, id",
            (approval_id,),
        ).fetchall()
        turn = min(position for position, slot, _step, _paper in slots if slot == "open")
        contested = raw.execute(
            "SELECT count(*) > 0 FROM event WHERE item_id = %s AND act = 'contest_paper'",
            (item_id,),
        ).fetchone() == (True,)
        for position, slot, step, entered in slots:
            on_paper = entered or contested
            if position < turn:
                assert slot in ("agreed", "merged")
            elif position > turn and not on_paper:  # a paper may be signed out of order
                assert slot in ("waiting", "merged")
            elif slot == "open" and chain in leading and not beside:
                assert step_of(chain, step).state == state


def events_are_a_chain(raw: Raw, item_id: int, state: str) -> None:
    """Each act on the item starts where the one before it left the item, and the last one leaves
    it where it is stored. What an act on a part makes of the item its event does not say: there
    the next one must start in one of the states it may lead to."""
    at: set[str | None] = {None}
    for act, subject, before, after in raw.execute(
        "SELECT act, subject, from_state, to_state FROM event WHERE item_id = %s ORDER BY id",
        (item_id,),
    ).fetchall():
        if subject == "item":
            assert before in at, (act, before, at)
            at = {after}
        elif subject == "approval_slot":
            at |= set(STATES)
        elif subject == "change" and after == "agreed":
            at = {_carried(act)} if _carried(act) else at
        elif BY_ACT[act].carries:
            at |= {BY_ACT[act].carries}
    assert state in at


def _carried(act: str) -> str:
    """The state of the item once the last box of the change is signed: by its own act, or in the
    act that opens the approval, where its opener signs first."""
    return next(
        chain.carries
        for chain in CHAINS.values()
        if chain.name == BY_ACT[act].chain or act in {step.act for step in chain.steps}
    )


def parts_share_the_readers(raw: Raw, item_id: int) -> None:
    """第二十一条: what hangs off an item is known to those who may know of it."""
    for table in PARTS:
        foreign = raw.execute(
            f"SELECT count(*) FROM {table} JOIN item ON item.id = item_id"  # noqa: S608 - a constant
            f" WHERE item_id = %s AND {table}.readers <> item.readers",
            (item_id,),
        ).fetchone()
        assert foreign == (0,), table


def stored_is_computed(item: Item) -> None:
    """Readers and lights as stored are what follows from everything else."""
    assert list(item.readers) == readers_of(item)
    stored = (item.due, item.yellow_from, item.red_from)
    if item.state == "filed":  # handed out never, or again: the plan comes with the notice
        due = item.due_reset or item.due_effective
        assert item.due == (due if item.issued_on else None)
        return
    assert item.lit == (policy.CURRENT.state(item.state).lit and item.red_from is not None)
    with db.session.begin_nested() as aside:
        stored_lights.refresh(item)
        computed = (item.due, item.yellow_from, item.red_from)
        aside.rollback()
    assert stored == computed


def somebody_can_go_on(viewer: Viewer, item: Item) -> None:
    """Whatever state it is in, something waits, and for somebody who exists."""
    assert item.state in RESTING or waits_for(viewer, item), f"nobody can go on: {item.state}"


def tray_is_what_is_offered(viewer: Viewer, items: Sequence[Item]) -> None:
    """待办 holds, of these items, what the table says waits for the person, row by row, and nothing
    stands there of which nothing can be done."""
    ids = {item.id for item in items}
    waiting = sorted((row.item_id, row.act) for row in tray.waiting(viewer) if row.item_id in ids)
    assert waiting == sorted(row for item in items for row in _waits(viewer, item))
    for item in items:
        if item.id in {item_id for item_id, _act in waiting}:
            assert offers.offered(viewer, item), "something waits, nothing can be done"


def _waits(viewer: Viewer, item: Item) -> list[tuple[int, str]]:
    standing = Standing(viewer, item)
    found = []
    for rule in RULES:
        if rule.during and item.state not in rule.during:
            continue
        for subject, unit in subjects(standing, rule):
            words = offers.words(viewer, rule, subject)
            if not words:
                continue
            if rule.step:
                mine = any(
                    standing.held((slot.role,), slot.unit_id)
                    for slot in standing.boxes(rule, subject)
                )
            else:
                asked = None if rule.by_lead else unit
                mine = bool(standing.held(rule.waits_for or rule.by, asked))
            found += [(item.id, rule.act)] * (len(words) if mine else 0)
    return found


def items_of(viewer: Viewer, item_ids: Sequence[int]) -> list[Item]:
    """Those of the items that this person may know of."""
    return list(db.session.scalars(select(Item).where(Item.id.in_(item_ids)).order_by(Item.id)))
