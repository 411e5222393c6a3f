"""What is handed over to a person: one JSON for programs, a CSV per table for people, in a zip."""

import csv
import io
import json
import zipfile
from collections import defaultdict
from typing import Any

from b2shift.identify.api import PersonReport

Held = dict[str, list[dict[str, Any]]]


def zipped(report: PersonReport, records: Held) -> bytes:
    """The package: `dados.json` for programs, a CSV per table for people."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        body = report.model_dump(mode="json") | {"records": records}
        archive.writestr("dados.json", json.dumps(body, ensure_ascii=False, indent=2, default=str))
        for name, rows in sorted({**_by_table(report), **records}.items()):
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
    return buffer.getvalue()


def _by_table(report: PersonReport) -> Held:
    found: Held = defaultdict(list)
    for row in report.rows:
        found[row.table].append({value.column: value.value for value in row.values})
    return dict(found)


def _csv(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> str:
    """A value as a spreadsheet shows it: what would be taken for a formula is only text."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
