"""JSON documents as JSON lines: what is one, in which encoding, in how much memory."""

import json
import tracemalloc
from pathlib import Path

import pytest

from b2shift.identify.sources.json_document import as_lines, document_objects
from b2shift.kernel.errors import SourceError

OBJECTS = [{"id": i, "cidade": "São Paulo", "total": 1.5, "itens": [1, {"x": None}], "chave": 10**25} for i in range(3)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("document", [OBJECTS, {"page": 1, "meta": {"of": [{"z": 1}]}, "data": OBJECTS, "errors": []}])
def test_the_list_of_a_document_becomes_lines(tmp_path: Path, encoding: str, document: object) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding=encoding)
    lines = as_lines(file, tmp_path).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == OBJECTS


@pytest.mark.parametrize(
    "text", ['{"a": 1}\n{"a": 2}\n', '{"a": [1, 2]}', "3", "", "[]", "[1, {}]", '{"a": [{}], "b": [{}]}', '{"a": [{}']
)
def test_what_is_no_document_with_one_list_stays_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    assert as_lines(file, tmp_path) == file


def test_an_array_that_breaks_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(OBJECTS)[:-9])
    with pytest.raises(SourceError, match=r"a\.json"):
        as_lines(file, tmp_path)


def test_a_document_is_never_held_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"data": OBJECTS * 24_000}))
    tracemalloc.start()
    objects = document_objects(file)
    assert objects is not None
    assert sum(1 for _ in objects()) == 72_000
    assert tracemalloc.get_traced_memory()[1] < file.stat().st_size / 4
    tracemalloc.stop()
