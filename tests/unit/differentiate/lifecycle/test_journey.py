"""The map of the journey: complete over all codes, and each fact read as it is meant."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.unit.differentiate.scores.world import AS_OF, ledgers
from tests.unit.identify.refined import fill

from b2shift.differentiate import api
from b2shift.differentiate.lifecycle.journey import COLUMNS, PHASES, STAGES, Age, Paying, Use, code_of, codes, stage_of
from b2shift.identify.api import build_customers
from b2shift.lake.api import writing

NOBODY: dict[str, Any] = dict.fromkeys(COLUMNS)
STEADY = NOBODY | {"mrr": 100.0, "tenure_years": 5.0, "has_usage": True, "usage_idle_months": 0, "usage_months_12m": 12}


def test_every_code_has_one_stage_and_every_stage_some_code() -> None:
    everything = codes()
    assert len(everything) == len(set(everything)) == len(Paying) * len(Age) * len(Use) * 8 == 288
    reached = Counter(map(stage_of, everything))
    assert set(reached) == set(STAGES)
    assert len(STAGES) == 14
    assert tuple(dict.fromkeys(STAGES.values())) == PHASES


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, "Operação estável"),
        ({"mrr": 0.0, "has_revenue": True}, "Encerrado"),
        ({"mrr": 0.0, "situation": "cancelado"}, "Encerrado"),
        ({"mrr": None, "active_lines": 2}, "Operação estável"),
        ({"mrr": None, "open_deals": 1}, "Em negociação"),
        ({"mrr": None, "tenure_years": 0.1}, "Contrato assinado"),
        ({"mrr": None}, "Sem ativação"),
        ({"tenure_years": 0.1, "has_usage": False}, "Boas-vindas"),
        ({"tenure_years": 0.1, "usage_months_12m": 1}, "Primeiro uso"),
        ({"tenure_years": 0.1}, "Uso desde o início"),
        ({"tenure_years": 0.6}, "Adoção plena"),
        ({"tenure_years": 0.6, "has_usage": False}, "Implantação em curso"),
        ({"tenure_years": 0.6, "usage_idle_months": 2}, "Implantação travada"),
        ({"overdue_count": 2}, "Em dificuldade"),
        ({"nps_last": 5, "nps_days_since": 30}, "Em dificuldade"),
        ({"nps_last": 5, "nps_days_since": 400}, "Operação estável"),
        ({"has_usage": False, "usage_idle_months": None}, "Operação estável"),
        ({"renewal_days": 40, "open_deals": 2}, "Renovação próxima"),
        ({"renewal_days": 120, "contract_anniversary_days": 10}, "Operação estável"),
        ({"contract_anniversary_days": 10}, "Renovação próxima"),
        ({"open_deals": 2}, "Novo negócio"),
    ],
)
def test_facts_are_read_as_they_are_meant(changes: dict[str, Any], stage: str) -> None:
    assert stage_of(code_of(STEADY | changes)) == stage


def test_every_customer_has_a_row_with_its_reason(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        fill(session, **ledgers(20, (3, 7)))
        build_customers(session, AS_OF)
        api.build_features(session, AS_OF)
        api.map_lifecycle(session, AS_OF)
        rows = session.query("SELECT * FROM journey ORDER BY customer_id").to_pylist()
    assert len(rows) == 20
    assert [row["customer_id"] for row in rows if row["stage"] == "Encerrado"] == ["T00003", "T00007"]
    assert all(row["why"].startswith("receita: ") and row["as_of"] == AS_OF for row in rows)
    assert {row["phase"] for row in rows} <= set(PHASES)
    assert api.journey_stages() == STAGES
