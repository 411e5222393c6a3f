"""What may be conceded or lent: the table by value and tenure, once a year; credit only to whom it does not harm."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from b2shift.interact.contracts import Ceiling, Effect, GuardContext, Kind, Limits, Refusal
from b2shift.kernel.money import format_brl, format_number

_YEAR = timedelta(days=365)


def concession(effect: Effect, context: GuardContext, limits: Limits, now: datetime) -> Iterator[Refusal]:
    """A discount must be of some invoices, for a kind of contact that may give one, within the customer's row."""
    if not effect.discount_percent and not effect.discount_invoices:
        return
    if not effect.discount_percent or not effect.discount_invoices:
        yield Refusal(code="desconto_incompleto", why="Um desconto precisa de percentual e de número de faturas")
    if effect.kind not in limits.concession_kinds:
        yield Refusal(code="desconto_indevido", why="Este tipo de contato não pode oferecer desconto")
    row = _row(context, limits)
    percent, invoices = (row.percent, row.invoices) if row else (0.0, 0)
    if effect.discount_percent > percent or effect.discount_invoices > invoices:
        most = f"{format_number(percent, 0)}% por {invoices} faturas"
        yield Refusal(code="desconto_alem", why=f"O máximo para este cliente é {most}")
    made = [one for one in context.concessions if one.at > now - _YEAR]
    if len(made) >= limits.concessions_12m:
        yield Refusal(code="desconto_repetido", why="O cliente já teve a concessão que cabe em doze meses")


def credit(effect: Effect, context: GuardContext, limits: Limits) -> Iterator[Refusal]:
    """Credit by the unit of credit, to known and punctual payers who are not leaving, as far as they can bear."""
    if context.distressed and (effect.credit or effect.kind is Kind.EXPANSAO):
        yield Refusal(code="em_dificuldade", why="Não se oferece nada a um cliente em dificuldade")
    if not effect.credit:
        return
    if effect.unit != limits.credit_unit:
        yield Refusal(code="credito_fora", why="Só a unidade de crédito da régua oferece crédito")
    if context.overdue is None or context.unpaid_share is None:
        yield Refusal(code="credito_sem_historico", why="Não se conhece o histórico de pagamento do cliente")
    elif context.overdue or context.unpaid_share:
        yield Refusal(code="credito_a_devedor", why="O cliente tem faturas vencidas ou não pagas")
    if context.high_risk:
        yield Refusal(code="credito_de_risco", why="O risco de saída do cliente é alto ou desconhecido")
    most = limits.credit_months_of_mrr * context.mrr
    if effect.credit > most:
        yield Refusal(code="credito_alem", why=f"O crédito passa do que o cliente suporta, {format_brl(most)}")


def unit(effect: Effect, context: GuardContext) -> Iterator[Refusal]:
    """A unit speaks to its own customers."""
    if effect.unit not in context.units:
        yield Refusal(code="outra_unidade", why="O cliente não é desta unidade de negócio")


def _row(context: GuardContext, limits: Limits) -> Ceiling | None:
    for row in limits.concessions:
        if context.contract_band in row.contract_bands and context.tenure_band in row.tenure_bands:
            return row
    return None
