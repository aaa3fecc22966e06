"""How 下达、签收、指定承办人 and 反馈 show on the item's page."""

from __future__ import annotations

from portal.forms import ActForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.steps.execution.forms import HandlerForm, ReceiptForm
from portal.web import Panel

FOLDER = "steps/execution/"


def _plain(item: Item, _offer: Offer) -> ActForm:
    return ActForm(version=item.version)


def _receipt(_item: Item, offer: Offer) -> ActForm:
    return ReceiptForm(unit_id=offer.subject.unit_id)


def _handler(_item: Item, offer: Offer) -> ActForm:
    return HandlerForm(unit_id=offer.subject.unit_id)


PANELS = {
    "issue": Panel(FOLDER + "_issue.html", _plain),
    "sign_receipt": Panel(FOLDER + "_receipt.html", _receipt),
    "assign_handler": Panel(FOLDER + "_handler.html", _handler),
    "confirm_feedback": Panel(FOLDER + "_confirm.html", _plain),
    "read_feedback": Panel(FOLDER + "_read.html", _plain),
}
