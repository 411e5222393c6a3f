"""Filters against zero that no comparison names: zero, non-zero, positive, negative."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import CONNECTORS, Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Op

COUNTED = frozenset({"tickets", "overdue_amount", "expansion_mrr"})
NEAR = 2
"""Words between what denies and its metric: `que não têm nada em atraso`."""
SIGNS: tuple[Op, ...] = ("lt", "gt")


def take_zero_conditions(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill the filters that compare a metric with zero."""
    for take in (_something, _nothing, _nor, _none_in_english, _zero, _negative):
        take(reading, draft, used)


def _nothing(reading: Reading, draft: Draft, used: Used) -> None:
    """`sem chamados`, `nenhum uso`: a metric equal to zero."""
    for cue in [
        i
        for i in reading.of("cue")
        if i.name == "none" or (i.name == "not" and reading.folded[i.start] in {"sem", "que"})
    ]:
        metric = next((m for m in reading.of("metric") if 0 <= m.start - cue.end <= NEAR), None)
        between = reading.words[cue.end : metric.start] if metric else []
        if metric and metric not in used.mentions and all(w.lemma in CONNECTORS | words("skipped") for w in between):
            unit = load_dictionary().metrics[metric.name].unit
            if unit in {"count", "hours", "brl"}:
                draft.add_filter(metric.name, "eq", 0)
                used.mentions.add(metric)


def _nor(reading: Reading, draft: Draft, used: Used) -> None:
    """`Não usaram o sistema nem abriram chamado`: a metric joined to a zero by `nem`."""
    for position, word in enumerate(reading.folded):
        zero = any(one.op == "eq" and one.value == 0 for one in draft.filters)
        metric = next((m for m in reading.of("metric") if 0 < m.start - position <= NEAR + 1), None)
        if word not in {"nem", "nor"} or not zero or metric is None or metric in used.mentions:
            continue
        passed = all(w.lemma in CONNECTORS | words("skipped") for w in reading.words[position + 1 : metric.start])
        if passed and load_dictionary().metrics[metric.name].unit in {"count", "hours", "brl"}:
            draft.add_filter(metric.name, "eq", 0)
            used.mentions.add(metric)


def _something(reading: Reading, draft: Draft, used: Used) -> None:
    """`Clientes que abriram chamado`, `who have overdue invoices`: a metric above zero."""
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    people = people or next((i for i in reading.of("cue") if reading.folded[i.start] in {"quem", "who"}), None)
    asked = people is not None and any(
        i.name in {"count", "list"} and i.start < people.start for i in reading.of("cue")
    )
    have = pattern("have_any" if asked else "have")
    for metric in reading.of("metric"):
        verbal = metric.start + (reading.folded[metric.start][:4] in {"abri", "recl", "tive", "open"})
        having = have.search(" ".join(reading.folded[max(0, metric.start - 4) : verbal]))
        had = len(reading.of("metric")) == 1 and pattern("with_any").search(" ".join(reading.folded[: metric.start]))
        denied = any(i.name in {"none", "not"} and 0 <= metric.start - i.end <= NEAR for i in reading.of("cue"))
        of_them = (having and people and people.end <= metric.start) or had
        if denied or not of_them or metric.name not in COUNTED or metric in used.mentions:
            continue
        if any(abs(a.start - metric.start) < 4 for a in reading.amounts) or reading.cue(
            "top", "bottom", "worst", "best"
        ):
            continue
        draft.add_filter(metric.name, "gt", 0)
        used.mentions.add(metric)


def _none_in_english(reading: Reading, draft: Draft, used: Used) -> None:
    """`with no overdue amount`; in Portuguese `no` is `in the`."""
    for metric in reading.of("metric") if not reading.portuguese else ():
        if metric.start and reading.folded[metric.start - 1] == "no" and metric not in used.mentions:
            draft.add_filter(metric.name, "eq", 0)
            used.mentions.add(metric)


def _zero(reading: Reading, draft: Draft, used: Used) -> None:
    """`zero chamados`, `0 horas de uso`; among customers also `com 3 chamados`."""
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    for amount in reading.amounts:
        metric = next((m for m in reading.of("metric") if m.start == amount.end), None)
        had = people is not None and people.end <= amount.start and reading.folded[amount.start - 1] in words("having")
        counted = had and metric is not None and metric.name in COUNTED and not amount.unit
        if metric and (amount.value == 0 or counted) and amount not in used.amounts and metric not in used.mentions:
            draft.add_filter(metric.name, "eq", amount.value)
            used.mentions.add(metric)
            used.amounts.add(amount)


def _negative(reading: Reading, draft: Draft, used: Used) -> None:
    for metric in reading.of("metric"):
        beside = {
            *reading.folded[metric.end : metric.end + 1],
            *reading.folded[max(0, metric.start - 1) : metric.start],
        }
        side = next((op for op in SIGNS if beside & words(f"sign_{op}")), None)
        if side:
            draft.add_filter(metric.name, side, 0)
            used.mentions.add(metric)
