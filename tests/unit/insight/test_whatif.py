"""A simulation is arithmetic one can do by hand, and without an assumption nothing differs."""

import pytest

from b2shift.insight.api import Assumptions, Baseline, assumption_in, simulate

BASE = Baseline(months=12, mrr=1000, opening=12_000, churned=120, contraction=60, gained=300, at_stake=(100, 50, 10))


def test_without_assumptions_both_paths_are_one() -> None:
    told = simulate(BASE, Assumptions())
    assert told.as_today == told.as_assumed
    assert told.as_today[1] == pytest.approx(1000 * (1 - 0.01) + (300 - 60) / 12)
    assert len(told.as_today) == 13


def test_each_assumption_by_hand() -> None:
    told = simulate(BASE, Assumptions(price=10, leave=1, churn=50, people=1, contacts=1, success=50))
    found = {one.label: one for one in told.steps}
    start = 1000 * 1.1 * (1 - 0.10)
    kept = (100 + 50 + 10) * 0.5  # one person, one contact a week, four weeks: more than there are
    assert found["MRR de partida"].supposed == pytest.approx(start)
    assert found["Saída de MRR por mês"].supposed == pytest.approx(1.5)
    assert found["Contatos a mais em quatro semanas"].supposed == 4
    assert found["MRR mantido em 90 dias por eles"].supposed == pytest.approx(kept)
    assert told.as_assumed[1] == pytest.approx(start * (1 - 0.015) + 20 + kept / 3)
    assert all(one.formula for one in told.steps)


def test_the_most_urgent_are_touched_first() -> None:
    told = simulate(
        BASE.model_copy(update={"at_stake": (100, *([1] * 50))}), Assumptions(people=1, contacts=1, success=100)
    )
    assert told.steps[4].supposed == pytest.approx(103)


def test_a_lower_price_loses_nobody_and_an_empty_base_is_no_error() -> None:
    assert simulate(BASE, Assumptions(price=-10, leave=10)).as_assumed[0] == pytest.approx(900)
    nothing = Baseline(months=1, mrr=0, opening=0, churned=0, contraction=0, gained=0, at_stake=())
    assert simulate(nothing, Assumptions(churn=100)).as_assumed[-1] == 0


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("e se o preço subir 5%?", {"price": 5}),
        ("E se a gente der um desconto de 10% no preço?", {"price": -10}),
        ("What if we raise prices by 5%?", {"price": 5}),
        ("e se o churn cair 10%?", {"churn": -10}),
        ("E se contratarmos mais dois CSMs?", {"people": 2}),
        ("e se o churn cair 1 ponto?", None),
        ("e se o preço subir 5% e o churn cair 3%?", None),
        ("e se o preço subir 500%?", None),
        ("e se o preço mudar 5%?", None),
        ("e se chover?", None),
        ("quantos CSMs a mais temos que 5 anos atrás?", None),
    ],
)
def test_what_a_question_supposes(question: str, told: dict[str, float] | None) -> None:
    found = assumption_in(question)
    assert (found.model_dump(exclude_unset=True) if found else None) == told
