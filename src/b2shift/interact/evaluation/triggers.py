"""Each kind of trigger as what it says of a rule."""

from b2shift.interact.contracts import (
    Cadence,
    CadenceTrigger,
    DateName,
    DateTrigger,
    EventTrigger,
    NpsTrigger,
    Rule,
    SignalTrigger,
    TelemetryTrigger,
)
from b2shift.interact.evaluation import cadence
from b2shift.interact.evaluation.cadence import NAMES
from b2shift.interact.evaluation.clauses import all_of, any_of, clause, edges, limits, phrases, proofs, within
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.event_sources import event_sources
from b2shift.interact.evaluation.facts import column
from b2shift.interact.evaluation.trigger_sql import TriggerSql, due_after, with_conditions, with_last_contact
from b2shift.interact.evaluation.words import counted, day, evidence, formatted
from b2shift.interact.policy.vocabulary import metrics
from b2shift.lake.api import literal

# A signal that lasts is a new occasion every month, or every quarter when its rule rests longer than that.
_QUARTER_FROM_DAYS = 45


def fired(rule: Rule, clock: Clock) -> TriggerSql:
    """When a rule fires and what it then says, the conditions of its audience and the last contact included."""
    return with_last_contact(rule, with_conditions(rule, _of_trigger(rule, clock)))


def words(rule: Rule) -> str:
    """The condition of a rule for people, conditions of its audience included."""
    where = [clause(condition).words for condition in rule.audience.where]
    return "; ".join([_words(rule), *where])


def _of_trigger(rule: Rule, clock: Clock) -> TriggerSql:
    trigger = rule.trigger
    if isinstance(trigger, CadenceTrigger):
        return cadence.fired(rule, trigger, clock)
    if isinstance(trigger, NpsTrigger):
        return _nps(rule, trigger, clock)
    if isinstance(trigger, EventTrigger):
        return _event(rule, trigger, clock)
    if isinstance(trigger, DateTrigger):
        return _date(rule, trigger, clock)
    return _signal(rule, trigger, clock)


def _signal(rule: Rule, trigger: SignalTrigger, clock: Clock) -> TriggerSql:
    conditions = (*trigger.any, *trigger.all)
    test = f"({any_of(trigger.any)}) AND {all_of(trigger.all)}"
    if isinstance(trigger, TelemetryTrigger):
        # Whoever sends no telemetry is unknown, not idle.
        sends = f"({column('has_telemetry')} OR {column('has_usage')})"
        test = f"{sends} AND coalesce({column('usage_months_12m')}, 0) >= {trigger.min_months} AND {test}"
    days = rule.due_days or 0
    occasion = clock.period(Cadence.TRIMESTRAL if rule.cooldown_days > _QUARTER_FROM_DAYS else Cadence.MENSAL)
    return TriggerSql(
        test=test,
        occasion=literal(occasion.key),
        due=due_after(str(clock.review(days)), days),
        reason=f"'O cliente ' || ({phrases(conditions)}) || '.'",
        evidence=proofs(conditions),
    )


def _nps(rule: Rule, trigger: NpsTrigger, clock: Clock) -> TriggerSql:
    metric, sql = metrics()["nps_value"], column("nps_value")
    band = limits(trigger, metric)
    value = formatted(metric, sql, edges(trigger))
    answers = f"{counted(column('nps_answers_12m'), 'resposta', 'respostas')} || ' em doze meses'"
    newest = day("nps_answered_on")
    text = (
        f"'O NPS do cliente é ' || ({value}) || CASE WHEN {column('nps_answers_12m')} < 3 "
        f"THEN ', valor aproximado pelo do seu segmento de mercado por ter só ' ELSE ', com ' END || {answers} || "
        f"{literal(f' (faixa: {band}); a última resposta foi em ')} || ({newest}) || '.'"
    )
    proof = [
        evidence("nps_value", metric.label, value, band, metric.source),
        evidence(
            "nps_answers_12m", "Respostas de NPS", answers, "com menos de 3, aproxima pelo segmento", metric.source
        ),
        evidence(
            "nps_last_answer", "Última resposta de NPS", newest, f"até {trigger.fresh_days} dias atrás", metric.source
        ),
    ]
    return TriggerSql(
        test=f"{within(sql, trigger)} AND nps_answered_on >= DATE '{clock.as_of}' - {trigger.fresh_days}",
        occasion="strftime(nps_answered_on, '%Y-%m-%d')",
        due=due_after("nps_answered_n", rule.due_days or 0),
        reason=text,
        evidence=f"[{', '.join(proof)}]",
    )


def _event(rule: Rule, trigger: EventTrigger, clock: Clock) -> TriggerSql:
    days = f"DATE '{clock.as_of}' - on_day"
    source = f"""(
        SELECT rule_facts.*, rule_events.* EXCLUDE (customer_id), rule_days.n AS opened_n
        FROM rule_facts JOIN rule_events USING (customer_id)
        LEFT JOIN rule_days ON rule_days.day = on_day + {trigger.after_days}
        WHERE event = {literal(trigger.event.value)} AND {days} BETWEEN {trigger.after_days} AND {trigger.within_days}
        QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY on_day DESC, key) = 1
    )"""
    return TriggerSql(
        test="TRUE",
        occasion="key",
        due=due_after("opened_n", rule.due_days or 0),
        reason="'O cliente ' || phrase || '.'",
        evidence="proof",
        source=source,
    )


def _date(rule: Rule, trigger: DateTrigger, clock: Clock) -> TriggerSql:
    sql, label, text, source = _dated(trigger.date)
    ahead = f"{sql} - DATE '{clock.as_of}'"
    window = f"de {trigger.days_before} a {trigger.until_days} dias antes"
    left = counted(ahead, "dia", "dias")
    proof = [
        evidence(trigger.date.value, label, day(sql), window, source),
        evidence("days_left", "Dias que faltam", left, window, source),
    ]
    # With days to act they run from the opening of the window; with none the contact is for the date itself.
    anchor = f"{sql} - {trigger.days_before}" if rule.due_days else sql
    return TriggerSql(
        test=f"{ahead} BETWEEN {max(trigger.until_days, 1)} AND {trigger.days_before}",
        occasion=f"strftime({sql}, '%Y-%m-%d')",
        due=due_after("opened_n", rule.due_days or 0),
        reason=f"{text} || ', daqui a ' || {left} || '.'",
        evidence=f"[{', '.join(proof)}]",
        source=f"""(
            SELECT rule_facts.*, rule_days.n AS opened_n
            FROM rule_facts LEFT JOIN rule_days ON rule_days.day = {anchor}
        )""",
    )


def _dated(date: DateName) -> tuple[str, str, str, str]:
    """The column of a date, its label, SQL of the beginning of its sentence, and where it comes from."""
    if date is DateName.RENOVACAO:
        start = (
            "CASE WHEN renewal_known THEN 'A renovação em aberto do cliente está prevista para ' "
            "ELSE 'O ano de contrato do cliente termina em ' END"
        )
        return "renewal_on", "Renovação", f"{start} || ({day('renewal_on')})", "opportunities, customers"
    years = counted("year(anniversary_on) - year(customer_since)", "ano", "anos")
    text = f"'O cliente completa ' || {years} || ' de casa em ' || ({day('anniversary_on')})"
    return "anniversary_on", "Aniversário de contrato", text, "customers"


def _words(rule: Rule) -> str:
    trigger = rule.trigger
    if isinstance(trigger, CadenceTrigger):
        return f"Contato {NAMES[trigger.every]} ainda não feito"
    if isinstance(trigger, NpsTrigger):
        band = limits(trigger, metrics()["nps_value"])
        return f"NPS {band}, com resposta nos últimos {trigger.fresh_days} dias"
    if isinstance(trigger, EventTrigger):
        label = event_sources()[trigger.event].label
        return f"{label}, de {trigger.after_days} a {trigger.within_days} dias atrás"
    if isinstance(trigger, DateTrigger):
        _, label, _, _ = _dated(trigger.date)
        return f"{label}, de {trigger.days_before} a {trigger.until_days} dias antes"
    some = " ou ".join(clause(condition).words for condition in trigger.any)
    every = [clause(condition).words for condition in trigger.all]
    return " e ".join([*([some] if some else []), *every])
