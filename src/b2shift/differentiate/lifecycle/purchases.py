"""What customers bought, as RFM scores it: days since the last purchase, how many, and their value."""

from datetime import date
from pathlib import Path

from b2shift.differentiate.lifecycle.rfm_config import RfmConfig, rfm_config_of

_SQL = """
    SELECT customer_id, DATE '{as_of}' - max(bought_on) AS days, count(DISTINCT bought_on) AS purchases,
           greatest(coalesce(sum(amount), 0), 0)::DOUBLE AS value
    FROM purchases WHERE bought_on <= DATE '{as_of}' AND {window} GROUP BY customer_id ORDER BY customer_id
"""


def purchases_sql(as_of: date, rfm_config: RfmConfig) -> str:
    """Columns customer_id, days, purchases and value of every customer with a purchase in the window."""
    months = rfm_config.window_months
    window = f"bought_on > DATE '{as_of}' - INTERVAL {months} MONTH" if months else "true"
    return _SQL.format(as_of=as_of, window=window)


def purchases_query(home: Path, as_of: date) -> str:
    """The same as the company of a home wants it."""
    return purchases_sql(as_of, rfm_config_of(home))
