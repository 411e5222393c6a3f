"""Durations have no cap where there is no telemetry to learn it from."""

from pathlib import Path

from b2shift.identify.api import duration_cap_bin
from b2shift.lake.api import writing


def test_no_telemetry_day_means_no_cap_and_no_query(empty_home: Path) -> None:
    with writing(empty_home) as session:
        assert duration_cap_bin(session, None) == 0
