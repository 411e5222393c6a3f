"""Providers on loopback that speak the documented shapes over HTTP, and misbehave as a test tells them."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG, DROP = "hang", "drop"  # take the message and never answer; take it and cut the line


@dataclass
class Request:
    """What an HTTP peer was asked."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class HttpPeer:
    """Answers in order what it was told to, then its usual answer; keeps what it was asked."""

    usual: tuple[int, dict[str, str], Any]
    answers: list[Any] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)
    once_per_key: bool = False
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def delivered(self) -> int:
        """How many messages its receivers have had: one that knows keys takes each of them once."""
        keys = [one.headers.get("idempotency-key") for one in self.taken]
        return len(set(keys)) if self.once_per_key else len(keys)


@contextmanager
def http_peer(
    usual: Any = (200, {}, {}), answers: Sequence[Any] = (), *, once_per_key: bool = False
) -> Iterator[HttpPeer]:
    peer = HttpPeer(usual, list(answers), once_per_key=once_per_key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            peer.requests.append(request)
            answer = peer.answers.pop(0) if peer.answers else peer.usual
            if answer in (HANG, DROP) or not 400 <= answer[0] < 500:
                peer.taken.append(request)
            if answer == HANG:
                peer.closing.wait()
                return
            if answer == DROP:
                self.connection.close()
                return
            status, headers, told = answer
            sent = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(sent))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        peer.port = port
        try:
            yield peer
        finally:
            peer.closing.set()


@contextmanager
def serving(server: Any) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
