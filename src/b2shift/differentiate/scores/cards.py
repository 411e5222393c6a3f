"""The model card of each score: how it was made, how well it did on later data, and a verdict in plain words."""

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


def silent_card(score: str, label: str, verdict: str, *, method: str = "nenhum", periods: str = "") -> Card:
    """The card of a score that could not be made."""
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
    happened: Floats,
    said: Floats,
    baseline: Floats,
    *,
    trained_rows: int,
    periods: str,
    verdict: str,
    usable: bool,
    seed: int,
) -> Card:
    """The card of a score from what it said of the test rows and what happened."""
    rate = float(happened.mean())
    return {
        "score": score,
        "label": label,
        "method": method,
        "usable": usable,
        "verdict": verdict,
        "trained_rows": trained_rows,
        "tested_rows": len(happened),
        "positives": int(happened.sum()),
        "base_rate": rate,
        "auc": measures.auc(happened, said),
        "auc_baseline": measures.auc(happened, baseline),
        "log_loss": float(measures.log_losses(happened, said).mean()),
        "log_loss_base": float(measures.log_losses(happened, np.full(len(happened), rate)).mean()),
        "brier": measures.brier(happened, said),
        "ece": measures.ece(happened, said),
        "ece_floor": measures.ece_floor(said, seed),
        "lift_top_decile": measures.lift_top_decile(happened, said),
        "reliability": measures.reliability(happened, said),
        "periods": periods,
    }


def card_of(score: str, label: str, trained: Trained, seed: int, note: str = "") -> Card:
    """The card of a trained score; `note` ends its verdict."""
    return measured_card(
        score,
        label,
        method_of(trained),
        trained.happened,
        trained.said,
        trained.baseline,
        trained_rows=trained.trained_rows,
        periods=periods_of(trained),
        verdict=" ".join(filter(None, [verdict_of(trained.happened, trained.said, trained.useful), note])),
        usable=trained.useful,
        seed=seed,
    )


def method_of(trained: Trained) -> str:
    """The model and its calibration."""
    adjusted = trained.calibration.name
    return trained.learned.name + (f", calibração {adjusted}" if adjusted != "sem ajuste" else "")


def periods_of(trained: Trained) -> str:
    """Which dates trained and which tested."""
    *before, test = trained.periods
    told = ", ".join(day(one) for one in before)
    return f"Treino: 90 dias depois de {told}. Teste: 90 dias depois de {day(test)}. Em uso: com todas."


def verdict_of(happened: Floats, said: Floats, useful: bool) -> str:
    """Whether to believe the score, and why, in a sentence."""
    rate, auc = float(happened.mean()), measures.auc(happened, said)
    if not useful:
        base = measures.log_losses(happened, np.full(len(happened), rate)).mean()
        if measures.log_losses(happened, said).mean() < base:
            found = "o que ganhou sobre dizer a todos a taxa base ({}) não passa do acaso"
        else:
            found = "não errou menos do que dizer a todos a taxa base ({})"
        return f"Sem sinal utilizável: no teste, {found.format(format_percent(rate))}."
    lift = measures.lift_top_decile(happened, said) or 0.0
    return (
        f"Utilizável: no teste, {format_number(happened.sum())} eventos em {format_number(len(happened))} clientes, "
        f"o decil de maior risco teve {format_number(lift, 1)} vezes a taxa base ({format_percent(rate)}); "
        f"AUC {format_number(auc or 0.5, 2)}."
    )


def base_rate_note(rate: BaseRate) -> str:
    """What was done about a base rate that seems to have moved; nothing when it has not."""
    if rate.error is None or abs(rate.now / rate.before - 1) < 0.02:
        return ""
    return (
        f"A taxa base foi corrigida de {format_percent(rate.before)} para {format_percent(rate.now)} porque os sinais "
        f"de saída estão fora do que as datas anteriores mostraram (erro da estimativa: {format_percent(rate.error)})."
    )
