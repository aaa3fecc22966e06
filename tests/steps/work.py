"""An item at work in the sample college, and its forms that take files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from flask import Flask
from flask.testing import FlaskClient

from tests.attachments.kept import given
from tests.pages import Page, fill
from tests.test_main_line import CLOSING, LINE, REPORT, walk

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
HANDLER = "邓涛"
RECEIVED = 7
"""Acts of the main line until both units have received the notice."""


def at_work(app: Flask, as_: As, draft_item: Draft) -> uuid.UUID:
    """An item that 邓涛 handles."""
    public_id = draft_item("A01")
    walk(app, as_, public_id, LINE[:RECEIVED])
    return public_id


def report(
    client: FlaskClient,
    public_id: uuid.UUID,
    *files: tuple[str, bytes],
    typed: Mapping[str, object] | None = None,
) -> Page:
    """填报反馈 with these files."""
    sent = {**REPORT, "files": given(*files), **(typed or {})}
    return fill(client, f"/items/{public_id}/feedback/new", "/feedback", sent)


def apply_close(client: FlaskClient, public_id: uuid.UUID, *files: tuple[str, bytes]) -> Page:
    """申请办结 with these files."""
    sent = {**CLOSING, "files": given(*files)}
    return fill(client, f"/items/{public_id}", "/closing", sent)
