"""办理过程: the events of an item as people read them, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import not_, true

from portal.extensions import db
from portal.filters import full_date, full_time
from portal.frame import TimelineEntry
from portal.item.people import Named, named
from portal.item.wording import ground_href
from portal.models import Event, Item, ItemUnit, Opinion, Unit
from portal.rulebook import approvals, offers, on_paper, workflow
from portal.rulebook.chains import CHAINS
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.guards import CALL_CHANNELS, CHANNELS, REPLIES
from portal.rulebook.inspecting import CONCLUSIONS, of_kept_plan
from portal.rulebook.reviews import OUTCOMES
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import LIST_ACTS, sees_list
from portal.rulebook.text import ground_label

ACTS = {rule.act: rule for rule in offers.table()}
STEP_OF_ACT = {step.act: step.step for chain in CHAINS.values() for step in chain.steps}
NAMED = (
    "entrusted_by",
    "handed_from",
    "handed_to",
    "transferred_to",
    "handler_id",
    "signer_id",
    "signed_for_id",
    "chief_from",
    "chief_to",
)
WAYS = {"paper": "纸质", "phone": "电话", "file": "文件"}
DECIDED = {"agree": "同意", "return": "退回", "refuse": "不同意"}
INSPECTING = frozenset({"inspection", "rectification"})
UNRECORDED = frozenset({"save"})
"""Acts that change nothing anybody else needs to read again."""


def entries_of(
    viewer: Viewer, item: Item, *, until: int | None = None, linked: bool = True
) -> list[TimelineEntry]:
    """Every act on the item that this viewer may know of, newest first; `until`: up to this
    event; `linked`: each with the address of its article. Not linked is what is bound and handed
    on: it tells nothing of an inspection whose plan nobody approved."""
    unshown = UNRECORDED if sees_list(viewer, item) else UNRECORDED | LIST_ACTS
    rows = db.session.execute(
        visible(viewer, Event)
        .add_columns(Opinion.body, Unit.short_name)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .outerjoin(ItemUnit, (Event.subject == "item_unit") & (ItemUnit.id == Event.subject_id))
        .outerjoin(Unit, Unit.id == ItemUnit.unit_id)
        .where(Event.item_id == item.id, Event.act.not_in(unshown))
        .where(true() if until is None else Event.id <= until)
        .where(true() if linked else not_(of_kept_plan()))
        .order_by(Event.id.desc())
    ).all()
    names = _names((row.Event for row in rows), viewer.moment.day)
    return [_entry(row.Event, row.body or "", row.short_name or "", names, linked) for row in rows]


def title_of(act: str) -> str:
    """An act as a heading: a signature by its step (「分管领导审签」), others by their label."""
    if act in STEP_OF_ACT:
        return approvals.label_of(STEP_OF_ACT[act])
    return workflow.label_of_act(act)


def _entry(
    event: Event, opinion: str, unit: str, names: Mapping[int, Named], linked: bool
) -> TimelineEntry:
    article = workflow.article_of_act(event.act)
    said = _said(event, unit, names)
    text, who = "　".join(part for part in (opinion, said) if part), _who(event, names)
    if not text:
        text, who = f"{who}　", ""
    return TimelineEntry(
        title=title_of(event.act),
        when=event.day,
        text=text,
        who=who,
        marks=_marks(event, names),
        kind="decision" if _moves_by_itself(event.act) else "record",
        ground=ground_label(article),
        ground_href=ground_href(article) if linked else "",
    )


def _moves_by_itself(act: str) -> bool:
    """编号备案, 下达交办, 销号, 归档: a decision that moves the item; a signature is a record."""
    rule = ACTS[act]
    return rule.machine == "item" and rule.target is not None and bool(rule.source)


def _who(event: Event, names: Mapping[int, Named]) -> str:
    if event.actor_id is None:
        return "系统"
    name = names[event.actor_id].name
    if event.on_behalf_of_id is not None:
        name += in_the_name_of(event.acting_as, names[event.on_behalf_of_id].name)
    role = LABELS[Role(event.acting_as)] if event.acting_as else ""
    return f"{name}　{role}".rstrip()


def _said(event: Event, unit: str, names: Mapping[int, Named]) -> str:
    """What the act's own facts add: a number, a date, a handler, an instalment."""
    facts: Mapping[str, Any] = event.facts
    about = unit or str(facts.get("urged") or facts.get("inspected") or "")
    parts = [about, str(facts.get("doc_no") or "")]
    if event.subject in INSPECTING:
        parts += _inspected(event.subject, facts)
    if facts.get("chief_to") in names:
        parts.append(
            f"组长由{names[facts['chief_from']].name}更换为{names[facts['chief_to']].name}"
        )
    if facts.get("limit_on"):
        parts.append(f"催办限期{full_date(date.fromisoformat(facts['limit_on']))}")
    if facts.get("promised_on"):
        parts.append(f"承诺{full_date(date.fromisoformat(facts['promised_on']))}前完成")
    if facts.get("consent_said"):
        parts.append(f"党政办分管领导同意情况：{facts['consent_said']}")
    if facts.get("urges_cancelled"):
        parts.append("催办随之取消")
    if "inspection" in facts.get("lapsed", ()):
        parts.append("督查方案随之失效")
    if "visit" in facts.get("lapsed", ()):
        parts.append("实地督查随之终止")
    if facts.get("due"):
        parts.append(f"完成时限{full_date(date.fromisoformat(facts['due']))}")
    if "asked" in facts:
        parts.append(_asked(facts))
    if "spoken" in facts:
        parts.append(_spoken(facts["spoken"], names))
    if facts.get("exempted"):
        parts.append("本事项免于督办")
    if facts.get("transferred_to") in names:
        parts.append(f"请{names[facts['transferred_to']].name}代为办理")
    if facts.get("handed_from") in names:
        parts.append(f"{names[facts['handed_from']].name}移交{names[facts['handed_to']].name}")
    if facts.get("entrusted_by") in names:
        parts.append(f"受{names[facts['entrusted_by']].name}委托签收")
    if facts.get("handler_id") in names:
        parts.append(f"承办人{names[facts['handler_id']].name}")
    if event.act in LIST_ACTS:
        ids = [*facts.get("listed", ()), *facts.get("unlisted", ())]
        parts.append("、".join(names[id_].name for id_ in ids))
    if "percent" in facts:
        parts.append(f"第{facts['seq']}期，进度{facts['percent']}%")
    if "consent" in facts:
        parts.append(_consent(facts["consent"], names))
    if "reply" in facts:
        parts.append(_reply(facts["reply"], names))
    if "call" in facts:
        parts.append(_call(facts, names))
    if "outcome" in facts:
        parts.append(f"{facts['year']}年度评估结论：{OUTCOMES[facts['outcome']]}")
    if "review_due" in facts:
        parts.append(f"应于{full_date(date.fromisoformat(facts['review_due']))}前评估")
    if "paper_on" in facts:
        parts.append(_handed_in(facts, names) if "way" in facts else _paper(facts, names))
    if facts.get("package"):
        parts.append(f"档案包第{facts['package']}版")
    if facts.get("retention"):
        parts.append(f"保管期限{facts['retention']}")
    if facts.get("attachment_ids"):
        parts.append(f"附件{len(facts['attachment_ids'])}份")
    if "signed" in facts:
        parts.append(f"同时完成{approvals.label_of(facts['signed'])}")
    if "straight_back" in facts:
        parts.append("修改后直接送我")
    if "straight_to" in facts:
        parts.append(f"直接送{approvals.label_of(facts['straight_to'])}")
    if facts.get("fills"):
        labels = "、".join(approvals.label_of(step) for step in facts["fills"])
        parts.append(f"一并完成{labels}")
    return "，".join(part for part in parts if part)


def _inspected(part: str, facts: Mapping[str, Any]) -> list[str]:
    """「整改意见2条」, 「第1条」, 「落实不到位」: of an inspection, or of a point of it."""
    said = [f"第{facts['nth']}条"] if part == "rectification" and "nth" in facts else []
    if facts.get("planned_on"):
        said.append(f"{full_date(date.fromisoformat(facts['planned_on']))}实施")
    if facts.get("conclusion"):
        said.append(CONCLUSIONS[facts["conclusion"]])
    if facts.get("points"):
        said.append(f"整改意见{facts['points']}条")
    if facts.get("rectifier"):
        said.append(f"责任单位由{facts['relieved']}改为{facts['rectifier']}")
    if facts.get("rectify_by"):
        said.append(f"整改时限{full_date(date.fromisoformat(facts['rectify_by']))}")
    return said


def _handed_in(facts: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「邓涛2026年11月20日10:30电话报送」: who handed in what the office typed, when and how."""
    day = full_date(date.fromisoformat(facts["paper_on"]))
    return f"{_signer(facts, names)}{day}{facts.get('call_at', '')}{WAYS[facts['way']]}报送"


def _marks(event: Event, names: Mapping[int, Named]) -> tuple[str, ...]:
    """「纸质反馈，何玉萍代录」: what a unit handed in otherwise than on screen."""
    way = str(event.facts.get("way", ""))
    words = on_paper.REPORTS if event.subject == "feedback" else on_paper.CLOSINGS
    said = on_paper.entered_words(words, way, _actor(event, names))
    return (said,) if said else ()


def _signer(facts: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    signer = names[facts["signer_id"]].name
    if facts.get("signed_for_id"):
        signer += f"（代{names[facts['signed_for_id']].name}）"
    return signer


def _paper(facts: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「分管领导审签，坤清祥2026年11月20日签署同意」: what a paper says or, contested, said."""
    said = f"{_signer(facts, names)}{full_date(date.fromisoformat(facts['paper_on']))}签署"
    word = DECIDED.get(str(facts.get("decided")), "")
    listed = f"（一览签批单，共{facts['rows']}项）" if facts.get("rows") else ""
    return f"{approvals.label_of(facts['step'])}，{said}{word}{listed}"


def _consent(said: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「坤清祥2026年11月23日 09:05电话同意先行交办」."""
    at = full_time(datetime.fromisoformat(said["at"]))
    return f"{names[said['leader_id']].name}{at}{CHANNELS[said['channel']]}同意先行交办"


def _asked(facts: Mapping[str, Any]) -> str:
    """「申请延至2026年12月14日」, 「申请免于督办，逾期提出」."""
    asked = str(facts["asked"])
    said = "免于督办" if asked == "exempt" else f"延至{full_date(date.fromisoformat(asked))}"
    return f"申请{said}" + ("" if facts.get("timely") else "，晚于最迟申请时间提出")


def _spoken(said: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「坤建军2026年11月23日 09:05向坤清祥口头申请延期」."""
    at = full_time(datetime.fromisoformat(said["at"]))
    return f"{names[said['person_id']].name}{at}向{names[said['leader_id']].name}口头申请延期"


def _reply(said: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「邓涛2026年11月23日 17:30口头反馈」."""
    at = full_time(datetime.fromisoformat(said["at"]))
    return f"{names[said['person_id']].name}{at}{REPLIES[said['form']]}反馈"


def _call(facts: Mapping[str, Any], names: Mapping[int, Named]) -> str:
    """「何玉萍2026年11月23日 09:05电话联系邓涛，约定2026年11月25日前书面反馈」."""
    said = facts["call"]
    at = full_time(datetime.fromisoformat(said["at"]))
    words = f"{names[said['caller_id']].name}{at}{CALL_CHANNELS[said['channel']]}联系"
    words += names[said["callee_id"]].name
    if facts["report_promised"]:
        words += f"，约定{full_date(date.fromisoformat(facts['report_promised']))}前书面反馈"
    return words


def _names(events: Iterable[Event], day: date) -> dict[int, Named]:
    wanted: set[int | None] = set()
    for event in events:
        wanted.update((event.actor_id, event.on_behalf_of_id))
        wanted.add(event.facts.get("consent", {}).get("leader_id"))
        wanted.add(event.facts.get("reply", {}).get("person_id"))
        spoken, call = event.facts.get("spoken", {}), event.facts.get("call", {})
        wanted.update((spoken.get("person_id"), spoken.get("leader_id")))
        wanted.update((call.get("caller_id"), call.get("callee_id")))
        wanted.update(event.facts.get(name) for name in NAMED)
        if event.act in LIST_ACTS:
            wanted.update((*event.facts.get("listed", ()), *event.facts.get("unlisted", ())))
    return named(wanted, day)


def _actor(event: Event, names: Mapping[int, Named]) -> str:
    return names[event.actor_id].name if event.actor_id is not None else "系统"


def latest(viewer: Viewer, count: int) -> list[tuple[Event, Item, str]]:
    """最近动态: the last acts this viewer may know of, with their item and the actor's name."""
    rows = db.session.execute(
        visible(viewer, Event)
        .add_columns(Item)
        .join(Item, Item.id == Event.item_id)
        .where(Event.act.not_in(UNRECORDED | LIST_ACTS))
        .order_by(Event.id.desc())
        .limit(count)
    ).all()
    names = _names((row.Event for row in rows), viewer.moment.day)
    return [(row.Event, row.Item, _actor(row.Event, names)) for row in rows]
