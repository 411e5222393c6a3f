"""Objects within objects of JSON lines, and keys that no statement can name."""

import json
from pathlib import Path

from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.sources.objects_within import leaves, pointers

VISITS = (
    "source: visitas\ndescription: Visitas técnicas.\nfiles: visitas.jsonl\nreader: jsonl\ngrain: one visit\n"
    "freshness: daily\nowner: Campo\nkey: [visit]\ncolumns:\n  id: {to: visit, kind: id, required: true}\n"
    "  cliente.codigo: {to: customer_id, kind: customer}\n"
)


def test_values_within_are_named_by_their_path() -> None:
    told = {"id": 1, "cliente": {"codigo": "TFAAA1", "a/b": {"c": 2}}, "itens": [{"x": 1}]}
    assert leaves(told) == {"id": 1, "cliente.codigo": "TFAAA1", "cliente.a/b.c": 2}
    assert pointers(told)["cliente.a/b.c"] == "/cliente/a~1b/c"


def test_a_key_that_no_statement_can_name_costs_only_itself(tmp_path: Path) -> None:
    drop, home = write_small(tmp_path / "drop"), tmp_path / "home"
    (home / "sources").mkdir(parents=True)
    (home / "sources" / "visitas.yaml").write_text(VISITS, encoding="utf-8")
    visit = {"id": "v1", "cliente": {"codigo": "TFAAA1"}, "a\0b": 1, "nota": 9}
    (drop / "visitas.jsonl").write_text(json.dumps(visit) + "\n", encoding="utf-8")
    _, (visits, loads) = deliver(
        home,
        drop,
        "SELECT visit, customer_id FROM visitas",
        "SELECT status, new_columns FROM loads WHERE file = 'visitas.jsonl'",
    )
    assert visits == [{"visit": "v1", "customer_id": "TFAAA1"}]
    assert loads == [{"status": "loaded", "new_columns": ["cliente", "nota"]}]
