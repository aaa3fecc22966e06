"""How a signature shows on the item's page: opinion box, 常用语, one button."""

from __future__ import annotations

from portal.forms import ActForm, OpinionForm, ReasonForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.signing.chips import GROUP
from portal.steps.signing.forms import ReturnForm
from portal.web import Panel

TEMPLATE = "steps/signing/_sign.html"


def _form(item: Item, _offer: Offer) -> ActForm:
    return OpinionForm(version=item.version)


def _return(item: Item, _offer: Offer) -> ActForm:
    return ReturnForm(version=item.version)


def _reason(item: Item, _offer: Offer) -> ActForm:
    return ReasonForm(version=item.version)


PANELS = {
    **{act: Panel(TEMPLATE, _form) for act in GROUP},
    "return": Panel("steps/signing/_return.html", _return),
    "reject": Panel("steps/signing/_reject.html", _reason),
}
