"""What happens to an item from 立项 to 办结: the form, the notice, reports, 催办, 延期."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from bench.filling.college import College
from bench.filling.days import Days
from bench.filling.form import drafter
from bench.filling.matters import DAY, FILED, ISSUED, RUNNING, Matter, place_of
from bench.filling.signing import AGREED, Signing, run, steps_of
from bench.filling.story import SALT, Story, at
from portal.rulebook.chains import EXTENSION, INITIATION, URGE
from portal.rulebook.kept_texts import REPORT, salted_with

TEXTS = {
    "measures": "对照办理要求分解任务，明确责任人和时间节点，安排专人跟进。",
    "progress": "已制定方案并逐项落实，本期完成排查、整改和资料归集，有关情况已报分管校领导。",
    "effect": "各环节衔接顺畅，阶段性任务按计划完成。", "problems": "目前无需协调的事项。",
    "next_steps": "按时间节点继续推进，按期反馈进展。",
}  # fmt: skip
URGED, SILENT, TARDY = 0.5, 0.02, 0.06
"""Shares: late items that were urged, reports that never came, reports that came late."""
OFFICE_STAFF = "office_staff"


class Work:
    """The acts of one item up to its hand-in."""

    def __init__(self, story: Story, college: College, days: Days) -> None:
        self.story, self.college, self.days = story, college, days
        self.matter: Matter = story.matter
        self.clerk = college.holders[OFFICE_STAFF]
        self.office = [
            *college.all_holders[OFFICE_STAFF], college.holders["office_head"]
        ]  # fmt: skip
        self.answered: set[date] = set()

    def initiate(self) -> None:
        """From the first line to the notice (第十二条)."""
        matter, story = self.matter, self.story
        who, role = drafter(matter, self.college), OFFICE_STAFF if matter.by_office else "liaison"
        first = matter.begun - 4 * DAY if matter.place >= FILED else matter.begun
        facts = {"content": story.rows.key(), "classification": "internal"}
        story.act(at(first, 8, 30), "create", who, role, after="draft", facts=facts)
        if matter.state == "draft":
            return
        said = {"title": matter.title, "requirement": matter.requirement}
        form = json.dumps(said, ensure_ascii=False)
        kept = {"text": story.opinion(form), "digest": salted_with(SALT, form), "version": 1}
        if matter.state == "pending_unit":
            self._submit(at(first, 8, 40), who, role, "submit_unit", kept)
            steps = steps_of(INITIATION, matter, self.college)
            run(story, Signing(INITIATION, steps, at(first, 8, 40), 0))
            return
        self._submit(at(first, 8, 40), who, role, "submit", kept)
        steps = steps_of(INITIATION, matter, self.college, "confirm_unit")
        signed = min(3, max(0, matter.place - place_of("pending_sign")))
        ended = matter.state in ("returned", "rejected")
        last = run(story, Signing(INITIATION, steps, at(first, 8, 40), 0 if ended else signed))
        if ended:
            act = "return" if matter.state == "returned" else "reject"
            story.act(last + timedelta(hours=4), act, matter.unit.leader_id, "responsible_leader",
                      [who], after=matter.state, facts={"to_previous": False})  # fmt: skip
        if matter.place >= FILED:
            self._issue()

    def _submit(self, moment: Any, who: int, role: str, act: str, kept: dict[str, Any]) -> None:
        asked = self.matter.unit.head_id if act == "submit_unit" else self.matter.unit.leader_id
        after = "pending_unit" if act == "submit_unit" else "pending_sign"
        self.story.act(moment, act, who, role, [asked], after=after,
                       facts={"form": kept})  # fmt: skip

    def _issue(self) -> None:
        matter, story = self.matter, self.story
        heads = [unit.head_id for unit in (matter.unit, *matter.co_units)]
        leader = matter.unit.leader_id
        story.act(at(matter.begun, 10, 45), "file", self.clerk, OFFICE_STAFF, [leader, heads[0]],
                  after="filed")  # fmt: skip
        if matter.state == "void":
            story.act(at(matter.begun, 16), "agree_void", self.college.holders["office_leader"],
                      "office_leader", [*self.office, leader], after="void")  # fmt: skip
        if matter.place < ISSUED:
            return
        liaisons = [unit.liaison_id for unit in (matter.unit, *matter.co_units)]
        due = matter.first_due.isoformat() if matter.first_due else None
        story.act(at(matter.begun, 10, 46), "issue", self.clerk, OFFICE_STAFF,
                  [leader, *heads, *liaisons], after="issued", facts={"due": due})  # fmt: skip

    def receive(self, shares: dict[int, int]) -> None:
        """签收 by each unit, which names who works on it (第十六条（三）)."""
        matter, story = self.matter, self.story
        if matter.place < RUNNING:
            return
        persons = (matter.handler, *matter.co_handlers)
        for number, unit in enumerate((matter.unit, *matter.co_units)):
            how: dict[str, Any] = {"subject": "item_unit", "subject_id": shares[unit.unit_id]}
            moment = at(matter.begun, 11, 5 + 10 * number)
            story.act(moment, "sign_receipt", unit.head_id, "unit_head", self.office,
                      before="issued", after="received", item_to="in_progress", **how)  # fmt: skip
            story.act(moment + timedelta(minutes=5), "assign_handler", unit.head_id, "unit_head",
                      [persons[number]], before="received", after="received",
                      facts={"former_ids": [], "handler_id": persons[number]}, **how)  # fmt: skip

    def report(self, today: date) -> None:
        """The instalments, and a report for each that has come (第十六条（五）)."""
        matter, pick = self.matter, self.story.rows.random
        last = matter.completed or today
        sent = 0
        for seq, day in enumerate(matter.points, start=1):
            point = self.story.part("feedback_point", seq=seq, due=day, promised=False)
            if matter.place < RUNNING or day > last or pick.random() < SILENT:
                continue
            late = pick.randint(1, 3) if pick.random() < TARDY else -pick.randint(0, 1)
            written = max(matter.begun, min(last, day + late * DAY))
            sent += 1
            self._report(sent, point, written, today, min(95, seq * 10))
            self.answered.add(day)

    def _report(self, seq: int, point: int, day: date, today: date, percent: int) -> None:
        matter, story = self.matter, self.story
        read_on = self.days.next(day)
        read = read_on < today or matter.completed is not None
        report = story.part(
            "feedback", public_id=story.rows.key(), seq=seq, unit_id=matter.unit.unit_id,
            point_id=point, state="fb_read" if read else "fb_submitted", form_version=1, **TEXTS,
            percent=percent, written_by_id=matter.handler, submitted_at=at(day, 16),
            confirmed_at=at(day, 16, 30), no_progress=False, final=False, returns=0, via="online",
        )  # fmt: skip
        said = {name: {**TEXTS, "percent": percent}.get(name, False) for name in REPORT}
        body = json.dumps(said, ensure_ascii=False, sort_keys=True)
        text = story.part("feedback_version", feedback_id=report, unit_id=matter.unit.unit_id,
                          version=1, body=body, salt=SALT)  # fmt: skip
        kept = {"text": text, "digest": salted_with(SALT, body), "version": 1}
        facts = {"seq": seq, "report": kept, "percent": percent, "attachment_ids": []}
        how: dict[str, Any] = {"subject": "feedback", "subject_id": report}
        story.act(at(day, 16), "submit_feedback", matter.handler, "handler", [matter.unit.head_id],
                  before="fb_draft", after="fb_unit", facts=facts, **how)  # fmt: skip
        story.act(at(day, 16, 30), "confirm_feedback", matter.unit.head_id, "unit_head",
                  [matter.unit.leader_id, *self.office], before="fb_unit", after="fb_submitted",
                  **how)  # fmt: skip
        if read:
            story.act(at(read_on, 9), "read_feedback", self.clerk, OFFICE_STAFF, [matter.handler],
                      before="fb_submitted", after="fb_read", **how)  # fmt: skip

    def extend(self) -> None:
        """延期, where the date that holds is not the first one (第十九条)."""
        matter, story = self.matter, self.story
        if not matter.plan or not matter.plan.due or matter.plan.due == matter.first_due:
            return
        first = matter.first_due or matter.begun
        asked = max(matter.begun, first - 4 * DAY)
        extension = story.part(
            "extension", public_id=story.rows.key(), seq=1, kind="extend", state="approved",
            reason="外部条件变化，需要增加时间。", progress="按计划推进。", salt=SALT,
            asked_days=None, asked_due=matter.plan.due, late_ground=False, of_superior=False,
            due_before=first, granted=0, applied_by_id=matter.unit.head_id,
            applied_at=at(asked, 10), cutoff=at(first - 3 * DAY, 23), timely=True,
            due_after=matter.plan.due, decided_at=at(asked, 19),
        )  # fmt: skip
        how: dict[str, Any] = {"subject": "extension", "subject_id": extension}
        story.act(at(asked, 10), "extend", matter.unit.head_id, "unit_head",
                  [matter.unit.leader_id], before="ext_draft", after="ext_sign", **how)  # fmt: skip
        steps = steps_of(EXTENSION, matter, self.college, "ext_unit", "ext_office_leader",
                         "ext_principal")  # fmt: skip
        run(story, Signing(EXTENSION, steps, at(asked, 10), 2, **how))

    def urge(self, seqs: dict[int, int]) -> None:
        """催办 of half of what came late (第十六条（四）); `seqs`: the last number of each year."""
        matter, story = self.matter, self.story
        due = matter.plan.due if matter.plan else None
        late = due and matter.completed and matter.completed > due + DAY
        if not (late and due and matter.completed) or story.rows.random.random() > URGED:
            return
        issued, limit = due + DAY, due + 5 * DAY
        seqs[issued.year] = seqs.get(issued.year, 0) + 1
        head = matter.unit.head_id
        urge = story.part(
            "urge", public_id=story.rows.key(), unit_id=matter.unit.unit_id, state="ug_met", nth=1,
            ground="overdue", points=[], missed_on=due, subject="第1次催办：逾期未办结。",
            limit_days=2, fast=False, drafted_by_id=self.clerk, drafted_at=at(issued, 8, 45),
            doc_word="阿职催办", doc_year=issued.year, doc_seq=seqs[issued.year], issued_on=issued,
            limit_on=limit, receipt_by=at(issued + 2 * DAY, 0), deemed=False,
            received_by_id=head, received_at=at(issued + DAY, 9),
            replied_by_id=head, replied_at=at(issued + DAY, 15),
            promised_on=matter.completed, ended_at=at(matter.completed, 18),
        )  # fmt: skip
        how: dict[str, Any] = {"subject": "urge", "subject_id": urge}
        story.act(at(issued, 8, 45), "urge", self.clerk, OFFICE_STAFF, [matter.unit.leader_id],
                  before="ug_draft", after="ug_sign", **how)  # fmt: skip
        steps = steps_of(URGE, matter, self.college)
        last = run(story, Signing(URGE, steps, at(issued, 8, 45), 3, **how))
        told = [head, matter.unit.leader_id, *self.college.all_holders["discipline"],
                *self.college.all_holders["hr"]]  # fmt: skip
        story.act(last, "number_urge", self.clerk, OFFICE_STAFF, told, before="ug_filing",
                  after="ug_issued", facts={"limit_on": limit.isoformat()}, **how)  # fmt: skip
        for moment, act, before, after in (
            (at(issued + DAY, 9), "sign_urge_receipt", "ug_issued", "ug_signed"),
            (at(issued + DAY, 15), "reply_urge", "ug_signed", "ug_replied"),
        ):
            story.act(moment, act, head, "unit_head", self.office, before=before, after=after,
                      **how)  # fmt: skip
        story.act(at(matter.completed, 18), "meet_urge", None, "system", [self.clerk],
                  before="ug_replied", after="ug_met", **how)  # fmt: skip


__all__ = ["AGREED", "Work"]
