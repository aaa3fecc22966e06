"""The acts this person may do now, each with the panel and the form of its step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from portal.forms import ActForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.closing.panels import PANELS as CLOSING
from portal.steps.execution.panels import PANELS as EXECUTION
from portal.steps.registration.panels import PANELS as REGISTRATION
from portal.steps.signing.panels import PANELS as SIGNING
from portal.web import Panel

PANELS: dict[str, Panel] = {**REGISTRATION, **SIGNING, **EXECUTION, **CLOSING}


class Shown(NamedTuple):
    """A panel on the page: its template, and what it is included with."""

    template: str
    form: ActForm
    offer: Offer


def panels_of(offers: Iterable[Offer], item: Item) -> list[Shown]:
    """One panel an offer, in the order of the table of acts; acts with a page of their own
    (the draft's form, a report) have none."""
    shown: list[Shown] = []
    for offer in offers:
        if offer.act in PANELS:
            panel = PANELS[offer.act]
            form = panel.form(item, offer)
            form.name_ids(f"p{len(shown)}")
            shown.append(Shown(panel.template, form, offer))
    return shown
