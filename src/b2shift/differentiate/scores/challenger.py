"""The version a run fitted against the one a person asked for, on the newest date that neither learnt from.

A version that a person asked for serves until they say otherwise, while customers move on. Every run fits another: the
challenger. Both predict the newest labelled date, of which the challenger's test version has not seen the outcome nor,
when it is that old, the one in use. The difference of their log-losses, customer by customer, decides (one-sided 95 %).
"""

import numpy as np

from b2shift.differentiate.scores.cards import day
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.measures import log_losses
from b2shift.differentiate.scores.registry import ModelVersion
from b2shift.differentiate.scores.stored_models.binary_model import BinaryModel
from b2shift.differentiate.scores.training import Trained
from b2shift.kernel.money import format_number

_Z95 = 1.645


def contest(in_use: ModelVersion | None, trained: Trained, tested: Frame) -> str:
    """What the contest said, pt-BR; empty where nobody asked for a version, or it may have learnt from the date."""
    if in_use is None or not isinstance(in_use.model, BinaryModel) or len(tested) != len(trained.target):
        return ""
    if in_use.as_of > trained.tested_on:
        return ""
    theirs = log_losses(trained.target, in_use.model.probability(tested))
    gains = theirs - log_losses(trained.target, trained.predicted)
    reach = _Z95 * float(gains.std()) / float(np.sqrt(max(len(gains), 1)))
    gain = float(gains.mean())
    found = (
        "errou seguramente menos que a versão em uso" if gain > reach
        else "errou seguramente mais que a versão em uso" if gain < -reach
        else "não se distinguiu da versão em uso"
    )  # fmt: skip
    return (
        f"Desafiante ajustada nesta execução: em {format_number(len(gains))} clientes de {day(trained.tested_on)}, que "
        f"nenhuma das duas viu, {found} (perda {format_number(float(theirs.mean()) - gain, 4)} contra "
        f"{format_number(float(theirs.mean()), 4)})."
    )
