"""Write `customer_360`: list columns built one by one and assembled in key order."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.identify.view360 import overflow, pages
from b2shift.identify.view360.lists import LISTS
from b2shift.identify.view360.nesting import create_positions, drop_positions, nested_list
from b2shift.identify.view360.winsorisation import duration_cap_bin, newest_telemetry_day
from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Session, load_specs
from b2shift.lake.contracts import TableVersion

CODE_VERSION = 7
INPUTS = (
    "activities",
    "campaign_events",
    "contacts",
    "contract_lines",
    "customers",
    "invoices",
    "nps_answers",
    "opportunities",
    "orders",
    "quote_items",
    "recurring_revenue",
    "tickets",
    "usage_daily",
    "usage_monthly",
)
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def build(session: Session, as_of: date) -> None:
    """One row per customer of `customers`; lists without rows are empty, never null."""
    declared = tuple((part.name, part.fields, part.rows, part.order, part.limit) for part in LISTS)
    parameters = (CODE_VERSION, as_of, pages.ROW_GROUP, declared)
    with session.stage("customer_360", inputs=INPUTS, parameters=parameters) as stage:
        if not stage.stale:
            return
        cap = duration_cap_bin(session, newest_telemetry_day(session, as_of))
        words = {
            "$as_of": f"DATE '{as_of}'",
            "$closed_month": f"DATE '{last_closed_month(as_of)}'",
            "$cap_bin": str(cap),
            "$cap_seconds": str(2**cap),
        }
        written = _write(session, words, stage.fingerprint)
        pages.write(session, _SPECS[pages.TABLE])
        overflow.write(session, _SPECS[overflow.TABLE], words)
        stage.notes |= {"customers": written.rows, "duration_cap_seconds": 2**cap}


def _write(session: Session, words: dict[str, str], content_key: str) -> TableVersion:
    spec = _SPECS["customer_360"]
    types = {column.name: column.type.removesuffix("[]") for column in spec.columns}
    keys = create_positions(session)
    lists = [nested_list(session, part, types[part.name], words, len(keys)) for part in LISTS]
    drop_positions(session)
    table = pa.table([keys, *lists], names=["customer_id", *(part.name for part in LISTS)])
    path = session.new_file(spec.name)
    try:
        parquet.write_table(table, path, compression="zstd", compression_level=1, row_group_size=pages.ROW_GROUP)
    except OSError as error:
        hint = f"{error}. Libere espaço e rode de novo"
        raise StorageError("Uma tabela não pôde ser gravada", value=spec.name, hint=hint) from error
    return session.adopt(spec, [path], content_key)
