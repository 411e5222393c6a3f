"""A header whose quoted names hold line ends, as spreadsheets write them, is one header everywhere."""

from pathlib import Path

import pytest
from tests.unit.identify.sources.small import deliver, write_small
from tests.unit.identify.wizard.test_accounts import firms, load
from tests.unit.identify.wizard.test_keys import mapped

from b2shift.identify.api import propose_sources, write_sources
from b2shift.identify.sources.text_lines import CHUNK, Accidents, read_lines, shape_of

HEADER = '"Nota\nFiscal";Cliente;Emissão;"Valor\n(R$)"'
LINES = HEADER.split("\n")


def bills(first: int, end: int) -> list[str]:
    return [f"{500 + i};{1000 + 7 * (i % 30):06d};02/01/2025;{10 + i},50" for i in range(first, end)]


@pytest.mark.parametrize("above", [(), ("Contas a receber;;;", "Emitido em 31/03/2025;;;", ";;;")])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_header_of_several_lines_is_proposed_and_loaded(tmp_path: Path, ending: str, above: tuple[str, ...]) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    file = drop / "faturas.csv"
    file.write_bytes(ending.join([*above, *LINES, *bills(0, 60), ""]).encode())
    found = propose_sources([firms(drop), file])
    assert mapped(found[1]) == {
        "invoice_id": "Nota Fiscal", "customer_id": "Cliente", "issued_on": "Emissão", "amount": "Valor (R$)"
    }  # fmt: skip
    write_sources(found, home)
    amounts = "SELECT CAST(invoice_id AS INTEGER) AS n, amount FROM invoices ORDER BY 1"
    assert [(r["n"], r["amount"]) for r in load(home, drop).query(amounts).to_pylist()] == [
        (500 + i, 10.5 + i) for i in range(60)
    ]
    # One month later: repeated within the file, further lines, one corrected.
    later = [*above, *LINES, *bills(0, 59), *LINES, "559;001203;02/01/2025;1,25", *bills(60, 90), ""]
    file.write_bytes(ending.join(later).encode())
    rows = [(r["n"], r["amount"]) for r in load(home, drop).query(amounts).to_pylist()]
    assert rows == [(500 + i, 1.25 if i == 59 else 10.5 + i) for i in range(90)]


def test_lines_below_a_header_of_several_lines_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('"K\n1";"V\n2"\na;1\n"K\n1";"V\n2"\nb;2\n', encoding="utf-8")
    shape, found = shape_of(path, "utf-8", ";", tmp_path), Accidents()
    told = [(r["_row"], r["_line"], r["_text"]) for batch in read_lines(shape, found) for r in batch.to_pylist()]
    assert shape.columns == ("K 1", "V 2")
    assert told == [(0, 4, "a;1\n"), (1, 8, "b;2\n")]
    assert [line[:3] for line in found.lines] == [["repeated_header", 1, 5]]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("header", [('"K', '1";"V', '2"'), ("A;;B;", "K;V;N;W")])
@pytest.mark.parametrize("seen", [1, 2])
def test_a_header_repeated_where_a_piece_of_the_file_ends_is_cut_out(
    tmp_path: Path, header: tuple[str, ...], ending: str, seen: int
) -> None:
    """The file is read in pieces: one ends within line `seen` of the header."""
    fields = ";1" * (3 if header[0].startswith("A") else 1)
    before = "".join(line + ending for line in header[: seen - 1])
    rows = f"a{fields}{ending}" * 2
    filler = "x" * (CHUNK - 1 - len(before) - len(f"{rows}{fields}{ending}"))
    path = tmp_path / "f.csv"
    path.write_bytes(ending.join([*header, f"{rows}{filler}{fields}", *header, f"c{fields}", ""]).encode())
    shape, found = shape_of(path, "utf-8", ";", tmp_path), Accidents()
    told = [r["_text"].rstrip() for batch in read_lines(shape, found) for r in batch.to_pylist()]
    assert [text[:1] for text in told] == ["a", "a", "x", "c"]
    assert [line[0] for line in found.lines] == ["repeated_header"]


@pytest.mark.parametrize("header", ['Peça 5";V', '"K;V', 'K;"V"x'])
def test_a_header_whose_quotes_make_no_sense_ends_with_its_line(tmp_path: Path, header: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f'{header}\na;"1"\nb;2\nc;5"\n', encoding="utf-8")
    assert shape_of(path, "utf-8", ";", tmp_path).header == header.encode()


def test_telemetry_with_a_header_of_several_lines_is_counted(tmp_path: Path) -> None:
    names = (
        'clienteid,"event\nduration",moduloid,productlineid,referencedatestart,slotid,statuslicenca,tcloud,clienteprime'
    )
    plain = names.replace("event\n", "event")
    rows = "TFAAA100,3.000,7,2,2025-03-17,0,Conectado,,\nTFBBB201,1.500,7,2,2025-03-18,0,,,\n"
    told = "SELECT count(*) AS n FROM usage_daily"
    counts = [
        deliver(tmp_path / name, write_small(tmp_path / f"{name}d", telemetria_1=f"{header}\n{rows}"), told)[1]
        for name, header in (("one", plain), ("two", names.replace("event\nduration", "eventduration\n")))
    ]
    assert counts[0] == counts[1] == [[{"n": 2}]]
