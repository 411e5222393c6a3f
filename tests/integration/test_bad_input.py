"""Bad deliveries through the command line: a sentence and a documented code, never a traceback, and nothing is lost."""

import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from b2shift.cli.main import main
from b2shift.demo.api import write_drop
from b2shift.identify.api import ingest
from b2shift.kernel.errors import B2ShiftError
from b2shift.lake.api import current_version, open_lake, writing
from b2shift.lake.store import Store

Make = Callable[[Path], Path]


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest demo drop."""
    folder = tmp_path_factory.mktemp("bad") / "drop"
    write_drop(folder, customers=30, seed=9, dirty=0.3, months=4)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, drop: Path) -> Path:
    """A home that holds the small drop."""
    home = tmp_path_factory.mktemp("filled") / "home"
    with writing(home) as session:
        ingest(session, drop)
        session.commit(date(2025, 3, 31))
    return home


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Exit code and stderr of `b2shift run …`."""
    try:
        main(["run", *map(str, arguments)])
    except SystemExit as stop:
        told = capsys.readouterr()
        return int(stop.code or 0), told.err + told.out
    return 0, capsys.readouterr().err


def holding(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        folder.mkdir()
        (folder / name).write_bytes(content)
        return folder

    return make


def zipped(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return folder.with_suffix(".zip")

    return make


def endless(folder: Path) -> Path:
    """Two gigabytes without a line end, as a sparse file whose first megabytes are text."""
    make = holding("dados_clientes.csv", b"a" * 3_000_000)
    path = make(folder) / "dados_clientes.csv"
    with path.open("r+b") as file:
        file.truncate(2 * 1024**3)
    return folder


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


BAD: dict[str, tuple[Make, str]] = {
    "nowhere": (lambda folder: folder, "não existe"),
    "empty": (empty, "está vazia"),
    "text": (lambda folder: holding("a.txt", b"x")(folder) / "a.txt", "não é uma pasta nem um zip"),
    "unknown": (holding("planilha.xls", b"x"), "nenhuma fonte declarada"),
    "binary": (holding("dados_clientes.csv", b"\x89PNG\r\n\x1a\n\0\0"), "não é de texto"),
    "blank": (holding("clientes_desde.csv", b"\n\n"), "está vazio"),
    "schema": (holding("dados_clientes.csv", b"CD_CLIENT;DS_PRODUTO\n1;2\n"), "Faltam colunas"),
    "nobody": (holding("users.csv", b"user_id;nome\nU1;Ana\n"), "não diz quem são os clientes"),
    "endless": (endless, "linha sem fim"),
    "slip": (zipped("../evil.csv", b"x"), "fora da pasta"),
    "bomb": (zipped("tickets.csv", b"a" * 40_000_000), "cresce demais"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_delivery_that_cannot_be_used_ends_with_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    make, what = BAD[name]
    code, told = run(capsys, make(tmp_path / "delivery"), "--home", tmp_path / "home", "--no-publish")
    assert code == 2, told
    assert what in " ".join(told.split())
    assert "Traceback" not in told
    assert current_version(tmp_path / "home") is None


def test_a_bad_delivery_leaves_the_lake_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], filled: Path
) -> None:
    before = current_version(filled), open_lake(filled).info("contract_lines").rows
    bad = holding("dados_clientes.csv", b"\0")(tmp_path / "delivery")
    assert run(capsys, bad, "--home", filled, "--no-publish")[0] == 2
    assert (current_version(filled), open_lake(filled).info("contract_lines").rows) == before


def test_a_home_somebody_writes_to_ends_with_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drop: Path
) -> None:
    with Store(tmp_path / "home").writer_lock():
        code, told = run(capsys, drop, "--home", tmp_path / "home", "--no-publish")
    assert code == 3
    assert "Traceback" not in told


def test_a_date_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], drop: Path) -> None:
    code, told = run(capsys, drop, "--home", tmp_path / "home", "--as-of", "31/02/2025")
    assert code == 2
    assert "Traceback" not in told


def spoil(content: bytes, rng: random.Random) -> bytes:
    """One accident of bytes."""
    at, end = sorted(rng.randrange(len(content)) for _ in range(2))
    way = rng.randrange(6)
    if way == 0:
        return content[:at]
    if way == 1:
        return content[:at] + content[end:]
    if way == 2:
        return content[:at] + rng.randbytes(rng.randrange(1, 40)).replace(b"\0", b"") + content[at:]
    if way == 3:
        return content.replace(b";", b",", rng.randrange(1, 50))
    if way == 4:
        return content[:at] + b'"' + content[at:]
    flipped = bytearray(content)
    for place in (rng.randrange(len(flipped)) for _ in range(20)):
        flipped[place] ^= 1 << rng.randrange(7)
    return bytes(flipped)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_spoilt_bytes_never_stop_the_other_files_and_lose_nobody(tmp_path: Path, drop: Path, seed: int) -> None:
    rng = random.Random(seed)
    spoilt = tmp_path / "drop"
    shutil.copytree(drop, spoilt, ignore=shutil.ignore_patterns("_truth"))
    files = sorted(path for path in spoilt.iterdir() if path.name != "clientes_desde.csv")
    for path in rng.sample(files, 12):
        content = path.read_bytes()
        if content:
            path.write_bytes(spoil(content, rng))
    with writing(tmp_path / "home") as session:
        try:
            ingest(session, spoilt)
        except B2ShiftError as error:
            pytest.fail(f"the registry is sound: {error}")
        told = session.query(
            "SELECT count(*) AS n, count(*) FILTER (status = 'loaded') AS loaded FROM loads"
        ).to_pylist()
        assert told[0]["n"] >= 33
        assert told[0]["loaded"] >= 21
        assert session.info("customer_registry").rows == 30
        counts = session.query(
            "SELECT file, rows_read, rows_accepted + rows_rejected AS told FROM loads WHERE status = 'loaded'"
        ).to_pylist()
        assert not [row for row in counts if row["told"] != row["rows_read"]], "every line is accepted or refused"


READS = """
import sys
from pathlib import Path
from b2shift.identify.api import ingest
from b2shift.lake.api import writing
with writing(Path(sys.argv[2])) as session:
    ingest(session, Path(sys.argv[1]))
    (row,) = session.query("SELECT status, message FROM loads WHERE file = 'tickets.csv'").to_pylist()
    print(row["status"], row["message"])
"""


def test_a_file_nobody_may_read_costs_its_source_only(tmp_path: Path, drop: Path) -> None:
    """Root reads everything: as root, a process is asked that has given this right away."""
    closed = tmp_path / "drop"
    shutil.copytree(drop, closed, ignore=shutil.ignore_patterns("_truth"))
    (closed / "tickets.csv").chmod(0)
    command = [sys.executable, "-c", READS, str(closed), str(tmp_path / "home")]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may read everything, and setpriv (util-linux), which takes that away, is not installed")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.startswith("failed ")
    assert "não pode ser lido" in told
