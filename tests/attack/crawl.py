"""Following every link and every form that asks (GET) from a person's desk on; what came back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit
from zipfile import ZipFile

from flask.testing import FlaskClient
from lxml import html
from pypdf import PdfReader
from werkzeug.test import TestResponse

MOST_PARAMETERS = 1
"""Filters of the ledger combine without end; each is followed alone."""
MOST_SPANS = 6
"""Weeks and months lead to the one before without end; so many of a page are followed."""
SPANS = re.compile(r"(week|month)=\d{4}-W?\d{2}")
WINDOWS = re.compile(r"(/ledger/(?:columns|views/new)\?\w+=)")
"""Every list of the ledger leads to two windows that carry its filter along: a quarter of all
pages. Of each kind of filter one is followed."""
OUTSIDE = ("/static/", "/logout")
CHANGING = re.compile(
    r'nonce="[^"]*"|name="csrf_token"[^>]*|name="key"[^>]*|name="[^"]*key"[^>]*|编号[0-9A-F]{8}|[0-9]{2}:[0-9]{2}'
    r"|<dcterms:(?:created|modified)[^<]*"
)
"""What differs from one answer to the next of the same page: its nonce, tokens, the time of day,
when an Excel table was made."""
OFFICE = "application/vnd.openxmlformats"
"""How the kinds of Excel and Word files begin: zipped XML."""


@dataclass(frozen=True)
class Answer:
    """One answer, as a browser gets it."""

    status: int
    kind: str
    headers: str
    body: bytes

    @cached_property
    def text(self) -> str:
        """The body as text; of a PDF what is read on it, of an Office file all that it holds."""
        if self.status == 200 and self.kind.startswith(OFFICE):
            with ZipFile(BytesIO(self.body)) as parts:
                read = (
                    f"{name}\n{parts.read(name).decode(errors='replace')}"
                    for name in parts.namelist()
                )
                return "\n".join(read)
        if self.status == 200 and self.kind.startswith("application/pdf"):
            pages = PdfReader(BytesIO(self.body)).pages
            return "".join(page.extract_text().replace("\n", "") for page in pages)
        return self.body.decode("utf-8", errors="replace")

    @cached_property
    def steady(self) -> str:
        """The body without what every answer has anew."""
        return CHANGING.sub("", self.text)

    @cached_property
    def whole(self) -> str:
        """Everything a person or a program between could read of it; names of files stand encoded
        in a header."""
        return f"{unquote(self.headers)}\n{self.text}"

    @cached_property
    def title(self) -> str:
        """What a browser's tab and history show: a page's title, what a PDF says of itself."""
        if self.status == 200 and self.kind.startswith("application/pdf"):
            return str(dict(PdfReader(BytesIO(self.body)).metadata or {}))
        found = re.search(r"<title>(.*?)</title>", self.text, re.S)
        return found[1] if found else ""


@dataclass
class Walk:
    """Everything a person reached: address → answer."""

    reached: dict[str, Answer]

    def met(self, words: Iterable[str]) -> set[str]:
        """Which of the words stand anywhere, in a body, a header or an address; what was typed into
        a search does not count where it is repeated."""
        return {
            word
            for word in words
            for address, answer in self.reached.items()
            if word not in unquote(address) and word in answer.whole
        }

    def outside(self) -> str:
        """What is read without opening anything: addresses, headers, titles."""
        pages = self.reached.items()
        told = (f"{address}\n{one.headers}\n{one.title}" for address, one in pages)
        return unquote("\n".join(told))


def ask(client: FlaskClient, address: str) -> Answer:
    """One answer, redirects not followed."""
    return _answer(client.get(address))


def send(client: FlaskClient, address: str, data: Mapping[str, object]) -> Answer:
    """One answer to a form."""
    return _answer(client.post(address, data=dict(data)))


def _answer(response: TestResponse) -> Answer:
    body = response.get_data()
    response.close()
    # Cookies are signed anew.
    told = "\n".join(f"{name}: {value}" for name, value in response.headers if name != "Set-Cookie")
    return Answer(response.status_code, response.headers.get("Content-Type", ""), told, body)


def crawl(
    client: FlaskClient, *, queries: Iterable[str] = (), begin: Iterable[str] = ("/",)
) -> Walk:
    """Everything reachable; each search form is also asked for each of the `queries`."""
    waiting, walk = list(begin), Walk({})
    alike: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        if address in walk.reached or _enough(address, alike):
            continue
        answer = ask(client, address)
        walk.reached[address] = answer
        waiting.extend(_leading_on(address, answer, queries))
    return walk


def _enough(address: str, alike: Counter[str]) -> bool:
    """Whether as many addresses of this kind were met as are followed."""
    window = WINDOWS.match(address)
    if window:
        kind, most = window[1], 1
    elif SPANS.search(address):
        kind, most = SPANS.sub("", address), MOST_SPANS
    else:
        return False
    alike[kind] += 1
    return alike[kind] > most


def _leading_on(address: str, answer: Answer, queries: Iterable[str]) -> list[str]:
    location = re.search(r"^Location: (\S+)", answer.headers, re.M)
    if location:
        return _followed(address, [location[1]])
    if not answer.kind.startswith("text/html") or not answer.text.strip():
        return []
    page = html.document_fromstring(answer.text)  # Beautiful Soup were a third of a walk
    found = [*page.xpath("//a/@href"), *page.xpath("//@hx-get")]
    found += page.xpath("//iframe/@src | //img/@src")
    asked: list[str] = []
    for form in page.xpath("//form"):
        if form.get("method", "get").lower() != "get":
            continue
        target = form.get("action") or address
        found.append(target)
        # A search is asked for each word alone, whatever else stands in its form.
        if form.xpath(".//input[@name='q']"):
            asked += [f"{target}?{urlencode({'q': word})}" for word in queries]
    return _followed(address, map(str, found)) + asked


def _followed(address: str, links: Iterable[str]) -> list[str]:
    inside = []
    for link in links:
        parts = urlsplit(urljoin(address, link))
        if parts.netloc or parts.scheme or parts.path.startswith(OUTSIDE):
            continue
        if len(parse_qsl(parts.query, keep_blank_values=True)) > MOST_PARAMETERS:
            continue
        inside.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return inside
