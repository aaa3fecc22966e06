"""首次使用指引: a few lines for each post, on the desk until they are put away, always in 帮助."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.extensions import db
from portal.models import GuideRead


class Step(NamedTuple):
    """A sentence, and the page it speaks of: its endpoint and how the link is called."""

    text: str
    endpoint: str = ""
    link: str = ""


class Guide(NamedTuple):
    """What who holds a post should know first. `name` is the post's, or an administrator's kind."""

    name: str
    label: str
    steps: tuple[Step, ...]


_TODO: Final = Step("需要您办理的都在“待办”，按等候时间排列；打开事项，即可办理。",
                    "desk.todo", "打开待办")  # fmt: skip
_GROUND: Final = Step("每个办理按钮上方都写明依据的条款，点开可以看《办法》原文。",
                      "help.rulebook", "办法全文")  # fmt: skip
GUIDES: Final[Mapping[str, Guide]] = {
    guide.name: guide
    for guide in (
        Guide("leader", "校领导", (
            Step("工作台最上面是待您签批的事项，按送达先后排列，打开即可同意、退回或不同意。",
                 "desk.todo", "待我签批"),
            Step("在纸上签过的，由党政办代录并附扫描件；如与您的原意不符，五个工作日内可以提出异议。"),
            Step("“督办事项”可以按灯号查看在办情况：红色逾期，黄色临期，蓝色待审，绿色正常。",
                 "ledger.page", "督办事项"),
            Step("在事项的反馈下可以作批示，承办单位落实后会回复到您的工作台。",
                 "desk.instructions", "我的批示"),
        )),
        Guide("office", "党政办", (
            Step("工作台上方的数字都可以点开，打开的就是计数的那些事项。"),
            Step("新的事项从“立项”开始：先回答涉密问题，再填写立项内容，一事一项。",
                 "registration.new", "新建立项"),
            Step("领导在纸上签批的，打开事项选“代录纸质签批”，上传扫描件；等候过久的见“卡在哪里”。",
                 "waiting.page", "卡在哪里"),
            Step("逾期未办结或欠报反馈的，系统会列出建议，是否催办由您决定。",
                 "urges.page", "催办管理"),
            _GROUND,
        )),
        Guide("supervision", "纪委办、组织人事部", (
            Step("催办通知单下达后送您备案；打开事项，在“催办”一栏确认备案。",
                 "desk.todo", "打开待办"),
            Step("工作台列出催办中和催办未落实的事项，是否启动问责由您按程序决定。"),
            _GROUND,
        )),
        Guide("archivist", "档案员", (
            Step("事项销号后系统生成档案包，牵头单位先确认存档，您再归档。",
                 "archives.page", "打开档案"),
            Step("销号后超过归档时限的，工作台会单独列出。"),
        )),
        Guide("secrets", "机要保密员", (
            Step("您维护敏感事项的知悉名单，但看不到事项内容；名单以文号或编号相称。",
                 "lists.page", "知悉名单"),
            Step("本系统为非涉密系统，涉密文件一律线下办理，不得录入、上传。"),
        )),
        Guide("unit", "单位负责人", (
            Step("交办的事项先签收，再指定承办人；逾期不签收的按视同签收计算。",
                 "desk.todo", "打开待办"),
            Step("承办人填写的反馈和办结材料，经您审核才报党政办。"),
            Step("来不及办结的，请在到期前申请延期，工作台“本周”会标出最后一天。"),
            _GROUND,
        )),
        Guide("worker", "承办人", (
            _TODO,
            Step("工作台“本周”列出本周应报的反馈；写到一半可以保存草稿。"),
            Step("办完后在事项页申请办结，附上佐证材料，由单位负责人审核上报。"),
            _GROUND,
        )),
        Guide("sys_admin", "系统管理员", (
            Step("工作台列出需要您处理的异常：未送达的消息、尚未维护的节假日表。"),
            Step("每年国务院办公厅发布放假安排后，请录入下一年的工作日历。",
                 "calendar.page", "工作日历"),
            Step("本账号不查看、不办理督办事项。", "administration.page", "管理"),
        )),
        Guide("sec_admin", "安全保密管理员", (
            Step("本账号负责授权、口令和导出策略，不查看、不办理督办事项。",
                 "administration.page", "管理"),
        )),
        Guide("auditor", "安全审计员", (
            Step("办理记录每分钟封存，改动一处即可核验出来。", "administration.page", "管理"),
        )),
    )
}  # fmt: skip


def unread(account_id: int, names: Collection[str]) -> list[Guide]:
    """The guides of these names that the account's holder has not put away."""
    read = set(
        db.session.scalars(select(GuideRead.guide).where(GuideRead.account_id == account_id))
    )
    return [guide for name, guide in GUIDES.items() if name in names and name not in read]


def put_away(account_id: int, name: str, now: datetime) -> None:
    """The guide is not shown on the desk any more; once or twice is the same. KeyError for none."""
    row = {"account_id": account_id, "guide": GUIDES[name].name, "read_at": now}
    db.session.execute(insert(GuideRead).values(**row).on_conflict_do_nothing())
    db.session.commit()
