"""What a person reads: values and peers in Portuguese, missing said in words, three each way, strongest first."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.affinity import fit_affinity
from b2shift.differentiate.scores.churn import bands
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.reasons import Phrasebook, as_lists, percentage_points, top_reasons
from b2shift.differentiate.scores.stored_models.family_model import column_of


def _declare(name: str, label: str, form: str, unit: str | None = None) -> FeatureDeclaration:
    return FeatureDeclaration(name=name, label=label, meaning="x", source="x", family="uso", format=form, unit=unit)


DECLARED = (
    _declare("market_segment", "Segmento de mercado", "category"),
    _declare("trend", "Tendência do uso", "percent"),
    _declare("late", "Faturas em atraso", "percent"),
    _declare("days", "Dias com uso", "integer", "dias"),
    _declare("money", "Receita", "money"),
    _declare("cloud", "Tem Cloud", "boolean"),
)


def _frame(size: int = 40) -> Frame:
    half = size // 2
    numbers = {
        "trend": np.r_[np.full(half, -0.42), np.full(half, 0.03)],
        "late": np.r_[0.004, np.full(size - 1, 0.5)],
        "days": np.r_[1.0, np.nan, np.full(size - 2, 20.0)],
        "money": np.r_[1234.6, np.full(size - 1, 235.5)],
        "cloud": np.r_[np.ones(10), np.zeros(size - 10)],
    }
    words = {"market_segment": np.array(["VAREJO"] * half + ["SAUDE"] * half, dtype=object)}
    ids = np.array([f"T{k:03d}" for k in range(size)], dtype=object)
    return Frame(date(2025, 3, 31), ids, {k: v.astype(np.float32) for k, v in numbers.items()}, words)


@pytest.mark.parametrize(
    ("feature", "row", "value", "peers"),
    [
        ("trend", 0, "−42%", "−42%"),
        ("trend", 39, "+3%", "+3%"),
        ("late", 0, "0,4%", "50%"),
        ("days", 0, "1 dia", "20 dias"),
        ("days", 39, "20 dias", "20 dias"),
        ("money", 0, "R$ 1.235", "R$ 235,50"),
        ("cloud", 0, "sim", "50% sim"),
        ("cloud", 39, "não", "0% sim"),
        ("market_segment", 0, "VAREJO", "50% dos clientes"),
    ],
)
def test_values_and_peers_in_words(feature: str, row: int, value: str, peers: str) -> None:
    book, rows = Phrasebook(_frame(), DECLARED), np.array([row])
    assert book.value(feature, rows).tolist() == [value]
    assert book.peers(feature, rows).tolist() == [peers]


def test_missing_is_stated_in_words() -> None:
    assert Phrasebook(_frame(), DECLARED).value("days", np.array([1])).tolist() == ["sem dado"]


def test_small_segments_are_compared_with_everyone() -> None:
    book = Phrasebook(_frame(30), DECLARED)
    assert len(set(book.peers("trend", np.arange(30)))) == 1


def test_three_each_way_and_nothing_too_small() -> None:
    names = ["trend", "late", "days", "money", "cloud"]
    parts = np.array([[5.0, 4.0, 3.0, 2.0, -1.0], [0.01, 0.0, -0.01, 0.0, 0.0]])
    told = top_reasons(Phrasebook(_frame(), DECLARED), "churn_90d", names, parts, np.array([7, 9]), 0.05)
    assert told.rows.tolist() == [7, 7, 7, 7]
    assert told.feature.tolist() == ["trend", "late", "days", "cloud"]
    assert told.points.tolist() == [5.0, 4.0, 3.0, -1.0]
    [*before, mine] = as_lists([told], 8).to_pylist()
    assert before == [[]] * 7
    assert [one["phrase"] for one in mine] == ["Tendência do uso", "Faturas em atraso", "Dias com uso", "Tem Cloud"]


def test_no_reasons_are_empty_lists() -> None:
    assert as_lists([], 3).to_pylist() == [[], [], []]


def test_points_say_what_the_score_would_be_without() -> None:
    points = percentage_points(np.array([0.5]), np.array([[np.log(3), -np.log(3), 0.0]]))
    assert points[0] == pytest.approx([25.0, -25.0, 0.0])


def test_bands_stand_against_the_mean_risk() -> None:
    risk = np.array([0.01, 0.035, 0.07, np.nan, 0.005])
    assert bands(risk).to_pylist() == ["baixo", "médio", "alto", None, "baixo"]
    assert bands(np.full(2, np.nan)).to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("family", "column"), [("RH", "propensity_rh"), ("Distribuição & Varejo", "propensity_distribuicao_varejo")]
)
def test_a_family_names_its_column(family: str, column: str) -> None:
    assert column_of(family) == column


def test_rates_beside_a_family_are_drawn_to_everyones() -> None:
    frame = Frame(
        date(2025, 1, 31),
        np.array([f"T{k}" for k in range(80)], dtype=object),
        {"family_rh": np.r_[np.ones(40), np.zeros(40)].astype(np.float32)},
        {"market_segment": np.array(["VAREJO"] * 20 + [None] * 60, dtype=object)},
    )
    bought = np.zeros((80, 2))
    bought[:8, 1] = 1
    known = fit_affinity([frame], [bought], ["rh", "crm"]).features(frame)
    assert known["family_rate"][0, 1] == pytest.approx(0.1)
    assert known["family_in_segment"][0, 1] == pytest.approx((8 + 20 * 0.1) / 40)
    assert known["family_in_segment"][79, 1] == pytest.approx(0.1)
    assert known["family_together"][0, 1] == pytest.approx(((8 + 2) / 60) / 0.1)
    assert known["family_together"][79, 1] == pytest.approx(1)
    assert known["family_owned"][:, 0].sum() == 40
    assert known["family_held"][0, 0] == pytest.approx(0.5)
    share = (20 + 20 * 0.5) / 40
    assert known["family_held_in_segment"][0, 0] == pytest.approx(np.log(share / (1 - share)))
    assert known["family_held_in_segment"][79, 0] == 0, "no segment tells nothing"
