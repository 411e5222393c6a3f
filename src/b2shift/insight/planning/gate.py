"""What is not understood is asked or refused, never guessed."""

import re

from b2shift.insight.contracts import Plan
from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import asks_when, points_at_nothing
from b2shift.insight.planning.ranking import SUPERLATIVES
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import CONNECTORS, Reading
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.text import plain
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
DEED = re.compile(r"^[a-zç]{2,}(ar|er|ir)(em|mos)?$")


def unexplained(reading: Reading, lexicon: Lexicon) -> list[str]:
    """Content words that nothing explains, as typed; two ordinary words in capitals side by side are somebody's name."""
    covered = reading.covered()
    free = [place for place, word in enumerate(reading.words) if word.proper and place not in covered]
    whenever = asks_when(reading) is not None
    names = [reading.words[place].typed for place in free if {place - 1, place + 1} & set(free)]
    if names and not reading.question.istitle() and not reading.question.isupper():
        return names
    return [
        word.typed
        for place, word in enumerate(reading.words)
        if place not in covered
        and word.folded not in CONNECTORS
        and (
            (word.folded in lexicon.weighty.lists["times"] and not whenever)
            or word.folded in lexicon.weighty.lists["anywhere"]
            or not {word.folded, word.lemma} & lexicon.harmless
        )
        and (word.folded[:1].isalnum() or word.folded == "%")
        and not (word.folded.isdigit() and len(word.folded) < 3)
    ]


def _says_nothing(word: str, draft: Draft, reading: Reading) -> bool:
    """A verb that no phrase knows, where it tells of a movement already recognised: `o que está derrubando o NPS?`."""
    if draft.intent == "actions" and (DEED.match(word) or re.search(rf"\bto {re.escape(word)}\b", reading.text)):
        return True
    place = next((p for p, one in enumerate(reading.words) if one.typed == word), 0)
    sides = {metric.start > place for metric in reading.of("metric")}
    if len(sides) > 1:
        return False  # `a expansão compensou o churn`: what it says of the two is what is asked
    ours = draft.intent == "rank" and "customer" not in draft.dimensions and WE.search(word)
    moving = draft.intent == "explain" or (draft.intent == "trend" and pattern("going_on").search(reading.text))
    return bool((moving or ours) and draft.metrics and VERB.match(word))


def gate(reading: Reading, draft: Draft, lexicon: Lexicon, followed: bool) -> Plan | None:  # noqa: C901, PLR0911, PLR0912 - one reason per line
    """Why a draft is not answered; None when it is."""
    absent = [i for i in reading.of("absent") if not (LOST & {*draft.metrics} and _spends(reading.folded[i.start]))]
    clusters = load_dictionary().dimensions["cluster"].values
    if absent and not (draft.intent == "define" and draft.metrics):
        return Plan(action="refuse", reason="not_in_data", about=absent[0].name)
    measured = draft.metrics or any(one.field in load_dictionary().metrics for one in draft.filters)
    somebody = draft.dimensions or draft.customers or draft.filters
    unmeasured = somebody and not measured and not followed and draft.intent != "actions"
    if unmeasured and pattern("fares").search(reading.text):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    strange = [word for word in unexplained(reading, lexicon) if not _says_nothing(word, draft, reading)]
    known = draft.metrics or draft.filters or draft.dimensions or draft.customers or reading.of("value")
    if strange and not known and all(_proper(reading, word) for word in strange):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(strange))
    timed = all(plain(word) in lexicon.weighty.words for word in strange)
    if strange and not known and not timed and not followed and draft.intent not in {"actions", "profile"}:
        return Plan(action="refuse", reason="out_of_scope", about=" ".join(strange))
    if strange and not draft.metrics and any(_proper(reading, word) for word in strange):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(strange))
    if _before_history(reading, draft):
        return Plan(action="refuse", reason="not_in_data", about=str(draft.days[0]) if draft.days else "")
    if reading.cue("grain_fine") and draft.intent not in {"alert", "report"} and draft.metrics:
        return Plan(action="refuse", reason="not_in_data", about="dados por dia ou semana")
    if any(str(item.value) not in clusters for item in reading.of("value") if item.name == "cluster"):
        return Plan(action="clarify", reason="ambiguous_entity", about="cluster")
    listed = draft.intent == "report" and "customer" in draft.dimensions
    if draft.intent in NEEDS_METRIC and not draft.metrics and not _tenure_order(draft) and not listed:
        if draft.ranked or (draft.intent == "rank" and not draft.order):
            return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    valued = draft.intent == "list" and not draft.metrics and reading.cue("how_much") and not followed
    if valued and not any(one.field in load_dictionary().metrics for one in draft.filters):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)  # `quanto vale um cliente?`
    whoever = draft.intent == "list" and not (draft.filters or draft.metrics or followed)
    if whoever and not reading.cue("list", "report"):
        if strange:
            return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(strange))
        if reading.cue(*SUPERLATIVES):
            return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)  # `merecem mais atenção`
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    if whoever and _asks_more(reading):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    if draft.intent == "profile" and not (draft.filters or draft.dimensions or followed or strange):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)  # `resuma os resultados`
    if draft.intent == "define" and not (draft.metrics or draft.dimensions or reading.of("value")):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    if strange:
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(strange))
    pointing = "" if followed else points_at_nothing(reading)
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
    """`Quais clientes precisam de atenção?`: every customer is no answer to it."""
    covered = reading.covered()
    return any(p not in covered and w.isalpha() and w not in BARE for p, w in enumerate(reading.folded))


def _spends(word: str) -> bool:
    """`Quanto o churn custou em MRR`: a verb of money beside a metric asks for the metric."""
    return word.startswith(("custou", "custa", "cost"))


def _proper(reading: Reading, typed: str) -> bool:
    return any(word.proper for word in reading.words if word.typed == typed)


def _tenure_order(draft: Draft) -> bool:
    return draft.order is not None and draft.order.by == "tenure_months"


def _before_history(reading: Reading, draft: Draft) -> bool:
    first = add_months(first_of_month(reading.as_of), -HISTORY_MONTHS)
    ends = [draft.days[1]] if draft.days else []
    return any(end < first for end in ends)
