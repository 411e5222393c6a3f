"""An alert on a score of today is tried on the loads that the lake keeps."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.unit.web.factory import CUSTOMER, specs, stage, stage_all

from b2shift.insight.api import answer_query, backtest_alert, plan_question
from b2shift.insight.contracts import AlertRule, Answer
from b2shift.kernel.errors import InputError
from b2shift.lake.api import current_version, open_lake, writing
from b2shift.metrics.api import Scope
from b2shift.metrics.contracts import Filter, TypedQuery

HEALTH = {
    date(2026, 1, 31): 70,
    date(2026, 2, 28): 40,
    date(2026, 3, 31): 35,
    date(2026, 4, 30): 80,
    date(2026, 5, 31): 30,
}
LOW = AlertRule(condition=Filter(field="health_score", op="lt", value=50))
QUERY = TypedQuery(intent="alert", metrics=("health_score",), condition=LOW.condition)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five loads, each with the health of its day."""
    home = tmp_path_factory.mktemp("scores")
    for day, health in HEALTH.items():
        with writing(home) as session:
            if current_version(home) is None:
                stage_all(session)
            stage(
                session,
                specs()["differentiate"],
                "scores",
                60,
                {"health": str(health), "customer_id": CUSTOMER["customer_id"]},
            )
            session.commit(day)
    return home


def test_each_kept_load_is_a_look(homes: Path) -> None:
    lake = open_lake(homes)
    rows = backtest_alert(lake, QUERY, LOW, Scope())
    assert [row["bucket"] for row in rows] == [day.isoformat() for day in HEALTH]
    assert [row["health_score"] for row in rows] == list(map(float, HEALTH.values()))
    assert [row["fired"] for row in rows] == [False, True, False, False, True]
    told = answer_query(lake, QUERY, Scope())
    assert isinstance(told, Answer)
    assert told.narrative[0] == "Nas 5 cargas guardadas, este alerta teria disparado 2 vezes."


def test_an_older_version_knows_nothing_of_what_came_later(homes: Path) -> None:
    assert len(backtest_alert(open_lake(homes, 2), QUERY, LOW, Scope())) == 2


def test_one_load_is_no_past(homes: Path) -> None:
    with pytest.raises(InputError, match="uma só carga"):
        backtest_alert(open_lake(homes, 1), QUERY, LOW, Scope())


def test_a_damaged_version_is_left_out(homes: Path, tmp_path: Path) -> None:
    home = tmp_path / "copy"
    shutil.copytree(homes, home)
    manifest = next((home / "lake" / "versions").glob("*3.json"))
    manifest.write_text("{")
    rows = backtest_alert(open_lake(home), QUERY, LOW, Scope())
    assert [row["bucket"] for row in rows] == [day.isoformat() for place, day in enumerate(HEALTH) if place != 2]


def test_it_is_asked_in_words(homes: Path) -> None:
    planned = plan_question("avise quando o health score cair abaixo de 50", date(2026, 5, 31))
    assert planned.query is not None
    assert planned.query.metrics == ("health_score",)
