"""The acts this person may do now, each with the panel and the form of its step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from portal.act_pages import Pages, Shown
from portal.models import Feedback, Item
from portal.rulebook.offers import Offer
from portal.steps.changes.pages import PAGES as CHANGES
from portal.steps.closing.pages import PAGES as CLOSING
from portal.steps.execution.pages import PAGES as EXECUTION
from portal.steps.extending.pages import PAGES as EXTENDING
from portal.steps.handing.pages import PAGES as HANDING
from portal.steps.inspection.pages import PAGES as INSPECTION
from portal.steps.issuing.pages import PAGES as ISSUING
from portal.steps.knowledge.pages import PAGES as KNOWLEDGE
from portal.steps.lending.pages import PAGES as LENDING
from portal.steps.paper.pages import PAGES as PAPER
from portal.steps.phone.pages import PAGES as PHONE
from portal.steps.registration.pages import PAGES as REGISTRATION
from portal.steps.reviews.pages import PAGES as REVIEWS
from portal.steps.signing.pages import PAGES as SIGNING
from portal.steps.urging.pages import PAGES as URGING

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
        EXTENDING,
        URGING,
        CHANGES,
        KNOWLEDGE,
        PHONE,
        HANDING,
        INSPECTION,
        LENDING,
    )
    for act in pages.by_act
}


def panels_of(offers: Iterable[Offer], item: Item) -> list[Shown]:
    """One panel an offer, in the order of the table of acts, those that stand closed after the
    usual ones; acts with a page of their own (the draft's form, a report) have none, nor has what
    the act's own day does not allow any more."""
    rows = [(offer, PAGES[offer.act].by_act[offer.act]) for offer in offers if offer.act in PAGES]
    open_ = [(offer, row) for offer, row in rows if row.in_time(item)]
    with_panel = [offer for offer, _row in sorted(open_, key=lambda pair: pair[1].quiet)]
    return [
        PAGES[offer.act].show(offer.act, item, offer, f"p{number}")
        for number, offer in enumerate(with_panel)
    ]


class Placed(NamedTuple):
    """Where the panels stand: `here` at the head of the page, `beside` a report (by its id),
    `apart` with the card of what they are about."""

    here: list[Shown]
    beside: dict[int, list[Shown]]
    apart: list[Shown]


def placed(panels: Iterable[Shown], reports: Collection[int]) -> Placed:
    """The panels by place; `reports` are the ids of those the page shows.

    Every report handed in may be returned or commented on. A dozen such panels at the head of the
    page would bury what is to be done, so each stands with its report. At the head what is to be
    done comes first, then what is closed until asked for (退回, 撤回).
    """
    found = Placed([], defaultdict(list), [])
    for panel in panels:
        if not panel.page.apart:
            found.here.append(panel)
        elif not isinstance(panel.part, Feedback):
            found.apart.append(panel)
        elif panel.part.id in reports:
            found.beside[panel.part.id].append(panel)
        else:
            found.here.append(panel)
    found.here.sort(key=lambda panel: panel.page.quiet)
    return found
