"""The matrix of transition of one step: of those in each segment before, the share now in each."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import percent
from b2shift.web.console.segments.flows import MANY, door_of
from b2shift.web.crm.flows import Flow


def matrix(flows: Sequence[Flow], *, newest: bool) -> Chart | None:
    """None where nobody was a customer on both dates; who came to the base or left it has no part in it."""
    both = [one for one in flows if one.from_id and one.to_id]
    if not both:
        return None
    doors = {(one.from_id, one.to_id): door_of(one, newest=newest) for one in both}
    counts = {(one.from_id, one.to_id): one.customers for one in both}
    before = dict(sorted((one.from_id, one.from_name) for one in both))
    now = sorted({one.to_id for one in both})
    had = {code: sum(many for (here, _there), many in counts.items() if here == code) for code in before}
    shares = {code: [counts.get((code, goal), 0) / had[code] for goal in now] for code in before}
    return Chart(
        name="transicao",
        kind="heat",
        title=_("Matriz de transição"),
        reading=_reading(before, {code: counts.get((code, code), 0) / had[code] for code in before}),
        table=Table(
            [
                Column(_("Agora"), "", "x"),
                Column(_("Antes"), "", "y"),
                Column(_("Parte"), "percent:1", "value"),
                Column(_("Segmento"), "", "link"),
            ],
            [
                (goal, f"{code} {before[code]}", share, doors.get((code, goal), ""))
                for code in before
                for goal, share in zip(now, shares[code], strict=True)
            ],
        ),
        note=_("Linhas: o segmento de antes; colunas: o código do de agora. Só quem estava na base nas duas datas."),
        size="long" if len(before) > MANY else "tall",
        twin=Table(
            [Column(_("Antes"), ""), *(Column(goal, "percent:1") for goal in now)],
            [(f"{code} {name}", *shares[code]) for code, name in before.items()],
        ),
    )


def _reading(names: dict[str, str], stayed: dict[str, float]) -> str:
    """Which segment keeps the fewest of its customers."""
    least = min(stayed, key=lambda code: (stayed[code], code))
    return _("O que menos retém é %(name)s: %(share)s de quem estava nele continua.") % {
        "name": names[least],
        "share": percent(stayed[least], 1),
    }
