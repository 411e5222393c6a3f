"""The company records to resolve, from the tables that hold them: customers by code, then prospects by code."""

from typing import Protocol

import pyarrow as pa

from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, RawCompany

_NO_RECORDS = f"SELECT {', '.join(f'NULL::VARCHAR AS {field}' for field in RawCompany._fields)}"
_CUSTOMERS = f"""
    SELECT '{CUSTOMER}' AS kind, customer_id AS id, CASE WHEN name <> customer_id THEN name END AS name, cnpj, domain,
           phone, city, state, market_segment AS segment
    FROM customers
"""
PROSPECTS = "(SELECT NULL::VARCHAR AS domain WHERE FALSE UNION ALL BY NAME FROM prospects)"
"""SQL: the prospects of a version; older ones have no domain and phone."""
_PROSPECTS = f"""
    SELECT '{PROSPECT}' AS kind, prospect_id AS id, COLUMNS('^(name|cnpj|domain|phone|city|state)$'),
           market_segment AS segment
    FROM prospects
"""


class Tables(Protocol):
    """A lake or a session."""

    def has(self, name: str) -> bool:
        """Whether the table exists."""

    def query(self, sql: str) -> pa.Table:
        """Rows of a statement."""


def raw_company_table(tables: Tables) -> pa.Table:
    """One row per record, in the columns of `RawCompany`; its position is the `record` of `company_keys`."""
    selects = [f"SELECT * FROM ({_NO_RECORDS}) WHERE false"]
    selects += [_CUSTOMERS] if tables.has("customers") else []
    selects += [_PROSPECTS] if tables.has("prospects") else []
    return tables.query(f"SELECT * FROM ({' UNION ALL BY NAME '.join(selects)}) ORDER BY kind, id")


def raw_companies(tables: Tables) -> list[RawCompany]:
    """The rows of `raw_company_table` as tuples."""
    columns = [column.to_pylist() for column in raw_company_table(tables).columns]
    return [RawCompany(*row) for row in zip(*columns, strict=True)]
