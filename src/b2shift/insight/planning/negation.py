"""Values excluded by a negation."""

from b2shift.insight.planning.wording import words
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading


def negated_values(reading: Reading) -> set[Mention]:
    """Values in the scope of a negation: `exceto varejo e agro`, `sem o Sul`, `que não são do Norte`."""
    out: set[Mention] = set()
    nots = [mention for mention in reading.of("cue") if mention.name == "not"]
    values = reading.of("value")
    for mention in nots:
        at, first = mention.end, True
        for value in [v for v in values if v.start >= mention.end]:
            between = reading.words[at : value.start]
            folded = {word.folded for word in between}
            joined = first or (bool(words("joiners") & folded) and not folded & words("wanted_after_left_out"))
            if not joined or not all(_passable(word.lemma) for word in between):
                break
            out.add(value)
            at, first = value.end, False
    for position, value in enumerate(values):
        before = reading.folded[value.start - 1] if value.start else ""
        if before in words("left_out") or (value.name == "risk_band" and before in {"sem", "without"}):
            out.update([value, *_joined_to(value, values[position + 1 :], reading)])
    nothing = [mention for mention in reading.of("cue") if mention.name == "none"]
    for mention in nothing:
        out |= {
            v
            for v in values
            if v.start - mention.end <= 1 and v.start >= mention.end and (v.name != "risk_band" or v.value == "alto")
        }
    return out


def _joined_to(value: Mention, following: list[Mention], reading: Reading) -> list[Mention]:
    """Further values of the dimension in a coordinated list: `menos saúde e educação`."""
    out: list[Mention] = []
    for after in following:
        between = {*reading.folded[value.end : after.start]}
        if after.name != value.name or not between <= words("joiners") | CONNECTORS or not between & words("joiners"):
            break
        out.append(after)
        value = after
    return out


def _passable(word: str) -> bool:
    return word in CONNECTORS | words("before_left_out")
