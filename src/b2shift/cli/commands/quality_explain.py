"""`b2shift quality explain`: what was changed, left unknown or set aside of what came about one customer."""

from typing import Annotated, Any

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, On, Version
from b2shift.cli.time_travel import lake_at
from b2shift.cli.words import TREATMENTS, examples
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake

EXAMPLES = examples("b2shift quality explain T67593", "b2shift quality explain T67593 --json")
_CHANGES = """
    SELECT source, file, "row", NULL::BIGINT AS line, "column", before, after, rule AS reason, kind, confidence,
           CASE WHEN after IS NULL THEN 'unknown' ELSE 'repaired' END AS treatment
    FROM repairs WHERE customer_id = $customer
    UNION ALL
    SELECT source, file, "row", line, "column", value, NULL, reason, kind, NULL, 'rejected'
    FROM rejects WHERE customer_id = $customer
    ORDER BY source, file, "row" NULLS LAST, line NULLS LAST, "column", kind
"""
_KNOWN = "SELECT 1 FROM customers WHERE customer_id = $customer LIMIT 1"


def explain(
    customer: Annotated[str, typer.Argument(metavar="CLIENTE", help="Código do cliente.")],
    home: Home,
    version: Version = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Mostra cada valor corrigido ou deixado sem valor e cada linha rejeitada de um cliente, com a regra."""
    lake = lake_at(home, version, on)
    code = customer.strip().upper()
    changes = _changes(lake, code)
    if as_json:
        screen.tell_json(changes)
    elif changes:
        screen.table(
            f"Cliente {code} · versão {lake.version}",
            ["onde", "coluna", "veio → ficou", "por quê"],
            [_row(change) for change in changes],
            words=4,
        )
    else:
        screen.note(f"Nada do que veio sobre {code} precisou de correção")


def _changes(lake: Lake, customer: str) -> list[dict[str, Any]]:
    found = lake.query(_CHANGES, {"customer": customer}).to_pylist()
    if not found and not lake.query(_KNOWN, {"customer": customer}).num_rows:
        raise InputError("Não há cliente com este código", value=customer, hint="`b2shift export customers` os lista")
    return found


def _row(change: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table; rows of a file are counted from 1 for people, under its header."""
    line = change["line"] if change["line"] is not None else change["row"]
    line_number = "" if line is None else f":{line + (change['line'] is None)}"
    after = f"«{change['after']}»" if change["treatment"] == "repaired" else TREATMENTS[change["treatment"]]
    sure = "" if change["confidence"] is None else f" ({format_number(change['confidence'], 2)})"
    before = f"«{change['before'] or ''}»"
    return (
        f"{change['file']}{line_number}",
        change["column"] or "",
        f"{before} → {after}",
        f"{change['reason'] or ''}{sure}",
    )
