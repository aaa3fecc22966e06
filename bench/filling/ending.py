"""办结, 销号, 归档, 免于督办: how items end (第十四、十六（六）（七）、十九条)."""

from __future__ import annotations

from datetime import date

from bench.filling.matters import CLOSED, DAY, HANDED_IN, place_of
from bench.filling.signing import Signing, run, steps_of
from bench.filling.story import SALT, at
from bench.filling.working import OFFICE_STAFF, TEXTS, Work
from portal.rulebook import verdicts
from portal.rulebook.chains import CLOSING
from portal.rulebook.kept_texts import salted_with


def hand_in(work: Work, shares: dict[int, int]) -> None:
    """申请办结 and its signatures, as far as they have come."""
    matter, story, college = work.matter, work.story, work.college
    if matter.state == "exempted":
        story.act(at(matter.begun + DAY, 16), "exempt", college.holders["office_leader"],
                  "office_leader", [*work.office, matter.unit.head_id], after="exempted",
                  facts={"exempted": True})  # fmt: skip
    if matter.place < HANDED_IN or matter.completed is None:
        return
    for unit in matter.co_units:
        told, share = [matter.handler, matter.unit.head_id], shares[unit.unit_id]
        story.act(at(matter.completed, 8, 50), "hand_in", unit.head_id, "unit_head", told,
                  subject="item_unit", subject_id=share, before="received",
                  after="handed_in")  # fmt: skip
    closure = _closure(work)
    text = TEXTS["progress"]
    story.act(at(matter.completed, 9), "apply_close", matter.handler, "handler",
              [matter.unit.head_id], after="closing_unit",
              facts={"closure": {"text": closure, "digest": salted_with(SALT, text)},
                     "attachment_ids": []})  # fmt: skip
    steps = steps_of(CLOSING, matter, college)
    signed = min(len(steps), matter.place - place_of("closing_unit"))
    run(story, Signing(CLOSING, steps, at(matter.completed, 9), signed))
    if matter.closed_on:
        _strike_off(work, matter.closed_on)


def _closure(work: Work) -> int:
    """The hand-in; judged once the item was struck off."""
    matter = work.matter
    done = matter.completed if matter.place >= CLOSED else None
    due = matter.plan.due if matter.plan else None
    judged = verdicts.verdict(matter.first_due, due, done) if done else None
    return work.story.part(
        "closure", result_text=TEXTS["progress"], salt=SALT, written_by_id=matter.handler,
        via="online", handed_in_at=at(done, 12) if done else None,
        outcome="accepted" if done else None, completed_on=done,
        on_time=judged.on_time if judged else None,
        on_time_original=judged.on_time_original if judged else None,
        overdue_days=judged.overdue_days if judged else None,
        days_used=verdicts.days_used(matter.begun, done) if done else None,
    )  # fmt: skip


def _strike_off(work: Work, day: date) -> None:
    """销号, and both records (第十六条（七）)."""
    matter, story, college = work.matter, work.story, work.college
    told = [matter.unit.leader_id, matter.unit.head_id, matter.handler, *work.office,
            *(unit.head_id for unit in matter.co_units)]  # fmt: skip
    for role in ("hr", "discipline"):
        noted_by = college.holders[role]
        story.act(at(day, 8, 50), "note_filing", noted_by, role, after="closing_filing")
    story.act(at(day, 17), "close", work.clerk, OFFICE_STAFF, told, after="closed",
              facts={"on_time": True})  # fmt: skip
    archived = matter.archived_on
    archivist = college.holders["archivist"]
    for keeper, custodian in (("office", archivist), ("unit", matter.unit.liaison_id)):
        story.part("archive_record", keeper=keeper, archive_no="", retention="10年", location="",
                   custodian_id=custodian if archived else None, kept_on=archived)  # fmt: skip
    if archived:
        story.act(at(archived, 17, 10), "keep_copy", matter.unit.liaison_id, "liaison",
                  [archivist], subject="archive_record", after=None)  # fmt: skip
        story.act(at(archived, 17, 30), "archive", archivist, "archivist", [matter.handler],
                  after="archived")  # fmt: skip
