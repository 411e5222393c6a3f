"""How near the scores come to the truth of a demo drop of 1,500 customers; bounds are loose on purpose."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from b2shift.demo.api import write_drop
from b2shift.differentiate.api import build_features, score_customers
from b2shift.differentiate.scores import measures
from b2shift.identify.api import build_customers, ingest, newest_date
from b2shift.lake.api import writing

pytestmark = pytest.mark.slow
CUSTOMERS, SEED = 1500, 23


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Scores and truth of the customers that have not left, and the cards."""
    root = tmp_path_factory.mktemp("scores")
    write_drop(root / "drop", customers=CUSTOMERS, seed=SEED, dirty=0.1)
    with writing(root / "home") as session:
        ingest(session, root / "drop")
        day = newest_date(session)
        build_customers(session, day)
        build_features(session, day)
        score_customers(session, day, seed=7)
        scores = {row["customer_id"]: row for row in session.query("SELECT * FROM scores").to_pylist()}
        cards = {row["score"]: row for row in session.query("SELECT * FROM score_cards").to_pylist()}
    truth = _truth(root / "drop" / "_truth" / "customers.csv")
    return {"scores": scores, "cards": cards, "truth": truth}


def _truth(path: Path) -> dict[str, dict[str, str]]:
    text = path.read_text(encoding="utf-8")
    mark = ";" if text.split("\n", 1)[0].count(";") else ","
    rows = list(csv.DictReader(text.splitlines(), delimiter=mark))
    key = "cliente" if "cliente" in rows[0] else next(iter(rows[0]))
    return {row[key].strip().upper(): row for row in rows}


def _churn(told: dict[str, Any], *columns: str) -> list[np.ndarray]:
    """Outcome, true probability and columns of those scored that had not left."""
    pairs = [
        (row, told["scores"][key])
        for key, row in told["truth"].items()
        if row["already_cancelled"].lower() != "true" and told["scores"].get(key, {}).get("churn_90d") is not None
    ]
    assert len(pairs) > 0.5 * CUSTOMERS
    happened = np.array([float(row["cancels_next_90d"].lower() == "true") for row, _ in pairs])
    truth = np.array([float(row["churn_probability_90d"]) for row, _ in pairs])
    return [happened, truth, *(np.array([score[name] for _, score in pairs]) for name in columns)]


def test_churn_ranks_nearly_as_the_true_probability(told: dict[str, Any]) -> None:
    happened, truth, said = _churn(told, "churn_90d")
    own, best = measures.auc(happened, said), measures.auc(happened, truth)
    assert own is not None
    assert best is not None
    assert own > best - 0.12


def test_churn_says_what_comes_true(told: dict[str, Any]) -> None:
    happened, truth, said = _churn(told, "churn_90d")
    assert measures.ece(happened, said) < measures.ece_floor(truth, 1) + 0.03
    assert 0.4 < said.mean() / truth.mean() < 2.0


def test_the_riskiest_tenth_holds_much_of_the_loss(told: dict[str, Any]) -> None:
    happened, _, said = _churn(told, "churn_90d")
    assert (measures.lift_top_decile(happened, said) or 0) > 1.8


def test_as_many_leave_as_the_intervals_allow(told: dict[str, Any]) -> None:
    happened, _, low, high = _churn(told, "churn_90d_low", "churn_90d_high")
    assert low.sum() < happened.sum() < high.sum()


def test_health_falls_with_the_true_risk(told: dict[str, Any]) -> None:
    pairs = [
        (float(row["churn_probability_90d"]), told["scores"][key]["health"])
        for key, row in told["truth"].items()
        if row["already_cancelled"].lower() != "true" and told["scores"].get(key, {}).get("health") is not None
    ]
    risk, health = np.array(pairs).T
    assert len(pairs) > 0.4 * CUSTOMERS
    assert np.corrcoef(risk, health)[0, 1] < -0.15


def test_cards_tell_of_later_data_what_later_data_show(told: dict[str, Any]) -> None:
    for card in told["cards"].values():
        assert card["verdict"]
        if card["auc"] is not None:
            assert card["auc"] > 0.4, card["score"]
            assert card["usable"] <= (card["log_loss"] < card["log_loss_base"])
