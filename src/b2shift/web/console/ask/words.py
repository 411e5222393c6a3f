"""What is said when a question is not answered with numbers, and what may be chosen instead."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.insight.api import describe_query
from b2shift.insight.contracts import Plan
from b2shift.metrics.api import load_dictionary, own_metrics
from b2shift.web.console.ask.figures import query_text
from b2shift.web.crm.cache import cached
from b2shift.web.crm.questions import held_metrics, language_of_page, locale_of_page, metrics_read_in, offered

SAID: dict[str, tuple[str | Promise, str | Promise]] = {
    "missing_metric": (_("Qual número você quer ver?"), _("A pergunta não diz qual métrica. Escolha uma:")),
    "ambiguous_ranking": (_("Melhores ou piores em quê?"), _("Escolha o que ordena:")),
    "ambiguous_entity": (_("Não entendi uma parte"), _("Escreva de outro jeito, ou diga o nome inteiro do cliente.")),
    "out_of_scope": (_("Isto não é sobre os clientes"), _("Só respondo sobre os clientes e os números da empresa.")),
    "not_in_data": (_("Isto não está nos dados"), _("Nenhuma fonte entrega este número. Veja em Métricas o que há.")),
    "unsafe_write": (_("Só respondo perguntas"), _("Nada é criado, mudado, enviado nem apagado por aqui.")),
    "pii": (
        _("Dados pessoais não saem por aqui"),
        _("Os contatos estão na página de cada cliente, com a finalidade registrada."),
    ),
    "prompt_injection": (_("Não recebo instruções"), _("Só perguntas sobre os números.")),
    "two_readings": (_("Li a pergunta de mais de um jeito"), _("Escolha o que você quis dizer:")),
    "permission": (
        _("Isto está fora do que você pode ver"),
        _("As respostas contam só os clientes que você acompanha."),
    ),
}
EXAMPLES: tuple[str | Promise, ...] = (
    _("MRR por segmento no mês passado"),
    _("Como evoluiu o churn nos últimos 12 meses?"),
    _("Por que o MRR mudou no mês passado?"),
    _("Qual a previsão de MRR para os próximos 6 meses?"),
    _("Os 10 clientes com maior risco de churn"),
    _("Compare Sul e Nordeste em MRR e ticket médio"),
    _("O que fazer com os clientes em risco do Sul?"),
    _("Clientes com health score menor que 40"),
)
OF_ORDERS: tuple[str | Promise, ...] = (
    _("Quanto vendemos em pedidos por mês nos últimos 12 meses?"),
    _("Ticket médio de pedidos por estado nos últimos 3 meses"),
    _("Clientes que compraram no ano passado"),
    _("Por que o valor de pedidos mudou no mês passado?"),
    _("Taxa de cancelamento de pedidos por segmento nos últimos 12 meses"),
    _("Os 10 clientes que mais compraram este ano"),
)
MOST_EXAMPLES = 8


def examples() -> tuple[str, ...]:
    """Questions to begin with, of those this house has data for; which those are is read once a publication."""
    return cached(("examples", own_metrics()), _examples)


def _examples() -> tuple[str, ...]:
    held = held_metrics()
    known = [str(one) for one in (*EXAMPLES, *OF_ORDERS) if metrics_read_in(str(one)) <= held]
    return tuple(known or map(str, EXAMPLES))[:MOST_EXAMPLES]


class Choice(NamedTuple):
    """One click that settles a doubt: its word and the question it asks, or the reading of it that it means."""

    label: str
    question: str
    query: str = ""


def choices(plan: Plan, question: str) -> Iterator[Choice]:
    """The ways on that a question back offers."""
    for reading in plan.readings:
        yield Choice(describe_query(reading, language_of_page()), question, query_text(reading))
    known = load_dictionary().metrics
    for name in offered(plan.options):
        label = locale_of_page().metric(name) if name in known else name
        plain = question.strip().rstrip("?!. ")
        if plan.reason == "ambiguous_ranking":
            yield Choice(label, f"{plain} em {label}?")
        else:
            yield Choice(label, f"{label}: {plain}")
