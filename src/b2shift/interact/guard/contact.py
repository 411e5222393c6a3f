"""May this person be contacted by this channel, once more, now? Switches, opposition, consent, review, rolling caps."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from b2shift.interact.contracts import Cap, Contacted, Effect, GuardContext, Limits, Refusal
from b2shift.interact.evaluation.words import BY_CHANNEL

_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)


def switches(effect: Effect, context: GuardContext) -> Iterator[Refusal]:
    """Nothing passes a switch that is off."""
    if context.stopped:
        yield Refusal(code="parado", why="Todos os envios estão parados")
    if effect.channel in context.stopped_channels:
        yield Refusal(code="canal_parado", why=f"Os contatos {BY_CHANNEL[effect.channel]} estão parados")


def permission(effect: Effect, context: GuardContext, limits: Limits) -> Iterator[Refusal]:
    """Opposition beats consent; some channels need consent (LGPD, arts. 8º e 18, § 2º)."""
    how = BY_CHANNEL[effect.channel]
    if context.opposed_to_all or effect.channel in context.opposed:
        yield Refusal(code="oposicao", why=f"O cliente se opôs a contatos {how}")
    if effect.channel in limits.need_consent and effect.channel not in context.consents:
        yield Refusal(code="sem_consentimento", why=f"Não há consentimento para contato {how}")


def review(effect: Effect, context: GuardContext) -> Iterator[Refusal]:
    """While a review of an automated decision or an opposition waits for its answer (LGPD, arts. 18 and 20) only people
    make contact."""
    if context.under_review and not effect.channel.by_people:
        why = f"Um pedido de titular sobre este cliente espera resposta (pedido {context.under_review})"
        yield Refusal(code="em_revisao", why=why)


def caps(
    effect: Effect, context: GuardContext, limits: Limits, groups: Sequence[Cap], now: datetime
) -> Iterator[Refusal]:
    """Contacts of the last 7 and 30 days, of the account and of the person; those still to come count too."""
    week, month = _since(context, now - _WEEK), _since(context, now - _MONTH)
    yield from _cap("conta_7d", len(week), limits.account_7d, "da conta em 7 dias")
    yield from _cap("pessoa_7d", len(_of(week, effect)), limits.person_7d, "da pessoa em 7 dias")
    known = [cap for cap in groups if cap.group == effect.group]
    if not known:
        yield Refusal(code="grupo", why=f"O grupo {effect.group} não está na régua")
    for cap in known:
        own = [one for one in month if one.group == cap.group]
        if cap.account_30d is not None:
            yield from _cap("conta_30d", len(own), cap.account_30d, f"do grupo {cap.group} com a conta em 30 dias")
        if cap.person_30d is not None:
            count = len(_of(own, effect))
            yield from _cap("pessoa_30d", count, cap.person_30d, f"do grupo {cap.group} com a pessoa em 30 dias")


def _since(context: GuardContext, start: datetime) -> list[Contacted]:
    return [one for one in context.contacts if one.at > start]


def _of(contacts: Sequence[Contacted], effect: Effect) -> list[Contacted]:
    """Those of the same person; a contact of the whole account is one of everybody's."""
    if effect.person_id is None:
        return list(contacts)
    return [one for one in contacts if one.person_id in (None, effect.person_id)]


def _cap(code: str, made: int, most: int, what: str) -> Iterator[Refusal]:
    if made >= most:
        yield Refusal(code=code, why=f"O limite de contatos {what} já foi atingido ({made} de {most})")
