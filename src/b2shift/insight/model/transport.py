"""One HTTP request within one deadline over connecting, waiting and reading; no redirects, bounded size."""

import http.client
import socket
import ssl
import time
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

from b2shift.insight.model.protocols import Request

LARGEST = 1_000_000
STEP = 16_384


class SlowError(Exception):
    """No complete response before the deadline."""


class UnreachableError(Exception):
    """No connection, or a broken one."""


def post(request: Request, seconds: float) -> tuple[int, bytes]:
    """Status and body. SlowError and UnreachableError say in Portuguese what happened, never with the key."""
    host, ends = urlsplit(request.url).hostname or "", time.monotonic() + seconds
    connection = _connection(request.url, seconds)
    slow = f"{host} não respondeu em {seconds:g} s"
    watch: Timer | None = None
    try:
        connection.connect()
        # A timeout of a socket begins anew with every byte: a drop a second would keep a person waiting for ever.
        watch = Timer(max(0.0, ends - time.monotonic()), _abort, (connection.sock,))
        watch.daemon = True
        watch.start()
        connection.request("POST", urlsplit(request.url).path or "/", request.body, request.headers)
        answer = connection.getresponse()
        body = _read(answer, host)
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= ends:
            raise SlowError(slow) from error
        raise UnreachableError(f"{host} não respondeu: {type(error).__name__}") from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()
    if time.monotonic() >= ends:
        raise SlowError(slow)
    return answer.status, body


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=seconds, context=secure)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)


def _read(answer: http.client.HTTPResponse, host: str) -> bytes:
    pieces, size = [], 0
    while piece := answer.read1(STEP):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise UnreachableError(f"{host} respondeu mais de {LARGEST} bytes")
    return b"".join(pieces)


def _abort(held: socket.socket) -> None:
    """Shut a connection down from outside, below TLS: its reader sees the end."""
    with suppress(OSError):
        socket.socket.shutdown(held, socket.SHUT_RDWR)
