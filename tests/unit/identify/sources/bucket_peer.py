"""An object store on loopback that speaks the documented S3: ListObjectsV2 in pages, GET; it can cut a line."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 3


@dataclass
class Bucket:
    """The objects by key; what was fetched; whether the next answers are denied or cut."""

    objects: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    denied: bool = False
    cut: bool = False
    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "only-for-this-peer",
        }  # fmt: skip

    def put(self, prefix: str, folder: Path) -> None:
        """The files of a folder, each under the prefix."""
        self.objects |= {f"{prefix}/{path.name}": path.read_bytes() for path in folder.iterdir() if path.is_file()}


@contextmanager
def bucket_peer(name: str) -> Iterator[Bucket]:
    """A bucket of this name, addressed by path, until the block ends."""
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            key = unquote(asked.path).removeprefix(f"/{name}").lstrip("/")
            if bucket.denied or "Credential=reader/" not in self.headers.get("Authorization", ""):
                self.answer(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
            elif not key:
                self.answer(200, listing(bucket, {k: v[0] for k, v in parse_qs(asked.query).items()}))
            elif key in bucket.objects:
                bucket.fetched.append(key)
                self.answer(200, bucket.objects[key])
            else:
                self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{tag(body)}"')
            self.send_header("Last-Modified", "Thu, 26 Nov 2026 09:00:00 GMT")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if bucket.cut and status == 200 and body[:1] != b"<" else body)
            self.close_connection = bucket.cut

        def log_message(self, *_told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()


def tag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def listing(bucket: Bucket, query: dict[str, str]) -> bytes:
    """One page of the keys directly under the prefix; those of deeper folders are told by their folder."""
    prefix, start = query.get("prefix", ""), query.get("continuation-token", "")
    keys = sorted(key for key in bucket.objects if key.startswith(prefix) and key > start)
    here = [key for key in keys if "/" not in key.removeprefix(prefix)]
    page, rest = here[:PAGE], here[PAGE:]
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-26T09:00:00.000Z</LastModified>"
        f"<ETag>&quot;{tag(bucket.objects[key])}&quot;</ETag><Size>{len(bucket.objects[key])}</Size></Contents>"
        for key in page
    )
    deeper = {prefix + key.removeprefix(prefix).partition("/")[0] + "/" for key in keys if key not in here}
    folders = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(deeper))
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
    return (
        f"<ListBucketResult><IsTruncated>{str(bool(rest)).lower()}</IsTruncated>{more}{rows}{folders}</ListBucketResult>"
    ).encode()
