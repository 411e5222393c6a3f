"""Values said to be left out."""

from b2shift.insight.planning.wording import words
from b2shift.insight.reading.items import CONNECTORS, Item, Reading


def negated_values(reading: Reading) -> set[Item]:
    """Values said to be left out: `exceto varejo e agro`, `sem o Sul`, `que não são do Norte`."""
    out: set[Item] = set()
    nots = [item for item in reading.of("cue") if item.name == "not"]
    values = reading.of("value")
    for item in nots:
        at, first = item.end, True
        for value in [v for v in values if v.start >= item.end]:
            between = reading.words[at : value.start]
            told = {word.folded for word in between}
            joined = first or (bool(words("joiners") & told) and not told & words("wanted_after_left_out"))
            if not joined or not all(_passable(word.lemma) for word in between):
                break
            out.add(value)
            at, first = value.end, False
    for place, value in enumerate(values):
        before = reading.folded[value.start - 1] if value.start else ""
        if before in words("left_out") or (value.name == "risk_band" and before in {"sem", "without"}):
            out.update([value, *_joined_to(value, values[place + 1 :], reading)])
    nothing = [item for item in reading.of("cue") if item.name == "none"]
    for item in nothing:
        out |= {
            v
            for v in values
            if v.start - item.end <= 1 and v.start >= item.end and (v.name != "risk_band" or v.value == "alto")
        }
    return out


def _joined_to(value: Item, following: list[Item], reading: Reading) -> list[Item]:
    """`Menos saúde e educação`: further values of the dimension that a list holds are left out too."""
    out: list[Item] = []
    for after in following:
        between = {*reading.folded[value.end : after.start]}
        if after.name != value.name or not between <= words("joiners") | CONNECTORS or not between & words("joiners"):
            break
        out.append(after)
        value = after
    return out


def _passable(word: str) -> bool:
    return word in CONNECTORS | words("before_left_out")
