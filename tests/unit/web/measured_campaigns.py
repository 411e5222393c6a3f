"""The factory's lake with campaigns: two that helped, one that harmed, one that runs."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.unit.web.factory import AS_OF, CUSTOMER, specs, stage_all

import b2shift.learn
from b2shift.lake.api import load_specs, writing
from b2shift.learn.api import measure_campaigns

_LEARN = load_specs(Path(b2shift.learn.__file__).parent / "tables.yaml")
_CODE = re.sub(r"\bi\b", "n", CUSTOMER["customer_id"])
_ARM = "CASE WHEN n % 5 = 0 THEN 'control' WHEN n % 2 = 0 THEN 'A' ELSE 'B' END"
HELPS = "CASE WHEN n % 5 = 0 THEN n % 20 = 0 ELSE n % 3 > 0 END"
HARMS = "CASE WHEN n % 5 = 0 THEN n % 3 > 0 ELSE n % 13 = 0 END"
CAMPAIGNS = (
    ("boa", "2026-06-01", HELPS),
    ("velha", "2026-01-10", HELPS),
    ("ruim", "2025-06-01", HARMS),
    ("nova", "2026-10-01", "n % 3 = 0"),
)
"""Name, day of the lot, who bought."""


def _events(campaign: str, day: str, bought: str) -> str:
    """600 customers, 120 of them left out, and seven prospects."""
    kinds = (
        ("assigned", 0, "true"), ("sent", 1, "n % 5 > 0"), ("open", 2, "n % 5 = 1"), ("purchase", 9, bought),
    )  # fmt: skip
    rows = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {days} AS days, n, false AS prospect FROM range(600) AS t(n) WHERE {who}"
        for kind, days, who in kinds
    )
    return f"""
        SELECT kind || '{campaign}' || n || prospect AS event_id, TIMESTAMP '{day}' + days * INTERVAL 1 DAY AS "at",
               kind, '{campaign}' AS campaign_id, 'CRM' AS product_family, 'email' AS channel, {_ARM} AS variant,
               CASE WHEN NOT prospect THEN {_CODE} END AS customer_id,
               CASE WHEN prospect THEN 'p' || n END AS prospect_id
        FROM ({rows} UNION ALL SELECT 'assigned', 0, i, true FROM range(7) AS t(i))"""


_DEALS = f"""
    SELECT 'D' || n AS opportunity_id, {_CODE} AS customer_id, 'CRM' AS product_family, 'ganho' AS result,
           CAST(1000 AS DECIMAL(18,2)) AS value, DATE '2026-06-05' AS created_on, DATE '2026-06-20' AS closed_on
    FROM range(600) AS t(n) WHERE {HELPS}"""
"""Who bought of the first campaign won a deal."""


def make_measured_home(home: Path, tables: Mapping[str, str] | None = None, *, deals: bool = False) -> Path:
    """600 customers, the four campaigns measured; other tables of `learn` as statements."""
    with writing(home) as session:
        stage_all(session, 600)
        told = " UNION ALL ".join(_events(*one) for one in CAMPAIGNS)
        session.write(specs()["identify"]["campaign_events"], told)
        if deals:
            declared = specs()["identify"]["opportunities"]
            nulls = ", ".join(f"NULL AS {one.name}" for one in declared.columns if one.name not in _DEALS)
            session.write(declared, f"SELECT *, {nulls} FROM ({_DEALS})")
        measure_campaigns(session, AS_OF)
        for name, rows in (tables or {}).items():
            session.write(_LEARN[name], rows)
        session.commit(AS_OF)
    return home
