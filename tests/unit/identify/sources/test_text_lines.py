"""Bytes into lines: the encoding, accidents of whole lines, quotes; rows and lines numbered as a person counts them."""

from pathlib import Path

import pytest

from b2shift.identify.sources.quoted import JOIN, unquoted
from b2shift.identify.sources.text_lines import Accidents, read_lines, shape_of
from b2shift.kernel.errors import SourceError

Told = list[tuple[int, int, str]]


def lines_of(tmp_path: Path, content: bytes, encoding: str = "utf-8") -> tuple[Told, Accidents, str]:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    shape, found = shape_of(path, encoding, ";", tmp_path), Accidents()
    told = [
        (row["_row"], row["_line"], row["_text"].rstrip("\r\n"))
        for batch in read_lines(shape, found)
        for row in batch.to_pylist()
    ]
    return told, found, shape.encoding


def test_a_repeated_header_and_foreign_bytes_are_cut_out(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfK;V\r\na;1\r\nK;V\r\n\r\nb\xe7\xe3o;2\r\nb;2\r\nc;3\r\n"
    told, found, encoding = lines_of(tmp_path, content)
    assert encoding == "utf-8"
    assert told == [(0, 2, "a;1"), (1, 6, "b;2"), (2, 7, "c;3")]
    assert found.lines == [["repeated_header", 1, 3, "K;V"], ["foreign_bytes_line", 1, 5, "b\\xe7\\xe3o;2"]]
    assert not found.unterminated


@pytest.mark.parametrize("broken", [0, 3, 40])
def test_lines_of_another_encoding_are_counted_however_many_they_are(tmp_path: Path, broken: int) -> None:
    lines = [f"{number};ação".encode("latin-1" if number % 3 == 0 else "utf-8") for number in range(3 * broken)]
    path = tmp_path / "f.csv"
    path.write_bytes(b"\n".join([b"K;V", *lines, *["z;é".encode()] * 5000]))
    shape = shape_of(path, "utf-8", ";", tmp_path)
    assert shape.evidence == f"linhas com acento: {5000 + 2 * broken} em UTF-8, {broken} em outra codificação"
    assert list(shape.foreign) == [line + b"\n" for line in lines[::3]]


def test_a_latin_header_decides_for_the_file(tmp_path: Path) -> None:
    content = "Cód. Cliente;Nota\nA;ção\nB;\x81x\nC;“\n".encode("latin-1", "replace")
    told, found, encoding = lines_of(tmp_path, content)
    assert encoding == "windows-1252"
    assert [text for _, _, text in told] == ["A;ção", "C;?"]
    assert [kind for kind, *_ in found.lines] == ["foreign_bytes_line"]


def test_a_plain_header_leaves_it_to_the_lines(tmp_path: Path) -> None:
    latin = b"K;V\n" + "".join(f"{n};ação\n" for n in range(20)).encode("latin-1")
    assert lines_of(tmp_path, latin)[2] == "windows-1252"
    sound = b"K;V\n" + "".join(f"{n};ação\n" for n in range(20)).encode() + b"x;\xe7\xe3o\n"
    assert lines_of(tmp_path, sound)[2] == "utf-8"
    assert lines_of(tmp_path, b"K;V\na;1\nb;\xe7\xe3o2\nb;2\n")[0] == [(0, 2, "a;1"), (1, 4, "b;2")]
    declared = b"K;V\n" + b"a;1\n" * 200 + b"b;\xe7\n"
    assert lines_of(tmp_path, declared)[2] == "utf-8"
    assert lines_of(tmp_path, declared, "latin-1")[2] == "windows-1252"


@pytest.mark.parametrize("header", ["K;V", "Código;V"])
@pytest.mark.parametrize("latin", [range(40), range(60, 100), range(30, 100)])
def test_two_exports_in_two_encodings_in_one_file_are_both_read(tmp_path: Path, header: str, latin: range) -> None:
    coded = ["windows-1252" if number in latin else "utf-8" for number in range(100)]
    lines = [f"{number};ÁGUA É VIDA\n".encode(coding) for number, coding in enumerate(coded)]
    for coding in ("utf-8", "windows-1252"):
        told, found, encoding = lines_of(tmp_path, f"{header}\n".encode(coding) + b"".join(lines))
        assert encoding == "utf-8"
        assert [text for _, _, text in told] == [f"{number};ÁGUA É VIDA" for number in range(100)]
        assert not found.lines


def test_a_line_in_two_encodings_is_still_cut_out(tmp_path: Path) -> None:
    both = [f"{n};ÁGUA\n".encode("utf-8" if n % 2 else "windows-1252") for n in range(20)]
    told, found, _ = lines_of(tmp_path, b"".join([b"K;V\n", *both, "x;ç".encode() + b"\xe7\n"]))
    assert len(told) == 20
    assert [kind for kind, *_ in found.lines] == ["foreign_bytes_line"]


ROWS = "K;V;D\na;1;x\n\nb;2;y\n" + "".join(f"{n};{n};z\n" for n in range(9))


@pytest.mark.parametrize(
    ("above", "lines", "titles"),
    [
        ("sep=;\r\n", 1, []),
        ("\ufeffsep=;\n", 1, []),
        ("Filiais\nEmitido em 01/04/2025\n\n", 3, [(1, "Filiais"), (2, "Emitido em 01/04/2025")]),
        ("Clientes;;\nFilial: 01;;\n", 2, [(1, "Clientes;;"), (2, "Filial: 01;;")]),
        ("SEP=;\nClientes\n", 2, [(2, "Clientes")]),
        ("\ufeff\n\nsep=;\r\n;;\n", 4, []),
    ],
)
def test_what_stands_above_the_header_is_reported_and_lines_keep_their_numbers(
    tmp_path: Path, above: str, lines: int, titles: list[tuple[int, str]]
) -> None:
    told, found, _ = lines_of(tmp_path, (above + ROWS).encode())
    plain, _, _ = lines_of(tmp_path, ROWS.encode())
    assert told == [(row, line + lines, text) for row, line, text in plain]
    assert found.lines == [["above_header", 0, line, text] for line, text in titles]


@pytest.mark.parametrize(
    "content",
    [b"K;V\na;1;2;3;4;5;6;7\nb;2\n", b"K\n" + b"a;b;c;d\n", b"K;V;D\na;1;x\nb;2;y;b;2;y;b;2;y;b;2;y\nc;3;z\n",
     b"T\n" + b"um texto, com virgulas, aqui\nsem\ncom, uma\ntantas, mais, do que, antes\num, dois, tres\n" * 9],
)  # fmt: skip
def test_a_header_is_not_taken_for_a_title(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    shape = shape_of(path, "utf-8", ";", tmp_path)
    assert (shape.above, shape.header) == ((), content.split(b"\n")[0])


def test_blank_lines_above_a_header_of_two_names_are_counted(tmp_path: Path) -> None:
    told, found, _ = lines_of(tmp_path, b"\r\n\nK;V\na;1\n")
    assert [(row, line, text.strip()) for row, line, text in told] == [(0, 4, "a;1")]
    assert not found.lines


def test_utf16_is_written_again(tmp_path: Path) -> None:
    told, _, encoding = lines_of(tmp_path, "K;V\nação;1\n".encode("utf-16"))
    assert (told, encoding) == ([(0, 2, "ação;1")], "utf-8")


def test_the_end_of_a_file_may_lack_its_line_end(tmp_path: Path) -> None:
    told, found, _ = lines_of(tmp_path, b"K;V\na;1\nb;2")
    assert [text for _, _, text in told] == ["a;1", "b;2"]
    assert found.unterminated


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "está vazio"),
        (b"  \n\n ", "está vazio"),
        (b"K;V\n\0\0", "não é de texto"),
        (b"a" * (1024 * 1024 + 10), "linha sem fim"),
        (b"K;V\n" + b"a;1\n" * 300_000 + b"\0", "não são texto"),
        (b"K;V\na;1\n" + b"a" * 20_000_000, "linha longa demais"),
    ],
    ids=["empty", "blank", "binary", "endless", "binary-later", "endless-later"],
)
def test_a_file_that_is_no_text_says_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        lines_of(tmp_path, content)


def test_quotes_hold_separators_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('K;V;W\na;"x;y";1\nb;"two\nlines ""said""";2\nc;z;3\n')
    shape, found = shape_of(path, "utf-8", ";", tmp_path), Accidents()
    rows = [row for batch in unquoted(read_lines(shape, found), ";", 3) for row in batch.to_pylist()]
    assert [(r["_row"], r["_line"], r["_text"].split(JOIN)) for r in rows] == [
        (0, 2, ["a", "x;y", "1"]), (1, 3, ["b", 'two\nlines "said"', "2"]), (2, 5, ["c", "z", "3"]),
    ]  # fmt: skip


def test_a_quote_nobody_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('K;V\na;"open\nb;2\nc;3\n')
    shape, found = shape_of(path, "utf-8", ";", tmp_path), Accidents()
    rows = [row for batch in unquoted(read_lines(shape, found), ";", 2) for row in batch.to_pylist()]
    assert [row["_text"].split(JOIN) for row in rows] == [["a", '"open'], ["b", "2"], ["c", "3"]]
