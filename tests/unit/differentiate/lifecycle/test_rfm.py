"""Purchases scored: in the right direction, equal values alike, one class for each of the 125 codes."""

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.differentiate.lifecycle import rfm as module
from b2shift.differentiate.lifecycle.classes import CLASSES, NO_PURCHASES, rfm_class
from b2shift.differentiate.lifecycle.rfm import Edges, quintile_edges, rfm, scores

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
    result = rfm(purchases(100), ["C0000", "C0099", "NEVER"], None)
    assert result.recency == [5, 1, None]
    assert result.frequency == [5, 1, None]
    assert result.monetary == [5, 1, None]
    assert result.classes == ["Campeões", "Perdidos", "Sem compras"]


def test_edges_are_learned_once_and_again_only_when_the_base_has_drifted() -> None:
    first = rfm(purchases(100), ["C0000"], None).edges
    assert rfm(purchases(103), ["C0000"], first).edges is first
    drifted = rfm(purchases(100, shift=400), ["C0000"], first).edges
    assert drifted is not first
    assert drifted.values["days"] == (419.0, 439.0, 459.0, 479.0)


def test_the_order_of_rows_does_not_matter() -> None:
    table = purchases(50)
    order = np.random.default_rng(0).permutation(50)
    customers = [f"C{i:04d}" for i in range(50)]
    assert rfm(table, customers, None).classes == rfm(table.take(order), customers, None).classes


def test_nobody_bought() -> None:
    result = rfm(purchases(0), ["A"], None)
    assert result.classes == [NO_PURCHASES]
    assert isinstance(result.edges, Edges)
    assert pytest.approx(module.DRIFTED) == 0.25
