"""Figures of public institutes stand beside the features when delivered, and nothing stands there when not."""

from datetime import date
from pathlib import Path

from tests.unit.identify.external.samples import DAILY, SIDRA_WIDE
from tests.unit.identify.external.test_external import COMPANIES, TRADES
from tests.unit.identify.sources.small import write_small

from b2shift.differentiate.api import build_features
from b2shift.identify.api import build_customer_360, build_customers, ingest
from b2shift.lake.api import Lake, open_lake, writing

AS_OF = date(2025, 3, 31)


def features(home: Path, **files: str) -> Lake:
    drop = write_small(home.parent / "drop", dados_clientes=TRADES, empresas=COMPANIES, **files)
    with writing(home) as session:
        ingest(session, drop)
        build_customers(session, AS_OF)
        build_customer_360(session, AS_OF)
        build_features(session, AS_OF)
        session.commit(AS_OF)
    return open_lake(home)


def test_columns_come_with_the_files_and_only_with_them(tmp_path: Path) -> None:
    plain = features(tmp_path / "home").query("FROM features").column_names
    assert not [name for name in plain if name.startswith("external_")]
    lake = features(tmp_path / "home", **{"sidra_populacao_1.csv": SIDRA_WIDE, "sgs_4189.csv": DAILY})
    rows = lake.query("SELECT customer_id, external_populacao, external_selic FROM features ORDER BY 1").to_pylist()
    assert rows == [
        {"customer_id": "TFAAA1", "external_populacao": 342800.0, "external_selic": 13.15},
        {"customer_id": "TFBBB2", "external_populacao": None, "external_selic": 13.15},
    ]
    assert [name for name in lake.query("FROM features").column_names if name in plain] == plain
