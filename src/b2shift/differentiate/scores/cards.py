"""Model cards: how a score was made, its out-of-time measures, and a verdict."""

from datetime import date
from typing import Any

import numpy as np

from b2shift.differentiate.scores import measures
from b2shift.differentiate.scores.base_rate import BaseRate
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.training import Trained
from b2shift.kernel.money import format_number, format_percent

Card = dict[str, Any]
_MEASURES = (
    "trained_rows",
    "tested_rows",
    "positives",
    "base_rate",
    "auc",
    "auc_baseline",
    "log_loss",
    "log_loss_base",
    "brier",
    "ece",
    "ece_floor",
    "lift_top_decile",
)


def day(of: date) -> str:
    """`31/12/2024`."""
    return f"{of:%d/%m/%Y}"


def unusable_card(score: str, label: str, verdict: str, *, method: str = "nenhum", periods: str = "") -> Card:
    """Card of a score without a usable model."""
    nothing = dict.fromkeys(_MEASURES)
    return {
        "score": score,
        "label": label,
        "method": method,
        "usable": False,
        "verdict": verdict,
        **nothing,
        "reliability": [],
        "periods": periods,
    }


def measured_card(  # noqa: PLR0913
    score: str,
    label: str,
    method: str,
    target: Floats,
    predicted: Floats,
    baseline: Floats,
    *,
    trained_rows: int,
    periods: str,
    verdict: str,
    usable: bool,
    seed: int,
) -> Card:
    """Card from test predictions and outcomes."""
    rate = float(target.mean())
    return {
        "score": score,
        "label": label,
        "method": method,
        "usable": usable,
        "verdict": verdict,
        "trained_rows": trained_rows,
        "tested_rows": len(target),
        "positives": int(target.sum()),
        "base_rate": rate,
        "auc": measures.auc(target, predicted),
        "auc_baseline": measures.auc(target, baseline),
        "log_loss": float(measures.log_losses(target, predicted).mean()),
        "log_loss_base": float(measures.log_losses(target, np.full(len(target), rate)).mean()),
        "brier": measures.brier(target, predicted),
        "ece": measures.ece(target, predicted),
        "ece_floor": measures.ece_floor(predicted, seed),
        "lift_top_decile": measures.lift_top_decile(target, predicted),
        "reliability": measures.reliability(target, predicted),
        "periods": periods,
    }


def card_of(score: str, label: str, trained: Trained, seed: int, note: str = "") -> Card:
    """The card of a trained score; `note` ends its verdict."""
    return measured_card(
        score,
        label,
        method_of(trained),
        trained.target,
        trained.predicted,
        trained.baseline,
        trained_rows=trained.trained_rows,
        periods=periods_of(trained),
        verdict=" ".join(filter(None, [verdict_of(trained.target, trained.predicted, trained.useful), note])),
        usable=trained.useful,
        seed=seed,
    )


def method_of(trained: Trained) -> str:
    """Model and calibration, as text."""
    adjusted = trained.calibration.name
    return trained.model.name + (f", calibração {adjusted}" if adjusted != "sem ajuste" else "")


def periods_of(trained: Trained) -> str:
    """Training and test dates, as text."""
    *before, test = trained.periods
    dates = ", ".join(day(date_) for date_ in before)
    return f"Treino: 90 dias depois de {dates}. Teste: 90 dias depois de {day(test)}. Em uso: com todas."


def verdict_of(target: Floats, predicted: Floats, useful: bool) -> str:
    """Whether to trust the score, and why, in a sentence."""
    rate, auc = float(target.mean()), measures.auc(target, predicted)
    if not useful:
        base = measures.log_losses(target, np.full(len(target), rate)).mean()
        if measures.log_losses(target, predicted).mean() < base:
            found = "o que ganhou sobre dizer a todos a taxa base ({}) não passa do acaso"
        else:
            found = "não errou menos do que dizer a todos a taxa base ({})"
        return f"Sem sinal utilizável: no teste, {found.format(format_percent(rate))}."
    lift = measures.lift_top_decile(target, predicted) or 0.0
    return (
        f"Utilizável: no teste, {format_number(target.sum())} eventos em {format_number(len(target))} clientes, "
        f"o decil de maior risco teve {format_number(lift, 1)} vezes a taxa base ({format_percent(rate)}); "
        f"AUC {format_number(auc or 0.5, 2)}."
    )


def base_rate_note(rate: BaseRate) -> str:
    """Note on a corrected base rate; empty where it did not move."""
    if rate.error is None or abs(rate.now / rate.before - 1) < 0.02:
        return ""
    return (
        f"A taxa base foi corrigida de {format_percent(rate.before)} para {format_percent(rate.now)} porque os sinais "
        f"de saída estão fora do que as datas anteriores mostraram (erro da estimativa: {format_percent(rate.error)})."
    )
