"""The quality of one version of the lake, as a contract."""

from collections import defaultdict

from b2shift.identify.contracts import DefectCount, FileQuality, QualityReport, SourceQuality
from b2shift.lake.api import Lake

_FILES = """
    SELECT source, file, status, message, encoding, date_order, date_evidence, decimal_mark,
           coalesce(new_columns, []) AS new_columns, coalesce(rows_read, 0) AS rows_read,
           coalesce(rows_accepted, 0) AS rows_accepted, coalesce(rows_rejected, 0) AS rows_rejected,
           coalesce(values_repaired, 0) AS values_repaired
    FROM loads ORDER BY source, file
"""
_DEFECTS = """
    SELECT source, kind, "column", treatment, CAST(sum(count) AS BIGINT) AS count
    FROM quality GROUP BY ALL ORDER BY source, kind, "column", treatment
"""


def report(lake: Lake) -> QualityReport:
    """Counts per source, and per source, kind, column and treatment."""
    files: dict[str, list[FileQuality]] = defaultdict(list)
    for row in lake.query(_FILES).to_pylist():
        files[row.pop("source")].append(FileQuality.model_validate(row))
    defects: dict[str, list[DefectCount]] = defaultdict(list)
    for row in lake.query(_DEFECTS).to_pylist():
        defects[row.pop("source")].append(DefectCount.model_validate(row))
    return QualityReport(
        version=lake.version,
        as_of=lake.manifest.as_of,
        sources=tuple(
            SourceQuality(
                source=source,
                rows_read=sum(file.rows_read for file in found),
                rows_accepted=sum(file.rows_accepted for file in found),
                rows_rejected=sum(file.rows_rejected for file in found),
                values_repaired=sum(file.values_repaired for file in found),
                files=tuple(found),
                defects=tuple(defects[source]),
            )
            for source, found in sorted(files.items())
        ),
    )
