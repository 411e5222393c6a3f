"""Predicted against observed, drawn: all scores side by side, and one of them over the dates of its predictions."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.learn.contracts import Accuracies, CalibrationLevel, ScoreAccuracy
from b2shift.web.console.accuracy.words import event, level_word
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.console.wording import shipped

_BOUND = 64.0
"""Times the predicted at which an interval that nothing bounds is drawn to end."""


def scores_picture(found: Accuracies) -> Chart | None:
    """Observed over predicted events of every score, with the interval that holds at every look."""
    whole = sorted(
        (one for one in found.calibration if not one.grouping and one.ratio is not None),
        key=lambda one: (one.level is not CalibrationLevel.DEVIATES, -(one.ratio or 0)),
    )
    if not whole:
        return None
    away = sum(one.level is CalibrationLevel.DEVIATES for one in whole)
    reading = ngettext(
        "%(n)s score desviou; o mais longe do previsto: %(name)s, %(ratio)s vez.",
        "%(n)s scores desviaram; o mais longe do previsto: %(name)s, %(ratio)s vez.",
        away,
    )
    calm = _("Nenhum score desviou; o mais longe do previsto: %(name)s, %(ratio)s vez.")
    farthest = max(whole, key=lambda one: abs((one.ratio or 1e-9) - 1))
    return Chart(
        name="previsto-e-acontecido",
        kind="intervals",
        title=_("Quantas vezes o previsto aconteceu, por score"),
        reading=(reading if away else calm)
        % {
            "n": number(away),
            "name": shipped(found.label(farthest.score)),
            "ratio": number(farthest.ratio, 2),
        },
        table=Table(
            [
                Column(_("Score"), "", "x"),
                Column(_("Vezes o previsto"), "number:2", "value"),
                Column(_("De"), "number:2", "low"),
                Column(_("Até"), "number:2", "high"),
                Column(_("Previstos"), "number:1", "aside"),
                Column(_("Aconteceram"), "number", "aside"),
                Column(_("Situação")),
                Column("", "", "link"),
            ],
            [
                (found.label(one.score), one.ratio, one.ratio_low, min(one.ratio_high, _BOUND), one.predicted,
                 one.observed, level_word(one), f"{reverse('console:model_score', args=[one.score])}#aconteceu")
                for one in whole
            ],
        ),
        note=_(
            "1 é o que se previu. O traço é o intervalo que vale a cada entrega, por mais vezes que se olhe; por isso "
            "é mais largo que um de 95%."
        ),
        options={"reference": 1},
    )  # fmt: skip


def dates_picture(score: str, rows: Sequence[ScoreAccuracy]) -> Chart | None:
    """One score over the dates of its predictions: the share that was said, and that to whom it came."""
    told = sorted((one for one in rows if not one.grouping), key=lambda one: one.as_of)
    if not told:
        return None
    newest = told[-1]
    return Chart(
        name="previsto-por-data",
        kind="line",
        title=_("Previsto e observado, por data da previsão"),
        reading=_("Das %(n)s previsões de %(day)s, %(observed)s %(event)s; o previsto era %(predicted)s.")
        % {
            "n": number(newest.customers),
            "day": f"{newest.as_of:%d/%m/%Y}",
            "predicted": percent(newest.predicted, 1),
            "event": event(score),
            "observed": percent(newest.observed, 1),
        },
        table=Table(
            [
                Column(_("Previsões de"), "day", "x"),
                Column(_("Observado"), "percent:1", "value"),
                Column(_("De"), "percent:1", "low"),
                Column(_("Até"), "percent:1", "high"),
                Column(_("Previsto"), "percent:1", "value"),
                Column(_("Previsões"), "number"),
            ],
            [
                (one.as_of, one.observed, one.observed_low, one.observed_high, one.predicted, one.customers)
                for one in told
            ],
        ),
        note=_("A faixa é o intervalo de 95% do observado; datas vizinhas compartilham parte dos 90 dias."),
    )
