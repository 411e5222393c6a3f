"""Comparisons: with another period, between members of a dimension, with the average of the base."""

import itertools
from datetime import timedelta

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.phrasing import COMPARATIVE
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading import calendar
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.insight.reading.periods import UNITS
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Comparison

BESIDE = frozenset({"o", "a", "ao", "com", "do", "da", "no", "em", "de", "the", "to", "with", "that", "of"})
LINKS = frozenset(
    {
        "x",
        "vs",
        "versus",
        "contra",
        "com",
        "e",
        "and",
        "to",
        "with",
        "against",
        "ante",
        "a",
        "than",
        "ou",
        "or",
        "ao",
        "sobre",
        "over",
    }
)


def take_comparison(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill comparison and period; mark the values compared, which then filter nothing."""
    cue = reading.cue("compare")
    periods = [period for period in reading.periods if period not in used.periods]
    if len(periods) == 2 and not cue and _both(reading, draft, periods):
        draft.days = periods[0].days[0], periods[1].days[1]
        used.periods.append(periods[1])
    else:
        _times(reading, draft, used, periods, cue)
    if (
        draft.comparison is None
        and reading.cue("average_all")
        and not pattern("others_together").search(reading.text)
        and (cue or reading.of("value") or draft.dimensions or draft.customers or draft.filters)
    ):
        draft.comparison = Comparison(type="overall_average")
    if draft.comparison is None:
        _members(reading, draft, used, cue)


def _times(reading: Reading, draft: Draft, used: Used, periods: list, cue: Mention | None) -> None:  # type: ignore[type-arg]
    year, before = reading.cue("previous_year"), reading.cue("previous_period")
    moved = reading.cue("growth", "rise", "drop", "how_much", "compare") is not None
    text = " ".join(reading.folded[year.start : year.end]) if year else ""
    whole = "ano anterior" in text and not text.startswith(("mesm", "igual"))
    if whole and not moved and not periods:
        draft.days, year = calendar.shifted("year", reading.as_of, -1), None
    if before and not periods and is_a_time(reading, before) and unit_before(reading, before):
        draft.days, before = calendar.shifted(unit_before(reading, before) or "month", reading.as_of, -1), None
    if year or before:
        draft.comparison = Comparison(type="previous_year" if year else "previous_period")
        draft.days = periods[0].days if periods else draft.days
        counted = {*reading.folded[periods[0].start : periods[0].end]} if periods else set()
        counted |= {str(len_in_months(draft.days))} if draft.days else set()
        mention = year or before
        used.amounts.update(
            a for a in reading.amounts if mention and a.end == mention.start and str(a.value) in counted
        )
        return
    moved = reading.cue("growth", "rise", "drop", "moved", "compare") is not None
    spread = reading.cue("trend", "grain_month", "grain_quarter", "explain")
    apart = len(periods) == 1 and bool(periods[0].parts) and not _spans_months(reading, periods[0].parts)
    if apart and moved and not spread:
        first, last = sorted(periods[0].parts)
        draft.days, draft.comparison = last, Comparison(type="period", start=first[0], end=first[1])
        return
    if len(periods) >= 2 and (cue or _linked(reading, periods)):
        pair = sorted((p.days for p in periods[:2]), key=lambda days: days[0])
        draft.days = pair[1]
        draft.comparison = Comparison(type="period", start=pair[0][0], end=pair[0][1])
        return
    if periods:
        period = periods[0]
        recent = period.days in {calendar.shifted(unit, reading.as_of, -1) for unit in ("month", "quarter", "half")}
        beside = cue is not None and set(reading.folded[cue.end : period.start]) <= BESIDE and period.start >= cue.end
        if beside and recent and not reading.cue("average_all"):
            draft.comparison = Comparison(type="previous_period")
            return
        if beside and period.days == calendar.shifted("year", reading.as_of, -1):
            draft.comparison = Comparison(type="previous_year")
            return
        if beside and not period.ahead and calendar.closed(period.days, reading.as_of):
            first, last = period.days  # `o salto do ARR em relação a maio do ano passado`
            draft.comparison = Comparison(type="period", start=first, end=last)
            return
        draft.days = period.days


def _both(reading: Reading, draft: Draft, periods: list) -> bool:  # type: ignore[type-arg]
    """`Clientes sem uso em abril e maio`: one condition over both months, no comparison."""
    first, second = periods
    joined = set(reading.folded[first.end : second.start]) <= {"e", "and", "em", "in"}
    follows = second.days[0] - first.days[1] == timedelta(days=1)
    known = load_dictionary().metrics
    measured = any(one.field in known and not one.op.startswith("change") for one in draft.filters)
    return joined and follows and measured and not draft.metrics


def len_in_months(days: calendar.Days) -> int:
    """How many months a period touches."""
    return (days[1].year - days[0].year) * 12 + days[1].month - days[0].month + 1


def is_a_time(reading: Reading, before: Mention) -> bool:
    """Whether `no trimestre anterior` is the period asked about, where nothing moves or is compared."""
    moved = reading.cue("growth", "rise", "drop", "moved", "compare", "explain", "alert") is not None
    opener = {*reading.folded[max(0, before.start - 2) : before.end]} & {
        "ao",
        "com",
        "que",
        "than",
        "sobre",
        "over",
        "mesmo",
    }
    return not (moved or opener)


def unit_before(reading: Reading, before: Mention) -> str | None:
    """The calendar unit named by `no trimestre anterior`, if any."""
    return next((UNITS[word] for word in reading.folded[before.start : before.end] if word in UNITS), None)


def _spans_months(reading: Reading, parts: tuple[calendar.Days, ...]) -> bool:
    """`Quem mais cresceu entre janeiro e maio`: the months in between count too."""
    months = all(first.month == last.month for first, last in parts)
    return months and reading.cue("top", "bottom") is not None


def _linked(reading: Reading, periods: list) -> bool:  # type: ignore[type-arg]
    between = reading.folded[periods[0].end : periods[1].start]
    if any(i.name in {"gt", "lt"} and periods[0].end <= i.start < periods[1].start for i in reading.of("cue")):
        return True  # `ficou acima do de abril`
    return 0 < len(between) <= 4 and any(word in LINKS for word in between)


def _members(reading: Reading, draft: Draft, used: Used, cue: Mention | None) -> None:
    """Values of one dimension joined by `x`, `vs`, `ou` or a cue of comparison."""
    by_field: dict[str, list[Mention]] = {}
    for value in reading.of("value"):
        if value not in used.negated:
            by_field.setdefault(value.name, []).append(value)
    for name, values in by_field.items():
        if len({v.value for v in values}) < 2:
            continue
        between = [w for a, b in itertools.pairwise(values) for w in reading.folded[a.end : b.start]]
        alternative = any(w in {"ou", "or"} for w in between) and (
            reading.cue("top", "bottom", "best", "worst")
            or (reading.cue("gt", "list", "which") and not draft.customers)
        )
        listed = any(w in {"e", "and", ","} for w in between) and _which_of_them(reading, name)
        if (
            listed
            or cue
            or _more_than(reading, values)
            or any(w in {"x", "vs", "versus"} for w in between)
            or alternative
        ):
            members = tuple(dict.fromkeys(v.value for v in values))
            draft.comparison = Comparison(type="members", field=name, values=members)
            groups = [i for i in reading.of("dimension") if i.name == "cluster"]
            meant = [
                i for i in groups if reading.folded[i.start].startswith("grup")
            ]  # `em cada grupo`: of those compared
            if meant == groups and name != "cluster":
                used.mentions.update(meant)
                draft.dimensions = [one for one in draft.dimensions if one != "cluster"]
            draft.dimensions = list(dict.fromkeys([*draft.dimensions, name]))
            used.mentions.update(values)
            return


def _more_than(reading: Reading, values: list[Mention]) -> bool:
    """`Do promoters expand more than detractors?`, `o Sul tem mais chamados que o Norte?`."""
    between = [w for a, b in itertools.pairwise(values) for w in reading.folded[a.end : b.start]]
    return bool({"than", "que"} & set(between)) and bool(
        (COMPARATIVE | {"melhor", "pior", "better", "worse", "faster", "slower"})
        & set(reading.folded[: values[1].start])
    )


def _which_of_them(reading: Reading, name: str) -> bool:
    """`Sul e Sudeste, quem tem o melhor NPS?`: the values are the candidates of a ranking."""
    asked = any(w in {"quem", "qual", "which", "who", "onde", "where"} for w in reading.folded)
    named = any(i.name not in {name} for i in reading.of("dimension"))
    return asked and not named and reading.cue("top", "bottom", "best", "worst", "rise", "drop") is not None
