"""Health 0 to 100 by open rules (health.yaml): five groups; weights are redistributed over the known ones."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from b2shift.differentiate.scores.cards import Card, unusable_card
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.reasons import Phrasebook, top_reasons
from b2shift.differentiate.scores.score_output import ScoreOutput
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.stored_models.health_rules import HEALTH, Rules, fit_health
from b2shift.kernel.money import format_number
from b2shift.kernel.yaml import parse_yaml

SCORE = HEALTH
PATH = Path(__file__).with_name("health.yaml")
_LEAST_POINTS = 0.5


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The product's own rules."""
    return Rules.model_validate(parse_yaml(PATH.read_text(encoding="utf-8")))


def health(evidence: Evidence) -> ScoreOutput:
    """Columns health and health_<group>; reasons are points of health relative to the median customer."""
    frame = evidence.now
    model = fit_health(frame, rules())
    prediction = model.predict(frame)
    served, serving = serve(evidence, model, _card(prediction.columns[SCORE]), [frame], frame)
    prediction = serving.predict(frame)
    rows = np.flatnonzero(np.isfinite(prediction.columns[SCORE]))
    book = Phrasebook(frame, evidence.declared)
    reasons = (
        [top_reasons(book, SCORE, prediction.features, prediction.points[rows], rows, _LEAST_POINTS)]
        if len(rows)
        else []
    )
    return ScoreOutput(prediction.columns, reasons, [served.card], served=[served])


def _card(values: Floats) -> Card:
    known = values[np.isfinite(values)]
    weights = ", ".join(f"{_NAMES[group.key]} {group.weight:g}" for group in rules().groups)
    if not len(known):
        return unusable_card(SCORE, "Saúde do cliente", "Nenhum cliente tem dados que bastem para uma nota.")
    verdict = (
        f"Regra aberta, não aprendida: grupos {weights}; grupo sem dados fica fora e os pesos se redistribuem. "
        f"{format_number(len(known))} de {format_number(len(values))} clientes têm nota; "
        f"a mediana é {format_number(float(np.median(known)))}."
    )
    card = unusable_card(SCORE, "Saúde do cliente", verdict, method="média ponderada de indicadores declarados")
    return card | {"usable": True}


_NAMES = {
    "use": "uso ou pedidos",
    "relationship": "relacionamento",
    "support": "suporte",
    "financial": "financeiro",
    "result": "resultado e NPS",
}
