"""Pages as a person meets them: every answer is parsed and checked, forms are filled and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

FIELDS = ("input", "select", "textarea")
FRAME = ("/logout", "/search", "/ledger", "/demo/date")
"""Forms that stand on every page."""


class Page:
    """One answer: its status, its parsed HTML."""

    def __init__(self, status: int, html: str, location: str | None = None) -> None:
        self.status = status
        self.html = html
        self.location = location
        self.soup = BeautifulSoup(html, "html.parser")
        if "db-day" in html:
            for day in self.soup.find_all(
                "span", "db-day"
            ):  # on one line, read as part of its text
                day.unwrap()
            self.soup.smooth()

    @property
    def text(self) -> str:
        """All visible words, white space folded."""
        return " ".join(self.soup.get_text(" ").split())

    def form(self, action: str) -> Tag:
        """The form whose address ends with `action`."""
        for form in self.soup.find_all("form"):
            if str(form.get("action", "")).split("?")[0].endswith(action):
                return form
        raise AssertionError(f"no form to {action}; there are {self.actions()}")

    def actions(self) -> list[str]:
        """The addresses of the forms on the page, without the frame's own and 收藏, 关注."""
        found = [str(form.get("action", "")) for form in self.soup.find_all("form")]
        return [action for action in found if action not in FRAME and "/marks/" not in action]

    def check(self) -> None:
        """What every page must keep: a title, unique ids, labelled fields, no inline code."""
        assert self.soup.title is not None
        tags = self.soup.find_all(True)  # once: a question to the whole page takes milliseconds
        ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
        assert not [name for name, times in ids.items() if times > 1], ids.most_common(3)
        assert not [tag for tag in tags if tag.has_attr("style")]
        assert not [tag for tag in tags if tag.name == "script" and not tag.get("src")]
        labelled = {str(tag.get("for")) for tag in tags if tag.name == "label"}
        for field in tags:
            if field.name not in FIELDS or field.get("type") in ("hidden", "submit"):
                continue
            assert (
                field.get("aria-label")
                or field.find_parent("label")
                or (field.has_attr("id") and str(field["id"]) in labelled)
            ), f"{field.get('name')} has no label"


def get(client: FlaskClient, address: str) -> Page:
    """A page, checked."""
    answer = client.get(address)
    page = Page(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location"))
    if answer.mimetype == "text/html" and answer.status_code == 200:
        page.check()
    return page


def values_of(form: Tag) -> dict[str, list[str]]:
    """What the browser would send if nothing were typed (without buttons)."""
    values: dict[str, list[str]] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type")
        if not name or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find_all("option", selected=True) or field.find_all("option")[:1]
            value = [str(option.get("value", "")) for option in chosen]
        elif field.name == "textarea":
            value = [field.get_text().removeprefix("\r\n")]  # as browsers do
        else:
            value = [str(field.get("value", "on" if kind == "checkbox" else ""))]
        values.setdefault(str(name), []).extend(value)
    return values


def fill(
    client: FlaskClient, address: str, action: str, typed: Mapping[str, object] | None = None
) -> Page:
    """Open `address`, fill the form to `action`, send it."""
    page = get(client, address)
    form = page.form(action)
    return send(client, str(form["action"]), {**values_of(form), **(typed or {})})


def send(client: FlaskClient, address: str, data: Mapping[str, object]) -> Page:
    """Send a form's data; a file is a pair of stream and name."""
    pairs = [(name, one) for name, value in data.items() for one in _each(value)]
    if not any(isinstance(one, tuple) for _, one in pairs):
        answer = client.post(address, data=dict(data))
    else:
        # Encoded here in memory: the client would leave its temporary file open.
        boundary, body = encode_multipart(MultiDict([(name, _part(one)) for name, one in pairs]))
        kind = f"multipart/form-data; boundary={boundary}"
        answer = client.post(address, data=body, content_type=kind)
    return Page(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location"))


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _part(value: object) -> object:
    return FileStorage(*value) if isinstance(value, tuple) else value
