"""What runs when: one table. Each command asks "what is due and not yet noted", so running it
twice, late, or from two schedulers changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`command` is called without arguments in the worker, every `every` seconds."""

    name: str
    every: int
    command: str
    article: str


SCHEDULE: tuple[Row, ...] = (
    # Sheets whose job was lost with Redis or with its worker are enqueued again.
    Row("sweep_sheets", 30, "portal.documents.commands:sweep", "第十六条（一）（六）"),
    # The same for exports of the ledger.
    Row("sweep_exports", 30, "portal.rooms.ledger.exports.commands:sweep", "第九条"),
    # The same for lists to be signed.
    Row("sweep_signing_lists", 30, "portal.rooms.signing_lists.making:sweep", "第十二条"),
    # The same for scans to be read.
    Row("sweep_scans", 30, "portal.scans.reading:sweep", "第十二条"),
    # The same for tables that are brought in; what nobody confirmed is thrown away.
    Row("sweep_imports", 30, "portal.workbooks.importing:sweep", "第十二条"),
    # The same for the figures and papers of 学期报告 and 通报.
    Row("sweep_briefs", 30, "portal.rooms.reports.making:sweep", "第二十条"),
    # Archive packages of items just closed, and of archived ones whose papers changed.
    Row("prepare_packages", 60, "portal.rooms.archives.commands:prepare", "第十六条（七）"),
    # Packages whose job was lost, of items and of years.
    Row("sweep_packages", 30, "portal.rooms.archives.commands:sweep", "第十六条（七）"),
    Row("sweep_year_packages", 30, "portal.rooms.archives.years:sweep", "第十六条（七）"),
    # The same for the papers of a case.
    Row("sweep_bundles", 30, "portal.rooms.accountability.bundles:sweep", "第二十五条"),
    # The same for what was decided about items reported as 疑似涉密.
    Row("sweep_spills", 30, "portal.rooms.spills.handling:sweep", "第二十一条"),
    # 视同签收: who has not signed in time counts as having received.
    Row("deem_receipts", 60, "portal.steps.issuing.clock:deem_receipts", "第十六条（三）"),
    # 补正期满: nobody waits any more for what was to be supplemented by then.
    Row("end_supplements", 60, "portal.steps.closing.clock:end_supplements", "第十六条（六）"),
    # 口头延期申请: what was not written in time is asked for no more.
    Row("expire_oral", 60, "portal.steps.extending.clock:expire_oral", "第十九条"),
    # 年度评估: in January every long-running item waits for 党政办主任's decision.
    Row("open_reviews", 60, "portal.steps.reviews.clock:open_reviews", "第十八条（四）"),
    # 催办: questions without an answer, 视同签收, notices obeyed or not by their limit.
    Row("follow_urging", 60, "portal.steps.urging.clock:follow_urging", "第十六条（四）"),
    # 问责线索: overdue without a reason, urged in vain; 陈述申辩 that nobody gave.
    Row("follow_cases", 60, "portal.rooms.accountability.clock:follow_cases", "第二十三、二十五条"),
    # 整改意见: silence is no objection; points that were not put right in time.
    Row("follow_rectifying", 60, "portal.steps.inspection.clock:follow_rectifying", "第十七条"),
    # 岗位交接: a unit has a new head and the former one has not handed over.
    Row("begin_handovers", 60, "portal.steps.handing.clock:begin_handovers", "第八条"),
    # 工作日历更新: what was counted by an earlier version of it is counted anew.
    Row("recount_deadlines", 60, "portal.rooms.calendar.clock:recount_deadlines", "第十八条"),
    # Messages on their way out of the portal: decided about, sent, tried again.
    Row("deliver_messages", 20, "portal.messages.sending:deliver", "SPEC 8.15"),
    # Reminders, weekly lists, 集中提醒: the rules stand in portal/reminders/table.py.
    Row("remind", 60, "portal.reminders.clock:remind", "第十二、十六、十八、十九条"),
    # Wrong sign-in tries that count no more.
    Row("forget_tries", 3600, "portal.accounts.lockout:sweep", "等保8.1.4.1b"),
    # Messages read long ago, deliveries that ended long ago.
    Row("tidy_messages", 86400, "portal.messages.tidying:tidy", "第十六条（七）"),
    # Scans taken in long ago; the filed ones are attachments by then.
    Row("tidy_scans", 86400, "portal.scans.commands:tidy", "第十二条"),
    # Texts that were typed and never sent.
    Row("forget_typed", 86400, "portal.rooms.typed.commands:forget_old", "SPEC 8.14"),
    # 关注: who follows an item hears what its acts told others.
    Row("tell_followers", 60, "portal.messages.following:tell", "SPEC 8.14"),
    # Stored bytes that no row needs any more.
    Row("remove_unused_files", 3600, "portal.attachments.unused:remove", "等保8.1.4.10"),
    # The chains are checked each day, and when the auditor asks for it.
    Row("check_log", 60, "portal.audit.checking:run", "等保8.1.4.3"),
    # Tables that administrators uploaded and did not confirm.
    Row("tidy_workbooks", 3600, "portal.workbooks.keeping:tidy", "等保8.1.4.10"),
    # What was committed since is chained; `portal audit verify` checks it.
    Row("seal", 60, "portal.audit.sealing:seal", "等保8.1.4.3"),
)

BY_NAME = {row.name: row for row in SCHEDULE}
