"""The quality report of one version of the lake."""

from collections import defaultdict
from typing import TypeVar

from b2shift.identify.contracts import (
    DefectCount,
    FileQuality,
    LoadCounts,
    LoadScore,
    QualityReport,
    RuleOutcome,
    SourceQuality,
)
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake

Row = TypeVar("Row", bound=Contract)
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
_RULES = """
    SELECT source, rule, about, critical, value, passed, told, load FROM rule_results
    QUALIFY row_number() OVER (PARTITION BY source, rule, about ORDER BY load DESC) = 1
    ORDER BY source, passed, critical DESC, rule, about
"""
_SCORES = """
    SELECT source, load,
           100.0 * sum(CASE WHEN critical THEN 3 ELSE 1 END) FILTER (passed) / sum(CASE WHEN critical THEN 3 ELSE 1 END)
               AS score
    FROM rule_results GROUP BY source, load
    -- Freshness is evaluated in every load, also of sources it did not load.
    HAVING count(*) FILTER (rule <> 'fresh') > 0
           OR source NOT IN (SELECT source FROM rule_results WHERE rule <> 'fresh')
    ORDER BY source, load
"""
_LOADS = """
    SELECT source, load, coalesce(rows_new, 0) AS new, coalesce(rows_late, 0) AS late,
           coalesce(rows_changed, 0) AS changed, coalesce(rows_corrected, 0) AS corrected,
           coalesce(rows_spoilt, 0) AS spoilt, coalesce(rows_recovered, 0) AS recovered,
           coalesce(rows_withdrawn, 0) AS withdrawn, coalesce(rows_refused, 0) AS refused,
           coalesce(rows_unchanged, 0) AS unchanged
    FROM load_history ORDER BY source, load
"""


def report(lake: Lake) -> QualityReport:
    """Counts per source, and per source, kind, column and treatment."""
    files: dict[str, list[FileQuality]] = defaultdict(list)
    for row in lake.query(_FILES).to_pylist():
        files[row.pop("source")].append(FileQuality.model_validate(row))
    defects: dict[str, list[DefectCount]] = defaultdict(list)
    for row in lake.query(_DEFECTS).to_pylist():
        defects[row.pop("source")].append(DefectCount.model_validate(row))
    rules = _by_source(lake, "rule_results", _RULES, RuleOutcome)
    scores = _by_source(lake, "rule_results", _SCORES, LoadScore)
    loads = _by_source(lake, "load_history", _LOADS, LoadCounts)
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
                rules=tuple(rules[source]),
                scores=tuple(scores[source]),
                loads=tuple(loads[source]),
            )
            for source, found in sorted(files.items())
        ),
    )


def _by_source(lake: Lake, table: str, query: str, shape: type[Row]) -> dict[str, list[Row]]:
    """Rows of a table by source; none in a version without the table."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in lake.query(query).to_pylist() if lake.has(table) else []:
        found[row.pop("source")].append(shape.model_validate(row))
    return found
