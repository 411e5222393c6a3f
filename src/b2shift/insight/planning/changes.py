"""Changes without a threshold: `clientes com queda de uso`, `clusters em que o NPS subiu mas o uso caiu`."""

from b2shift.insight.planning.draft import Draft, Presumed, Used
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.metrics.api import load_dictionary

TOGETHER = frozenset("e and , de do da dos das no na in of".split())
"""Between two metrics that moved alike: `queda de NPS e de uso`."""
MORE = frozenset({"mais", "most", "closest"})
LIMITS = ("gt", "lt", "gte", "lte", "drop", "rise")
SAID_OF_SCORES = {"lose": "drop", "gain": "rise"}
NEAR = 3
"""Words between a change and the metric that changed."""

JUDGING = ("pior", "melhor", "improv", "wors", "deterior")


def disambiguate_cues(reading: Reading) -> None:
    """Replace cues by what they mean in context: losing a score is a drop, `perto de cancelar` is churn risk, `me diga se` an alert."""
    people = any(one.name == "customer" for one in reading.of("dimension"))
    watched = reading.amounts and not reading.periods and not people and reading.cue(*LIMITS)
    starts = {m.start for m in reading.of("metric") if load_dictionary().metrics[m.name].unit not in {"brl", "count"}}
    for position, mention in enumerate(reading.mentions):
        if mention.name in SAID_OF_SCORES and mention.end in starts:
            reading.mentions[position] = mention._replace(name=SAID_OF_SCORES[mention.name])
        if mention.name == "tell_if" and watched:
            reading.mentions[position] = mention._replace(name="alert")
        if mention.value == "alto" and {*reading.folded[max(0, mention.start - 1) : mention.start]} & MORE:
            reading.mentions[position] = Mention("metric", "churn_risk", mention.start, mention.end)


def take_paired_changes(reading: Reading, draft: Draft, used: Used) -> None:
    """Two metrics that each moved, among customers or groups: a filter on each."""
    if reading.cue("explain", "relationship", "alert", "how_much", "trend") or not reading.of("dimension"):
        return
    pairs = _pairs(reading, used)
    sized = any(one.op.startswith("change") for one in draft.filters)
    if len(pairs) < (1 if sized else 2) or reading.cue("top", "bottom", "best", "worst"):
        return
    for move, metric in pairs:
        draft.add_filter(metric.name, "change_lt" if goes_down(reading, move, metric.name) else "change_gt", 0)
        used.mentions.update({move, metric})


def _pairs(reading: Reading, used: Used) -> list[tuple[Mention, Mention]]:
    pairs: list[tuple[Mention, Mention]] = []
    for move in [i for i in reading.of("cue") if i.name in {"drop", "rise"} and i not in used.mentions]:
        free = [m for m in reading.of("metric") if m not in used.mentions and m not in [metric for _, metric in pairs]]
        gaps = {m: m.start - move.end if m.start >= move.end else move.start - m.end for m in free}
        near = min((m for m in free if 0 <= gaps[m] <= NEAR), key=lambda m: gaps[m], default=None)
        if near:
            pairs.append((move, near))
    return pairs


def take_unsized_change(reading: Reading, draft: Draft, used: Used) -> None:
    """Filter on the direction of a change without a threshold: `clientes com queda de uso`."""
    metrics = [m for m in reading.of("metric") if m not in used.mentions]
    move = reading.cue("drop", "rise")
    size = reading.cue("halved", "doubled")
    if not metrics or not (move or size):
        return
    if size or move is None:
        halved = size is not None and size.name == "halved"
        down = goes_down(reading, move, metrics[0].name) if move else halved
        draft.add_filter(metrics[0].name, "change_pct_lt" if down else "change_pct_gt", -50 if down else 100)
        used.mentions.add(metrics[0])
        return
    for metric in _moved_alike(reading, metrics):
        draft.add_filter(metric.name, "change_lt" if goes_down(reading, move, metric.name) else "change_gt", 0)
        used.mentions.add(metric)


def _moved_alike(reading: Reading, metrics: list[Mention]) -> list[Mention]:
    """The first metric and those joined to it by a conjunction: `queda de NPS e de uso`."""
    alike = metrics[:1]
    for after in metrics[1:]:
        between = set(reading.folded[alike[-1].end : after.start])
        if not (between <= TOGETHER and {"e", "and", ","} & between):
            break
        alike.append(after)
    return alike


def goes_down(reading: Reading, move: Mention, metric: str) -> bool:
    """Whether a movement is downwards; improving is falling where less is better."""
    word = reading.folded[move.start]
    if word.startswith(("melhor", "improv", "pior", "worse", "deterior")):
        better = word.startswith(("melhor", "improv"))
        return better == (load_dictionary().metrics[metric].direction == "down")
    return move.name == "drop"


def presumed_change(reading: Reading) -> Presumed:
    """The direction that a question for causes takes for granted: `por que o MRR caiu?`.

    None where both or none are named, and where words judge instead of measuring: what got worse may have risen.
    """
    told = [one for one in reading.of("cue") if one.name in {"rise", "drop"}]
    judged = any(word.startswith(JUDGING) for one in told for word in reading.folded[one.start : one.end])
    directions = {one.name for one in told}
    if judged or len(directions) != 1:
        return None
    return "rise" if "rise" in directions else "drop"
