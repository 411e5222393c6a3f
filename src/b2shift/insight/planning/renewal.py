"""Filters on the renewal date of contracts."""

from datetime import timedelta

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.periods import PeriodMention

NEAR = 2
"""Words between an ending and its period."""


def take_renewal(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill the filter on the renewal date."""
    cue = reading.cue("renewal")
    subject: list[object] = [i for i in reading.of("dimension") if i.name in {"customer", "renewal_date"}]
    subject += [cue] if cue and (asks_what_ends(reading) or ends_when(reading)) else []
    if cue is None and not runs_until(reading) and not any(i.name == "renewal_date" for i in reading.of("dimension")):
        return
    if reading.of("metric") and not (subject and _of_contracts(reading)):
        return  # `em quanto o MRR termina o ano`: no contract ends there
    if not reading.periods:
        if cue and subject and not any(reading.of("metric")):
            draft.add_filter("renewal_date", "gte", reading.as_of.isoformat())
        return
    period = ending_period(reading)
    start, end = period.days
    used.periods.append(period)
    for following in joined_to(reading, period):
        if following.days[0] != end + timedelta(days=1):
            break
        end = following.days[1]  # `em julho ou agosto`
        used.periods.append(following)
    if period.open_start or (period.start and reading.folded[period.start] == "ate"):
        start = reading.as_of
    if period.open_end:
        draft.add_filter("renewal_date", "gte", start.isoformat())
    else:
        draft.add_filter("renewal_date", "between", (start.isoformat(), end.isoformat()))


def ending_period(reading: Reading) -> PeriodMention:
    """Of several periods the one beside the verb of ending: `caiu desde janeiro e vence até agosto`."""
    cue = reading.cue("renewal")
    beside = [p for p in reading.periods if cue and 0 <= p.start - cue.end <= NEAR]
    return (beside or reading.periods)[0]


def joined_to(reading: Reading, ending: PeriodMention) -> list[PeriodMention]:
    """The periods coordinated after it by `e` or `ou`."""
    out = [ending]
    for following in reading.periods[reading.periods.index(ending) + 1 :]:
        if not set(reading.folded[out[-1].end : following.start]) <= words("joiners") | {"em", "in"}:
            break
        out.append(following)
    return out[1:]


def _of_contracts(reading: Reading) -> bool:
    people = any(i.name in {"customer", "renewal_date"} for i in reading.of("dimension"))
    return (
        people
        or any(i.name in {"list", "whoever"} for i in reading.of("cue"))
        or pattern("money_ends").search(reading.text) is not None
    )


def asks_what_ends(reading: Reading) -> bool:
    """`O que vence em julho`, `quem renova`: contracts are the implied subject."""
    cue = reading.cue("renewal")
    return cue is not None and cue.start <= 2 and bool(pattern("contract_ends").match(reading.text))


def runs_until(reading: Reading) -> bool:
    """`Com contrato até dezembro`: the contract ends by then."""
    return pattern("runs_until").search(reading.text) is not None and bool(reading.periods)


def ends_when(reading: Reading) -> bool:
    """`Quem tem health baixo e vence até setembro`: the period follows the verb of ending."""
    cue = reading.cue("renewal")
    return cue is not None and any(0 <= period.start - cue.end <= NEAR for period in reading.periods)
