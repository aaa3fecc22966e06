"""Pages as a person meets them: every answer is parsed and checked, forms are filled and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from lxml.etree import XPath
from lxml.html import HtmlElement, document_fromstring, fragment_fromstring
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

FIELDS = ("input", "select", "textarea")
FRAME = ("/logout", "/search", "/ledger", "/demo/date")
"""Forms that stand on every page."""
WORDS = XPath(
    "//text()[not(ancestor::script or ancestor::style or ancestor::template)]", smart_strings=False
)


class Page:
    """One answer: its status, its HTML, parsed as far as it is asked."""

    def __init__(self, status: int, html: str, location: str | None = None) -> None:
        self.status = status
        self.html = html
        self.location = location

    @cached_property
    def soup(self) -> BeautifulSoup:
        """All of it, to look for anything; made twenty times slower than `tree`."""
        soup = BeautifulSoup(self.html, "html.parser")
        if "db-day" in self.html:
            for day in soup.find_all("span", "db-day"):  # on one line, read as part of its text
                day.unwrap()
            soup.smooth()
        return soup

    @cached_property
    def tree(self) -> HtmlElement:
        """The same for what every page is asked: its words, its forms, what it must keep."""
        tree = document_fromstring(self.html or "<html></html>")
        for day in tree.find_class("db-day"):
            day.drop_tag()
        return tree

    @cached_property
    def text(self) -> str:
        """All visible words, white space folded."""
        return " ".join(" ".join(WORDS(self.tree)).split())

    def form(self, action: str) -> Tag:
        """The form whose address ends with `action`."""
        for form in self.soup.find_all("form"):
            if str(form.get("action", "")).split("?")[0].endswith(action):
                return form
        raise AssertionError(f"no form to {action}; there are {self.actions()}")

    def filled(self, action: str) -> tuple[str, dict[str, list[str]]]:
        """The address of the same form, and what it holds."""
        for form in self.tree.iter("form"):
            address = form.get("action", "")
            if address.split("?")[0].endswith(action):
                return address, _values(form)
        raise AssertionError(f"no form to {action}; there are {self.actions()}")

    def actions(self) -> list[str]:
        """The addresses of the forms on the page, without the frame's own and 收藏, 关注."""
        found = [form.get("action", "") for form in self.tree.iter("form")]
        return [action for action in found if action not in FRAME and "/marks/" not in action]

    def check(self) -> None:
        """What every page must keep: a title, unique ids, labelled fields, no inline code."""
        assert self.tree.find(".//title") is not None
        ids = Counter(self.tree.xpath("//@id"))
        assert not [name for name, times in ids.items() if times > 1], ids.most_common(3)
        assert not self.tree.xpath("//*[@style]")
        assert not self.tree.xpath("//script[not(@src)]")
        labelled = set(self.tree.xpath("//label/@for"))
        for field in self.tree.iter(*FIELDS):
            if field.get("type") in ("hidden", "submit"):
                continue
            assert (
                field.get("aria-label")
                or next(field.iterancestors("label"), None) is not None
                or field.get("id") in labelled
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
    return _values(fragment_fromstring(str(form)))


def _values(form: HtmlElement) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for field in form.iter(*FIELDS):
        name, kind = field.get("name"), field.get("type")
        if not name or (kind in ("checkbox", "radio") and field.get("checked") is None):
            continue
        if field.tag == "select":
            options = list(field.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            value = [option.get("value", "") for option in chosen]
        elif field.tag == "textarea":
            value = [field.text_content().removeprefix("\n")]  # as browsers do
        else:
            value = [field.get("value", "on" if kind == "checkbox" else "")]
        values.setdefault(name, []).extend(value)
    return values


def fill(
    client: FlaskClient, address: str, action: str, typed: Mapping[str, object] | None = None
) -> Page:
    """Open `address`, fill the form to `action`, send it."""
    target, held = get(client, address).filled(action)
    return send(client, target, {**held, **(typed or {})})


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
