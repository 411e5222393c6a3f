"""A server on this machine that speaks both interfaces and answers as it is told to: well, badly, slowly."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from b2shift.insight.model.contracts import ModelEndpoint, Protocol

PLAN: dict[str, Any] = {
    "action": "answer", "reason": None, "intent": "metric", "metrics": ["mrr"], "dimensions": [], "filters": [],
    "start": None, "end": None, "grain": None, "order_by": None, "order_dir": None, "limit": None, "each": None,
    "comparison": None,
    "comparison_start": None, "comparison_end": None, "comparison_field": None, "comparison_values": [],
    "calculation": None, "forecast_start": None, "forecast_end": None, "condition": None, "format": None,
    "schedule": None,
}  # fmt: skip
"""`Qual o MRR?`, as a model that keeps to the schema says it."""


def plan(**slots: Any) -> str:
    """The text of a reply with some slots said."""
    return json.dumps({**PLAN, **slots})


class Loopback:
    """What the server says next, and what it was sent."""

    def __init__(self) -> None:
        self.text: str | None = plan()
        self.status, self.raw = 200, None
        self.wait = self.drip = 0.0
        self.heard: list[dict[str, Any]] = []
        self.address = ""

    def at(self, protocol: Protocol, seconds: float = 5) -> ModelEndpoint:
        """The settings of a model that answers here."""
        root = f"{self.address}/v1" if protocol == "openai" else f"{self.address}/v1beta"
        return ModelEndpoint(protocol=protocol, url=root, name="leitor-1", key="segredo-de-teste", seconds=seconds)

    def body(self, path: str) -> bytes:
        """The answer in the form of the interface that was asked."""
        if self.raw is not None:
            return self.raw
        if path.endswith(":generateContent"):
            parts = [] if self.text is None else [{"text": self.text}]
            told: dict[str, Any] = {
                "candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}],
                "usageMetadata": {"promptTokenCount": 4000, "candidatesTokenCount": 120, "thoughtsTokenCount": 30},
            }
        else:
            told = {
                "choices": [{"message": {"role": "assistant", "content": self.text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 4000, "completion_tokens": 150},
            }
        return json.dumps(told).encode()


@contextmanager
def serving() -> Iterator[Loopback]:
    """A server for as long as the block lasts."""
    told = Loopback()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.heard.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(sent)})
            time.sleep(told.wait)
            body = told.body(self.path)
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            step = 1 if told.drip else max(1, len(body))
            for place in range(0, len(body), step):
                try:
                    self.wfile.write(body[place : place + step])
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(told.drip)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
