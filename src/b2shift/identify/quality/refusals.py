"""Lines that never became rows, and events of customers nobody knows, as rows of `rejects`."""

from typing import Any

import pyarrow as pa

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session, literal

REASONS = {
    "repeated_header": "o cabeçalho de novo no meio do arquivo",
    "foreign_bytes_line": "a linha tem bytes de outra codificação",
    "truncated_last_line": "a última linha foi cortada",
    "field_count": "o número de campos não é o do cabeçalho",
    "invalid_line": "um campo não tem o tipo combinado",
}
_TYPES = {"BIGINT": pa.int64(), "VARCHAR": pa.string()}


def line_rejects(source: Source, notes: dict[str, dict[str, Any]]) -> pa.Table:
    """The lines cut out of the files of a source."""
    spec = tables()["rejects"]
    rows = [
        {"source": source.source, "file": file, "row": row, "line": line, "kind": kind, "reason": REASONS[kind],
         "delivered": text}
        for file, note in notes.items() for kind, row, line, text in note["accidents"]
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema([(c.name, _TYPES[c.type]) for c in spec.columns]))


def stray_rejects(session: Session, source: Source, notes: dict[str, dict[str, Any]], strays: dict[str, str]) -> str:
    """Write the rejects of telemetry: one for each event of an unknown customer, one for each refused line."""
    from b2shift.identify.cleansing.outcome import write_part

    session.connection.register("_accidents", line_rejects(source, notes))
    header = source.customer.header if source.customer else ""
    selects = ["SELECT * FROM _accidents"]
    for file, part in strays.items():
        selects.append(
            f"SELECT {literal(source.source)}, {literal(file)}, NULL, NULL, "
            "CASE WHEN regexp_full_match(customer_id, '[0-9A-Z]{6}|[0-9]{5}') THEN 'orphan_key' ELSE 'invalid_key' END, "
            f"{literal(header)}, concat(customer_id, store), 'nenhum cliente tem este código', customer_id, "
            f"concat_ws({literal(source.separator)}, concat(customer_id, store), duration, module, product_line, day, "
            f"status) FROM (SELECT *, unnest(range(events)) FROM read_parquet({literal(session.store.root / part)}))"
        )
    try:
        return write_part(session, tables()["rejects"], " UNION ALL ".join(selects))
    finally:
        session.connection.unregister("_accidents")
