"""A score as a sentence: value, interval, mean and rank, reasons for and against, how far to believe it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from b2shift.web.console import wording
from b2shift.web.console.formats import against_mean, number, percent
from b2shift.web.crm.models import Customer
from b2shift.web.crm.rank import Rank

REASONS_SHOWN = 3
HEALTH_GROUPS = (
    ("health_use", gettext_lazy("Uso"), 35),
    ("health_relationship", gettext_lazy("Relacionamento"), 20),
    ("health_support", gettext_lazy("Suporte"), 15),
    ("health_financial", gettext_lazy("Financeiro"), 15),
    ("health_result", gettext_lazy("Resultado e NPS"), 15),
)


@dataclass(frozen=True)
class Reason:
    """One contribution in words, with the customer's value and its peers'."""

    phrase: str
    value: str
    peers: str


@dataclass(frozen=True)
class Reasons:
    """What pushes a score up and what pulls it down, strongest first."""

    up: list[Reason]
    down: list[Reason]


@dataclass(frozen=True)
class Group:
    """One group of the health score: its value, None when there is nothing to measure, and its weight in percent."""

    label: str
    value: float | None
    weight: int


def reasons_of(customer: Customer, score: str) -> Reasons:
    """Up to three contributions each way."""
    reasons = [one for one in customer.reasons or [] if one.get("score") == score and one.get("points")]
    return Reasons(
        up=_strongest(one for one in reasons if one["points"] > 0),
        down=_strongest(one for one in reasons if one["points"] < 0),
    )


def churn_sentence(customer: Customer, rank: Rank | None) -> str:
    """The risk in one line: how it stands to the mean of today, in which place.

    The base rate of the card is of past dates: where leaving became more common, a risk over it may be a low one.
    """
    if customer.churn_90d is None or rank is None or not rank.mean:
        return ""
    place = _("%(place)sº maior risco entre %(of)s clientes com receita") % {
        "place": number(rank.place), "of": number(rank.of),
    }  # fmt: skip
    return f"{against_mean(customer.churn_90d, rank.mean)}; {place}."


def health_groups(customer: Customer) -> list[Group]:
    """The five groups of the health score in their order; who sends no usage is told by its orders, if any."""
    groups = [Group(str(label), getattr(customer, field), weight) for field, label, weight in HEALTH_GROUPS]
    if groups[0].value is not None and customer.usage_ratio is None and not customer.mrr:
        groups[0] = replace(groups[0], label=pgettext("de vendas", "Pedidos"))
    return groups


def now_sentence(customer: Customer, due: int) -> str:
    """What matters about this customer now, the most pressing first."""
    parts = []
    if customer.churn_band == "alto":
        parts.append(_("risco alto de churn (%(risk)s)") % {"risk": percent(customer.churn_90d, 1)})
    if customer.overdue_amount:
        parts.append(_("faturas em atraso"))
    if customer.usage_trend is not None and customer.usage_trend <= -0.2:
        parts.append(_("uso caiu %(share)s em 3 meses") % {"share": percent(-customer.usage_trend)})
    if customer.days_disconnected and customer.days_disconnected > 5:
        parts.append(_("%(days)s dias úteis sem conexão") % {"days": number(customer.days_disconnected)})
    if due:
        parts.append(_("1 contato devido") if due == 1 else _("%(count)s contatos devidos") % {"count": number(due)})
    if not parts:
        return _("%(situation)s, sem sinal de atenção na data de referência.") % {
            "situation": wording.word("situation", customer.situation)
        }
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _strongest(reasons: Iterable[dict[str, object]]) -> list[Reason]:
    ordered = sorted(reasons, key=lambda one: -abs(float(str(one["points"]))))
    return [
        Reason(str(one.get("phrase") or ""), _value(one), str(one.get("peers") or ""))
        for one in ordered[:REASONS_SHOWN]
    ]


def _value(reason: dict[str, object]) -> str:
    """What the customer has; a market segment, which is delivered as a code, in words."""
    value = str(reason.get("value") or "")
    return wording.word("market_segment", value) if reason.get("feature") == "market_segment" and value else value
