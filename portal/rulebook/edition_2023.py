"""The policy of the edition of 19 May 2023 (试行): its numbers and lists, row by row.

Quotations are the rule-book's own words, letter for letter; `docs/rulebook.md` holds them all.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook.edition_2023_limits import LIMITS
from portal.rulebook.policy_shapes import (
    Category,
    Choice,
    Level,
    Light,
    Policy,
    Retention,
    SourceType,
    State,
    Step,
)

LEVELS: Final = (
    Level(1, "一级", 1, 3, 3, None, "natural", False, "18(1)",
          "办理期间至少反馈 1 次工作进展，1-3 天内落实办结", "S"),
    Level(2, "二级", 7, 15, 15, 5, "natural", True, "18(2)",
          "每 5 天反馈 1 次工作进展，7-15 天内落实办结", "S"),
    Level(3, "三级", 1, 30, 30, 10, "natural", True, "18(3)",
          "每 10 天反馈 1 次工作进展，30 天内落实办结", "S"),
    Level(4, "四级", None, None, None, 30, "natural", False, "18(4)",
          "需要长期办理的事项，每 30 天反馈 1 次阶段性进展，直至办结", "S"),
)  # fmt: skip

CATEGORIES: Final = (
    Category("instruction", "批示类", "30年", "10(1)",
             "批示类：指对学校主要领导就上级机关、主管部门的重大决策、重要指示部署", "S"),
    Category("decision", "决策类", "30年", "10(2)",
             "决策类：指对学校党委会、院长办公会议及其他重要专项会议决策事项", "S"),
    Category("key_work", "重点工作类", "10年", "10(3)",
             "重点工作类：指对学校事业发展规划和学校年度工作计划中明确的重点工作任务", "S"),
    Category("other", "其他事项类", "10年", "10(4)",
             "其他事项：指对校级领导临时交办的其他重要事项", "S"),
)  # fmt: skip

METHODS: Final = (
    Choice("phone", "电话（短信）督办", "电话", "15",
           "对于情况比较紧急或内容比较简单的事项，以电话（短信）沟通的方式开展督办", "S"),
    Choice("written", "书面督办", "书面", "16",
           "对于重要指示批示、重点工作任务以及一般工作事项，通过书面督办开展有关工作", "S"),
    Choice("onsite", "实地督查", "实地", "17",
           "对工作涉及面广、办理难度大、推进缓慢的事项", "S"),
)  # fmt: skip

_SECRECY = "对涉密或内容敏感的督办督查事项，要认真执行有关保密规定"

CLASSIFICATIONS: Final = (
    Choice("public", "公开", "公开", "21", _SECRECY, "J"),
    Choice("internal", "内部", "内部", "21", _SECRECY, "J"),
    Choice("sensitive", "敏感（工作秘密）", "敏感", "21", _SECRECY, "J"),
)

_PRINCIPALS = "学校党委书记、校长直接领导督办督查工作"

PRINCIPALS: Final = (
    Choice("secretary", "党委书记", "书记", "3", _PRINCIPALS, "S"),
    Choice("president", "院长", "院长", "3", _PRINCIPALS, "S"),
    Choice("both", "党委书记和院长", "书记、院长", "3", _PRINCIPALS, "S"),
)

SOURCE_TYPES: Final = (
    SourceType("leader_instruction", "领导批示", "instruction", "author", "written", "10(1)",
               "指对学校主要领导就上级机关、主管部门的重大决策、重要指示部署和交办事项的批示意见",
               "J"),
    SourceType("party_committee", "党委会", "decision", "secretary", "written", "10(2)",
               "学校党委会、院长办公会议及其他重要专项会议决策事项", "J"),
    SourceType("president_meeting", "院长办公会", "decision", "president", "written", "10(2)",
               "学校党委会、院长办公会议及其他重要专项会议决策事项", "J"),
    SourceType("special_meeting", "专项会议", "decision", "both", "written", "10(2)",
               "学校党委会、院长办公会议及其他重要专项会议决策事项", "J"),
    SourceType("development_plan", "事业发展规划", "key_work", "both", "written", "10(3)",
               "学校事业发展规划和学校年度工作计划中明确的重点工作任务", "J"),
    SourceType("annual_plan", "年度工作计划", "key_work", "both", "written", "10(3)",
               "学校事业发展规划和学校年度工作计划中明确的重点工作任务", "J"),
    SourceType("leader_task", "校领导临时交办", "other", "president", "phone", "10(4)",
               "校级领导临时交办的其他重要事项", "J"),
    SourceType("routine", "常规工作", "other", "president", "written", "10(4)",
               "学校各单位职责范围内的各项常规工作", "J"),
)  # fmt: skip

LIGHTS: Final = (
    Light("green", "绿灯·正常", "正常", "16(3)", "按时间节点推进落实具体任务", "J"),
    Light("yellow", "黄灯·临期", "临期", "16(5)", "承办单位应在办结期限内", "J"),
    Light("red", "红灯·逾期", "逾期", "16(4)", "对未按办理时限要求落实且无正当理由事项的", "J"),
    Light("blue", "蓝灯·待审", "待审", "16(6)",
          "学校党政办公室负责对督办事项办理结果进行审核", "J"),
    Light("grey", "灰灯·已结", "已结", "16(6)", "对符合办结要求的事项实行销号管理", "J"),
)  # fmt: skip

STEPS: Final = (
    Step("initiate", "立项", "16(1)", "立项：督办督查主体向党政办提出立项", "S"),
    Step("issue", "交办", "16(2)", "交办：向承办单位下达督办事项通知单", "S"),
    Step("handle", "承办", "16(3)", "承办：承办单位收到督办通知单后，应明确承办人员", "S"),
    Step("urge", "催办", "16(4)", "以催办事项通知单的形式催办", "S"),
    Step("feedback", "反馈", "16(5)", "以书面报告形式反馈至督办督查主体和学校党政办公室", "S"),
    Step("complete", "办结", "16(6)", "办结：学校党政办公室负责对督办事项办理结果进行审核", "S"),
    Step("archive", "归档", "16(7)",
         "归档：督办事项办结后，督办督查主体和学校党政办公室实行双备案", "S"),
)  # fmt: skip

_PROPOSED = "由督办督查主体提出"
_CLOSING = "对督办事项办理结果进行审核后将督办结果报告党委书记和院长"
_NUMBERED = "由党政办统一建立工作台账，立项备案"
_HEAD = "承办单位负责人是本单位落实督办督查任务的第一责任人"

STATES: Final = (
    State("draft", "草稿", "grey", ("initiate",), "12", _PROPOSED, "J"),
    State("returned", "退回修改", "grey", ("initiate",), "12", _PROPOSED, "J"),
    State("pending_unit", "待单位负责人确认", "blue", ("initiate",), "6", _HEAD, "J"),
    State("pending_sign", "待分管领导审签", "blue", ("initiate",), "12", "分管领导审签", "S"),
    State("pending_review", "待党政办分管领导审核", "blue", ("initiate",), "12",
          "党政办分管领导审核", "S"),
    State("pending_approve", "待主要领导审定", "blue", ("initiate",), "12",
          "学校主要领导审定", "S"),
    State("pending_filing", "待编号备案", "blue", ("initiate",), "16(1)",
          "党政办统一建立工作台账，对相关事项进行编号立项", "S"),
    State("filed", "已立项待交办", "blue", ("initiate",), "12", _NUMBERED, "S"),
    State("issued", "已交办待签收", "light", ("issue",), "16(2)",
          "向承办单位下达督办事项通知单", "S"),
    State("in_progress", "办理中", "light", ("handle", "urge", "feedback"), "16(3)",
          "认真研究制定工作计划和落实举措，按时间节点推进落实具体任务", "S"),
    State("closing_unit", "办结待单位负责人确认", "light", ("complete",), "6",
          "负责组织落实具体承办事项并反馈进展情况，直至办结销号备案", "J"),
    State("closing_sign", "办结待分管领导审签", "light", ("complete",), "A3", "分管院领导", "S"),
    State("closing_check", "办结待党政办审核", "light", ("complete",), "16(6)", _CLOSING, "S"),
    State("closing_review", "办结待党政办分管领导审核", "light", ("complete",), "A3",
          "分管党政办院领导", "S"),
    State("closing_report", "办结待书记院长阅示", "light", ("complete",), "16(6)",
          "将督办结果报告党委书记和院长", "S"),
    State("closing_filing", "待备案销号", "light", ("complete",), "14",
          "由督办督查主体，按程序向党政办销号备案", "S"),
    State("closed", "已销号", "grey", ("complete",), "16(6)",
          "对符合办结要求的事项实行销号管理", "S"),
    State("archived", "已归档", "grey", ("archive",), "16(7)",
          "及时将有关材料按照文书档案管理要求立卷归档，以备查阅", "S"),
    State("rejected", "不予立项", "grey", ("initiate",), "12", "学校主要领导审定", "J"),
    State("exempted", "免于督办", "grey", ("handle",), "19",
          "报学校党政办公室进行延期督办或免于督办", "S"),
    State("void", "已作废", "grey", (), "12", _NUMBERED, "J"),
)  # fmt: skip

RETENTIONS: Final = tuple(
    Retention(id, "16(7)", "及时将有关材料按照文书档案管理要求立卷归档，以备查阅", "J")
    for id in ("永久", "30年", "10年")
)

EDITION: Final = Policy(
    version="2023-05-19",
    levels=LEVELS,
    categories=CATEGORIES,
    methods=METHODS,
    classifications=CLASSIFICATIONS,
    principals=PRINCIPALS,
    source_types=SOURCE_TYPES,
    lights=LIGHTS,
    steps=STEPS,
    states=STATES,
    limits=LIMITS,
    retentions=RETENTIONS,
)
