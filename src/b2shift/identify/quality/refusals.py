"""What telemetry and the lines of files tell `rejects` and `repairs`, where no table of rows exists to ask."""

from typing import Any

import pyarrow as pa

from b2shift.identify.cleansing import keys
from b2shift.identify.cleansing.parts import write_part
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session, literal

Notes = dict[str, Any]
REASONS = {
    "above_header": "a linha está acima do cabeçalho, como um título",
    "repeated_header": "o cabeçalho de novo no meio do arquivo",
    "foreign_bytes_line": "a linha tem bytes de outra codificação",
    "truncated_last_line": "a última linha foi cortada",
    "field_count": "o número de campos não é o do cabeçalho",
    "invalid_line": "um campo não tem o tipo combinado",
}
# Beyond this many events of one file, one row per key says how many there were.
_ONE_BY_ONE = 100_000


def line_rejects(source: Source, notes: dict[str, Notes]) -> pa.Table:
    """Rows of `rejects`: the lines cut out of the files of a source."""
    told = [
        {"source": source.source, "file": file, "row": row, "line": line, "kind": kind, "reason": REASONS[kind],
         "delivered": text}
        for file, note in notes.items() for kind, row, line, text in note["accidents"]
    ]  # fmt: skip
    return rows_of("rejects", told)


def event_rejects(session: Session, source: Source, notes: dict[str, Notes], strays: dict[str, Notes]) -> str:
    """Write the rejects of telemetry: its refused lines, and the events of keys that are no customer's."""
    session.connection.register("_refused_lines", line_rejects(source, notes))
    selects = ["SELECT * FROM _refused_lines", *(_strays(session, source, file, part) for file, part in strays.items())]
    try:
        return write_part(session, tables()["rejects"], " UNION ALL BY NAME ".join(selects))
    finally:
        session.connection.unregister("_refused_lines")


def _strays(session: Session, source: Source, file: str, part: Notes) -> str:
    header = source.customer.header if source.customer else ""
    rows = f"read_parquet({literal(session.store.root / str(part['strays']))})"
    if part["stray_events"] <= _ONE_BY_ONE:
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
    """Write the repairs of telemetry: values read again, and keys that were untidy, one row for each event."""
    header = source.customer.header if source.customer else ""
    told = [
        {"source": source.source, "file": file, "row": row, "kind": kind, "column": column, "before": before,
         "after": after, "rule": rule, "confidence": sure}
        for file, note in notes.items() for row, kind, column, before, after, rule, sure in note["repairs"]
    ]  # fmt: skip
    for file, note in notes.items():
        many = sum(events for _, _, events in note["keys"]) > _ONE_BY_ONE
        for before, after, events in note["keys"]:
            rule = f"espaços retirados e letras maiúsculas: {events} eventos" if many else keys.RULE
            one = {"source": source.source, "file": file, "kind": keys.KIND, "column": header, "before": before,
                   "after": after, "rule": rule, "confidence": 1.0, "customer_id": after[:-2]}  # fmt: skip
            told += [one] * (1 if many else events)
    session.connection.register("_repaired_events", rows_of("repairs", told))
    try:
        return write_part(session, tables()["repairs"], "SELECT * FROM _repaired_events")
    finally:
        session.connection.unregister("_repaired_events")
