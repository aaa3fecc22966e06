"""How a signature shows on the item's page: opinion box, 常用语, one button."""

from __future__ import annotations

from portal.forms import ActForm, OpinionForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.signing.chips import GROUP
from portal.web import Panel

TEMPLATE = "steps/signing/_sign.html"


def _form(item: Item, _offer: Offer) -> ActForm:
    return OpinionForm(version=item.version)


PANELS = {act: Panel(TEMPLATE, _form) for act in GROUP}
