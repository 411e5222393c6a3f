"""Repeated purchases: the published figures, what was planted found again, and a table that says what it cannot."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import hyp2f1
from tests.unit.identify.refined import fill

from b2shift.differentiate.lifecycle import repurchase_table
from b2shift.differentiate.lifecycle.repurchase import (
    BgNbd,
    GammaGamma,
    PurchaseHistories,
    fit_bg_nbd,
    fit_gamma_gamma,
    forecast_purchases,
)
from b2shift.identify.api import build_customers
from b2shift.lake.api import Session, writing

CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie and Lee (2005), table 2; their example of a conditional expectation has (2, 30.43, 38.86)."""
SPENT = GammaGamma(p=6.25, q=3.74, gamma=15.44)
"""Fader and Hardie (2013), on the same customers."""
AS_OF = date(2025, 3, 31)


def one(repeats: float, last: float, age: float, mean: float = 35.0) -> PurchaseHistories:
    return PurchaseHistories(*(np.array([value]) for value in (repeats, last * 7, age * 7, mean)))


def in_closed_form(bg_nbd: BgNbd, x: float, last: float, age: float, weeks: float) -> float:
    """Their equation 10."""
    r, alpha, a, b = bg_nbd.r, bg_nbd.alpha, bg_nbd.a, bg_nbd.b
    end = alpha + age + weeks
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / end)
    bought = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / end) ** (r + x) * series)
    return float(bought / (1 + (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x)))


def test_the_published_customer() -> None:
    history = one(2, 30.43, 38.86)
    found = forecast_purchases(history, CDNOW, SPENT, 39 * 7, 0.0)
    assert found.purchases[0] == pytest.approx(1.226, abs=0.002)
    assert CDNOW.alive(history)[0] == pytest.approx(0.7266, abs=1e-4)
    mean = SPENT.p * (SPENT.gamma + 3 * 35) / (3 * SPENT.p + SPENT.q - 1)
    assert found.value[0] / found.purchases[0] == pytest.approx(mean, rel=0.01)


def test_customers_who_never_stop_buy_at_their_rate() -> None:
    never = BgNbd(r=2000.0, alpha=8000.0, a=1e-4, b=200.0)
    found = forecast_purchases(one(12, 49.0, 50.0), never, SPENT, 52 * 7, 0.0)
    assert found.purchases[0] == pytest.approx(52 * 2012 / 8050, rel=0.01)


@pytest.mark.parametrize("x", [0, 1, 4, 20])
def test_expectations_agree_with_the_closed_form(x: int) -> None:
    found = forecast_purchases(one(x, 30.0 * (x > 0), 60.0), CDNOW, SPENT, 52 * 7, 0.0).purchases[0]
    assert found == pytest.approx(in_closed_form(CDNOW, x, 30.0 * (x > 0), 60.0, 52.0), rel=0.01)


def test_what_was_planted_is_found_and_comes_true() -> None:
    history, after = planted(8_000, seed=7)
    bg_nbd, gamma_gamma = fit_bg_nbd(history), fit_gamma_gamma(history)
    assert bg_nbd.r == pytest.approx(0.6, rel=0.1)
    assert bg_nbd.alpha == pytest.approx(40, rel=0.15)
    assert bg_nbd.a / (bg_nbd.a + bg_nbd.b) == pytest.approx(0.9 / 3.9, rel=0.2)
    assert gamma_gamma.p * gamma_gamma.gamma / (gamma_gamma.q - 1) == pytest.approx(6 * 15 / 2.7, rel=0.05)
    found = forecast_purchases(history, bg_nbd, gamma_gamma, 52 * 7, 0.0)
    assert found.purchases.sum() == pytest.approx(after.sum(), rel=0.06)
    order = np.argsort(found.purchases)
    for fifth in np.array_split(order, 5)[1:]:
        assert found.purchases[fifth].mean() == pytest.approx(after[fifth].mean(), rel=0.2)
    assert (found.low <= found.value + 1e-9).all()
    assert (found.value <= found.high + 1e-9).all()


def test_a_history_is_told_alike_whoever_else_is_there() -> None:
    history, _ = planted(200, seed=1)
    alone = forecast_purchases(
        PurchaseHistories(*(array[17:18] for array in vars(history).values())), CDNOW, SPENT, 365, 0.12
    )
    among = forecast_purchases(history, CDNOW, SPENT, 365, 0.12)
    assert [alone.purchases[0], alone.value[0], alone.high[0]] == [among.purchases[17], among.value[17], among.high[17]]


def test_later_money_is_worth_less_and_silence_lowers_the_chance() -> None:
    history = one(5, 50, 60)
    now, later = (forecast_purchases(history, CDNOW, SPENT, 3 * 365, rate).value[0] for rate in (0.0, 0.12))
    assert 0.6 * now < later < now
    silent = [CDNOW.alive(one(5, 50, age))[0] for age in (50, 80, 120, 300)]
    assert silent == sorted(silent, reverse=True)
    assert CDNOW.alive(one(0, 0, 300))[0] == 1


def planted(count: int, seed: int) -> tuple[PurchaseHistories, np.ndarray[Any, Any]]:
    """Customers whose rates, ends and purchases are drawn as the model says, and what they buy in the year after."""
    rng = np.random.default_rng(seed)
    rate, stops, age = rng.gamma(0.6, 1 / 40, count), rng.beta(0.9, 3, count), rng.uniform(50, 300, count)
    clock, repeats, last, after = (np.zeros(count) for _ in range(4))
    buying = np.ones(count, bool)
    while buying.any():
        clock = clock + rng.exponential(1 / rate)
        before = buying & (clock < age)
        repeats, last = repeats + before, np.where(before, clock, last)
        after += buying & (clock >= age) & (clock < age + 52)
        buying &= (clock < age + 52) & (rng.random(count) >= stops)
    count_of = repeats + 1
    mean = rng.gamma(6 * count_of, 1 / (rng.gamma(3.7, 1 / 15, count) * count_of))
    return PurchaseHistories(repeats, last * 7, age * 7, mean), after


def bought(session: Session, customers: int, often: int, *, backwards: bool = False) -> None:
    """Contract lines: customer i buys every `often + 20 i` days, those of an odd number no more since two years."""
    lines = []
    for i in range(customers):
        end = AS_OF - timedelta(days=730 if i % 2 else 0)
        lines += [
            {
                "customer_id": f"T{i:05d}", "product": "ERP", "situation": "ATIVO", "value": 100 + i + step / 10,
                "signed_on": end - timedelta(days=(often + 20 * i) * step),
            }
            for step in range(1, 6)
        ]  # fmt: skip
    fill(session, contract_lines=lines[::-1] if backwards else lines)
    build_customers(session, AS_OF)


def test_the_table_shows_who_buys_again(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        bought(session, 150, 30)
        repurchase_table.build(session, AS_OF)
        [card] = session.query("SELECT * FROM repurchase_model").to_pylist()
        rows = {row["customer_id"]: row for row in session.query("SELECT * FROM repurchase").to_pylist()}
    assert (card["usable"], card["customers"], card["bought_again"]) == (True, 150, 150)
    assert card["gain"] > 2 * card["gain_error"] > 0
    assert "previu" in card["verdict"]
    assert len(rows) == 150
    quick, slow = rows["T00000"], rows["T00148"]
    assert (quick["purchases"], quick["last_purchase_days"]) == (5, 30)
    assert quick["purchases_12m"] > slow["purchases_12m"]
    assert rows["T00001"]["buying_probability"] < quick["buying_probability"]
    for row in rows.values():
        assert 0 <= row["value_36m_low"] <= row["value_36m"] <= row["value_36m_high"]


def test_the_order_of_lines_changes_no_digit(tmp_path: Path) -> None:
    found = []
    for backwards in (False, True):
        with writing(tmp_path / f"home-{backwards}") as session:
            bought(session, 150, 30, backwards=backwards)
            repurchase_table.build(session, AS_OF)
            found.append([session.query(f"FROM {name}").to_pylist() for name in ("repurchase_model", "repurchase")])
    assert found[0] == found[1]


def test_too_few_purchases_are_said_to_be_too_few(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        bought(session, 20, 30)
        repurchase_table.build(session, AS_OF)
        [card] = session.query("SELECT * FROM repurchase_model").to_pylist()
        rows = session.query("SELECT * FROM repurchase").to_pylist()
    assert not card["usable"]
    assert card["verdict"] == "Poucos clientes compraram de novo (20): não dá para aprender."
    assert {row["purchases"] for row in rows} == {5}
    assert all(row["purchases_12m"] is None and row["value_36m"] is None for row in rows)
