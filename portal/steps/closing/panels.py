"""How 申请办结、销号、确认存档 and 归档 show on the item's page."""

from __future__ import annotations

from portal.forms import ActForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.closing.forms import ClosingForm
from portal.web import Panel

FOLDER = "steps/closing/"


def _plain(item: Item, _offer: Offer) -> ActForm:
    return ActForm(version=item.version)


def _closing(item: Item, _offer: Offer) -> ActForm:
    return ClosingForm(version=item.version)


PANELS = {
    "apply_close": Panel(FOLDER + "_apply.html", _closing),
    "close": Panel(FOLDER + "_close.html", _plain),
    "keep_copy": Panel(FOLDER + "_copy.html", _plain),
    "archive": Panel(FOLDER + "_archive.html", _plain),
}
