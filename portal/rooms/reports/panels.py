"""The acts of a brief as panels of its page: each with its address, form and words, as a table."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.forms import ActForm
from portal.models import Brief, Person
from portal.rooms.reports.forms import HandInForm, HeadingForm, MeetingForm, SignForm, WhyForm
from portal.rulebook.briefs.rights import Offer, offered
from portal.rulebook.offers import Position
from portal.rulebook.roles import LABELS
from portal.rulebook.scope import Viewer


class Panel(NamedTuple):
    """One address of a brief: the acts it does (that which is offered), its form, its button, what
    follows. `quiet`: a second choice, closed until it is asked for."""

    acts: tuple[str, ...]
    form: type[ActForm]
    button: str
    said: str
    follows: str = ""
    quiet: bool = False


PANELS: Final[dict[str, Panel]] = {
    "submission": Panel(("hand_in",), HandInForm, "送审", "已送审",
                        "送党政办主任审核；由党政办主任送审的，视同已审核。"),
    "heading": Panel(("rename",), HeadingForm, "保存", "标题和文号已修改", quiet=True),
    "signature": Panel(("check", "review", "approve"), SignForm, "同意", "已签批"),
    "meetings": Panel(("record_meeting",), MeetingForm, "登记", "已登记上会情况",
                      "党委会、院长办公会分别登记。", quiet=True),
    "return": Panel(("send_back",), WhyForm, "退回", "已退回修改",
                    "退回起草人修改后重新送审。", quiet=True),
    "withdrawal": Panel(("take_back",), ActForm, "撤回", "已撤回",
                        "审核前可以撤回修改。", quiet=True),
    "recall": Panel(("recall",), WhyForm, "撤回通报", "已撤回通报",
                    "已收到通报的人员将收到撤回消息；文稿和签批留存备查。", quiet=True),
    "disposal": Panel(("discard",), WhyForm, "作废", "草稿已作废",
                      "作废后可以重新起草；已写内容留存备查。", quiet=True),
}  # fmt: skip


class Shown(NamedTuple):
    """A panel as the page shows it."""

    name: str
    panel: Panel
    title: str
    article: str
    act: str
    form: ActForm
    asked: tuple[Position, ...]


def shown(viewer: Viewer, brief: Brief, sent: dict[str, ActForm] | None = None) -> list[Shown]:
    """The panels that this person has on this brief; `sent` forms stand as they were sent."""
    open_now = offered(viewer, brief)
    found = []
    for name, panel in PANELS.items():
        offer = next((open_now[act] for act in panel.acts if act in open_now), None)
        if offer is not None:
            form = (sent or {}).get(name) or _fresh(panel, brief)
            form.name_ids(name)
            found.append(
                Shown(name, panel, offer.act.label, offer.act.article, offer.act.act, form,
                      _positions(viewer, offer))
            )  # fmt: skip
    return found


def _fresh(panel: Panel, brief: Brief) -> ActForm:
    form = panel.form(formdata=None, version=brief.version)
    if isinstance(form, HeadingForm):
        form.title.data, form.number.data = brief.title, brief.number
    return form


def _positions(viewer: Viewer, offer: Offer) -> tuple[Position, ...]:
    """「以何种身份办理？」, of a signature that may be given in more than one capacity."""
    if len(offer.turns) < 2 or offer.turns[0].box is None:
        return ()
    ids = {viewer.person_id, *(turn.capacity.on_behalf_of_id for turn in offer.turns)}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    names = {row.id: row.name for row in rows}
    own = names.get(viewer.person_id or 0, "")
    found = []
    for turn in offer.turns:
        giver = turn.capacity.on_behalf_of_id
        behalf = f"（代{names[giver]}）" if giver else ""
        label = f"{LABELS[turn.capacity.role]}{behalf}"
        found.append(Position(turn.capacity.value, label, f"{own}{behalf}"))
    return tuple(found)
