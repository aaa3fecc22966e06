"""The single numbers of the edition of 19 May 2023: periods, counts, lengths.

Origin "J" rows fill what the articles leave open; the office may set others.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook.policy_shapes import Limit

_NOTICE = "承办单位最迟应于办理时限到期前 5 天提出书面申请"
_EXTEND = "报学校党政办公室进行延期督办或免于督办"
_RECEIPT = "承办单位收到督办通知单后"
_PLAN = "认真研究制定工作计划和落实举措"
_URGE = "以催办事项通知单的形式催办"
_URGED = "无正当理由被催办 1 次及以上仍不能按时按要求完成承办事项的"
_BLAMED = "由学校组织人事部、纪委办公室予以追责问责处理"
_UNMET = "对不符合办结要求的事项，重新确定办结期限，持续推进直至办结"
_LIMITS = "对未按办理时限要求落实且无正当理由事项的"
_LONG = "每 30 天反馈 1 次阶段性进展，直至办结"
_CHAIN = "分管领导审签、党政办分管领导审核、学校主要领导审定"
_PHONE = "承办单位按照工作要求给予口头或书面反馈"
_ARCHIVE = "及时将有关材料按照文书档案管理要求立卷归档"
_CO_UNIT = "协办单位有责任和义务积极配合牵头单位开展工作"
_ONSITE = "并提出整改意见或下一步工作建议"
_FIELD = "学校领导是各自分管领域督办督查工作的第一责任人"
_HEAD = "承办单位负责人是本单位落实督办督查任务的第一责任人"
_IN_TIME = "承办单位应在办结期限内"
_HANDOVER = "要做好督办督查事项的交接"
_SECRECY = "要认真执行有关保密规定，按照公文保密规定进行办理，严防失泄密情况发生"
_TERM = "每学期汇报 1 次督办督查事项推进落实情况"

LIMITS: Final = (
    # 第十九条: 延期
    Limit("extension_notice", None, 5, "天", "延期申请提前量", "19", _NOTICE, "S"),
    Limit("short_period", None, 5, "天", "适用到期前一日申请的最长办理期", "19", _NOTICE, "J"),
    Limit("extension_count", None, 2, "次", "延期次数上限", "19", _EXTEND, "J"),
    Limit("extension_days", None, 30, "天", "每次延期上限", "19", _EXTEND, "J"),
    Limit("extension_days", 4, 180, "天", "每次延期上限", "19", _EXTEND, "J"),
    Limit("extension_written", 1, 1, "个工作日", "口头申请后补书面申请", "19", _NOTICE, "J"),
    # 1: the further signature is asked for; 0: 第十九条 to the letter, it ends at 党政办.
    Limit("extension_office_leader", None, 1, "道", "延期加党政办分管领导审核", "19", _EXTEND, "J"),
    Limit("extension_principal", None, 1, "道", "延期加主要领导审定", "19", _EXTEND, "J"),
    # 第十六条（二）（三）: 签收、异议、计划
    Limit("receipt", None, 1, "个工作日", "签收期限", "16(3)", _RECEIPT, "J"),
    Limit("receipt_hours", 1, 2, "个办公小时", "签收期限", "16(3)", _RECEIPT, "J"),
    Limit("objection", None, 1, "个工作日", "提出承办异议期限", "16(3)", _RECEIPT, "J"),
    Limit("objection_ruling", None, 1, "个工作日", "异议答复期限", "16(3)", _RECEIPT, "J"),
    Limit("plan", None, 3, "个工作日", "报送工作计划期限", "16(3)", _PLAN, "J"),
    Limit("plan", 4, 5, "个工作日", "报送工作计划期限", "16(3)", _PLAN, "J"),
    Limit("milestones_min", None, 2, "个", "工作计划节点下限", "16(3)", _PLAN, "J"),
    Limit("milestones_max", None, 8, "个", "工作计划节点上限", "16(3)", _PLAN, "J"),
    Limit("co_unit_before", None, 2, "个工作日", "协办单位提前完成", "8", _CO_UNIT, "J"),
    # 第十六条（四）、第二十五条: 催办
    Limit("urge_missed", None, 2, "期", "可催办的欠报期数", "16(4)", _LIMITS, "J"),
    Limit("urge_limit", None, 3, "个工作日", "催办限期", "16(4)", _URGE, "J"),
    Limit("urge_limit", 1, 1, "个工作日", "催办限期", "16(4)", _URGE, "J"),
    Limit("urge_limit_max", None, 10, "个工作日", "催办限期上限", "16(4)", _URGE, "J"),
    Limit("urge_reason", None, 1, "个工作日", "说明正当理由期限", "16(4)", _LIMITS, "J"),
    # 0: without. Issued after 党政办分管领导, the other boxes are made up within these days.
    Limit("urge_fast_path", None, 0, "个工作日", "催办先下达后补签的期限", "16(4)", _URGE, "J"),
    Limit("urge_fast_path", 1, 2, "个工作日", "催办先下达后补签的期限", "16(4)", _URGE, "J"),
    Limit("urge_receipt", None, 1, "个工作日", "催办单签收期限", "16(4)", _URGE, "J"),
    Limit("urge_reply", None, 2, "个工作日", "催办回复期限", "16(4)", _URGE, "J"),
    Limit("urge_clue", None, 1, "次", "形成问责线索的催办次数", "25(1)", _URGED, "S"),
    Limit("case_statement", None, 3, "个工作日", "问责陈述申辩期限", "25", _BLAMED, "J"),
    Limit("case_kept", None, 10, "年", "问责材料保存期", "25", _BLAMED, "J"),
    # 第十六条（五）、第十八条: 反馈与灯
    Limit("feedback_return", None, 2, "个工作日", "反馈补充期限", "16(5)",
          "反馈内容要全面、客观、准确地说明情况反映问题", "J"),
    Limit("yellow_percent", None, 30, "%", "临期天数占办理期比例", "16(4)", _LIMITS, "J"),
    Limit("yellow_min", None, 1, "天", "临期天数下限", "16(4)", _LIMITS, "J"),
    Limit("yellow_max", None, 10, "天", "临期天数上限", "16(4)", _LIMITS, "J"),
    Limit("open_yellow", 4, 5, "天", "长期事项反馈临期天数", "18(4)", _LONG, "J"),
    Limit("open_red", 4, 2, "期", "长期事项转红的欠报期数", "18(4)", _LONG, "J"),
    Limit("open_review", 4, 365, "天", "长期事项复核间隔上限", "18(4)", _LONG, "J"),
    # 提醒: more at once for one person come as one message.
    Limit("reminders_apart", None, 5, "条", "逐条提醒的上限", "16(4)", _LIMITS, "J"),
    # Longer than any 补正期限, while which nobody is told; longer than any run of rest days.
    Limit("missed_looked_back", None, 7, "天", "欠报反馈的回查天数", "16(4)", _LIMITS, "J"),
    Limit("silent_looked_back", None, 31, "天", "未签批的回查天数", "12", _CHAIN, "J"),
    # 第十二条: 签批
    Limit("approval_reminder", None, 2, "个工作日", "签批提醒", "12", _CHAIN, "J"),
    Limit("approval_reminder_hours", 1, 2, "个办公小时", "签批提醒", "12", _CHAIN, "J"),
    Limit("approval_overdue", None, 5, "个工作日", "久未签批", "12", _CHAIN, "J"),
    Limit("paper_objection", None, 5, "个工作日", "代录异议期限", "12", _CHAIN, "J"),
    Limit("return_reason", None, 4, "字", "退回理由最少字数", "12", _CHAIN, "J"),
    Limit("title", None, 60, "字", "事项字数上限", "A1", "事 项", "J"),
    Limit("requirement", None, 300, "字", "办理要求字数上限", "A1", "办理要求", "J"),
    # 从会议纪要立项: when the form points to a like item, and to a unit that has much due at once
    Limit("similar_title", None, 50, "%", "提示相近事项的相似度", "12", _CHAIN, "J"),
    Limit("due_in_week", None, 4, "项", "提示同周到期的事项数", "16(5)", _IN_TIME, "J"),
    # 减负: from how many asks of one unit in a week on the office is told
    Limit("asked_in_week", None, 6, "次", "提示一周内要求一个单位的次数", "16(5)", _IN_TIME, "J"),
    # 第十五条: 先交办后补签
    Limit("supplementary", None, 2, "个工作日", "补签期限", "15", _PHONE, "J"),
    # 第十六条（六）（七）: 办结、归档
    Limit("supplement_min", None, 1, "个工作日", "补正期限下限", "16(6)", _UNMET, "J"),
    Limit("supplement_max", None, 3, "个工作日", "补正期限上限", "16(6)", _UNMET, "J"),
    # 0: without, unless the office asks for it.
    Limit("closing_evidence", None, 0, "份", "申请办结的佐证材料下限", "16(6)",
          "学校党政办公室负责对督办事项办理结果进行审核", "J"),
    Limit("archive", None, 1, "个月", "销号后归档期限", "16(7)", _ARCHIVE, "J"),
    Limit("loan_days", None, 30, "天", "借阅档案的最长期限", "16(7)", _ARCHIVE, "J"),
    # 消息: the log of events says for ever who was told; logs are kept for six months at least.
    Limit("messages_kept", None, 365, "天", "归档后已读消息保留期", "16(7)", _ARCHIVE, "J"),
    Limit("deliveries_kept", None, 190, "天", "消息发送记录保留期", "16(7)", _ARCHIVE, "J"),
    Limit("scans_kept", None, 30, "天", "扫描件识别记录保留期", "16(7)", _ARCHIVE, "J"),
    # 第八、十七、二十条
    Limit("delegation", None, 30, "天", "AB角授权最长期限", "4", _FIELD, "J"),
    Limit("delegation_unit", None, 180, "天", "主持工作、委托联络员最长期限", "6", _HEAD, "J"),
    Limit("handover_force", None, 3, "个工作日", "可强制移交的等待期", "8", _HANDOVER, "J"),
    Limit("inspection_objection", None, 5, "个工作日", "督查意见异议期限", "17", _ONSITE, "J"),
    Limit("inspection_repeat", None, 30, "天", "同一单位重复督查间隔", "17", _ONSITE, "J"),
    # 第二十一条: how much of the ledger leaves the portal by one's own word, and how long the word
    # of 党政办主任 for more of it holds; what is typed is kept neither for ever nor unbounded.
    Limit("export_at_once", None, 500, "项", "一次直接导出上限", "21", _SECRECY, "J"),
    Limit("release_lasts", None, 7, "天", "导出申请和放行有效期", "21", _SECRECY, "J"),
    Limit("typed_kept", None, 30, "天", "自动保存内容保留期", "21", _SECRECY, "J"),
    Limit("typed_most", None, 100, "份", "每人自动保存份数上限", "21", _SECRECY, "J"),
    Limit("typed_room", None, 300, "千字", "每人自动保存总字数上限", "21", _SECRECY, "J"),
    # Two processors draw pages; who opens many at once does not keep them from everybody else.
    Limit("pages_drawn", None, 2, "页", "每人同时生成页面图片数", "21", _SECRECY, "J"),
    Limit("pages_asked", None, 6, "页", "每人同时请求页面图片数", "21", _SECRECY, "J"),
    Limit("term_reports", None, 1, "次", "每学期汇报次数", "20", _TERM, "S"),
)  # fmt: skip
