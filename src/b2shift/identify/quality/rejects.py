"""Rows of `rejects` and `repairs` for lines of files and for telemetry, of which no raw table is kept."""

from typing import Any

import pyarrow as pa

from b2shift.identify.cleansing import keys
from b2shift.identify.cleansing.table_parts import write_part
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session, literal
from b2shift.lake.contracts import ROW_CONTENT

Notes = dict[str, Any]
REASONS = {
    "above_header": "a linha está acima do cabeçalho, como um título",
    "repeated_header": "o cabeçalho de novo no meio do arquivo",
    "foreign_bytes_line": "a linha tem bytes de outra codificação",
    "truncated_last_line": "a última linha foi cortada",
    "field_count": "o número de campos não é o do cabeçalho",
    "invalid_line": "um campo não tem o tipo combinado",
}
# Above so many events of one file, rows are aggregated per key.
_MOST_ROWS = 100_000


def line_rejects(source: Source, notes: dict[str, Notes]) -> pa.Table:
    """Rows of `rejects`: the rejected lines of the files of a source."""
    rows = [
        {"source": source.source, "file": file, "row": row, "line": line, "kind": kind, "reason": REASONS[kind],
         "delivered": text}
        for file, note in notes.items() for kind, row, line, text in note["accidents"]
    ]  # fmt: skip
    return rows_of("rejects", rows)


def event_rejects(session: Session, source: Source, notes: dict[str, Notes], orphans: dict[str, Notes]) -> str:
    """Write the rejects of telemetry: its rejected lines, and the events whose key is no customer's."""
    session.connection.register("_rejected_lines", line_rejects(source, notes))
    selects = [
        "SELECT * FROM _rejected_lines",
        *(_orphan_events(session, source, file, part) for file, part in orphans.items()),
    ]
    try:
        return write_part(session, tables()["rejects"], " UNION ALL BY NAME ".join(selects))
    finally:
        session.connection.unregister("_rejected_lines")


def _orphan_events(session: Session, source: Source, file: str, part: Notes) -> str:
    header = source.customer.header if source.customer else ""
    rows = f"read_parquet({literal(session.store.root / str(part['strays']))})"
    if part["stray_events"] <= _MOST_ROWS:
        rows = f"(SELECT *, unnest(range(events)) AS nth FROM {rows})"
        text = "concat_ws(',', concat(customer_id, store), duration, module, product_line, day, status)"
        reason = "'nenhum cliente tem este código'"
    else:
        rows = f"(SELECT customer_id, store, sum(events) AS events FROM {rows} GROUP BY ALL)"
        text, reason = "NULL", "concat('nenhum cliente tem este código: ', events, ' eventos')"
    return f"""
        SELECT {literal(source.source)} AS source, {literal(file)} AS file,
               CASE WHEN regexp_full_match(customer_id, '[0-9A-Z]{{6}}|[0-9]{{5}}') THEN 'orphan_key'
                    ELSE 'invalid_key' END AS kind,
               {literal(header)} AS "column", concat(customer_id, store) AS value, {reason} AS reason, customer_id,
               {text} AS delivered FROM {rows}"""


def event_repairs(session: Session, source: Source, notes: dict[str, Notes]) -> str:
    """Write the repairs of telemetry: reparsed values and normalised keys, one row per event."""
    header = source.customer.header if source.customer else ""
    rows = [
        {"source": source.source, "file": file, "row": row, "kind": kind, "column": column, "before": before,
         "after": after, "rule": rule, "confidence": confidence}
        for file, note in notes.items() for row, kind, column, before, after, rule, confidence in note["repairs"]
    ]  # fmt: skip
    for file, note in notes.items():
        aggregate = sum(events for _, _, events in note["keys"]) > _MOST_ROWS
        for before, after, events in note["keys"]:
            rule = f"espaços retirados e letras maiúsculas: {events} eventos" if aggregate else keys.RULE
            repair = {"source": source.source, "file": file, "kind": keys.KIND, "column": header, "before": before,
                   "after": after, "rule": rule, "confidence": 1.0, "customer_id": after[:-2]}  # fmt: skip
            rows += [repair] * (1 if aggregate else events)
    session.connection.register("_repaired_events", rows_of("repairs", rows))
    try:
        select = f"SELECT *, CAST(NULL AS UBIGINT) AS {ROW_CONTENT} FROM _repaired_events"
        return write_part(session, tables()["repairs"], select, content=True)
    finally:
        session.connection.unregister("_repaired_events")
