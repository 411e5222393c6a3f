"""An indicator served at an address: read like its file, told when it does not answer, its earlier figures kept."""

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.identify.external.samples import SGS
from tests.unit.identify.external.test_external import environment, run

from b2shift.identify.external.declaration import indicators
from b2shift.kernel.errors import SchemaError

DECLARED = "- {{indicator: inflacao, label: Inflação, institute: BCB, layout: sgs, unit: '%', url: '{}'}}\n"


class Institute:
    """What it serves; None: it does not answer with figures."""

    text: str | None = SGS
    port = 0


@pytest.fixture
def institute() -> Iterator[Institute]:
    told = Institute()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if told.text else 503)
            self.end_headers()
            self.wfile.write((told.text or "").encode())

        def log_message(self, *_told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, institute: Institute) -> Path:
    folder = tmp_path / "home" / "external"
    folder.mkdir(parents=True)
    address = f"http://127.0.0.1:{institute.port}/dados/serie/bcdata.sgs.433?formato=csv"
    (folder / "inflacao.yaml").write_text(DECLARED.format(address), encoding="utf-8")
    return tmp_path / "home"


def test_figures_of_an_address_reach_every_customer(home: Path, tmp_path: Path, institute: Institute) -> None:
    lake, _ = run(home, tmp_path / "drop")
    assert environment(lake, "TFAAA1") == {"inflacao": (1.31, None, date(2025, 2, 1))}
    institute.text = SGS.replace("1,31", "1,40")
    lake, changed = run(home, tmp_path / "drop")
    assert changed
    assert environment(lake, "TFAAA1")["inflacao"][0] == 1.40
    assert not run(home, tmp_path / "drop")[1], "the same answer changes nothing"


def test_an_address_that_does_not_answer_keeps_what_it_gave(home: Path, tmp_path: Path, institute: Institute) -> None:
    run(home, tmp_path / "drop")
    institute.text = None
    lake, _ = run(home, tmp_path / "drop")
    assert environment(lake, "TFAAA1")["inflacao"][0] == 1.31
    (told,) = lake.query("FROM external_files").to_pylist()
    assert told["status"] == "failed"
    assert "503" in told["message"]


@pytest.mark.parametrize("address", ["file:secret.csv", "ftp://x/y", "https://user:secret@host/x", ""])
def test_only_a_plain_web_address_is_taken(home: Path, address: str) -> None:
    (home / "external" / "inflacao.yaml").write_text(DECLARED.format(address), encoding="utf-8")
    with pytest.raises(SchemaError, match="indicadores"):
        indicators(home)
