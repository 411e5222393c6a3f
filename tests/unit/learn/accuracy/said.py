"""Small lakes whose scores are said, and whose revenue tells later who left."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from tests.unit.identify.refined import fill

import b2shift.differentiate
from b2shift.identify.api import build_customers
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Lake, declared_table, load_specs, open_lake, writing
from b2shift.learn.api import check_scores

SPECS = load_specs(Path(b2shift.differentiate.__file__).parent / "tables.yaml")
BEGAN = date(2024, 1, 1)
CUSTOMERS = tuple(f"T{number:05d}" for number in range(400))


def load(
    home: Path,
    as_of: date,
    risk: Mapping[str, float],
    left: Mapping[str, date],
    *,
    version: str = "v1",
    kept: bool = True,
) -> Lake:
    """A run as of a day: who is said to leave with what chance, and who has left since in which month.

    Unless `kept`, by a release that kept no predictions.
    """
    months = [add_months(BEGAN, n) for n in range(36) if add_months(BEGAN, n) <= as_of]
    revenue = [
        {"customer_id": one, "month": month, "product_family": "CRM", "mrr": Decimal(100)}
        for one in CUSTOMERS for month in months if one not in left or month <= left[one]
    ]  # fmt: skip
    registry = [{"customer_id": one, "customer_since": date(2020, 1, 1)} for one in CUSTOMERS]
    lines = [
        {"customer_id": one, "market_segment": "SAUDE" if int(one[1:]) % 2 else "VAREJO", "situation": "ATIVO",
         "signed_on": date(2020, 1, 1)}
        for one in CUSTOMERS
    ]  # fmt: skip
    with writing(home) as session:
        fill(session, customer_registry=registry, revenue_monthly=revenue, contract_lines=lines)
        build_customers(session, as_of)
        names = [column.name for column in SPECS["scores"].columns if column.name != "reasons"]
        rows = [
            dict.fromkeys(names) | {"customer_id": one, "as_of": as_of, "churn_90d": risk.get(one)} for one in CUSTOMERS
        ]
        table = pa.Table.from_pylist(rows).drop_columns(["churn_band"])
        statement = "SELECT *, CAST(NULL AS VARCHAR) AS churn_band, [] AS reasons FROM _said"
        session.connection.register("_said", table)
        columns = ", ".join(f'CAST("{c.name}" AS {c.type}) AS "{c.name}"' for c in SPECS["scores"].columns)
        session.write(SPECS["scores"], f"SELECT {columns} FROM ({statement})", sort_by=["customer_id"])
        used = dict.fromkeys(c.name for c in SPECS["score_models"].columns) | {
            "score": "churn_90d", "version": version, "as_of": as_of, "in_use": True
        }  # fmt: skip
        session.write(SPECS["score_models"], declared_table(SPECS["score_models"], [used]))
        session.write(SPECS["score_cards"], declared_table(SPECS["score_cards"], [], {"reliability": pa.null()}))
        if kept:
            check_scores(session, as_of)
        session.commit(as_of)
    return open_lake(home)
