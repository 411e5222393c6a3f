"""The drawings of the segment pages, each from rows a reader can also see as a table."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.web.console import wording
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.console.segments.map import MOST_HUES, MapGroup, SegmentMap
from b2shift.web.console.segments.map import reading as map_reading
from b2shift.web.console.segments.mixes import Measures, Mix
from b2shift.web.console.segments.overview import SegmentRow
from b2shift.web.console.segments.traits import TraitLine, TraitPair, reading

_TONES = {"alto": "bad", "médio": "warn", "baixo": "good", "": "muted"}


def map_picture(drawn: SegmentMap) -> Chart:
    """The scatter of customers; its twin tells each segment's place and spread: thousands of rows tell nothing."""
    page = reverse("console:customer", args=["0"])  # one address worked out for thousands of customers
    rows = [
        (
            point.x,
            point.y,
            group.name,
            f"{point.name} ({point.customer_id})" + ("" if group.segment_id else f" · {point.segment}"),
            point.mrr,
            point.churn,
            page.replace("/0/", f"/{point.customer_id}/"),
        )
        for group in drawn.groups
        for point in group.points
    ]
    note = _("Perto no mapa é parecido nos atributos; os eixos são as duas direções em que os clientes mais diferem.")
    if drawn.sampled:
        note += " " + _("Amostra de %(shown)s dos %(total)s clientes, ao acaso.") % {
            "shown": number(drawn.shown),
            "total": number(drawn.total),
        }
    return Chart(
        name="mapa",
        kind="map",
        title=_("Mapa dos clientes"),
        reading=map_reading(drawn.groups),
        table=Table(
            [
                Column(_("Eixo 1"), "number:2", "x"),
                Column(_("Eixo 2"), "number:2", "y"),
                Column(_("Segmento"), "", "group"),
                Column(_("Cliente"), "", "label"),
                Column(_("MRR"), "mrr_short"),
                Column(_("Churn em 90 dias"), "percent:1"),
                Column(_("Página"), "", "link"),
            ],
            rows,
        ),
        note=note,
        size="tall",
        twin=_places(drawn.groups),
    )


def risk_picture(rows: Sequence[tuple[SegmentRow, Measures]]) -> Chart | None:
    """Mean churn risk of each segment with the interval of the mean, the riskiest first."""
    scored = [(row, measures) for row, measures in rows if measures.churn is not None]
    scored.sort(key=lambda pair: (-(pair[1].churn or 0), pair[0].code))
    if not scored:
        return None
    return Chart(
        name="risco",
        kind="bar",
        title=_("Risco médio de churn em 90 dias"),
        reading=_risk_reading(scored),
        table=Table(
            [
                Column(_("Segmento"), "", "x"),
                Column(_("Risco médio de churn"), "percent:1", "value"),
                Column(_("De"), "percent:1", "low"),
                Column(_("Até"), "percent:1", "high"),
                Column(_("Clientes"), "number"),
                Column(_("MRR"), "mrr_short"),
                Column(_("Página"), "", "link"),
            ],
            [
                (
                    row.name,
                    measures.churn,
                    measures.churn_low,
                    measures.churn_high,
                    measures.customers,
                    measures.mrr,
                    reverse("console:segment", args=[row.code]),
                )
                for row, measures in scored
            ],
        ),
        note=_("O traço é o intervalo de 95% da média. Só clientes com receita recorrente têm risco."),
        size="tall",
    )


def lift_picture(name: str, lines: Sequence[TraitLine], *, sizes: bool) -> Chart:
    """Bars by lift with their interval; the table adds prevalence against the base.

    `sizes` tells how many members of the whole base have each trait, for those who may know it.
    """
    size_columns = [Column(_("Membros"), "number")] if sizes else []
    return Chart(
        name="tracos",
        kind="intervals",
        title=_("O que marca o segmento"),
        reading=reading(name, lines),
        table=Table(
            [
                Column(_("Traço"), "", "x"),
                Column(_("Lift"), "number:2", "value"),
                Column(_("De"), "number:2", "low"),
                Column(_("Até"), "number:2", "high"),
                Column(_("No segmento"), "percent:1", "aside"),
                Column(_("Na base"), "percent:1", "aside"),
                *size_columns,
            ],
            [
                (line.label, line.lift, line.lift_low, line.lift_high, line.prevalence, line.overall)
                + ((line.members,) if sizes else ())
                for line in lines
            ],
        ),
        note=_("Lift 1 é igual à base. O traço fino é o intervalo de 95% de Wilson da prevalência, sobre a da base."),
        size="tall",
        options={"reference": 1},
    )


def pair_picture(a: str, b: str, pairs: Sequence[TraitPair]) -> Chart:
    """Two points with intervals on each trait, those that tell the segments apart most first."""
    return Chart(
        name="lado-a-lado",
        kind="intervals",
        title=_("Traços lado a lado"),
        reading=_pair_reading(a, b, pairs),
        table=Table(
            [
                Column(_("Traço"), "", "x"),
                Column(a, "number:2", "value"),
                Column(_("%(name)s: de") % {"name": a}, "number:2", "low"),
                Column(_("%(name)s: até") % {"name": a}, "number:2", "high"),
                Column(b, "number:2", "value"),
                Column(_("%(name)s: de") % {"name": b}, "number:2", "low"),
                Column(_("%(name)s: até") % {"name": b}, "number:2", "high"),
            ],
            [(pair.label, *_lift_of(pair.a), *_lift_of(pair.b)) for pair in pairs],
        ),
        note=_("Lift com intervalo de 95%. Traços cujos intervalos não se tocam separam os segmentos além do acaso."),
        size="tall",
        options={"reference": 1},
    )


def mix_picture(key: str, title: str, kind: str, named: Sequence[tuple[str, Mix]]) -> Chart:
    """One bar of a hundred percent per segment; beyond eight classes the smallest share a hue, the table tells all."""
    labels = [share.label for share in named[0][1].shares] if named else []
    words = [_word(kind, label) for label in labels]
    columns = [
        Column(word, "percent:1", "value", _TONES.get(label, "")) for label, word in zip(labels, words, strict=True)
    ]
    shares = [[share.share for share in mix.shares] for _name, mix in named]
    everything = _mix_table(named, columns, shares)
    drawn = everything
    if len(columns) > MOST_HUES:
        own = MOST_HUES - 1
        others = Column(_("Outras classes"), "percent:1", "value", "muted")
        pooled = [[*one[:own], sum(one[own:])] for one in shares]
        drawn = _mix_table(named, [*columns[:own], others], pooled)
    return Chart(
        name=key,
        kind="stacked",
        title=title,
        reading=_mix_reading(words, named),
        table=drawn,
        size="short",
        options={"share": True, "upright": False},
        twin=everything,
    )


def _mix_table(named: Sequence[tuple[str, Mix]], columns: Sequence[Column], shares: Sequence[Sequence[float]]) -> Table:
    rows = [(name, *one, mix.total) for (name, mix), one in zip(named, shares, strict=True)]
    return Table([Column(_("Segmento"), "", "x"), *columns, Column(_("Clientes"), "number")], rows)


def _word(kind: str, label: str) -> str:
    """RFM classes are stored in words already; the others are codes."""
    if not label:
        return _("Sem informação")
    return wording.word(kind, label) if kind in wording.WORDS else wording.shipped(label)


def _risk_reading(scored: Sequence[tuple[SegmentRow, Measures]]) -> str:
    first, measures = scored[0]
    reading = _("%(name)s tem o maior risco: %(risk)s, entre %(low)s e %(high)s") % {
        "name": first.name,
        "risk": percent(measures.churn, 1),
        "low": percent(measures.churn_low, 1),
        "high": percent(measures.churn_high, 1),
    }
    if len(scored) > 1:
        last, least = scored[-1]
        reading += _("; o menor é o de %(name)s, %(risk)s") % {"name": last.name, "risk": percent(least.churn, 1)}
    return reading + "."


def _places(groups: Sequence[MapGroup]) -> Table:
    return Table(
        [
            Column(_("Segmento")),
            Column(_("Clientes no mapa"), "number"),
            Column(_("Centro, eixo 1"), "number:2"),
            Column(_("Centro, eixo 2"), "number:2"),
            Column(_("Dispersão"), "number:2"),
        ],
        [(group.name, len(group.points), *group.centre, group.spread) for group in groups],
    )


def _lift_of(line: TraitLine | None) -> tuple[float | None, float | None, float | None]:
    return (line.lift, line.lift_low, line.lift_high) if line else (None, None, None)


def _pair_reading(a: str, b: str, pairs: Sequence[TraitPair]) -> str:
    apart = [pair for pair in pairs if pair.apart]
    if not apart:
        return _("Nenhum traço separa %(a)s de %(b)s além do acaso.") % {"a": a, "b": b}
    first = apart[0]
    left, right = (first.a.lift or 0.0) if first.a else 0.0, (first.b.lift or 0.0) if first.b else 0.0
    return _(
        "%(count)s de %(of)s traços os separam além do acaso; o que mais: %(trait)s (lift %(left)s contra %(right)s)."
    ) % {
        "count": len(apart),
        "of": len(pairs),
        "trait": wording.shipped(first.label),
        "left": number(left, 1),
        "right": number(right, 1),
    }


def _mix_reading(words: Sequence[str], named: Sequence[tuple[str, Mix]]) -> str:
    """The class whose share differs most between two mixes, and by how much; for one, its largest class."""
    with_customers = [(name, mix) for name, mix in named if mix.total]
    if not with_customers:
        return _("Nenhum cliente a mostrar.")
    if len(with_customers) == 1:
        name, mix = with_customers[0]
        most = max(range(len(words)), key=lambda n: mix.shares[n].share)
        share = percent(mix.shares[most].share)
        return _("%(name)s: mais %(word)s (%(share)s).") % {"name": name, "word": words[most], "share": share}
    (first, a), (second, b) = with_customers
    widest = max(range(len(words)), key=lambda n: abs(a.shares[n].share - b.shares[n].share))
    return _("O que mais os separa: %(word)s (%(first)s: %(left)s; %(second)s: %(right)s).") % {
        "word": words[widest],
        "left": percent(a.shares[widest].share),
        "first": first,
        "right": percent(b.shares[widest].share),
        "second": second,
    }
