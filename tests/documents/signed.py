"""An item that waits for signatures, and people who have stored a picture of theirs."""

from __future__ import annotations

import io
import uuid

from flask import Flask

from portal.accounts import signatures
from portal.inking import inked
from portal.steps.registration import commands as registration
from tests.accounts.pictures import photographed
from tests.steps.acting import Actor, intent


def store(actor: Actor, who: str, strokes: int = 3) -> bytes:
    """This person stores a signature of so many strokes."""
    picture = inked(io.BytesIO(photographed(strokes=strokes)))
    viewer = actor.viewer(who)
    folder = actor.app.extensions["portal.settings"].files_dir
    signatures.keep(viewer, picture, folder, now=viewer.moment.instant)
    return picture


def handed_in(app: Flask, public_id: uuid.UUID) -> Actor:
    """At 审签."""
    actor = Actor(app, public_id)
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)
    return actor
