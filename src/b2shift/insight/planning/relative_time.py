"""Periods relative to that of the last query: next, previous, same period of another year, so many more."""

from datetime import date, timedelta

from b2shift.insight.planning.comparing import is_a_time, len_in_months, unit_before
from b2shift.insight.planning.consuming import EDIT, EDIT_WORD, consume, span_of
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading import calendar
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.numbers import number
from b2shift.insight.reading.periods import MONTHS, UNITS, PeriodMention
from b2shift.insight.reading.spans import same_in_year, says_same
from b2shift.kernel.calendar import add_months
from b2shift.metrics.contracts import Horizon

LAST = frozenset("ultimos ultimas last past".split())
NEXT = frozenset("proximos proximas next".split())
MONTH_WORDS = frozenset(MONTHS)


def resolve_relative_time(before: Draft, reading: Reading) -> None:
    """Add the period that a turn names relative to the last query: `no mês seguinte`, `nos 6 anteriores`, `nos dois juntos`."""
    if before.forecast is not None:
        return
    for resolve in (_together, _following, _earlier, _year_before, _now):
        resolved = resolve(before, reading)
        if resolved:
            start, end, days = resolved
            consume(reading, start, end, EDIT_WORD if days else EDIT)
            if days:
                reading.periods.append(PeriodMention(days, start, end))
            return


Resolved = tuple[int, int, calendar.Days | None] | None


def _following(before: Draft, reading: Reading) -> Resolved:
    found = pattern("the_next").search(reading.text)
    if found is None or before.days is None:
        return None
    unit = UNITS.get(found["unit"] or "")
    first, months = before.days[0], len_in_months(before.days)
    after = calendar.shifted(unit, before.days[1], 1) if unit else calendar.span(add_months(first, months), months)
    return (*span_of(reading, found), after)


def _earlier(before: Draft, reading: Reading) -> Resolved:
    found = pattern("the_ones_before").search(reading.text)
    if found is None or before.days is None:
        return None
    number_word = found["count"] or found["count2"] or found["count3"]
    count = number(number_word) if number_word else None
    unit = UNITS.get(found["unit"] or found["unit2"] or "", before.grain or "month")
    months = int(count) * calendar.MONTHS_IN[unit] if count else len_in_months(before.days)
    return (*span_of(reading, found), calendar.span(add_months(before.days[0].replace(day=1), -months), months))


def _year_before(before: Draft, reading: Reading) -> Resolved:
    """`E no ano anterior?`, `em dezembro do ano anterior`: relative to the last query."""
    found = pattern("the_year_before").search(reading.text)
    if found is None or before.days is None or reading.cue("compare", "growth", "rise", "drop", "explain"):
        return None
    start, end = span_of(reading, found)
    if end - start > 3 and reading.folded[start] in MONTH_WORDS:
        month = calendar.named_month(MONTHS[reading.folded[start]], before.days[0].year - 1, reading.as_of, False)
        return start, end, month
    return start, end, same_in_year(before.days, before.days[1].year - 1)


def _together(before: Draft, reading: Reading) -> Resolved:
    """`E nos dois juntos?`: the union of two adjacent periods."""
    found = pattern("both_together").search(reading.text)
    one = before.previous
    if found is None or one is None or not (one.days and before.days):
        return None
    first, last = sorted((one.days, before.days))
    return (*span_of(reading, found), (first[0], last[1])) if last[0] - first[1] == timedelta(days=1) else None


def _now(before: Draft, reading: Reading) -> Resolved:
    """`E hoje?` after a past period: back to the default period."""
    found = pattern("at_present").match(reading.text)
    if found is None or before.days is None or before.grain or before.intent == "trend":
        return None
    before.days = None
    return (*span_of(reading, found), None)


def same_period_of_year(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no mesmo mês de 2025?`: the period of the last query, in that year."""
    if before.days and len(reading.periods) == 1 and says_same(reading.folded, reading.periods[0]):
        fresh.days = same_in_year(before.days, reading.periods[0].days[0].year)


def inherit_unit(before: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """A bare count takes the unit of the last query: `nos últimos 12` after months; `os próximos 12` after a forecast."""
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
            reading.periods.append(PeriodMention(fresh.days, amount.start - 1, amount.end))
            used.amounts.add(amount)


def shift_back(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no trimestre anterior?`: the period before that of the last query, without comparison."""
    cue = reading.cue("previous_period")
    if cue is None or not is_a_time(reading, cue):
        return
    first, last = before.days or calendar.shifted("month", reading.as_of, 0)
    unit = unit_before(reading, cue)
    months = len_in_months((first, last))
    fresh.days = calendar.shifted(unit, first, -1) if unit else calendar.span(add_months(first, -months), months)
    fresh.comparison, fresh.intent = None, "metric"


def resolve_ordinal(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`Compare com o primeiro` after a half or a quarter: that of the same year."""
    found = pattern("ordinal").search(reading.text)
    if not (found and before.days and not fresh.days and fresh.comparison is None):
        return
    unit = calendar.unit_of(before.days)
    index = calendar.INDEX.get(found[1])
    if unit is None or index is None:
        return
    first = date(before.days[0].year, 1, 1)
    fresh.days = calendar.span(add_months(first, calendar.MONTHS_IN[unit] * (index - 1)), calendar.MONTHS_IN[unit])
