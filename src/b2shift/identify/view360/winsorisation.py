"""Winsorisation of telemetry durations: the cap is a quantile rounded up to a power of two, from binned counts."""

from datetime import date

from b2shift.lake.api import Lake, Session

TELEMETRY_WINDOW_DAYS = 28
_QUANTILE = 0.99


def duration_cap_bin(session: Lake | Session, newest: date | None) -> int:
    """The bin after the one of the 99 % quantile of positive session durations; 0 without any.

    Over the 28 days up to `newest`. Durations with `duration_bin >= cap` are capped at 2**cap, for outliers reach
    10**11. Denied sessions have no connected time and are left out.
    """
    if newest is None:
        return 0
    rows = session.query(
        "SELECT duration_bin AS bin, CAST(sum(events) AS BIGINT) AS events FROM usage_daily WHERE duration_bin >= -1 "
        f"AND status IS DISTINCT FROM 'Negado' AND day <= $newest AND day > $newest - {TELEMETRY_WINDOW_DAYS} "
        "GROUP BY 1 ORDER BY 1",
        {"newest": newest},
    ).to_pylist()
    total, cumulative = sum(row["events"] for row in rows), 0
    for row in rows:
        cumulative += row["events"]
        if cumulative >= _QUANTILE * total:
            return max(0, int(row["bin"]) + 1)
    return 0


def newest_telemetry_day(session: Session, as_of: date) -> date | None:
    """The newest day of telemetry on or before `as_of`."""
    newest: date | None = session.query(
        "SELECT max(day) AS newest FROM usage_daily WHERE day <= ?", [as_of]
    ).to_pylist()[0]["newest"]
    return newest
