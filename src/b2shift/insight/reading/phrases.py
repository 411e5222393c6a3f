"""Phrases of the lexicon in a question, and those that stand there and mean something else."""

from b2shift.insight.reading.items import Item, Reading
from b2shift.insight.reading.lexicon import Lexicon


def phrases(reading: Reading, lexicon: Lexicon, taken: set[int], *, longest_only: bool) -> list[Item]:
    """Phrases from left to right; with `longest_only`, those that no period may break: comparisons of time."""
    found: list[Item] = []
    lemmas, at = [word.lemma for word in reading.words], 0
    while at < len(lemmas):
        item = None if at in taken else lexicon.match(lemmas, at, taken)
        place = item is not None and item.kind == "value" and item.name == "state" and item.end - item.start > 1
        if item and longest_only and not place and item.name not in {"previous_year", "previous_period", "p90", "p95"}:
            item = None
        if item and (_spreads(item, reading) or _is_drawn(item, reading) or _swallows(item, lemmas, lexicon, taken)):
            item = None
        if item and _is_auxiliary(item, reading):
            item = None
        if (
            item
            and item.name == "share"
            and item.start
            and lemmas[item.start] == "%"
            and lemmas[item.start - 1].isdigit()
        ):
            item = None
        if (
            item
            and item.name == "average_all"
            and (reading.folded[item.end - 1] == "medias" or _lists_sizes(item, reading, found))
        ):
            item = Item("cue", "compare", item.start, item.start + 1)
        if item and item.name == "average_all" and reading.folded[at] == "media" and found and found[-1].end == at:
            item = None if found[-1].kind == "metric" else item  # `propensão média dos clientes`
        if item and item.name == "risk_band" and item.value == "baixo" and _risk_is_denied(item, reading):
            item = Item("value", "risk_band", item.start + 1, item.end + 1, "alto")
        if item and _is_mean_risk(item, reading):
            item = Item("metric", "churn_risk", item.start, item.end)
        if item and _is_health(item, reading):
            item = Item("metric", "health_score", item.start, item.end)
        if item:
            found.append(item)
        at = item.end if item else at + 1
    return found


def _swallows(item: Item, lemmas: list[str], lexicon: Lexicon, taken: set[int]) -> bool:
    """`Em valor vencido`, `na faixa de risco alta`: a cue that ends inside a longer name is none."""
    if item.kind != "cue" or item.end - item.start < 2 or item.end - 1 in taken:
        return False
    kinds, first = ({"dimension", "value"}, item.start + 1) if item.name == "between" else ({"metric"}, item.end - 1)
    inside = [lexicon.match(lemmas, place, taken) for place in range(first, item.end)]
    return any(found is not None and found.kind in kinds and found.end > item.end for found in inside)


def _spreads(item: Item, reading: Reading) -> bool:
    """`distribuição dos clientes por plano` is no segment."""
    word = reading.folded[item.start]
    after = reading.folded[item.end : item.end + 1]
    return (
        item.value == "distribuicao"
        and word.startswith("distribui")
        and after in (["de"], ["do"], ["dos"], ["das"], ["da"], ["por"])
    )


def _is_auxiliary(item: Item, reading: Reading) -> bool:
    """`o MRR deve crescer` owes nothing."""
    after = reading.folded[item.end] if item.end < len(reading.words) else ""
    return (
        reading.folded[item.start] in {"deve", "devem", "devemos"}
        and item.end - item.start == 1
        and after.endswith("r")
    )


def _is_health(item: Item, reading: Reading) -> bool:
    """`clientes com saúde ruim` is about their health, `clientes da saúde` about a segment."""
    if item.value != "saude" or reading.folded[item.start] not in {"saude", "health"}:
        return False
    before = reading.folded[item.start - 1] if item.start else ""
    return before in {"com", "a", "sua", "with", "cuja", "their", "boa", "ma", "pior", "melhor", "worst", "best"}


def _lists_sizes(item: Item, reading: Reading, found: list[Item]) -> bool:
    """`Enterprise x pequena x média`: one more size."""
    sized = bool(found) and found[-1].name == "company_size" and found[-1].kind == "value"
    return sized and found[-1].end == item.start and reading.folded[item.end - 1] == "media"


def _is_drawn(item: Item, reading: Reading) -> bool:
    """`Uma linha por região`: of a graph."""
    said = [*reading.folded[max(0, item.start - 1) : item.start], *reading.folded[item.end : item.end + 1]]
    return reading.words[item.start].lemma in {"linha", "line"} and said in (
        ["uma", "por"], ["uma", "para"], ["linhas", "por"], ["one", "per"], ["one", "for"], ["a", "per"],
    )  # fmt: skip


def _is_mean_risk(item: Item, reading: Reading) -> bool:
    """`Risco de churn médio por vendedor` is a mean, `clientes de risco médio` a band; so is `NPS e risco médios`."""
    if item.name == "risk_band" and item.value == "medio" and reading.folded[item.end - 1] == "medios":
        return reading.folded[item.start] == reading.words[item.start].lemma
    opens = item.start == 0 or reading.folded[item.start - 1] in {"o", "qual", "the"}
    beside = reading.folded[item.end : item.end + 1] in (["por"], ["by"], ["per"])
    return item.name == "risk_band" and item.value == "medio" and opens and beside


def _risk_is_denied(item: Item, reading: Reading) -> bool:
    """`sem risco alto` leaves the high ones out; `sem risco` alone means low."""
    after = reading.folded[item.end : item.end + 1]
    return reading.folded[item.start] in {"sem", "without"} and after in (["alto"], ["elevado"], ["high"])
