"""Changes without a size: `clientes com queda de uso`, `clusters em que o NPS subiu mas o uso caiu`."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.reading.items import Item, Reading
from b2shift.metrics.api import load_dictionary

TOGETHER = frozenset("e and , de do da dos das no na in of".split())
"""Between two metrics that moved alike: `queda de NPS e de uso`."""
MORE = frozenset({"mais", "most", "closest"})
LIMITS = ("gt", "lt", "gte", "lte", "drop", "rise")
SAID_OF_SCORES = {"lose": "drop", "gain": "rise"}
NEAR = 3
"""Words between a change and the metric that changed."""


def retold(reading: Reading) -> None:
    """`Perderam health score`: of a score, to lose is to fall; `mais perto de cancelar` orders by the risk;
    `me diga se o churn passar de 5%` is an alert: a limit, no time, no customers."""
    people = any(one.name == "customer" for one in reading.of("dimension"))
    watched = reading.amounts and not reading.periods and not people and reading.cue(*LIMITS)
    starts = {m.start for m in reading.of("metric") if load_dictionary().metrics[m.name].unit not in {"brl", "count"}}
    for place, item in enumerate(reading.items):
        if item.name in SAID_OF_SCORES and item.end in starts:
            reading.items[place] = item._replace(name=SAID_OF_SCORES[item.name])
        if item.name == "tell_if" and watched:
            reading.items[place] = item._replace(name="alert")
        if item.value == "alto" and {*reading.folded[max(0, item.start - 1) : item.start]} & MORE:
            reading.items[place] = Item("metric", "churn_risk", item.start, item.end)


def both_changed(reading: Reading, draft: Draft, used: Used) -> None:
    """Two metrics that each moved, among customers or groups: both are conditions."""
    if reading.cue("explain", "relationship", "alert", "how_much", "trend") or not reading.of("dimension"):
        return
    pairs = _pairs(reading, used)
    sized = any(one.op.startswith("change") for one in draft.filters)
    if len(pairs) < (1 if sized else 2) or reading.cue("top", "bottom", "best", "worst"):
        return
    for move, metric in pairs:
        draft.add_filter(metric.name, "change_lt" if goes_down(reading, move, metric.name) else "change_gt", 0)
        used.items.update({move, metric})


def _pairs(reading: Reading, used: Used) -> list[tuple[Item, Item]]:
    pairs: list[tuple[Item, Item]] = []
    for move in [i for i in reading.of("cue") if i.name in {"drop", "rise"} and i not in used.items]:
        free = [m for m in reading.of("metric") if m not in used.items and m not in [metric for _, metric in pairs]]
        gaps = {m: m.start - move.end if m.start >= move.end else move.start - m.end for m in free}
        near = min((m for m in free if 0 <= gaps[m] <= NEAR), key=lambda m: gaps[m], default=None)
        if near:
            pairs.append((move, near))
    return pairs


def changed_at_all(reading: Reading, draft: Draft, used: Used) -> None:
    """`clientes com queda de uso`: a change in one direction without a size, among customers."""
    metrics = [m for m in reading.of("metric") if m not in used.items]
    move = reading.cue("drop", "rise")
    size = reading.cue("halved", "doubled")
    if not metrics or not (move or size):
        return
    if size or move is None:
        halved = size is not None and size.name == "halved"
        down = goes_down(reading, move, metrics[0].name) if move else halved
        draft.add_filter(metrics[0].name, "change_pct_lt" if down else "change_pct_gt", -50 if down else 100)
        used.items.add(metrics[0])
        return
    for metric in _moved_alike(reading, metrics):
        draft.add_filter(metric.name, "change_lt" if goes_down(reading, move, metric.name) else "change_gt", 0)
        used.items.add(metric)


def _moved_alike(reading: Reading, metrics: list[Item]) -> list[Item]:
    """`Queda de NPS e de uso`: the first metric and those joined to it."""
    alike = metrics[:1]
    for after in metrics[1:]:
        between = set(reading.folded[alike[-1].end : after.start])
        if not (between <= TOGETHER and {"e", "and", ","} & between):
            break
        alike.append(after)
    return alike


def goes_down(reading: Reading, move: Item, metric: str) -> bool:
    """Whether a change is downwards; to get better is to fall where less is good."""
    word = reading.folded[move.start]
    if word.startswith(("melhor", "improv", "pior", "worse", "deterior")):
        better = word.startswith(("melhor", "improv"))
        return better == (load_dictionary().metrics[metric].direction == "down")
    return move.name == "drop"
