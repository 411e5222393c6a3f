"""What happened to customers, from the ledgers: one statement per event, its words and its evidence side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from b2shift.interact.contracts import EventName
from b2shift.interact.evaluation.words import counted, day, money, month, number
from b2shift.kernel.calendar import last_closed_month

_LOSS = (
    "CASE loss_reason WHEN 'preco' THEN 'preço' WHEN 'sem_orcamento' THEN 'falta de orçamento' "
    "WHEN 'concorrente' THEN 'ida para um concorrente' WHEN 'adiado' THEN 'adiamento' "
    "WHEN 'falta_funcionalidade' THEN 'falta de funcionalidade' WHEN 'sem_resposta' THEN 'falta de resposta' "
    "ELSE 'motivo não informado' END"
)
_MILESTONES = (10, 25, 50, 100, 250, 500, 1000, 2500)
_ACTIVE_DAYS = 10
_RECORD_MONTHS, _RECORD_MARGIN = 6, 1.1
_FAST_DAYS = 2


@dataclass(frozen=True)
class Happening:
    """An event: rows (customer_id, on_day, key and columns), what to say, and the values said."""

    label: str
    rows: str
    phrase: str
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Place in the phrase → label and SQL of the value over the columns of `rows`."""
    source: str = ""


def happenings(as_of: date) -> dict[EventName, Happening]:
    """Every event as known on `as_of`; of several of one kind the newest counts."""
    today, closed = f"DATE '{as_of}'", f"DATE '{last_closed_month(as_of)}'"
    return {
        EventName.RENOVACAO_PERDIDA: Happening(
            "Renovação perdida",
            f"""SELECT customer_id, closed_on AS on_day, opportunity_id AS key, value, loss_reason
                FROM opportunities WHERE kind = 'renovacao' AND result = 'perdido' AND closed_on <= {today}""",
            "não renovou em {when} um contrato de {value}, por {why}",
            {
                "when": ("Renovação perdida em", day("on_day")),
                "value": ("Valor da renovação", money("coalesce(value, 0)")),
                "why": ("Motivo da perda", _LOSS),
            },
            "opportunities",
        ),
        EventName.CONTRATACAO_NOVA: Happening(
            "Contratação nova",
            f"""SELECT customer_id, closed_on AS on_day, opportunity_id AS key, product_family
                FROM opportunities
                WHERE kind IN ('cross_sell', 'upsell') AND result = 'ganho' AND closed_on <= {today}""",
            "contratou {family} em {when}",
            {
                "family": ("Família contratada", "coalesce(product_family, 'um produto novo')"),
                "when": ("Contratada em", day("on_day")),
            },
            "opportunities",
        ),
        EventName.CAMPANHA_ACEITA: Happening(
            "Oferta de campanha aceita",
            f"""SELECT customer_id, CAST("at" AS DATE) AS on_day, event_id AS key, campaign_id, product_family
                FROM campaign_events WHERE kind = 'accept' AND CAST("at" AS DATE) <= {today}""",
            "aceitou em {when} a oferta de {family} da campanha {campaign}",
            {
                "when": ("Aceite em", day("on_day")),
                "family": ("Família ofertada", "coalesce(product_family, 'produto não informado')"),
                "campaign": ("Campanha", "campaign_id"),
            },
            "campaign_events",
        ),
        EventName.FATURA_VENCIDA: Happening(
            "Faturas vencidas",
            f"""SELECT customer_id, min(due_on) AS on_day, min_by(invoice_id, (due_on, invoice_id)) AS key,
                       count(*) AS invoices, sum(amount) AS amount
                FROM invoices
                WHERE issued_on <= {today} AND due_on < {today} AND status IS DISTINCT FROM 'CANCELADA'
                  AND (paid_on IS NULL OR paid_on > {today})
                GROUP BY customer_id""",
            "tem {count} no total de {amount}, a mais antiga desde {when}",
            {
                "count": ("Faturas vencidas", counted("invoices", "fatura vencida", "faturas vencidas")),
                "amount": ("Valor vencido", money("amount")),
                "when": ("Vencimento mais antigo", day("on_day")),
            },
            "invoices",
        ),
        EventName.CHAMADO_CRITICO_ABERTO: Happening(
            "Chamado crítico aberto",
            f"""SELECT customer_id, created_on AS on_day, ticket_id AS key, {today} - created_on AS age
                FROM tickets
                WHERE priority IN ('high', 'urgent') AND created_on <= {today}
                  AND NOT (status IN ('closed', 'solved', 'deleted') AND updated_on <= {today})""",
            "espera há {age} a solução do chamado crítico {ticket}",
            {
                "age": ("Tempo em aberto", counted("age", "dia", "dias")),
                "ticket": ("Chamado", "key"),
            },
            "tickets",
        ),
        EventName.CHAMADO_RESOLVIDO_RAPIDO: Happening(
            "Chamado crítico resolvido rápido",
            f"""SELECT customer_id, updated_on AS on_day, ticket_id AS key, updated_on - created_on AS days
                FROM tickets
                WHERE priority IN ('high', 'urgent') AND status IN ('closed', 'solved') AND updated_on <= {today}
                  AND updated_on - created_on BETWEEN 0 AND {_FAST_DAYS}""",
            "teve o chamado crítico {ticket} resolvido {fast}, em {when}",
            {
                "ticket": ("Chamado", "key"),
                "fast": (
                    "Tempo de solução",
                    f"CASE WHEN days = 0 THEN 'no mesmo dia' ELSE 'em ' || {counted('days', 'dia', 'dias')} END",
                ),
                "when": ("Resolvido em", day("on_day")),
            },
            "tickets",
        ),
        EventName.PROMOTOR_VIROU_DETRATOR: Happening(
            "De promotor a detrator",
            f"""SELECT customer_id, answered_on AS on_day, strftime(answered_on, '%Y-%m-%d') AS key, score,
                       before, before_on
                FROM (
                    SELECT customer_id, answered_on, score,
                           lag(score) OVER answers AS before, lag(answered_on) OVER answers AS before_on,
                           row_number() OVER (PARTITION BY customer_id ORDER BY answered_on DESC, score) AS newest
                    FROM (
                        SELECT customer_id, answered_on, min(score) AS score FROM nps_answers
                        WHERE survey = 'relacional' AND answered_on <= {today} AND score IS NOT NULL
                          AND customer_id IS NOT NULL
                        GROUP BY ALL
                    ) WINDOW answers AS (PARTITION BY customer_id ORDER BY answered_on)
                ) WHERE newest = 1 AND score <= 6 AND before >= 9""",
            "era promotor (nota {before} em {before_on}) e virou detrator (nota {score} em {when})",
            {
                "before": ("Nota anterior", number("before")),
                "before_on": ("Resposta anterior em", day("before_on")),
                "score": ("Última nota", number("score")),
                "when": ("Última resposta em", day("on_day")),
            },
            "nps_answers",
        ),
        **_of_usage(closed),
        EventName.MARCO_DE_USUARIOS: _users(closed),
    }


def _of_usage(closed: str) -> dict[EventName, Happening]:
    by_month = f"""SELECT customer_id, month, sum(hours) AS hours, max(active_days) AS days
                   FROM usage_monthly WHERE month <= {closed} GROUP BY ALL"""
    return {
        EventName.PRIMEIRO_VALOR: Happening(
            "Primeiro mês de uso constante",
            f"""SELECT customer_id, last_day(min(month)) AS on_day, 'primeiro_valor' AS key, min(month) AS month,
                       min_by(days, month) AS days
                FROM ({by_month}) WHERE days >= {_ACTIVE_DAYS} GROUP BY customer_id""",
            f"chegou pela primeira vez a {_ACTIVE_DAYS} dias de uso em um mês: {{days}} em {{month}}",
            {"days": ("Dias de uso no mês", counted("days", "dia", "dias")), "month": ("Mês", month("month"))},
            "usage_monthly",
        ),
        EventName.RECORDE_DE_USO: Happening(
            "Recorde de uso",
            f"""SELECT customer_id, last_day(month) AS on_day, strftime(month, '%Y-%m') AS key, month, hours, best
                FROM (
                    SELECT *, max(hours) OVER year_before AS best, count(*) OVER year_before AS months
                    FROM ({by_month}) WINDOW year_before AS (
                        PARTITION BY customer_id ORDER BY month
                        RANGE BETWEEN INTERVAL 12 MONTH PRECEDING AND INTERVAL 1 MONTH PRECEDING
                    )
                )
                WHERE months >= {_RECORD_MONTHS} AND hours > best * {_RECORD_MARGIN}""",
            "bateu o próprio recorde de uso em {month}: {hours}, ante {best} no melhor dos doze meses anteriores",
            {
                "month": ("Mês do recorde", month("month")),
                "hours": ("Horas no mês", counted("hours", "hora", "horas")),
                "best": ("Melhor mês anterior", counted("best", "hora", "horas")),
            },
            "usage_monthly",
        ),
    }


def _users(closed: str) -> Happening:
    reached = " ".join(f"WHEN users >= {n} AND before < {n} THEN {n}" for n in reversed(_MILESTONES))
    return Happening(
        "Marco de usuários",
        f"""SELECT customer_id, last_day(month) AS on_day, CAST(mark AS VARCHAR) AS key, month, users, before, mark
            FROM (
                SELECT *, CASE {reached} END AS mark
                FROM (
                    SELECT *, lag(users) OVER (PARTITION BY customer_id ORDER BY month) AS before
                    FROM (
                        SELECT customer_id, month, sum(licensed_users) AS users FROM revenue_monthly
                        WHERE month <= {closed} GROUP BY ALL
                    )
                )
            ) WHERE mark IS NOT NULL""",
        "passou de {before} para {users} usuários contratados em {month} e alcançou o marco de {mark}",
        {
            "before": ("Usuários no mês anterior", number("before")),
            "users": ("Usuários contratados", number("users")),
            "month": ("Mês", month("month")),
            "mark": ("Marco", number("mark")),
        },
        "revenue_monthly",
    )
