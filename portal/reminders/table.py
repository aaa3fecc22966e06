"""第十二、十六、十八、十九条: what the clock tells by itself, when and to whom — as one table.

视同签收 (N03) is an act of its own and tells by its row in the table of acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from portal.reminders import queries, regular, silence
from portal.reminders.occasions import Occasion, Span
from portal.rulebook.roles import Role as R

Find = Callable[[str, Sequence[R], Span], Iterable[Occasion]]
DIGEST = "N20"
"""集中提醒: what would be many messages to one person at once."""


class Reminder(NamedTuple):
    """`kind` is the message (`data/notifications.json`), `find` gives what is due in a span and was
    not told, `tells` the roles that hear of it (empty: the occasion names its persons).

    `gathered`: several for one person at once may come as one digest.
    """

    kind: str
    when: str
    article: str
    tells: tuple[R, ...]
    find: Find
    gathered: bool = True


UNIT = (R.HANDLER, R.UNIT_HEAD)
REMINDERS: tuple[Reminder, ...] = (
    Reminder("N04", "反馈到期前1个工作日", "18", (R.HANDLER,), queries.feedback_due),
    Reminder("N05", "反馈逾期次日", "18", UNIT, queries.feedback_missed),
    Reminder("N06", "临期首日", "16(3)", UNIT, queries.near),
    Reminder("N07", "延期申请截止前1天", "19", (R.UNIT_HEAD,), queries.cutoff_tomorrow),
    Reminder(
        "N08", "逾期首日", "16(4)",
        (*UNIT, R.RESPONSIBLE_LEADER, R.OFFICE_STAFF), queries.overdue,
    ),
    Reminder("N19", "签批超过2个工作日（一级2个办公小时）", "12", (), silence.silent),
    Reminder(
        "N21", "归档期满次日", "16(7)", (R.ARCHIVIST, R.OFFICE_STAFF), queries.archive_overdue
    ),
    Reminder(
        "N21", "归档期满次日，单位未确认存档", "16(7)", (R.LIAISON,), queries.unit_copy_overdue
    ),
    Reminder(
        "N21", "档案包更新满归档期限次日", "16(7)", (R.LIAISON, R.ARCHIVIST), queries.copy_outdated
    ),
    Reminder(
        "N27", "整改到期前1个工作日", "17", (R.UNIT_HEAD, R.LIAISON), queries.point_due
    ),
    Reminder("N50", "借阅到期次日", "16(7)", (R.ARCHIVIST,), queries.loan_overdue),
    Reminder("N14", "每周首个工作日", "16(5)", (), regular.weekly_list, gathered=False),
    Reminder("N15", "每周五16:00", "4", (), regular.weekly_summary, gathered=False),
    Reminder(
        "N40", "每月首个工作日", "20",
        (R.OFFICE_STAFF, R.OFFICE_HEAD, R.SECRETARY, R.PRESIDENT, R.OFFICE_LEADER),
        regular.monthly_list, gathered=False,
    ),
    Reminder("N16", "授权生效、到期", "6", (), regular.delegations, gathered=False),
    Reminder(
        "N18", "11月1日起每周", "18", (R.OFFICE_HEAD,), regular.next_calendar, gathered=False
    ),
)  # fmt: skip
