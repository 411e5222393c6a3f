"""The stage `repurchase`: what each customer is expected to buy again, and how that did on the last year."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

from b2shift.differentiate.lifecycle.repurchase import (
    BgNbd,
    GammaGamma,
    PurchaseHistories,
    fit_bg_nbd,
    fit_gamma_gamma,
    forecast_purchases,
)
from b2shift.differentiate.scores.renewal_value import PATH as VALUE
from b2shift.differentiate.scores.renewal_value import assumptions
from b2shift.differentiate.segments.distinct import Floats
from b2shift.kernel.money import format_number
from b2shift.lake.api import Session, declared_table, load_specs

TABLE, CARD = "repurchase", "repurchase_model"
CODE_VERSION = 2
YEAR = 365
MIN_REPEAT_CUSTOMERS = 100
"""Customers who bought again, under which nothing is learnt."""
MIN_GAIN_IN_ERRORS = 2.0
"""Standard errors by which the test has to gain."""
WINSOR_QUANTILE = 0.99
"""A purchase counts for no more than this share of all are worth: a few are worth a hundred usual ones."""
_MONTH = 365.25 / 12
_WHOLE = ("purchases", "last_purchase_days")
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_BOUGHT = """
    WITH days AS (
        SELECT customer_id, bought_on AS day, sum(amount)::DOUBLE AS worth FROM purchases
        WHERE bought_on <= DATE '{as_of}' GROUP BY customer_id, bought_on HAVING sum(amount) > 0
    ),
    -- Decimals add up alike in any order, so that a second run says the same to the last digit.
    winsorised AS (
        SELECT customer_id, day, least(worth, quantile_cont(worth, {cut}) OVER ())::DECIMAL(18, 4) AS worth FROM days
    )
    SELECT customer_id, count(*) FILTER (day <= DATE '{until}') - 1 AS repeats,
           max(day) FILTER (day <= DATE '{until}') - min(day) AS last, DATE '{until}' - min(day) AS age,
           avg(worth) FILTER (day <= DATE '{until}') AS mean, count(*) FILTER (day > DATE '{until}') AS came,
           coalesce(sum(worth) FILTER (day > DATE '{until}'), 0)::DOUBLE AS came_value
    FROM winsorised GROUP BY customer_id HAVING min(day) <= DATE '{until}' ORDER BY customer_id
"""
_SERVED = "SELECT customer_id FROM customers WHERE situation IS DISTINCT FROM 'cancelado' ORDER BY customer_id"


@dataclass(frozen=True)
class Backtest:
    """Purchases predicted for the year that followed a day, and those that came; the same of their value.

    `gain` is the Poisson log-likelihood a customer over saying the same of all, `error` its standard error.
    """

    since: date
    predicted: float
    actual: float
    predicted_value: float
    actual_value: float
    gain: float
    error: float

    @property
    def usable(self) -> bool:
        """Whether customers are told apart beyond chance."""
        return self.gain > MIN_GAIN_IN_ERRORS * self.error


class Outlook(NamedTuple):
    """Of each customer: the chance that it still buys, purchases of the coming year, their margin with its interval."""

    buying_probability: Floats
    purchases_12m: Floats
    value_36m: Floats
    value_36m_low: Floats
    value_36m_high: Floats


def build(session: Session, as_of: date) -> None:
    """Write `repurchase`, a row for each customer not cancelled, and `repurchase_model`, unless they are already so."""
    parameters = (CODE_VERSION, as_of, VALUE.read_text(encoding="utf-8"))
    with session.stage(TABLE, inputs=["customers", "purchases"], parameters=parameters) as stage:
        if stage.stale:
            read = session.query(_bought(as_of, as_of))
            history = purchase_histories(read)
            fit = fit_models(history)
            test = backtest(session, as_of) if fit else None
            outlook = repurchase_outlook(history, *fit, test) if fit and test and test.usable else None
            served = session.query(_SERVED).column("customer_id")
            session.write(_SPECS[TABLE], _people(as_of, served, read, history, outlook), sort_by=["customer_id"])
            session.write(_SPECS[CARD], _card(history, fit, test))
            stage.notes |= {"usable": outlook is not None}


def _bought(as_of: date, until: date) -> str:
    return _BOUGHT.format(as_of=as_of, until=until, cut=WINSOR_QUANTILE)


def purchase_histories(read: pa.Table) -> PurchaseHistories:
    """The rows of a query of purchases as histories."""
    repeats, last, age, mean = (_floats(read, name) for name in ("repeats", "last", "age", "mean"))
    return PurchaseHistories(repeats, last, age, mean)


def fit_models(history: PurchaseHistories) -> tuple[BgNbd, GammaGamma] | None:
    """Both models; None when too few customers bought again."""
    if (history.repeats > 0).sum() < MIN_REPEAT_CUSTOMERS:
        return None
    return fit_bg_nbd(history), fit_gamma_gamma(history)


def backtest(session: Session, as_of: date) -> Backtest | None:
    """Learnt until a year ago and held against the year since; None when that was too early to learn."""
    since = as_of - timedelta(days=YEAR)
    read = session.query(_bought(as_of, since))
    history, came = purchase_histories(read), _floats(read, "came")
    fit = fit_models(history)
    if fit is None or not came.sum():
        return None
    ahead = forecast_purchases(history, *fit, days=YEAR, discount_year=0.0)
    predicted = np.maximum(ahead.purchases, 1e-9)
    alike = predicted.mean()
    gains = came * np.log(predicted / alike) - (predicted - alike)
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    values = float(ahead.value.sum()), float(_floats(read, "came_value").sum())
    return Backtest(since, float(predicted.sum()), float(came.sum()), *values, float(gains.mean()), error)


def repurchase_outlook(history: PurchaseHistories, bg_nbd: BgNbd, gamma_gamma: GammaGamma, test: Backtest) -> Outlook:
    """What lies ahead by the assumptions of `value.yaml`, at the level at which the last year came."""
    supposed = assumptions()
    year = forecast_purchases(history, bg_nbd, gamma_gamma, YEAR, 0.0).purchases * (test.actual / test.predicted)
    ahead = forecast_purchases(history, bg_nbd, gamma_gamma, supposed.horizon_months * _MONTH, supposed.discount_year)
    level = supposed.margin * test.actual_value / test.predicted_value
    return Outlook(bg_nbd.alive(history), year, *(level * one for one in (ahead.value, ahead.low, ahead.high)))


def _people(
    as_of: date, served: "pa.ChunkedArray[Any]", read: pa.Table, history: PurchaseHistories, outlook: Outlook | None
) -> pa.Table:
    place = {customer: row for row, customer in enumerate(read.column("customer_id").to_pylist())}
    rows = np.array([place.get(customer, -1) for customer in served.to_pylist()], dtype=int)
    known: dict[str, Floats] = {
        "purchases": history.repeats + 1,
        "last_purchase_days": history.age - history.last,
        "purchase_mean": history.mean,
    } | (outlook._asdict() if outlook else {})
    columns: dict[str, Any] = {"customer_id": served, "as_of": pa.array([as_of] * len(served), pa.date32())}
    for name in [column.name for column in _SPECS[TABLE].columns if column.name not in columns]:
        values = np.append(known.get(name, np.full(len(history), np.nan)), np.nan)[rows]  # -1 is the nan
        cells = pa.array(np.round(values, 6), pa.float64(), mask=np.isnan(values))
        columns[name] = cells.cast(pa.int32()) if name in _WHOLE else cells
    return pa.table(columns)


def _card(history: PurchaseHistories, fit: tuple[BgNbd, GammaGamma] | None, test: Backtest | None) -> pa.Table:
    again = history.repeats > 0
    often, much = history.repeats[again], history.mean[again]
    varied = len(often) > 2 and np.ptp(often) > 0 and np.ptp(much) > 0
    tie = float(spearmanr(often, much).statistic) if varied else None
    bg_nbd, gamma_gamma = fit or (None, None)
    row = {
        "usable": bool(test and test.usable),
        "verdict": verdict(int(again.sum()), test),
        "customers": len(history),
        "bought_again": int(again.sum()),
        "r": bg_nbd and bg_nbd.r,
        "alpha": bg_nbd and bg_nbd.alpha,
        "a": bg_nbd and bg_nbd.a,
        "b": bg_nbd and bg_nbd.b,
        "p": gamma_gamma and gamma_gamma.p,
        "q": gamma_gamma and gamma_gamma.q,
        "gamma": gamma_gamma and gamma_gamma.gamma,
        "tested_from": test and test.since,
        "said": test and test.predicted,
        "came": test and test.actual,
        "said_value": test and test.predicted_value,
        "came_value": test and test.actual_value,
        "gain": test and test.gain,
        "gain_error": test and test.error,
        "frequency_value_correlation": tie,
    }
    return declared_table(_SPECS[CARD], [row])


def verdict(bought_again: int, test: Backtest | None) -> str:
    """What is to be thought of it, pt-BR."""
    if test is None:
        return f"Poucos clientes compraram de novo ({format_number(bought_again)}): não dá para aprender."
    year = (
        f"No ano desde {test.since:%d/%m/%Y} previu {format_number(test.predicted)} compras e vieram "
        f"{format_number(test.actual)}; em valor, {format_number(test.predicted_value)} e "
        f"{format_number(test.actual_value)}."
    )
    if not test.usable:
        return f"{year} Não separou quem compra mais do que dizer o mesmo de todos: não se mostra."
    return f"{year} Separa quem compra mais melhor do que dizer o mesmo de todos; o nível do previsto é o que veio."


def _floats(read: pa.Table, name: str) -> Floats:
    values: Floats = read.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values
