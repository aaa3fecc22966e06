"""签收, 承办, 反馈 of one sample item as acts (第十六条（三）（五）、第十八条)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from portal.clock import SHANGHAI
from portal.demo import sample
from portal.demo.history import extending, handing, inspecting, people, texts
from portal.demo.history.act import Course
from portal.demo.history.opening import Row, handed_out_first
from portal.rulebook import reviews, workdays

LISTED = 3
"""Minutes between names put on a need-to-know list."""
WRITTEN, CONFIRMED, READ = time(16, 0), time(16, 30), time(9, 0)
NOTED_AFTER = timedelta(minutes=10)
"""How long after the answer a call is written down."""
AT_TIME, ON_DAY = re.compile(r"(\d\d):(\d\d)回电"), re.compile(r"(\d+)月(\d+)日")
"""How the sample says in a reply when it came."""
IN_JANUARY, REVIEWED = date(2026, 1, 15), time(15, 0)
"""年度评估: its day of every year, and the time."""


def work_on(course: Course, row: Row) -> None:
    """From the notice to the last report before the closing."""
    if not row.get("issued_on"):
        return
    if row["status"] == "void":
        _void(course, row)
        return
    first = handed_out_first(row)
    if not first:
        for receipt in row["signed"]:
            course.soon(20, receipt["person_id"], "receive", unit=receipt["unit_id"])
    received = _received(row)
    _name_handlers(course, row, received)
    _calls(course, row)
    _list(course, row)
    dated = [(report["submitted_on"], "report", report) for report in row["feedbacks"]]
    dated += [(change["on"], "handover", change) for change in row.get("handovers", ())]
    dated += [(day.isoformat(), "review", row) for day in _reviews(row)]
    dated += [(asked["applied_on"], "extension", asked) for asked in row.get("extensions", ())]
    visits = [visit for visit in sample.inspections() if visit["item_id"] == row["id"]]
    dated += [(visit["on"], "inspection", visit) for visit in visits]
    for day, what, given in sorted(dated, key=lambda entry: entry[:2]):
        if what == "report":
            report(course, row, given)
        elif what == "handover":
            handing.take_over(course, row, given)
        elif what == "extension":
            extending.ask(course, row, given)
        elif what == "inspection":
            inspecting.inspect(course, given)
        else:
            course.add(
                date.fromisoformat(day), REVIEWED, people.OFFICE_HEAD, "review_yearly",
                outcome="continue", opinion=texts.REVIEWED,
            )  # fmt: skip


def _reviews(row: Row) -> list[date]:
    """SPEC §2.15: of a long-running item one each January while it was worked on."""
    if row["level"] != reviews.LONG_RUNNING:
        return []
    anchor = str(sample.organisation()["meta"]["anchor_date"])
    ended = row["closure"]["submitted_on"] if row.get("closure") else anchor
    first = date.fromisoformat(row["issued_on"]).year + 1
    days = (IN_JANUARY.replace(year=year) for year in range(first, int(ended[:4]) + 1))
    return [day for day in days if day.isoformat() < ended]


def _calls(course: Course, row: Row) -> None:
    """Each record is written by who called, once it was answered."""
    for call in row["phone_records"]:
        called_at = datetime.fromisoformat(call["at"]).astimezone(SHANGHAI)
        answered = called_at
        reply = call["reply"] or ""
        if day := ON_DAY.match(reply):
            answered = called_at.replace(month=int(day[1]), day=int(day[2]), hour=16)
        elif hour := AT_TIME.match(reply):
            answered = called_at.replace(hour=int(hour[1]), minute=int(hour[2]))
        noted = (answered + NOTED_AFTER).time()
        course.aside(answered.date(), noted, call["caller_id"], "phone_record", call=call,
                     replied_at=answered if AT_TIME.match(reply) else None)  # fmt: skip


def _received(row: Row) -> set[str]:
    """Units whose receipt the sample knows; an order by telephone needs none."""
    if handed_out_first(row):
        return {row["lead_unit_id"], *row["co_unit_ids"]}
    return {receipt["unit_id"] for receipt in row["signed"]}


def _name_handlers(course: Course, row: Row, received: set[str]) -> None:
    day = date.fromisoformat(row["issued_on"])
    lead = row["lead_unit_id"]
    named = [(lead, first_handler(row))]
    named += [(people.unit_of(person), person) for person in row["co_handler_ids"]]
    for unit, person in named:
        if unit in received:
            course.soon(10, people.head_of(unit, day), "assign_handler", unit=unit, person=person)


def first_handler(row: Row) -> str:
    """Who was named at first: whoever handed the work over later, if anybody did."""
    handovers = row.get("handovers", ())
    return str(handovers[0]["from_id"] if handovers else row["handler_id"])


def _list(course: Course, row: Row) -> None:
    """知悉范围: those of the sample; whom the rule-book lists by itself the command passes over."""
    for person in row.get("need_to_know", ()):
        course.soon(
            LISTED, people.OFFICE_HEAD, "grant_knowledge", person=person, opinion=texts.LISTED
        )


def report(course: Course, row: Row, given: Row) -> None:
    """One report: written, sent on by the head, read by 党政办 on the next working day."""
    day = date.fromisoformat(given["submitted_on"])
    fields = texts.report_fields(row, given)
    writer, head = given["by_id"], given["confirmed_by_id"]
    course.add(day, WRITTEN, writer, "report", point=given["point"], fields=fields)
    if head != writer:
        course.add(day, CONFIRMED, head, "confirm_report")
    if given["office_result"] == "已阅":
        following = workdays.built_in().add_workdays(day, 1)
        course.aside(following, READ, people.OFFICE, "read_report")


def _void(course: Course, row: Row) -> None:
    """Found out within the hour, as nobody had received it yet."""
    course.soon(20, people.OFFICE_HEAD, "void", opinion=row["void_reason"])
    course.soon(15, people.OFFICE_LEADER, "agree", act="agree_void")
