"""How uploading shows on the item's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from portal.attachments.forms import UploadForm
from portal.item.attachments.queries import adding
from portal.models import Item
from portal.rulebook.offers import Offer


class Upload(NamedTuple):
    """The form of an upload, and the act it does."""

    form: UploadForm
    offer: Offer


def upload_of(item: Item, offered: Iterable[Offer]) -> Upload | None:
    """The form for those who may upload now."""
    offer = adding(offered)
    if offer is None:
        return None
    form = UploadForm(version=item.version)
    form.name_ids("upload")
    return Upload(form, offer)
