"""Asking a provider over HTTP: bounded in time and size, through the machine's proxy if it has one.

The standard library's client, one request a connection. No redirect is followed: the request holds
a secret. Nothing is logged.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from portal.messages.channels.base import (
    CONNECT_SECONDS,
    LARGEST_ANSWER,
    TOTAL_SECONDS,
    Permanent,
    Temporary,
)

HANGS: Final = "服务超时未响应"
UNREACHABLE: Final = "服务无法连接"
UNREADABLE: Final = "服务的回执无法识别"
LATER: Final = frozenset({408, 425, 429})
"""Answers of the 400s that say: not now."""


def ask_json(url: str, payload: object | None = None) -> Mapping[str, Any]:
    """POST JSON (GET without a payload); the JSON object that was answered.

    Raises Temporary or Permanent.
    """
    if payload is None:
        return read_json(ask("GET", url))
    body = json.dumps(payload, ensure_ascii=False).encode()
    return read_json(ask("POST", url, body, {"Content-Type": "application/json; charset=utf-8"}))


def read_json(answer: bytes) -> Mapping[str, Any]:
    """The answer as a JSON object; Temporary if it is none (a proxy's page, half an answer)."""
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise Temporary(UNREADABLE) from error
    if not isinstance(found, dict):
        raise Temporary(UNREADABLE)
    return found


def ask(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The body of the answer, if its status is one of the 200s. Raises Temporary or Permanent."""
    began = time.monotonic()
    connection, target, extra = _connection(url)
    try:
        connection.connect()
        sock = connection.sock  # kept: an answer that ends the connection takes it away
        with cut_after(TOTAL_SECONDS, lambda: sock):
            connection.request(method, target, body, {**(headers or {}), **extra})
            with connection.getresponse() as answer:
                content = answer.read(LARGEST_ANSWER + 1)
    except TimeoutError as error:
        raise Temporary(HANGS) from error
    except (OSError, HTTPException) as error:
        late = time.monotonic() - began >= TOTAL_SECONDS
        raise Temporary(HANGS if late else UNREACHABLE) from error
    finally:
        connection.close()
    if time.monotonic() - began >= TOTAL_SECONDS:
        raise Temporary(HANGS)  # what was read was cut off
    _check(answer.status, content)
    return content


def _check(status: int, content: bytes) -> None:
    if status >= 500 or status in LATER:
        raise Temporary(f"服务返回{status}")
    if not 200 <= status < 300:
        raise Permanent(f"服务返回{status}")
    if len(content) > LARGEST_ANSWER:
        raise Temporary(UNREADABLE)


@contextmanager
def cut_after(seconds: float, socket_of: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Whatever drips in byte by byte ends after so many seconds: its socket is shut."""

    def cut() -> None:
        found = socket_of()
        if found is not None:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed meanwhile: there is nothing to cut

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connection(url: str) -> tuple[HTTPConnection, str, Mapping[str, str]]:
    """The connection, what to ask it for, and headers that the way to it needs."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    proxy = None if proxy_bypass(host) else getproxies().get(parts.scheme)
    if proxy:
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        nearest = (through.hostname or "", through.port or 3128)
    else:
        nearest = (host, parts.port or (443 if parts.scheme == "https" else 80))
    if parts.scheme == "https":
        made = HTTPSConnection(
            *nearest, timeout=CONNECT_SECONDS, context=ssl.create_default_context()
        )
        if proxy:
            made.set_tunnel(host, parts.port or 443)
        return made, target, {}
    plain = HTTPConnection(*nearest, timeout=CONNECT_SECONDS)
    if proxy:
        return plain, url, {"Host": parts.netloc.rpartition("@")[2]}
    return plain, target, {}
