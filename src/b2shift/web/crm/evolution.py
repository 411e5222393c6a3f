"""How one customer moved from run to run: segment, life stage, scores in each kept version, and its record since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from b2shift.lake.api import Lake, kept_versions, literal
from b2shift.lake.contracts import Manifest
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer

_COLUMNS = {
    "segments": ("segment_name", "life_stage", "rfm_class"),
    "scores": ("churn_90d", "health"),
}
# Attributes of the record whose past tells something of the business; addresses and telephones are not among them.
_ATTRIBUTES = (
    "situation", "market_segment", "sub_segment", "revenue_band", "contract_band", "city", "state", "owner_id",
    "hosting",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """The customer as one run saw it."""

    version: int
    as_of: date
    segment: str | None
    life_stage: str | None
    rfm_class: str | None
    churn_90d: float | None
    health: float | None


@dataclass(frozen=True)
class AttributeSpan:
    """One value of one attribute while it held; `until` None: it holds."""

    attribute: str
    value: str | None
    since: date
    until: date | None


def moments(customer: Customer) -> list[Moment]:
    """The newest run of each date, the newest date first; a customer taken from `visible_customers`."""
    read, manifests = lake(), {one.as_of: one for one in kept_versions(Path(settings.HOME))}
    rows_by_file = {table: _by_file(read, manifests.values(), table, customer.customer_id) for table in _COLUMNS}
    found = []
    for as_of, manifest in sorted(manifests.items(), reverse=True):
        row = {name: value for table in _COLUMNS for name, value in _row(manifest, table, rows_by_file[table]).items()}
        if row:
            found.append(
                Moment(
                    version=manifest.version,
                    as_of=as_of,
                    segment=row.get("segment_name"),
                    life_stage=row.get("life_stage"),
                    rfm_class=row.get("rfm_class"),
                    churn_90d=row.get("churn_90d"),
                    health=row.get("health"),
                )
            )
    return found


def record_of(customer: Customer) -> list[AttributeSpan]:
    """What its record said and when, the newest change first; only attributes that changed."""
    read = lake()
    if not read.has("customer_history"):
        return []
    rows = read.query(
        "SELECT attribute, value, valid_from, valid_to FROM customer_history WHERE customer_id = $customer "
        f"AND attribute IN ({', '.join(map(literal, _ATTRIBUTES))}) "
        "QUALIFY count(*) OVER (PARTITION BY attribute) > 1 ORDER BY valid_from DESC, attribute",
        {"customer": customer.customer_id},
    ).to_pylist()
    return [AttributeSpan(row["attribute"], row["value"], row["valid_from"], row["valid_to"]) for row in rows]


def _by_file(read: Lake, manifests: Iterable[Manifest], table: str, customer_id: str) -> Mapping[str, dict[str, Any]]:
    """File → the customer's row in it; versions that share a file share the row."""
    files = sorted({file for one in manifests if table in one.tables for file in one.tables[table].files})
    if not files:
        return {}
    paths = ", ".join(literal(read.store.root / file) for file in files)
    rows = read.query(
        f"SELECT * FROM read_parquet([{paths}], filename = true, union_by_name = true) WHERE customer_id = ?",
        [customer_id],
    ).to_pylist()
    root = f"{read.store.root}/"
    return {row["filename"].removeprefix(root): row for row in rows}


def _row(manifest: Manifest, table: str, rows_by_file: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    for file in manifest.tables[table].files if table in manifest.tables else ():
        if file in rows_by_file:
            return {name: rows_by_file[file].get(name) for name in _COLUMNS[table]}
    return {}
