"""A customer that sends no telemetry has no usage to compare: it is unknown, not the segment's cap."""

import duckdb
import pytest

from b2shift.differentiate.features.declarations import declarations


@pytest.mark.parametrize(
    ("seconds", "cap", "capped"),
    [("NULL", "900.5", None), ("0", "900.5", 0), ("400", "900.5", 400), ("5000", "900", 900)],
)
def test_only_telemetry_is_capped(seconds: str, cap: str, capped: float | None) -> None:
    [feature] = [f for f in declarations().features if f.name == "_telemetry_capped"]
    row = f"SELECT CAST({seconds} AS BIGINT) AS _telemetry_seconds, CAST({cap} AS DOUBLE) AS _telemetry_cap"
    assert duckdb.sql(f"SELECT {feature.value} FROM ({row})").fetchall() == [(capped,)]
