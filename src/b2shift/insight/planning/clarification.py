"""What is not understood is asked back or refused, never guessed."""

import re

from b2shift.insight.contracts import Plan
from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import asks_when, dangling_reference
from b2shift.insight.planning.ranking import SUPERLATIVES
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.mentions import CONNECTORS, Reading
from b2shift.insight.reading.text import fold_letters
from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.metrics.api import load_dictionary

HISTORY_MONTHS = 24
NEEDS_METRIC = frozenset(
    {"metric", "trend", "compare", "forecast", "explain", "relationship", "alert", "report", "rank"}
)
RANKING_OPTIONS = ("health_score", "nps", "churn_risk", "mrr")
METRIC_OPTIONS = ("mrr", "churn_rate", "nps", "health_score")
LOST = frozenset({"mrr", "churned_mrr", "churn_rate"})
VERB = re.compile(
    r"^[a-zç]{2,}(aram|eram|iram|ou|amos|emos|imos|ando|endo|indo|mente|aria|ariam|asse|assem|aremos|armos|ermos|irmos|ing)$"
)
WE = re.compile(r"(?:a|e|i)mos$")
"""`O mês em que mais faturamos`: what the house does narrows no group."""
INFINITIVE = re.compile(r"^[a-zç]{2,}(ar|er|ir)(em|mos)?$")


def unknown_words(reading: Reading, lexicon: Lexicon) -> list[str]:
    """Content words outside every mention, as typed; two adjacent capitalised ones are a person's name."""
    covered = reading.covered()
    free = [position for position, word in enumerate(reading.words) if word.proper and position not in covered]
    whenever = asks_when(reading) is not None
    names = [reading.words[position].typed for position in free if {position - 1, position + 1} & set(free)]
    if names and not reading.question.istitle() and not reading.question.isupper():
        return names
    return [
        word.typed
        for position, word in enumerate(reading.words)
        if position not in covered
        and word.folded not in CONNECTORS
        and (
            (word.folded in lexicon.unsupported.lists["times"] and not whenever)
            or word.folded in lexicon.unsupported.lists["anywhere"]
            or not {word.folded, word.lemma} & lexicon.stop_words
        )
        and (word.folded[:1].isalnum() or word.folded == "%")
        and not (word.folded.isdigit() and len(word.folded) < 3)
    ]


def _is_filler_verb(word: str, draft: Draft, reading: Reading) -> bool:
    """An unknown verb that adds nothing to a movement already recognised: `o que está derrubando o NPS?`."""
    if draft.intent == "actions" and (INFINITIVE.match(word) or re.search(rf"\bto {re.escape(word)}\b", reading.text)):
        return True
    position = next((p for p, one in enumerate(reading.words) if one.typed == word), 0)
    sides = {metric.start > position for metric in reading.of("metric")}
    if len(sides) > 1:
        return False  # `a expansão compensou o churn`: what it says of the two is what is asked
    ours = draft.intent == "rank" and "customer" not in draft.dimensions and WE.search(word)
    moving = draft.intent == "explain" or (draft.intent == "trend" and pattern("going_on").search(reading.text))
    return bool((moving or ours) and draft.metrics and VERB.match(word))


def clarify_or_refuse(reading: Reading, draft: Draft, lexicon: Lexicon, is_followup: bool) -> Plan | None:  # noqa: C901, PLR0911, PLR0912 - one reason per line
    """The clarification or refusal of a draft; None when it can be answered."""
    absent = [i for i in reading.of("absent") if not (LOST & {*draft.metrics} and _spends(reading.folded[i.start]))]
    clusters = load_dictionary().dimensions["cluster"].values
    if absent and not (draft.intent == "define" and draft.metrics):
        return Plan(action="refuse", reason="not_in_data", about=absent[0].name)
    measured = draft.metrics or any(one.field in load_dictionary().metrics for one in draft.filters)
    somebody = draft.dimensions or draft.customers or draft.filters
    unmeasured = somebody and not measured and not is_followup and draft.intent != "actions"
    if unmeasured and pattern("fares").search(reading.text):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    unknown = [word for word in unknown_words(reading, lexicon) if not _is_filler_verb(word, draft, reading)]
    known = draft.metrics or draft.filters or draft.dimensions or draft.customers or reading.of("value")
    if unknown and not known and all(_proper(reading, word) for word in unknown):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unknown))
    timed = all(fold_letters(word) in lexicon.unsupported.words for word in unknown)
    if unknown and not known and not timed and not is_followup and draft.intent not in {"actions", "profile"}:
        return Plan(action="refuse", reason="out_of_scope", about=" ".join(unknown))
    if unknown and not draft.metrics and any(_proper(reading, word) for word in unknown):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unknown))
    if _before_history(reading, draft):
        return Plan(action="refuse", reason="not_in_data", about=str(draft.days[0]) if draft.days else "")
    if reading.cue("grain_fine") and draft.intent not in {"alert", "report"} and draft.metrics:
        return Plan(action="refuse", reason="not_in_data", about="dados por dia ou semana")
    if any(str(mention.value) not in clusters for mention in reading.of("value") if mention.name == "cluster"):
        return Plan(action="clarify", reason="ambiguous_entity", about="cluster")
    listed = draft.intent == "report" and "customer" in draft.dimensions
    if draft.intent in NEEDS_METRIC and not draft.metrics and not _tenure_order(draft) and not listed:
        if draft.ranked or (draft.intent == "rank" and not draft.order):
            return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    valued = draft.intent == "list" and not draft.metrics and reading.cue("how_much") and not is_followup
    if valued and not any(one.field in load_dictionary().metrics for one in draft.filters):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)  # `quanto vale um cliente?`
    whoever = draft.intent == "list" and not (draft.filters or draft.metrics or is_followup)
    if whoever and not reading.cue("list", "report"):
        if unknown:
            return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unknown))
        if reading.cue(*SUPERLATIVES):
            return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)  # `merecem mais atenção`
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    if whoever and _asks_more(reading):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    if draft.intent == "profile" and not (draft.filters or draft.dimensions or is_followup or unknown):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)  # `resuma os resultados`
    if draft.intent == "define" and not (draft.metrics or draft.dimensions or reading.of("value")):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    if unknown:
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unknown))
    pointing = "" if is_followup else dangling_reference(reading)
    if pointing:
        return Plan(action="clarify", reason="ambiguous_entity", about=pointing)
    if draft.intent == "relationship" and len(set(draft.metrics)) < 2 and not draft.dimensions:
        cue = reading.cue("relationship")  # `o impacto dos detratores na receita`: with what is not said
        about = " ".join(word.typed for word in reading.words[cue.start : cue.end]) if cue else ""
        return Plan(action="clarify", reason="ambiguous_entity", about=about)
    return None


BARE = frozenset(
    "todos todas todo toda nossos nossas meus minhas me mostre mostra mostrar quero ver all our my show please favor por em ativos "
    "ativo ativas active base carteira completa completo complete lista list the de que temos tenho we have a o os as e sao are in "
    "portfolio b2shift eu preciso gostaria pode poderia voce um uma hoje atual atuais agora nome nomes".split()
)
"""Words beside `liste os clientes` that ask for nothing more."""


def _asks_more(reading: Reading) -> bool:
    """Whether a bare list asks for more than all customers: `quais clientes precisam de atenção?`."""
    covered = reading.covered()
    return any(p not in covered and w.isalpha() and w not in BARE for p, w in enumerate(reading.folded))


def _spends(word: str) -> bool:
    """Whether a verb of money stands for the metric beside it: `quanto o churn custou em MRR`."""
    return word.startswith(("custou", "custa", "cost"))


def _proper(reading: Reading, typed: str) -> bool:
    return any(word.proper for word in reading.words if word.typed == typed)


def _tenure_order(draft: Draft) -> bool:
    return draft.order is not None and draft.order.by == "tenure_months"


def _before_history(reading: Reading, draft: Draft) -> bool:
    first = add_months(first_of_month(reading.as_of), -HISTORY_MONTHS)
    ends = [draft.days[1]] if draft.days else []
    return any(end < first for end in ends)
