"""The customer's charts: each says its period and reads itself in one line."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.identify.contracts import Customer360, RevenueMonth
from b2shift.kernel.calendar import add_months
from b2shift.web.console import wording
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import money, money_short, month, number, percent
from b2shift.web.console.quality import words

MONTHS = 24


def revenue(view: Customer360) -> Chart | None:
    """MRR of the last 24 closed months."""
    months = view.revenue[-MONTHS:]
    if not months:
        return None
    newest, first = months[-1], months[0]
    reading = _("%(mrr)s em %(month)s") % {"mrr": money(newest.mrr), "month": month(newest.month)}
    if first is not newest and first.mrr and newest.mrr is not None:
        reading += "; " + _change(float(newest.mrr / first.mrr) - 1, first.month)
    settled = [one for one in months if one.settled]
    if settled:
        reading += "; " + ngettext(
            "%(n)s mês marcado não vale como veio", "%(n)s meses marcados não valem como vieram", len(settled)
        ) % {"n": len(settled)}
    note = _("MRR somado de todas as famílias, do livro de receita mensal; até 24 meses fechados.")
    return Chart(
        name="receita",
        kind="line",
        title=_("Receita recorrente por mês"),
        reading=f"{reading}.",
        table=Table(
            [
                Column(_("Mês"), "month", "x"),
                Column(_("MRR"), "money", "value"),
                Column(_("Usuários contratados"), "number"),
                *([Column(_("Não como veio"), "", "mark")] if settled else []),
            ],
            [(one.month, one.mrr, one.users, *(["; ".join(_why(one))] if settled else [])) for one in months],
        ),
        note=f"{note} {_settled_note()}" if settled else note,
        options={"area": True},
    )


def usage(view: Customer360) -> Chart | None:
    """Hours of the last 24 closed months; a month without a row had no use."""
    if not view.usage:
        return None
    by_month = {one.month: one for one in view.usage}
    newest = max([*by_month, *[one.month for one in view.revenue]])
    months = [add_months(newest, -n) for n in reversed(range(MONTHS))]
    months = [one for one in months if one >= view.usage[0].month]
    hours = [(by_month[one].hours or 0.0) if one in by_month else 0.0 for one in months]
    recent, before = sum(hours[-3:]) / 3, sum(hours[-6:-3]) / 3
    reading = _("%(hours)s horas em %(month)s") % {"hours": number(hours[-1]), "month": month(months[-1])}
    if len(hours) >= 6 and before:
        change = recent / before - 1
        word = _("%(share)s acima") if change >= 0 else _("%(share)s abaixo")
        reading += "; " + _("média dos últimos 3 meses %(change)s dos 3 anteriores") % {
            "change": word % {"share": percent(abs(change))}
        }
    rows = [
        (
            one,
            value,
            *((by_month[one].users, by_month[one].days, by_month[one].modules) if one in by_month else (0, 0, 0)),
        )
        for one, value in zip(months, hours, strict=True)
    ]
    return Chart(
        name="uso",
        kind="bar",
        title=_("Uso por mês"),
        reading=f"{reading}.",
        table=Table(
            [
                Column(_("Mês"), "month", "x"),
                Column(_("Horas de uso"), "number", "value"),
                Column(_("Usuários ativos"), "number"),
                Column(_("Dias com uso"), "number"),
                Column(_("Módulos"), "number"),
            ],
            rows,
        ),
        note=_("Horas somadas das linhas de produto; usuários, dias e módulos da linha que mais teve."),
        options={"upright": True},
    )


def tickets(view: Customer360, as_of: date) -> Chart | None:
    """Tickets of the last 12 months by what they were about."""
    if not view.tickets_monthly:
        return None
    by_month = {one.month: one for one in view.tickets_monthly}
    months = [add_months(as_of.replace(day=1), -n) for n in reversed(range(12))]
    found = [by_month.get(one) for one in months]
    rows = [
        (one, row.total - row.billing, row.billing, row.urgent) if row else (one, 0, 0, 0)
        for one, row in zip(months, found, strict=True)
    ]
    total = sum(row.total for row in found if row)
    billing = sum(row.billing for row in found if row)
    reading = _("%(total)s chamados em 12 meses") % {"total": number(total)}
    if total and billing:
        reading += "; " + _("%(share)s de faturamento ou cobrança") % {"share": percent(billing / total)}
    return Chart(
        name="chamados",
        kind="stacked",
        title=_("Chamados por mês"),
        reading=f"{reading}.",
        table=Table(
            [
                Column(_("Mês"), "month", "x"),
                Column(_("Outros"), "number", "value"),
                Column(_("Faturamento e cobrança"), "number", "value"),
                Column(_("Dos quais urgentes"), "number"),
            ],
            rows,
        ),
        note=_("Abertos nos 12 meses até a data de referência."),
        size="short",
    )


def families(view: Customer360) -> Chart | None:
    """What each product family brings a month."""
    if len(view.families) < 2:
        return None
    largest = view.families[0]
    whole = sum(one.mrr for one in view.families)
    return Chart(
        name="familias",
        kind="bar",
        title=_("Famílias de produto"),
        reading=_("%(family)s responde por %(share)s do MRR de %(total)s.")
        % {
            "family": wording.word("family", largest.product_family),
            "share": percent(largest.mrr / whole),
            "total": money_short(whole),
        },
        table=Table(
            [
                Column(_("Família"), "", "x"),
                Column(_("MRR"), "money", "value"),
                Column(_("Desde"), "month"),
            ],
            [(wording.word("family", one.product_family), one.mrr, one.since) for one in view.families],
        ),
        note=_("Receita do último mês fechado; desde o primeiro mês com receita no livro."),
        size="short",
    )


def _why(revenue_month: RevenueMonth) -> list[str]:
    """The reasons of a settled month in the reader's language: each part of one is a text of its own."""
    return [words.settled_reason(reason) for reason in revenue_month.settled or ()]


def _settled_note() -> str:
    return _(
        "Nos meses marcados com um losango faltou ou veio ilegível alguma linha de receita: vale o que as faturas e os "
        "meses vizinhos dizem, até que uma entrega traga a linha."
    )


def _change(change: float, since: date) -> str:
    if abs(change) < 0.005:
        return _("estável desde %(month)s") % {"month": month(since)}
    word = _("subiu %(share)s desde %(month)s") if change > 0 else _("caiu %(share)s desde %(month)s")
    return word % {"share": percent(abs(change)), "month": month(since)}
