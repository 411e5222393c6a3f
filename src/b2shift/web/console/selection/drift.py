"""How far the data that scores are fed have moved since their training: one score, and all in use side by side."""

from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.differentiate.contracts import ScoreModel
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number
from b2shift.web.console.selection.versions import DRIFTED
from b2shift.web.console.wording import shipped

MOST_DRIFTED = 8
WATCHED = 0.1
"""Population stability index up to which nothing is said to have changed."""


def drift_overview(kept: Sequence[ScoreModel], known: Collection[str]) -> Chart | None:
    """The feature of each score in use that moved farthest, the farthest score first; `known` scores have a page."""
    used = sorted((one for one in kept if one.in_use and one.drift), key=lambda one: (-one.drift[0][1], one.label))
    if not used:
        return None
    moved = sum(one.drift[0][1] >= DRIFTED for one in used)
    text = ngettext(
        "%(count)s score recebe dados que mudaram desde o treino",
        "%(count)s scores recebem dados que mudaram desde o treino",
        moved,
    ) % {"count": number(moved)}
    heads = [
        Column(_("Score")), Column(_("Mudaram"), "number"), Column(_("Mudaram um pouco"), "number"),
        Column(_("Variáveis"), "number"), Column(_("A que mais mudou")), Column(_("Índice"), "number:2"),
        Column("", "", "link"),
    ]  # fmt: skip
    return Chart(
        name="mudanca-por-score",
        kind="bar",
        title=_("Mudança dos dados desde o treino, por score"),
        reading=_("%(moved)s, de %(all)s em uso; mais longe está %(name)s: %(feature)s (%(index)s).")
        % {
            "moved": text if moved else _("Nenhum score recebe dados que mudaram"),
            "all": number(len(used)),
            "name": shipped(used[0].label),
            "feature": shipped(used[0].drift[0][0]),
            "index": number(used[0].drift[0][1], 2),
        },
        table=Table(
            [Column(_("Score"), "", "x"), Column(_("Índice de estabilidade"), "number:2", "value"),
             Column(_("A que mais mudou")), Column("", "", "link")],
            [(one.label, one.drift[0][1], one.drift[0][0], _page(one, known)) for one in used],
        ),
        note=_("De cada score, a variável que mais mudou. PSI: até 0,10 igual; de 0,25 em diante, mudou."),
        twin=Table(heads, [_row(one, known) for one in used]),
    )  # fmt: skip


def _row(one: ScoreModel, known: Collection[str]) -> tuple[object, ...]:
    feature, index = one.drift[0]
    moved = sum(each >= DRIFTED for _name, each in one.drift)
    watched = sum(WATCHED < each < DRIFTED for _name, each in one.drift)
    return shipped(one.label), moved, watched, len(one.drift), shipped(feature), index, _page(one, known)


def _page(one: ScoreModel, known: Collection[str]) -> str:
    return f"{reverse('console:model_score', args=[one.score])}#drift" if one.score in known else ""


def drift_picture(used: ScoreModel | None) -> Chart | None:
    """How far each feature of the version in use has moved since its training, the farthest first."""
    if used is None or not used.drift:
        return None
    moved = sum(index >= DRIFTED for _name, index in used.drift)
    text = ngettext("%(count)s variável mudou", "%(count)s variáveis mudaram", moved) % {"count": number(moved)}
    return Chart(
        name="mudanca-desde-o-treino",
        kind="bar",
        title=_("Mudança dos dados desde o treino"),
        reading=_("%(moved)s de modo que pede atenção, de %(all)s; a que mais mudou: %(name)s (%(index)s).")
        % {
            "moved": text if moved else _("Nenhuma variável mudou"),
            "all": number(len(used.drift)),
            "name": shipped(used.drift[0][0]),
            "index": number(used.drift[0][1], 2),
        },
        table=Table(
            [Column(_("Variável"), "", "x"), Column(_("Índice de estabilidade"), "number:2", "value")],
            used.drift[:MOST_DRIFTED],
        ),
        note=_("Índice de estabilidade da população (PSI): até 0,10 igual; de 0,25 em diante, mudou."),
    )
