"""History of customer attributes as a slowly changing dimension (type 2), with the load of each change."""

from datetime import date
from pathlib import Path

from b2shift.lake.api import Session, literal, load_specs, quote

CODE_VERSION = 1
TRACKED = (
    "name", "trade_name", "cnpj", "domain", "phone", "city", "state", "employees", "market_segment", "sub_segment",
    "cnae", "brand", "hosting", "revenue_range", "situation", "contract_band", "families", "business_units", "owner_id",
)  # fmt: skip
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def build_history(session: Session, as_of: date) -> None:
    """Write `customer_history`: one row per value of each tracked attribute and its validity.

    A value is valid from the as-of of the run that first had it to that of the run that had another; a null ends
    nothing. A run on the newest as-of replaces that day (idempotent); one on an older day changes nothing.
    """
    spec = _SPECS["customer_history"]
    with session.stage(spec.name, inputs=["customers"], parameters=(CODE_VERSION, as_of, TRACKED)) as stage:
        if not stage.stale:
            return
        exists = session.has(spec.name)
        if exists and _newest(session) > as_of:
            return
        earlier = "SELECT * FROM customer_history" if exists else _empty_history()
        rows = _statement(earlier, as_of, session.version)
        session.write(spec, rows, sort_by=["customer_id", "attribute", "valid_from"], row_group_size=20_480)


def _newest(session: Session) -> date:
    found: date | None = session.query("SELECT max(valid_from) AS day FROM customer_history").column(0)[0].as_py()
    return found or date.min


def _empty_history() -> str:
    columns = ", ".join(f"CAST(NULL AS {c.type}) AS {quote(c.name)}" for c in _SPECS["customer_history"].columns)
    return f"SELECT {columns} WHERE FALSE"


def _statement(earlier: str, as_of: date, load: int) -> str:
    day = f"DATE '{as_of}'"
    texts = ", ".join(f"{{'attribute': {literal(name)}, 'value': CAST({quote(name)} AS VARCHAR)}}" for name in TRACKED)
    return f"""
        WITH history AS ({earlier}),
        known AS (
            SELECT * REPLACE (CASE WHEN valid_to = {day} THEN NULL ELSE valid_to END AS valid_to,
                              CASE WHEN valid_to = {day} THEN NULL ELSE closed_by END AS closed_by)
            FROM history WHERE valid_from < {day}
        ),
        today AS (
            SELECT customer_id, one.attribute AS attribute, one.value AS value
            FROM (SELECT customer_id, unnest([{texts}]) AS one FROM customers) WHERE one.value IS NOT NULL
        ),
        started AS (
            SELECT today.*, coalesce(replaced.load, {load}) AS load
            FROM today
            LEFT JOIN known AS open ON open.customer_id = today.customer_id AND open.attribute = today.attribute
                                   AND open.valid_to IS NULL
            LEFT JOIN history AS replaced ON replaced.customer_id = today.customer_id
                                         AND replaced.attribute = today.attribute
                                         AND replaced.valid_from = {day} AND replaced.value = today.value
            WHERE open.value IS DISTINCT FROM today.value
        )
        SELECT customer_id, attribute, known.value AS value, valid_from,
               CASE WHEN valid_to IS NULL AND started.value IS NOT NULL THEN {day} ELSE valid_to END AS valid_to,
               known.load AS load,
               CASE WHEN valid_to IS NULL AND started.value IS NOT NULL THEN started.load
                    ELSE closed_by END AS closed_by
        FROM known LEFT JOIN started USING (customer_id, attribute)
        UNION ALL BY NAME
        SELECT customer_id, attribute, value, {day} AS valid_from, CAST(NULL AS DATE) AS valid_to, load,
               CAST(NULL AS INTEGER) AS closed_by FROM started
    """
