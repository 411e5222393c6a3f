"""The records to resolve, read from the tables that hold them."""

from typing import Protocol

import pyarrow as pa

from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Told

_CUSTOMERS = """
    SELECT customer_id, CASE WHEN name <> customer_id THEN name END, cnpj, domain, phone, city, state, market_segment
    FROM customers {where} ORDER BY customer_id
"""
_PROSPECTS = """
    SELECT prospect_id, name, cnpj, NULL, NULL, city, state, market_segment FROM prospects {where} ORDER BY prospect_id
"""
_OF = {CUSTOMER: ("customers", "customer_id", _CUSTOMERS), PROSPECT: ("prospects", "prospect_id", _PROSPECTS)}


class Tables(Protocol):
    """What holds tables: a lake or a session."""

    def has(self, name: str) -> bool:
        """Whether the table is there."""

    def query(self, sql: str, parameters: list[object] = ...) -> pa.Table:
        """Rows of a statement."""


def every_record(tables: Tables) -> list[Told]:
    """All customers, then all prospects, by code."""
    return [told for kind in (CUSTOMER, PROSPECT) if tables.has(_OF[kind][0]) for told in _read(tables, kind, None)]


def these_records(tables: Tables, kind: str, ids: list[str]) -> list[Told]:
    """Some of one kind, by code."""
    return _read(tables, kind, ids) if ids and tables.has(_OF[kind][0]) else []


def _read(tables: Tables, kind: str, ids: list[str] | None) -> list[Told]:
    _, key, text = _OF[kind]
    where, parameters = ("", []) if ids is None else (f"WHERE {key} IN (SELECT unnest(?))", [ids])
    columns = [column.to_pylist() for column in tables.query(text.format(where=where), list(parameters)).columns]
    return [Told(kind, *row) for row in zip(*columns, strict=True)]
