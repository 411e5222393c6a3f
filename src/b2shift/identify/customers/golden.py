"""The golden record as one statement, for the run's date or for any date before it."""

from datetime import date
from pathlib import Path

from b2shift.identify.customers.newest import newest_date
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 2
INPUTS = (
    "companies",
    "contract_lines",
    "customer_registry",
    "mrr_vendor",
    "opportunities",
    "purchases_12m",
    "quote_items",
    "revenue_monthly",
)
# Attributes of the contract lines that the customer gets by vote.
_ELECTED = ("market_segment", "sub_segment", "cnae", "brand", "city", "state", "country_code", "revenue_range")
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SQL = Path(__file__).with_name("golden.sql")
# The unit that serves a product family; every other family, and a customer with none, is the management business.
_UNIT_OF_FAMILY = {"CRM": "rd_station", "TECHFIN": "techfin"}
_DEFAULT_UNIT = "totvs_gestao"


def golden_sql(as_of: date, *, everyone: bool) -> str:
    """SELECT of the golden records; without `everyone` only rows dated on or before `as_of` are used."""
    text = _SQL.read_text(encoding="utf-8")
    words = {
        "$elections": _elections(),
        "$business_units": _business_units("coalesce(revenue.families, [])"),
        "$closed_month": f"DATE '{last_closed_month(as_of)}'",
        "$everyone": str(everyone).upper(),
        "$as_of": f"DATE '{as_of}'",
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def build(session: Session, as_of: date) -> None:
    """Write `customers`: everyone in the registry or with a contract line, sorted by key.

    On the newest date of the data nobody is left out, whatever their dates; on an earlier one those who came later are.
    """
    everyone = as_of >= newest_date(session)
    text = golden_sql(as_of, everyone=everyone)
    with session.stage("customers", inputs=INPUTS, parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            written = session.write(_SPECS["customers"], text, sort_by=["customer_id"], row_group_size=20_480)
            stage.notes["customers"] = written.rows


def _elections() -> str:
    votes = [
        f"""elected_{attribute} AS (
            SELECT customer_id, min_by(choice, (-votes, -worth, choice)) AS {attribute} FROM (
                SELECT customer_id, {attribute} AS choice, count(*) AS votes, sum(coalesce(value, 0)) AS worth
                FROM visible WHERE {attribute} IS NOT NULL GROUP BY ALL
            ) GROUP BY customer_id
        )"""
        for attribute in _ELECTED
    ]
    joins = " ".join(f"LEFT JOIN elected_{attribute} USING (customer_id)" for attribute in _ELECTED)
    together = f"elected AS (SELECT customer_id, {', '.join(_ELECTED)} FROM lines {joins})"
    return ",\n".join([*votes, together])


def _business_units(families: str) -> str:
    cases = " ".join(f"WHEN '{family}' THEN '{unit}'" for family, unit in _UNIT_OF_FAMILY.items())
    units = f"list_transform({families}, family -> CASE family {cases} ELSE '{_DEFAULT_UNIT}' END)"
    return f"CASE WHEN len({families}) = 0 THEN ['{_DEFAULT_UNIT}'] ELSE list_sort(list_distinct({units})) END"
