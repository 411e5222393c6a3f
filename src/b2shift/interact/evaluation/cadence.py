"""Contacts that come round: one per month, quarter… or one at a moment of the relationship."""

from b2shift.interact.contracts import Cadence, CadenceTrigger, Rule
from b2shift.interact.evaluation.clock import Clock, Period
from b2shift.interact.evaluation.contacts import newest
from b2shift.interact.evaluation.trigger_sql import TriggerSql, not_past
from b2shift.interact.evaluation.words import BY_CHANNEL, day, evidence, listed
from b2shift.kernel.ids import stable_id
from b2shift.lake.api import literal

NAMES = {
    Cadence.SEMANA_1: "da primeira semana",
    Cadence.MES_1: "do primeiro mês",
    Cadence.INICIO_DE_CICLO: "do início do ano de contrato",
    Cadence.MENSAL: "mensal",
    Cadence.BIMESTRAL: "bimestral",
    Cadence.TRIMESTRAL: "trimestral",
    Cadence.SEMESTRAL: "semestral",
    Cadence.ANUAL: "anual",
}
# A contact of a moment that was missed is still worth making for this long (calendar days after the moment began).
_WINDOW = {Cadence.SEMANA_1: 30, Cadence.MES_1: 60, Cadence.INICIO_DE_CICLO: 60}
# Business days over which the contacts of a moment are spread.
_SPREAD = {Cadence.SEMANA_1: 5, Cadence.MES_1: 20, Cadence.INICIO_DE_CICLO: 20}
# Whoever was not contacted on its day of the period comes up again every so many business days, each on its own.
_OVERDUE_SPREAD = 20
_CONTACTS = "activities, campaign_events"


def fired(rule: Rule, trigger: CadenceTrigger, clock: Clock) -> TriggerSql:
    """The contact of this period, or of this moment, that nobody has made yet."""
    if trigger.every in _WINDOW:
        return _moment(rule, trigger.every, clock)
    return _period(rule, clock.period(trigger.every), NAMES[trigger.every], clock)


def _period(rule: Rule, period: Period, name: str, clock: Clock) -> TriggerSql:
    first, last = clock.within(period.start, period.end)
    slot = f"{first} + {_spread(rule, period.key, last - first + 1)}"
    again = min(_OVERDUE_SPREAD, last - first + 1)
    late = f"1 + ({_spread(rule, period.key, again)} + {again - (1 - first) % again}) % {again}"
    contact = newest(rule.channels)
    value = f"CASE WHEN {contact} IS NULL THEN 'não há registro' ELSE {day(contact)} END"
    how = listed([BY_CHANNEL[channel] for channel in rule.channels])
    never, last_made = literal(f" de contato {how}."), literal(f"o último {how} foi em ")
    text = (
        f"'O contato {name} {period.name} ainda não foi feito: ' || "
        f"CASE WHEN {contact} IS NULL THEN ({value}) || {never} ELSE {last_made} || ({value}) || '.' END"
    )
    threshold = f"um por período; este é o {period.name}"
    return TriggerSql(
        test=f"({contact} IS NULL OR {contact} < DATE '{period.start}')",
        occasion=literal(period.key),
        due=f"CAST(CASE WHEN {slot} >= 1 THEN {slot} ELSE {late} END AS INTEGER)",
        reason=text,
        evidence=f"[{evidence('cadence', f'Contato {name}', value, threshold, _CONTACTS)}]",
    )


def _moment(rule: Rule, every: Cadence, clock: Clock) -> TriggerSql:
    contact, today = newest(rule.channels), f"DATE '{clock.as_of}'"
    began = "cycle_on" if every is Cadence.INICIO_DE_CICLO else "customer_since"
    value = day(began)
    how = listed([BY_CHANNEL[channel] for channel in rule.channels])
    start = "O ano de contrato do cliente começou em " if every is Cadence.INICIO_DE_CICLO else "O cliente chegou em "
    rest = f" e o contato {NAMES[every]} {how} ainda não foi feito."
    label = "Início do ano de contrato" if every is Cadence.INICIO_DE_CICLO else "Cliente desde"
    return TriggerSql(
        test=f"{today} - {began} BETWEEN 0 AND {_WINDOW[every]} AND ({contact} IS NULL OR {contact} < {began})",
        occasion=f"'{every.value}/' || strftime({began}, '%Y-%m-%d')",
        due=not_past(f"cycle_n + 1 + {_spread(rule, every.value, _SPREAD[every])}"),
        reason=f"{literal(start)} || ({value}) || {literal(rest)}",
        evidence=f"[{evidence(began, label, value, f'até {_WINDOW[every]} dias depois', 'customers')}]",
    )


def _spread(rule: Rule, key: str, count: int) -> str:
    """SQL of 0 … count - 1: the same for one customer, rule and period on every run, even over the customers."""
    salt = int(stable_id("d", rule.id, key)[2:], 16) >> 1
    return f"CAST(xor(draw, {salt}::UBIGINT) % {count} AS INTEGER)"
