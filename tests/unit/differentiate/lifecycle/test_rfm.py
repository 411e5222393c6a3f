"""Purchases scored: in the right direction, equal values alike, one class for each of the 125 codes."""

from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.differentiate.lifecycle import rfm as module
from b2shift.differentiate.lifecycle.purchases import purchases_sql
from b2shift.differentiate.lifecycle.rfm import Edges, kmeans_edges, quintile_edges, rfm, scores
from b2shift.differentiate.lifecycle.rfm_classes import CLASSES, NO_PURCHASES, rfm_class
from b2shift.differentiate.lifecycle.rfm_config import RfmConfig, RfmWeights, rfm_config_of
from b2shift.kernel.errors import InputError

CODES = list(product(range(1, 6), repeat=3))


def purchases(count: int, *, shift: int = 0) -> pa.Table:
    return pa.table(
        {
            "customer_id": [f"C{i:04d}" for i in range(count)],
            "days": [i + shift for i in range(count)],
            "purchases": [count - i for i in range(count)],
            "value": [float(count - i) for i in range(count)],
        }
    )


def test_each_of_the_125_codes_has_one_class() -> None:
    found = {code: rfm_class(*code) for code in CODES}
    assert len(found) == 125
    assert set(found.values()) == set(CLASSES)
    assert NO_PURCHASES not in CLASSES


def test_champions_are_recent_frequent_and_valuable() -> None:
    assert rfm_class(5, 5, 5) == "Campeões"
    assert rfm_class(1, 1, 1) == "Perdidos"
    assert rfm_class(1, 5, 5) == "Não podemos perder"
    assert rfm_class(5, 1, 1) == "Recentes"
    champions = [code for code in CODES if rfm_class(*code) == "Campeões"]
    assert all(recency >= 4 and frequency + monetary >= 7 for recency, frequency, monetary in champions)


def test_a_mean_that_ends_in_a_half_rounds_up() -> None:
    assert rfm_class(5, 3, 4) == rfm_class(5, 4, 4) == "Campeões"


def test_quintiles_by_hand() -> None:
    values = np.arange(1.0, 11.0)
    edges = quintile_edges(values)
    assert edges == (2.0, 4.0, 6.0, 8.0)
    assert scores(values, edges, rising=True).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scores(values, edges, rising=False).tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert quintile_edges(np.array([])) == (0.0, 0.0, 0.0, 0.0)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80))
@settings(max_examples=60)
def test_equal_values_have_equal_scores_and_larger_ones_never_lower(values: list[int]) -> None:
    figures = np.array(values, float)
    found = scores(figures, quintile_edges(figures), rising=True)
    by_value = {value: set(found[figures == value].tolist()) for value in set(values)}
    assert all(len(each) == 1 for each in by_value.values())
    ordered = [min(by_value[value]) for value in sorted(by_value)]
    assert ordered == sorted(ordered)
    assert found.min() == 1


def test_ties_do_not_shift_labels() -> None:
    tied = np.array([1.0] * 60 + [2.0] * 20 + [9.0] * 20)
    found = scores(tied, quintile_edges(tied), rising=True)
    assert found[0] == 1
    assert found[-1] == 5


def test_scores_go_the_right_way_and_no_purchases_say_so() -> None:
    result = rfm(purchases(100), ["C0000", "C0099", "NEVER"], None, RfmConfig())
    assert result.recency == [5, 1, None]
    assert result.frequency == [5, 1, None]
    assert result.monetary == [5, 1, None]
    assert result.classes == ["Campeões", "Perdidos", "Sem compras"]


def test_edges_are_learned_once_and_again_only_when_the_base_has_drifted() -> None:
    first = rfm(purchases(100), ["C0000"], None, RfmConfig()).edges
    assert rfm(purchases(103), ["C0000"], first, RfmConfig()).edges is first
    drifted = rfm(purchases(100, shift=400), ["C0000"], first, RfmConfig()).edges
    assert drifted is not first
    assert drifted.values["days"] == (419.0, 439.0, 459.0, 479.0)


def test_the_order_of_rows_does_not_matter() -> None:
    table = purchases(50)
    order = np.random.default_rng(0).permutation(50)
    customers = [f"C{i:04d}" for i in range(50)]
    assert (
        rfm(table, customers, None, RfmConfig()).classes == rfm(table.take(order), customers, None, RfmConfig()).classes
    )


def test_nobody_bought() -> None:
    result = rfm(purchases(0), ["A"], None, RfmConfig())
    assert result.classes == [NO_PURCHASES]
    assert isinstance(result.edges, Edges)
    assert pytest.approx(module.DRIFTED) == 0.25


def test_k_means_edges_lie_in_the_gaps() -> None:
    values = np.concatenate([level + np.arange(20) / 100 for level in (1.0, 10.0, 100.0, 1_000.0, 10_000.0)])
    assert kmeans_edges(values) == pytest.approx((1.19, 10.19, 100.19, 1_000.19))
    assert kmeans_edges(np.random.default_rng(0).permutation(values)) == kmeans_edges(values)
    assert kmeans_edges(np.array([1.0, 1.0, 2.0])) == quintile_edges(np.array([1.0, 1.0, 2.0]))


@pytest.mark.parametrize("bins", ["quintiles", "kmeans"])
def test_edges_learned_in_another_way_are_not_used_again(bins: str) -> None:
    first = rfm(purchases(100), ["C0000"], None, RfmConfig()).edges
    asked = RfmConfig.model_validate({"bins": bins, "window_months": 24})
    again = rfm(purchases(100), ["C0000"], first, asked).edges
    assert again is not first
    assert rfm(purchases(100), ["C0000"], again, asked).edges is again


def test_weights_decide_which_score_speaks() -> None:
    assert rfm_class(5, 1, 5, weights=RfmWeights(frequency=0)) == "Campeões"
    assert rfm_class(5, 1, 5, weights=RfmWeights(monetary=0)) == "Recentes"
    found = {rfm_class(*code, weights=RfmWeights(frequency=3)) for code in CODES}
    assert found == set(CLASSES)


def test_a_window_leaves_older_purchases_out() -> None:
    asked = purchases_sql(date(2025, 3, 31), RfmConfig(window_months=12))
    assert "bought_on > DATE '2025-03-31' - INTERVAL 12 MONTH" in asked
    assert "INTERVAL" not in purchases_sql(date(2025, 3, 31), RfmConfig())


def test_a_home_says_how_purchases_are_scored(tmp_path: Path) -> None:
    assert rfm_config_of(tmp_path) == RfmConfig()
    file = tmp_path / "rfm.yaml"
    file.write_text("bins: kmeans\nwindow_months: 36\nweights: {monetary: 2}\n", encoding="utf-8")
    assert rfm_config_of(tmp_path) == RfmConfig(bins="kmeans", window_months=36, weights=RfmWeights(monetary=2))
    for wrong in (
        "bins: deciles",
        "window_months: 0",
        "weights: {frequency: 0, monetary: 0}",
        "cor: azul",
        "a: [",
        "- 1",
    ):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(InputError, match=r"rfm\.yaml"):
            rfm_config_of(tmp_path)
