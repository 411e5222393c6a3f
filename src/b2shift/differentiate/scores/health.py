"""Health 0 to 100 by open rules (health.yaml): five groups, missing ones left out and the weights shared again."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from b2shift.differentiate.scores.cards import Card, silent_card
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.kept.weighed import HEALTH, Rules, weighed_by
from b2shift.differentiate.scores.reasons import Phrasebook, told_reasons
from b2shift.differentiate.scores.scored import Scored
from b2shift.differentiate.scores.serving import serve
from b2shift.kernel.money import format_number
from b2shift.kernel.yaml import parse_yaml

SCORE = HEALTH
PATH = Path(__file__).with_name("health.yaml")
_LEAST_POINTS = 0.5


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The product's own rules."""
    return Rules.model_validate(parse_yaml(PATH.read_text(encoding="utf-8")))


def health(evidence: Evidence) -> Scored:
    """Columns health and health_<group>; reasons are points of health above or below the median customer's."""
    frame = evidence.now
    made = weighed_by(frame, rules())
    said = made.say(frame)
    served, serving = serve(evidence, made, _card(said.columns[SCORE]), [frame], frame)
    said = serving.say(frame)
    rows = np.flatnonzero(np.isfinite(said.columns[SCORE]))
    book = Phrasebook(frame, evidence.declared)
    told = [told_reasons(book, SCORE, said.told, said.points[rows], rows, _LEAST_POINTS)] if len(rows) else []
    return Scored(said.columns, told, [served.card], served=[served])


def _card(values: Floats) -> Card:
    known = values[np.isfinite(values)]
    told = ", ".join(f"{_NAMES[group.key]} {group.weight:g}" for group in rules().groups)
    if not len(known):
        return silent_card(SCORE, "Saúde do cliente", "Nenhum cliente tem dados que bastem para uma nota.")
    verdict = (
        f"Regra aberta, não aprendida: grupos {told}; grupo sem dados fica fora e os pesos se redistribuem. "
        f"{format_number(len(known))} de {format_number(len(values))} clientes têm nota; "
        f"a mediana é {format_number(float(np.median(known)))}."
    )
    card = silent_card(SCORE, "Saúde do cliente", verdict, method="média ponderada de indicadores declarados")
    return card | {"usable": True}


_NAMES = {
    "use": "uso",
    "relationship": "relacionamento",
    "support": "suporte",
    "financial": "financeiro",
    "result": "resultado e NPS",
}
