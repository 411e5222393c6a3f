"""The whole of the scores on small vendors: what is possible is said, what is not is said not to be."""

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.differentiate.scores.world import AS_OF, Rows, ledgers, run, scored
from tests.unit.identify.refined import fill

from b2shift.lake.api import writing

CHURN = ("churn_90d", "churn_90d_low", "churn_90d_high")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, dict[str, Any]]:
    """320 customers of whom every fourth left in the last 18 months."""
    return scored(tmp_path_factory.mktemp("usual") / "home", ledgers(320, range(0, 320, 4)))


def test_a_signal_is_found_calibrated_and_reported(usual: tuple[Rows, dict[str, Any]]) -> None:
    rows, cards = usual
    card = cards["churn_90d"]
    assert card["usable"]
    assert card["auc"] > 0.85
    assert card["log_loss"] < card["log_loss_base"]
    assert card["lift_top_decile"] > 3
    assert card["verdict"].startswith("Utilizável")
    assert "Teste: 90 dias depois de 30/11/2024" in card["periods"], "the ends of March 2025 are not all known yet"
    assert sum(bin_["customers"] for bin_ in card["reliability"]) == card["tested_rows"]
    known = [row for row in rows if row["churn_90d"] is not None]
    assert known
    for row in known:
        assert 0 <= row["churn_90d_low"] <= row["churn_90d"] <= row["churn_90d_high"] <= 1
        assert row["churn_band"] in {"alto", "médio", "baixo"}


def test_who_has_left_has_no_risk(usual: tuple[Rows, dict[str, Any]]) -> None:
    rows, _ = usual
    gone = [row for row in rows if int(row["customer_id"][1:]) % 4 == 0]
    assert len(gone) == 80
    assert all(row[name] is None for row in gone for name in (*CHURN, "churn_band"))


def test_reasons_are_at_most_three_each_way_in_words(usual: tuple[Rows, dict[str, Any]]) -> None:
    rows, _ = usual
    for row in rows:
        for score in {reason["score"] for reason in row["reasons"]}:
            told = [reason for reason in row["reasons"] if reason["score"] == score]
            assert len([r for r in told if r["points"] > 0]) <= 3
            assert len([r for r in told if r["points"] < 0]) <= 3
            strengths = [abs(reason["points"]) for reason in told]
            assert strengths == sorted(strengths, reverse=True)
            assert all(r["phrase"] and r["value"] and r["peers"] for r in told)
            assert not any("nan" in r["value"].lower() or "None" in r["value"] for r in told)


def test_the_order_of_rows_and_the_threads_change_nothing(tmp_path: Path) -> None:
    told = ledgers(240, range(0, 240, 3))
    mixed = {name: [rows[k] for k in np.random.default_rng(5).permutation(len(rows))] for name, rows in told.items()}
    assert scored(tmp_path / "a", told, threads=1) == scored(tmp_path / "b", mixed, threads=2)


def test_a_second_run_on_the_same_rows_computes_nothing(tmp_path: Path) -> None:
    told = ledgers(30)
    scored(tmp_path / "home", told)
    with writing(tmp_path / "home") as session:
        run(session)
        assert not session.recomputed("scores")
        run(session, seed=8)
        assert session.recomputed("scores")


@pytest.mark.parametrize("leavers", [(), range(20), (3, 7)], ids=["no churn", "everyone left", "two left"])
def test_twenty_customers_never_break_and_are_reported(leavers: Any, tmp_path: Path) -> None:
    rows, cards = scored(tmp_path / "home", ledgers(20, leavers))
    assert len(rows) == 20
    card = cards["churn_90d"]
    assert card["verdict"]
    if not card["usable"]:
        assert all(row["churn_90d"] is None for row in rows)


def test_without_an_event_the_card_says_there_is_nothing_to_learn(tmp_path: Path) -> None:
    _, cards = scored(tmp_path / "home", ledgers(20))
    assert cards["churn_90d"]["verdict"] == (
        "Não há o que aprender: o fato não aconteceu nenhuma vez nas datas conhecidas."
    )
    assert cards["propensity"]["usable"] is False


def test_a_single_month_of_history_has_no_labelled_date(tmp_path: Path) -> None:
    rows, cards = scored(tmp_path / "home", ledgers(25, months=1))
    assert cards["churn_90d"]["verdict"].startswith("Sem histórico")
    assert cards["nps_detractor_risk"]["usable"] is False
    assert all(row["churn_90d"] is None for row in rows)


def test_no_usage_and_no_answers_still_score_what_can_be(tmp_path: Path) -> None:
    told = ledgers(300, range(0, 300, 3), usage=False) | {"nps_answers": []}
    rows, cards = scored(tmp_path / "home", told)
    assert all(row["health_use"] is None for row in rows)
    assert all(row["nps_detractor_risk"] is None for row in rows)
    assert cards["churn_90d"]["verdict"]


def test_a_vendor_with_contracts_alone_gets_rows_without_scores_and_cards(tmp_path: Path) -> None:
    line = {"customer_id": "T00001", "signed_on": AS_OF, "situation": "ATIVO", "market_segment": "VAREJO"}
    with writing(tmp_path / "home") as session:
        fill(session, contract_lines=[line])
        run(session)
        [row] = session.query("SELECT churn_90d, health, nps_detractor_risk, reasons FROM scores").to_pylist()
        cards = session.query("SELECT score, usable FROM score_cards").to_pylist()
    assert row == {"churn_90d": None, "health": None, "nps_detractor_risk": None, "reasons": []}
    assert {card["score"] for card in cards} == {
        "churn_90d", "health", "nps_detractor_risk", "propensity", "renewal_probability", "clv", "purchase_90d",
        "expansion_value_90d",
    }  # fmt: skip
    assert not any(card["usable"] for card in cards)


def test_few_events_fall_back_to_tiers_and_say_so(tmp_path: Path) -> None:
    rows, cards = scored(tmp_path / "home", ledgers(150, range(0, 150, 6), seed=3))
    card = cards["churn_90d"]
    assert "sinais de alerta" in card["verdict"]
    assert card["method"] == "faixas por sinais de alerta"
    said = {row["churn_90d"] for row in rows if row["churn_90d"] is not None}
    assert card["usable"] == bool(said)
    assert len(said) <= 3


def test_every_number_written_is_a_number(usual: tuple[Rows, dict[str, Any]]) -> None:
    rows, cards = usual
    for row in rows:
        assert row["as_of"] == AS_OF == date(2025, 3, 31)
        assert not any(isinstance(value, float) and math.isnan(value) for value in row.values())
    for card in cards.values():
        assert not any(isinstance(value, float) and math.isnan(value) for value in card.values())
