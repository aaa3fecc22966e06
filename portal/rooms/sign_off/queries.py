"""What the page of one signature shows: the box that is asked, what it is about, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portal.act_pages import Shown
from portal.documents.queries import SheetLine, signed_on
from portal.frame import Opinion as Box
from portal.item.panels import PAGES, panels_of
from portal.item.people import named
from portal.item.shares import shares_of
from portal.item.signatures import signatures_of
from portal.models import Item
from portal.rulebook import offers, policy
from portal.rulebook.item_texts import category_text, limit_text, reporting_text, source_text
from portal.rulebook.offers import Offer, Position
from portal.rulebook.scope import Viewer
from portal.steps.signing.forms import TransferForm

SHORT = {
    "return": "退回", "return_inspection": "退回", "return_supplement": "退回补正",
    "not_met": "重新确定期限",
    "reject": "不予立项",
    "refuse_change": "不同意", "refuse_extension": "不同意", "refuse_urge": "不同意",
}  # fmt: skip
"""The other answers on the fixed bar, by their act; the panel has the whole title."""


class Other(NamedTuple):
    """An answer besides 同意: its panel, which asks the reason first, and its short words."""

    panel: Shown
    label: str

    @property
    def transfers(self) -> bool:
        """Whether it asks a delegate by name instead (转授权人)."""
        return isinstance(self.panel.form, TransferForm)


class Asked(NamedTuple):
    """The box that waits for this person: its panel, the word of what is to be done, the other
    answers, and in which capacities it may be signed."""

    panel: Shown
    word: str
    others: tuple[Other, ...]
    positions: tuple[Position, ...]

    def lead_on(self, then: str) -> None:
        """Every answer goes on to what `then` names (`ActForm.then`)."""
        for panel in (self.panel, *(other.panel for other in self.others)):
            panel.form.then.data = then


def asked_of(viewer: Viewer, item: Item, act: str = "") -> Asked | None:
    """The signature that waits for this person on the item; of several `act`, else the first."""
    offered = [offer for offer in offers.offered(viewer, item) if offer.act in PAGES]
    signing = offers.decisions()
    waiting = [offer for offer in offered if offer.act in signing]
    waiting.sort(key=lambda offer: offer.act != act)
    if not waiting:
        return None
    chosen = waiting[0]
    others = [offer for offer in offered if _answers(offer, chosen)]
    first, *rest = panels_of([chosen, *others], item)
    return Asked(
        first,
        chosen.rule.waits,
        tuple(Other(panel, SHORT.get(panel.page.act, panel.title)) for panel in rest),
        offers.positions(viewer, chosen.act, item, chosen.subject),
    )


def _answers(offer: Offer, chosen: Offer) -> bool:
    """Whether the act is another answer to the same box."""
    return offer.rule.step == "*" and offer.subject is chosen.subject


def sheet_of(viewer: Viewer, item: Item, asked: Asked) -> SheetLine | None:
    """The sheet that is signed; of a sensitive item none is shown (decision 0116)."""
    if item.classification == "sensitive":
        return None
    document = offers.document_of(asked.panel.page.act)
    return signed_on(viewer, item, document, asked.panel.part)


def facts_of(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """What a signer wants to know at a glance, in the order of annex 1."""
    edition, shares = policy.CURRENT, shares_of(viewer, item)
    people = named([item.responsible_leader_id, item.drafter_id], viewer.moment.day)
    leader, drafter = people.get(item.responsible_leader_id), people.get(item.drafter_id)
    co_units = "、".join(share.short for share in shares if not share.lead)
    rows = [
        ("牵头单位", "、".join(share.unit for share in shares if share.lead)),
        ("协办单位", co_units),
        ("完成时限", limit_text(item)),
        ("反馈要求", reporting_text(item)),
        ("等级", f"{edition.level(item.level).label}　{category_text(item)}"),
        ("责任领导", f"{leader.name}　{leader.post}" if leader else ""),
        ("来源", source_text(item)),
        ("拟稿", f"{drafter.name}　{drafter.post}" if drafter else ""),
    ]
    return [(label, words) for label, words in rows if words]


def opinions_of(viewer: Viewer, item: Item) -> Sequence[Box]:
    """The opinions given so far, in the order of the forms; boxes without one are left out."""
    given = signatures_of(viewer, item)
    return [box for signed in reversed(given) for box in signed.boxes if box.name]
