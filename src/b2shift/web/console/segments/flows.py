"""The flows of one step between segments, drawn and told."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.console.wording import shipped
from b2shift.web.crm.flows import ExpectedFlow, Flow, Outlook

HALF = 0.5
"""Customers expected under which a way is not drawn."""
MANY = 12
"""Segments on a side from which a taller picture is needed for their names to stand apart."""

Step = tuple[date | None, date | None]


def steps_of(flows: Sequence[Flow]) -> list[Step]:
    """The steps there are, oldest first."""
    return list(dict.fromkeys((one.before, one.as_of) for one in flows))


def named_now(flows: Sequence[Flow]) -> list[Flow]:
    """The flows with today's name of a segment on both sides: who stays in one that was renamed goes straight on.

    Names that the product gave are told in the language of the page.
    """
    now = {one.to_id: one.to_name for one in flows if one.to_id}
    return [
        one.model_copy(
            update={"from_name": shipped(now.get(one.from_id, one.from_name)), "to_name": shipped(one.to_name)}
        )
        for one in flows
    ]


def sentence(flows: Sequence[Flow]) -> str:
    """How many stayed, moved, came and left."""
    both = [one for one in flows if one.from_id and one.to_id]
    total = sum(one.customers for one in both)
    if not total:
        return _("Ainda não há dois ciclos a comparar: a próxima entrega mostra quem mudou de segmento.")
    moved = sum(one.customers for one in both if one.from_id != one.to_id)
    text = ngettext(
        "%(moved)s de %(total)s clientes mudou de segmento (%(share)s)",
        "%(moved)s de %(total)s clientes mudaram de segmento (%(share)s)",
        moved,
    ) % {
        "moved": number(moved),
        "total": number(total),
        "share": percent(moved / total, 1),
    }
    came = sum(one.customers for one in flows if not one.from_id)
    left = sum(one.customers for one in flows if not one.to_id)
    if came or left:
        text += _("; chegadas à base: %(came)s, saídas: %(left)s") % {"came": number(came), "left": number(left)}
    return text + "."


def door_of(one: Flow, *, newest: bool) -> str:
    """What a way opens: the customers that moved in the newest step, else the segment they came to."""
    if not one.to_id:
        return ""
    if newest and one.from_id and one.from_id != one.to_id:
        return f"{reverse('console:customers')}?{urlencode({'came_from': one.from_id, 'segment': one.to_id})}"
    return reverse("console:segment", args=[one.to_id])


def picture(flows: Sequence[Flow], *, newest: bool) -> Chart | None:
    """Ribbons from the segments before to those now, as wide as the customers that took them.

    Of the newest step a way from one segment to another opens its customers.
    """
    if not flows:
        return None
    had: dict[str, int] = {}
    for one in flows:
        had[one.from_id] = had.get(one.from_id, 0) + one.customers
    rows = [
        (
            one.from_name or _("Novos na base"),
            one.to_name or _("Fora da base"),
            one.customers,
            one.customers / had[one.from_id],
            one.mrr,
            door_of(one, newest=newest),
        )
        for one in sorted(flows, key=_by_code)
    ]
    return Chart(
        name="fluxos",
        kind="flows",
        title=_("De onde vieram e para onde foram"),
        reading=_reading(flows),
        table=Table(
            [
                Column(_("Antes"), "", "x"),
                Column(_("Agora"), "", "y"),
                Column(_("Clientes"), "number", "value"),
                Column(_("Parte de quem estava antes"), "percent:1"),
                Column(_("MRR agora"), "mrr"),
                Column(_("Segmento"), "", "link"),
            ],
            rows,
        ),
        note=_("À esquerda, o segmento no ciclo anterior; à direita, o de agora. A largura conta clientes.")
        + (" " + _("Um caminho entre dois segmentos abre os clientes que mudaram.") if newest else ""),
        size=_size(flows),
    )


def expected(outlook: Outlook) -> Chart | None:
    """Ribbons from the segments of now to those expected, as wide as the customers expected to take them.

    Ways that less than half a customer is expected to take are not drawn, but are in the totals of both sides.
    """
    if not outlook.flows:
        return None
    have: dict[str, float] = {}
    totals: dict[str, dict[str, float]] = {"x": {}, "y": {}}
    for one in outlook.flows:
        have[one.from_id] = have.get(one.from_id, 0.0) + one.customers
        for side, name in (("x", one.from_name), ("y", one.to_name)):
            totals[side][name] = totals[side].get(name, 0.0) + one.customers
    moving = sum(one.customers for one in outlook.flows if one.from_id != one.to_id)
    rows = [
        (
            one.from_name,
            one.to_name,
            round(one.customers, 1),
            one.customers / have[one.from_id],
            reverse("console:segment", args=[one.to_id]),
        )
        for one in sorted(outlook.flows, key=_by_code)
        if one.customers >= HALF
    ]
    return Chart(
        name=f"previstos-{outlook.horizon_days}",
        kind="flows",
        title=_("Em %(days)s dias") % {"days": outlook.horizon_days},
        reading=_("Espera-se que %(moving)s de %(total)s clientes mudem de segmento.")
        % {"moving": number(moving), "total": number(sum(have.values()))},
        table=Table(
            [
                Column(_("Agora"), "", "x"),
                Column(_("Em %(days)s dias") % {"days": outlook.horizon_days}, "", "y"),
                Column(_("Clientes esperados"), "number:1", "value"),
                Column(_("Parte do segmento"), "percent:1"),
                Column(_("Segmento"), "", "link"),
            ],
            rows,
        ),
        note=_("Soma das probabilidades de cada cliente. Caminhos com menos de meio cliente ficam de fora."),
        size=_size(outlook.flows),
        options={"totals": totals},
    )


def _size(flows: Sequence[Flow] | Sequence[ExpectedFlow]) -> Literal["tall", "long"]:
    sides = ({one.from_id for one in flows}, {one.to_id for one in flows})
    return "long" if max(map(len, sides)) > MANY else "tall"


def _by_code(one: Flow | ExpectedFlow) -> tuple[bool, str, str]:
    """Codes outlive sizes: a hue told by this order stays when another segment outgrows this one."""
    return not one.from_id, one.from_id, one.to_id


def _reading(flows: Sequence[Flow]) -> str:
    moved = [one for one in flows if one.from_id and one.to_id and one.from_id != one.to_id]
    if not moved:
        return _("Ninguém mudou de segmento.")
    largest = max(moved, key=lambda one: (one.customers, one.from_id, one.to_id))
    return _("O maior fluxo: %(count)s clientes de %(before)s para %(now)s.") % {
        "count": number(largest.customers),
        "before": largest.from_name,
        "now": largest.to_name,
    }
