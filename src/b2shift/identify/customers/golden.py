"""The golden record of customers as one SQL statement, as of the date of the run or an earlier one."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from b2shift.identify.customers.newest_day import newest_date
from b2shift.identify.units.contracts import Units
from b2shift.identify.units.house import run_units
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, literal, load_specs

CODE_VERSION = 4
INPUTS = (
    "companies",
    "contract_lines",
    "customer_registry",
    "mrr_vendor",
    "opportunities",
    "purchases_12m",
    "quote_items",
    "recurring_revenue",
)
ATTRIBUTES = ("market_segment", "sub_segment", "cnae", "brand", "city", "state", "country_code", "revenue_range")
"""attributes taken from contract lines by majority vote"""
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SQL = Path(__file__).with_name("golden.sql")


def golden_sql(as_of: date, units: Units, *, everyone: bool, attributes: Sequence[str] = ATTRIBUTES) -> str:
    """SELECT of the golden records; without `everyone` only from rows dated on or before `as_of`.

    The families of a customer tell which of the house's units serve it.
    Attributes not in `attributes` are null: each costs a vote over all lines, and features need few.
    """
    text = _SQL.read_text(encoding="utf-8")
    parameters = {
        "$elections": _votes(attributes),
        "$attributes": ", ".join(attributes),
        "$business_units": _business_units("coalesce(revenue.families, [])", units),
        "$closed_month": f"DATE '{last_closed_month(as_of)}'",
        "$everyone": str(everyone).upper(),
        "$as_of": f"DATE '{as_of}'",
    }
    for parameter, value in parameters.items():
        text = text.replace(parameter, value)
    return text


def build(session: Session, as_of: date) -> None:
    """Write `customers`: everyone in the registry or with a contract line, sorted by key.

    On the newest date of the data it has everyone, whatever their dates; on an earlier one only those known by then.
    """
    everyone = as_of >= newest_date(session)
    text = golden_sql(as_of, run_units(session), everyone=everyone)
    with session.stage("customers", inputs=INPUTS, parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            written = session.write(_SPECS["customers"], text, sort_by=["customer_id"], row_group_size=20_480)
            stage.notes["customers"] = written.rows


def _votes(attributes: Sequence[str]) -> str:
    common_tables = [f"elected_{attribute} AS ({_vote(attribute)})" for attribute in attributes]
    joins = " ".join(f"LEFT JOIN elected_{attribute} USING (customer_id)" for attribute in attributes)
    columns = ", ".join(a if a in attributes else f"NULL AS {a}" for a in ATTRIBUTES)
    return ",\n".join([*common_tables, f"elected AS (SELECT customer_id, {columns} FROM lines {joins})"])


def _vote(attribute: str) -> str:
    known = "FILTER (strip_accents(lower(choice)) NOT LIKE 'sem info%')" if attribute == "revenue_range" else ""
    return f"""
        SELECT customer_id, min_by(choice, (-votes, -worth, choice)) {known} AS {attribute} FROM (
            SELECT customer_id, {attribute} AS choice, sum(lines) AS votes, sum(worth) AS worth
            FROM visible WHERE {attribute} IS NOT NULL GROUP BY ALL
        ) GROUP BY customer_id"""


def _business_units(families: str, units: Units) -> str:
    default = literal(units.default.key)
    if not units.unit_of_family:
        return f"[{default}]"
    cases = " ".join(f"WHEN {literal(family)} THEN {literal(key)}" for family, key in units.unit_of_family.items())
    served = f"list_transform({families}, family -> CASE family {cases} ELSE {default} END)"
    return f"CASE WHEN array_length({families}) = 0 THEN [{default}] ELSE list_sort(list_distinct({served})) END"
