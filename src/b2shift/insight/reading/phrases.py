"""Lexicon phrases in a question, without those that mean something else there."""

from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.mentions import Mention, Reading


def match_phrases(reading: Reading, lexicon: Lexicon, taken: set[int], *, longest_only: bool) -> list[Mention]:
    """Phrases from left to right; with `longest_only`, those that no period may break: comparisons of time."""
    found: list[Mention] = []
    lemmas, at = [word.lemma for word in reading.words], 0
    while at < len(lemmas):
        mention = None if at in taken else lexicon.match(lemmas, at, taken)
        position = (
            mention is not None
            and mention.kind == "value"
            and mention.name == "state"
            and mention.end - mention.start > 1
        )
        if (
            mention
            and longest_only
            and not position
            and mention.name not in {"previous_year", "previous_period", "p90", "p95"}
        ):
            mention = None
        if mention and (
            _spreads(mention, reading) or _is_drawn(mention, reading) or _swallows(mention, lemmas, lexicon, taken)
        ):
            mention = None
        if mention and _is_auxiliary(mention, reading):
            mention = None
        if (
            mention
            and mention.name == "share"
            and mention.start
            and lemmas[mention.start] == "%"
            and lemmas[mention.start - 1].isdigit()
        ):
            mention = None
        if (
            mention
            and mention.name == "average_all"
            and (reading.folded[mention.end - 1] == "medias" or _lists_sizes(mention, reading, found))
        ):
            mention = Mention("cue", "compare", mention.start, mention.start + 1)
        if (
            mention
            and mention.name == "average_all"
            and reading.folded[at] == "media"
            and found
            and found[-1].end == at
        ):
            mention = None if found[-1].kind == "metric" else mention  # `propensão média dos clientes`
        if mention and mention.name == "risk_band" and mention.value == "baixo" and _risk_is_denied(mention, reading):
            mention = Mention("value", "risk_band", mention.start + 1, mention.end + 1, "alto")
        if mention and _is_mean_risk(mention, reading):
            mention = Mention("metric", "churn_risk", mention.start, mention.end)
        if mention and _is_health(mention, reading):
            mention = Mention("metric", "health_score", mention.start, mention.end)
        if mention:
            found.append(mention)
        at = mention.end if mention else at + 1
    return found


def _swallows(mention: Mention, lemmas: list[str], lexicon: Lexicon, taken: set[int]) -> bool:
    """`Em valor vencido`, `na faixa de risco alta`: a cue that ends inside a longer name is none."""
    if mention.kind != "cue" or mention.end - mention.start < 2 or mention.end - 1 in taken:
        return False
    kinds, first = (
        ({"dimension", "value"}, mention.start + 1) if mention.name == "between" else ({"metric"}, mention.end - 1)
    )
    inside = [lexicon.match(lemmas, position, taken) for position in range(first, mention.end)]
    return any(found is not None and found.kind in kinds and found.end > mention.end for found in inside)


def _spreads(mention: Mention, reading: Reading) -> bool:
    """`distribuição dos clientes por plano` is no segment."""
    word = reading.folded[mention.start]
    after = reading.folded[mention.end : mention.end + 1]
    return (
        mention.value == "distribuicao"
        and word.startswith("distribui")
        and after in (["de"], ["do"], ["dos"], ["das"], ["da"], ["por"])
    )


def _is_auxiliary(mention: Mention, reading: Reading) -> bool:
    """`o MRR deve crescer` owes nothing."""
    after = reading.folded[mention.end] if mention.end < len(reading.words) else ""
    return (
        reading.folded[mention.start] in {"deve", "devem", "devemos"}
        and mention.end - mention.start == 1
        and after.endswith("r")
    )


def _is_health(mention: Mention, reading: Reading) -> bool:
    """`clientes com saúde ruim` is about their health, `clientes da saúde` about a segment."""
    if mention.value != "saude" or reading.folded[mention.start] not in {"saude", "health"}:
        return False
    before = reading.folded[mention.start - 1] if mention.start else ""
    return before in {"com", "a", "sua", "with", "cuja", "their", "boa", "ma", "pior", "melhor", "worst", "best"}


def _lists_sizes(mention: Mention, reading: Reading, found: list[Mention]) -> bool:
    """`Enterprise x pequena x média`: one more size."""
    sized = bool(found) and found[-1].name == "company_size" and found[-1].kind == "value"
    return sized and found[-1].end == mention.start and reading.folded[mention.end - 1] == "media"


def _is_drawn(mention: Mention, reading: Reading) -> bool:
    """`Uma linha por região`: of a graph."""
    said = [*reading.folded[max(0, mention.start - 1) : mention.start], *reading.folded[mention.end : mention.end + 1]]
    return reading.words[mention.start].lemma in {"linha", "line"} and said in (
        ["uma", "por"], ["uma", "para"], ["linhas", "por"], ["one", "per"], ["one", "for"], ["a", "per"],
    )  # fmt: skip


def _is_mean_risk(mention: Mention, reading: Reading) -> bool:
    """`Risco de churn médio por vendedor` is a mean, `clientes de risco médio` a band; so is `NPS e risco médios`."""
    if mention.name == "risk_band" and mention.value == "medio" and reading.folded[mention.end - 1] == "medios":
        return reading.folded[mention.start] == reading.words[mention.start].lemma
    opens = mention.start == 0 or reading.folded[mention.start - 1] in {"o", "qual", "the"}
    beside = reading.folded[mention.end : mention.end + 1] in (["por"], ["by"], ["per"])
    return mention.name == "risk_band" and mention.value == "medio" and opens and beside


def _risk_is_denied(mention: Mention, reading: Reading) -> bool:
    """`sem risco alto` leaves the high ones out; `sem risco` alone means low."""
    after = reading.folded[mention.end : mention.end + 1]
    return reading.folded[mention.start] in {"sem", "without"} and after in (["alto"], ["elevado"], ["high"])
