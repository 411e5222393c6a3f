"""Another time than that of the last query, said by it: the one before or after, as many more, the same a year ago."""

from datetime import date, timedelta

from b2shift.insight.planning.comparing import is_a_time, len_in_months, unit_before
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.taking import EDIT, SAID, places, take
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading import calendar
from b2shift.insight.reading.items import Reading
from b2shift.insight.reading.numbers import number
from b2shift.insight.reading.periods import MONTHS, UNITS, Found
from b2shift.insight.reading.spans import same_in_year, says_same
from b2shift.kernel.calendar import add_months
from b2shift.metrics.contracts import Horizon

LAST = frozenset("ultimos ultimas last past".split())
NEXT = frozenset("proximos proximas next".split())
MONTH_WORDS = frozenset(MONTHS)


def told_elsewhen(before: Draft, reading: Reading) -> None:
    """Put a time that only the last query tells into the reading: `no mês seguinte`, `nos 6 anteriores`, `nos dois juntos`."""
    if before.forecast is not None:
        return
    for tell in (_together, _following, _earlier, _year_before, _now):
        told = tell(before, reading)
        if told:
            start, end, days = told
            take(reading, start, end, SAID if days else EDIT)
            if days:
                reading.periods.append(Found(days, start, end))
            return


Told = tuple[int, int, calendar.Days | None] | None


def _following(before: Draft, reading: Reading) -> Told:
    found = pattern("the_next").search(reading.text)
    if found is None or before.days is None:
        return None
    unit = UNITS.get(found["unit"] or "")
    first, months = before.days[0], len_in_months(before.days)
    after = calendar.shifted(unit, before.days[1], 1) if unit else calendar.span(add_months(first, months), months)
    return (*places(reading, found), after)


def _earlier(before: Draft, reading: Reading) -> Told:
    found = pattern("the_ones_before").search(reading.text)
    if found is None or before.days is None:
        return None
    said = found["count"] or found["count2"] or found["count3"]
    count = number(said) if said else None
    unit = UNITS.get(found["unit"] or found["unit2"] or "", before.grain or "month")
    months = int(count) * calendar.MONTHS_IN[unit] if count else len_in_months(before.days)
    return (*places(reading, found), calendar.span(add_months(before.days[0].replace(day=1), -months), months))


def _year_before(before: Draft, reading: Reading) -> Told:
    """`E no ano anterior?`, `em dezembro do ano anterior`: that of the last query."""
    found = pattern("the_year_before").search(reading.text)
    if found is None or before.days is None or reading.cue("compare", "growth", "rise", "drop", "explain"):
        return None
    start, end = places(reading, found)
    if end - start > 3 and reading.folded[start] in MONTH_WORDS:
        month = calendar.named_month(MONTHS[reading.folded[start]], before.days[0].year - 1, reading.as_of, False)
        return start, end, month
    return start, end, same_in_year(before.days, before.days[1].year - 1)


def _together(before: Draft, reading: Reading) -> Told:
    """`E nos dois juntos?`: two times that follow one another."""
    found = pattern("both_together").search(reading.text)
    one = before.earlier
    if found is None or one is None or not (one.days and before.days):
        return None
    first, last = sorted((one.days, before.days))
    return (*places(reading, found), (first[0], last[1])) if last[0] - first[1] == timedelta(days=1) else None


def _now(before: Draft, reading: Reading) -> Told:
    """`E hoje?` after a time that is over: as without one."""
    found = pattern("at_present").match(reading.text)
    if found is None or before.days is None or before.grain or before.intent == "trend":
        return None
    before.days = None
    return (*places(reading, found), None)


def same_elsewhen(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no mesmo mês de 2025?`: the period of the turn before, in that year."""
    if before.days and len(reading.periods) == 1 and says_same(reading.folded, reading.periods[0]):
        fresh.days = same_in_year(before.days, reading.periods[0].days[0].year)


def same_unit(before: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """`Nos últimos 12` after six months or quarters: so many of the same; `os próximos 12` after a forecast."""
    for amount in [a for a in reading.amounts if a not in used.amounts and not a.unit]:
        beside = reading.folded[amount.start - 1] if amount.start else ""
        last = beside in LAST
        if beside in NEXT and before.forecast and isinstance(amount.value, int):
            days = calendar.coming(amount.value, before.grain or "month", reading.as_of)
            fresh.forecast = Horizon(start=days[0], end=days[1])
            used.amounts.add(amount)
        if (
            last
            and before.days
            and isinstance(amount.value, int)
            and amount.end in {len(reading.words), len(reading.words) - 1}
        ):
            unit = before.grain if before.grain in {"quarter", "year"} else "month"
            fresh.days = calendar.last_closed(amount.value, unit, reading.as_of)
            reading.periods.append(Found(fresh.days, amount.start - 1, amount.end))
            used.amounts.add(amount)


def moved_back(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no trimestre anterior?`: the one before the time of the last turn, which is compared with nothing."""
    cue = reading.cue("previous_period")
    if cue is None or not is_a_time(reading, cue):
        return
    first, last = before.days or calendar.shifted("month", reading.as_of, 0)
    unit = unit_before(reading, cue)
    months = len_in_months((first, last))
    fresh.days = calendar.shifted(unit, first, -1) if unit else calendar.span(add_months(first, -months), months)
    fresh.comparison, fresh.intent = None, "metric"


def ordinal(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`Compare com o primeiro` after a half or a quarter: the one of the same year."""
    found = pattern("ordinal").search(reading.text)
    if not (found and before.days and not fresh.days and fresh.comparison is None):
        return
    unit = calendar.unit_of(before.days)
    index = calendar.INDEX.get(found[1])
    if unit is None or index is None:
        return
    first = date(before.days[0].year, 1, 1)
    fresh.days = calendar.span(add_months(first, calendar.MONTHS_IN[unit] * (index - 1)), calendar.MONTHS_IN[unit])
