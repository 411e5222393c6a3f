"""The dates a feature looks from: each ledger is read up to its newest closed period, not up to the calendar's.

A ledger that arrives a month late would otherwise make every customer look gone.
"""

from datetime import date, timedelta
from typing import Any

from b2shift.identify.api import TELEMETRY_WINDOW_DAYS, duration_cap_bin
from b2shift.kernel.calendar import add_months, business_days_between, is_business_day, last_closed_month
from b2shift.lake.api import Lake, Session

TELEMETRY_TOO_OLD_DAYS = 92
_MONTHS_COUNTED = 60


def placeholders(session: Lake | Session, as_of: date) -> dict[str, str]:
    """What each $word of features.yaml stands for on `as_of`, as SQL; only rows dated on or before it are looked at.

    $revenue_month, $usage_month: newest closed month of those ledgers. $telemetry_day: newest telemetry day, null when
    older than 92 days; $telemetry_from: 27 days before. $cap_bin, $cap_seconds: where durations are winsorised.
    $business_days_to_telemetry[n + 1]: business days in the n days up to $telemetry_day.
    $business_days_to_usage[n + 1]: business days in the n months up to the end of $usage_month.
    """
    closed = last_closed_month(as_of)
    usage = _newest(session, "usage_monthly", "month", closed) or closed
    telemetry = _newest(session, "usage_daily", "day", as_of)
    if telemetry and (as_of - telemetry).days > TELEMETRY_TOO_OLD_DAYS:
        telemetry = None
    start = telemetry - timedelta(days=TELEMETRY_WINDOW_DAYS - 1) if telemetry else None
    cap = duration_cap_bin(session, telemetry)
    values = {
        "as_of": as_of,
        "revenue_month": _newest(session, "recurring_revenue", "month", closed) or closed,
        "usage_month": usage,
        "usage_business_days": _month_days(usage),
        "usage_business_days_before": _month_days(add_months(usage, -1)),
        "business_days_to_usage": _days_to_month_end(usage),
        "telemetry_day": telemetry,
        "telemetry_from": start,
        "telemetry_business_days": _telemetry_days(session, start, telemetry),
        "business_days_to_telemetry": _days_to(telemetry, TELEMETRY_WINDOW_DAYS) if telemetry else [0],
        "cap_bin": cap,
        "cap_seconds": 2**cap,
    }
    return {name: _sql(value) for name, value in values.items()}


def _newest(session: Lake | Session, table: str, column: str, limit: date) -> date | None:
    row = session.query(f'SELECT max("{column}") AS newest FROM {table} WHERE "{column}" <= ?', [limit]).to_pylist()
    newest: date | None = row[0]["newest"]
    return newest


def _telemetry_days(session: Lake | Session, start: date | None, end: date | None) -> int:
    """Business days on which anyone sent telemetry, at least 1."""
    rows = session.query("SELECT DISTINCT day FROM usage_daily WHERE day BETWEEN ? AND ?", [start, end])
    return max(1, sum(is_business_day(day) for day in rows.column("day").to_pylist() if day is not None))


def _month_days(month: date) -> int:
    return max(1, business_days_between(month - timedelta(days=1), _last_day(month)))


def _last_day(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def _days_to(end: date, count: int) -> list[int]:
    counts = [0]
    for back in range(count):
        counts.append(counts[-1] + is_business_day(end - timedelta(days=back)))
    return counts


def _days_to_month_end(month: date) -> list[int]:
    counts = [0]
    for back in range(_MONTHS_COUNTED):
        counts.append(counts[-1] + business_days_between(*_edges(add_months(month, -back))))
    return counts


def _edges(month: date) -> tuple[date, date]:
    return month - timedelta(days=1), _last_day(month)


def _sql(value: Any) -> str:
    if value is None:
        return "CAST(NULL AS DATE)"
    return f"DATE '{value}'" if isinstance(value, date) else str(value)
