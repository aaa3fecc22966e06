"""The acts this person may do now, each with the panel and the form of its step."""

from __future__ import annotations

from collections.abc import Iterable

from portal.act_pages import Pages, Shown
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.changes.pages import PAGES as CHANGES
from portal.steps.closing.pages import PAGES as CLOSING
from portal.steps.execution.pages import PAGES as EXECUTION
from portal.steps.issuing.pages import PAGES as ISSUING
from portal.steps.knowledge.pages import PAGES as KNOWLEDGE
from portal.steps.paper.pages import PAGES as PAPER
from portal.steps.registration.pages import PAGES as REGISTRATION
from portal.steps.reviews.pages import PAGES as REVIEWS
from portal.steps.signing.pages import PAGES as SIGNING

PAGES: dict[str, Pages] = {
    act: pages
    for pages in (
        REGISTRATION,
        SIGNING,
        PAPER,
        ISSUING,
        EXECUTION,
        CLOSING,
        REVIEWS,
        CHANGES,
        KNOWLEDGE,
    )
    for act in pages.by_act
}


def panels_of(offers: Iterable[Offer], item: Item) -> list[Shown]:
    """One panel an offer, in the order of the table of acts; acts with a page of their own
    (the draft's form, a report) have none."""
    with_panel = [offer for offer in offers if offer.act in PAGES]
    return [
        PAGES[offer.act].show(offer.act, item, offer, f"p{number}")
        for number, offer in enumerate(with_panel)
    ]
