"""The records to resolve, read from the tables that hold them: customers by code, then prospects by code."""

from typing import Protocol

import pyarrow as pa

from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Told

_CUSTOMERS = f"""
    SELECT '{CUSTOMER}' AS kind, customer_id AS id, CASE WHEN name <> customer_id THEN name END AS name, cnpj, domain,
           phone, city, state, market_segment AS segment
    FROM customers
"""
# Versions of before have prospects without domain and phone.
_PROSPECTS = f"""
    SELECT '{PROSPECT}' AS kind, prospect_id AS id, COLUMNS('^(name|cnpj|domain|phone|city|state)$'),
           market_segment AS segment
    FROM prospects
"""


class Tables(Protocol):
    """What holds tables: a lake or a session."""

    def has(self, name: str) -> bool:
        """Whether the table is there."""

    def query(self, sql: str) -> pa.Table:
        """Rows of a statement."""


def every_row(tables: Tables) -> pa.Table:
    """One row per record, in the columns of `Told`; its position is the `record` of `company_keys`."""
    told = [f"SELECT * FROM ({_EMPTY}) WHERE false"]
    told += [_CUSTOMERS] if tables.has("customers") else []
    told += [_PROSPECTS] if tables.has("prospects") else []
    return tables.query(f"SELECT * FROM ({' UNION ALL BY NAME '.join(told)}) ORDER BY kind, id")


_EMPTY = f"SELECT {', '.join(f'NULL::VARCHAR AS {field}' for field in Told._fields)}"


def every_record(tables: Tables) -> list[Told]:
    """The same as records."""
    columns = [column.to_pylist() for column in every_row(tables).columns]
    return [Told(*row) for row in zip(*columns, strict=True)]
