"""Providers to send to: an HTTP server and a mail server of this machine, polite or not."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Answer = tuple[int, Any]
"""A status and what is answered as JSON (bytes: as they are)."""


class Got(NamedTuple):
    """One request: its path with the query, its headers, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sink:
    """Everything that was asked, and how it is answered: `answer` may be changed meanwhile; what
    returns None hangs until the sink ends."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answer: Callable[[Got], Answer | None] = lambda _got: (200, {"errcode": 0, "code": 0})
        self.url = ""
        self.ended = threading.Event()

    def always(self, status: int, content: Any) -> None:
        self.answer = lambda _got: (status, content)

    def sent(self) -> list[Got]:
        """The requests without those for a token."""
        return [got for got in self.got if "gettoken" not in got.path]


@contextmanager
def http_sink() -> Iterator[Sink]:
    """An HTTP server on a free port."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            got = Got(self.path, dict(self.headers.items()), self.rfile.read(length))
            sink.got.append(got)
            if "gettoken" in self.path and sink.answer(got) is not None:
                status, content = 200, {"errcode": 0, "access_token": "T", "expires_in": 7200}
            else:
                found = sink.answer(got)
                if found is None:
                    sink.ended.wait(30)
                    return
                status, content = found
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_args: object) -> None:
            """A client that hung up is what is tested."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        sink.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield sink
        finally:
            sink.ended.set()
            server.shutdown()
            thread.join(5)


@contextmanager
def dripping(seconds: float) -> Iterator[str]:
    """A server that answers one byte every tenth of a second for so long; its address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            until = time.monotonic() + seconds
            try:
                self.request.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                while time.monotonic() < until:
                    self.request.sendall(b" ")
                    time.sleep(0.1)
            except OSError:
                return  # hung up: as it should

    with _tcp(Handler) as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def mail_sink(refusal: str = "") -> Iterator[tuple[int, list[bytes]]]:
    """A mail server; its port and the mails. `refusal` answers every receiver; "hang" hangs."""
    mails: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if refusal == "hang":
                time.sleep(2)
                return
            self.say("220 sink")
            for line in self.rfile:
                word = line.split(b":")[0].strip().upper()
                if word == b"DATA":
                    self.say("354 go on")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self.say("250 taken")
                elif word == b"RCPT TO" and refusal:
                    self.say(refusal)
                elif word == b"QUIT":
                    return
                else:
                    self.say("250 ok")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with _tcp(Handler) as port:
        yield port, mails


@contextmanager
def _tcp(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """A client that hung up is what is tested."""

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)
