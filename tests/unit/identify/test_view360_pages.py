"""A page reads the same customer from its JSON text as from the typed row, and only that one."""

from datetime import date
from pathlib import Path

import pytest

from b2shift.identify import api as identify
from b2shift.identify.contracts import Customer360
from b2shift.identify.view360 import build, pages
from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, Session, open_lake, writing

AS_OF = date(2026, 10, 31)
CUSTOMERS = 150  # more than two groups
_FILLED = {
    "revenue": "[{'month': DATE '2026-09-01', 'mrr': 1234.50 + i, 'users': i}, "
    "{'month': DATE '2026-10-01', 'mrr': 0.10, 'users': NULL}]",
    "usage": "[{'month': DATE '2026-10-01', 'hours': i / 3, 'users': 2, 'days': 20, 'modules': 1}]",
    "nps": "[{'survey': 'produto', 'answered_on': NULL, 'score': i % 11, 'class': 'neutro', 'product': 'A\"ç\\n'}]",
    "activities": "[{'at': TIMESTAMP '2026-10-01 10:30:00', 'kind': 'visita', 'result': NULL, 'minutes': 9, "
    "'user_id': 'U1'}]",
    "contacts": "[{'contact_id': 'k' || i, 'name': 'Zoé', 'job_title': NULL, 'email': NULL, 'phone': NULL, "
    "'preferred_channel': NULL, 'role': NULL, 'sentiment': NULL, 'consent_email': true, 'consent_whatsapp': NULL, "
    "'consent_sms': false, 'consented_on': DATE '2025-01-02'}]",
}


def stage_view360(session: Session) -> None:
    """One row per customer, some lists filled, the others empty."""
    spec = build._SPECS["customer_360"]
    columns = {column.name: _FILLED.get(column.name, "[]") for column in spec.columns if column.name != "customer_id"}
    told = ", ".join(f'CAST({sql} AS {column.type}) AS "{column.name}"' for column in spec.columns[1:]
                     for sql in [columns[column.name]])  # fmt: skip
    session.write(spec, f"SELECT printf('%05d', i) AS customer_id, {told} FROM range({CUSTOMERS}) AS t(i)")


@pytest.fixture
def lakes(tmp_path: Path) -> tuple[Lake, Lake]:
    """The same customers without the texts and with them."""
    for name in ("typed", "paged"):
        with writing(tmp_path / name) as session:
            stage_view360(session)
            if name == "paged":
                pages.write(session, build._SPECS[pages.TABLE])
            session.commit(AS_OF)
    return open_lake(tmp_path / "typed"), open_lake(tmp_path / "paged")


def test_both_ways_tell_the_same(lakes: tuple[Lake, Lake]) -> None:
    typed, paged = lakes
    assert paged.has(pages.TABLE)
    assert not typed.has(pages.TABLE)
    for customer in ("00000", "00015", "00016", "00149"):
        found = identify.customer_360(paged, customer)
        assert isinstance(found, Customer360)
        assert found == identify.customer_360(typed, customer)
        assert found.customer_id == customer
    assert str(found.revenue[0].mrr) == "1383.5"
    assert found.usage[0].hours == 149 / 3


def test_unknown_customers_are_none(lakes: tuple[Lake, Lake]) -> None:
    for lake in lakes:
        assert identify.customer_360(lake, "99999") is None
        assert identify.customer_360(lake, "' OR 1=1 --") is None


def test_a_lost_file_is_reported(lakes: tuple[Lake, Lake]) -> None:
    _typed, paged = lakes
    for path in paged.path(pages.TABLE):
        path.unlink()
    with pytest.raises(StateError, match=pages.TABLE):
        identify.customer_360(paged, "00001")


def test_groups_are_small(lakes: tuple[Lake, Lake]) -> None:
    _typed, paged = lakes
    (path,) = paged.path(pages.TABLE)
    groups = paged.query(
        f"SELECT DISTINCT row_group_id, row_group_num_rows AS n FROM parquet_metadata('{path}') ORDER BY 1"
    )
    assert groups.column("n").to_pylist() == [*[16] * 9, 6]
