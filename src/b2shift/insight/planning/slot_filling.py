"""Slots that an intent requires: the horizon of a forecast, the condition of an alert, the schedule of a report."""

from collections.abc import Callable
from datetime import date

from b2shift.insight.planning.changes import take_unsized_change
from b2shift.insight.planning.conditions import counted_people
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.phrasing import names_delivery
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Filter, Horizon

SCHEDULES = {"schedule_daily": "daily", "schedule_weekly": "weekly", "schedule_monthly": "monthly"}
REPORTS = frozenset("relatorio report resumo summary planilha spreadsheet boletim informe".split())
"""What is written again and again: `relatório semanal`."""


def _forecast(reading: Reading, draft: Draft, used: Used) -> None:
    draft.days = None
    if draft.metrics:  # `vai passar de 5 milhões?` is seen in the forecast; it narrows no customers
        draft.filters = [one for one in draft.filters if one.field not in draft.metrics]
    else:
        aimed = [one for one in draft.filters if one.field in load_dictionary().metrics]
        draft.metrics = [one.field for one in aimed[:1]]
        draft.filters = [one for one in draft.filters if one not in aimed[:1]]
    for period in reading.periods:
        start, end = period.days
        if end <= reading.as_of.replace(day=1) and not period.ahead:
            other = draft.comparison
            compared = other is not None and (other.start, other.end) == period.days
            draft.days = draft.days if compared else period.days
            continue
        open_start = (
            period.open_start
            or start < reading.as_of.replace(day=1)
            or (period.start and reading.folded[period.start] == "ate")
        )
        first = start.replace(day=1) if start == reading.as_of else start  # months are forecast, this one whole
        draft.forecast = Horizon(start=None if open_start else first, end=end)
    closing = pattern("closes_year").search(reading.text)
    if closing and (draft.forecast is None or draft.forecast.start is None):
        draft.forecast = Horizon(start=None, end=date(reading.as_of.year, 12, 31))


def _alert(reading: Reading, draft: Draft, used: Used) -> None:
    draft.filters = [one for one in draft.filters if one.field != "channel" or not names_delivery(reading)]
    measured = [f for f in draft.filters if f.field in {m.name for m in reading.of("metric")}]
    if not measured:
        measured = counted_people(reading, draft, used)
    if not measured:
        take_unsized_change(reading, draft, used)
        measured = [f for f in draft.filters if f.op.startswith("change")]
    if measured:
        draft.condition = _watched(reading, measured)
        draft.filters = [f for f in draft.filters if f != draft.condition]
        draft.metrics = [draft.condition.field]
    draft.order, draft.limit, draft.dimensions, draft.calculation = (
        None,
        None,
        [d for d in draft.dimensions if d != "customer"],
        None,
    )
    if draft.days and draft.days[0] >= reading.as_of.replace(day=1):
        draft.days = None


def _watched(reading: Reading, measured: list[Filter]) -> Filter:
    """The filter that an alert watches: of `cliente com MRR acima de 10 mil ficar com NPS negativo`, the second."""
    positions = {m.name: m.start for m in reversed(reading.of("metric"))}
    first, *others = sorted(measured, key=lambda one: positions.get(one.field, 0))
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    position = positions.get(first.field, 0)
    narrowed = people is not None and position - people.end == 1 and reading.folded[people.end] in {"com", "with", "de"}
    return others[0] if others and narrowed else first


def _report(reading: Reading, draft: Draft, used: Used) -> None:
    draft.filters = [one for one in draft.filters if one.field != "channel" or not names_delivery(reading)]
    draft.schedule = next((SCHEDULES[i.name] for i in reading.of("cue") if i.name in SCHEDULES), None)
    if pattern("monthly").search(reading.text):
        draft.schedule = "monthly"
    fine = reading.cue("grain_fine", "grain_month")
    named = fine is not None and fine.start > 0 and reading.words[fine.start - 1].lemma in REPORTS
    if draft.schedule is None and (named or pattern("sending").search(reading.text)):
        fine = reading.cue("grain_fine", "grain_month")
        if fine:
            word = reading.text
            draft.schedule = (
                "monthly" if fine.name == "grain_month" else "weekly" if "sema" in word or "week" in word else "daily"
            )
            draft.grain = None
    named = any(i.name == "customer" for i in reading.of("dimension"))
    listed = (draft.customers or (named and not draft.metrics)) and (not draft.metrics or draft.order)
    if not draft.dimensions and (listed or are_debtors(reading, draft)):
        draft.dimensions = ["customer"]


def are_debtors(reading: Reading, draft: Draft) -> bool:
    """Whether debtors are asked for (`os clientes inadimplentes`) rather than the overdue amount; adds their filter."""
    late = next((m for m in reading.of("metric") if m.name == "overdue_amount"), None)
    if (
        late is None
        or draft.metrics not in ([], ["overdue_amount"])
        or reading.words[late.start].lemma not in words("debtors")
    ):
        return False
    if not any(one.field == "overdue_amount" for one in draft.filters):
        draft.add_filter("overdue_amount", "gt", 0)
    return True


def _list(reading: Reading, draft: Draft, used: Used) -> None:
    free = [m for m in reading.of("metric") if m not in used.mentions]
    if free and not draft.order:
        moved = reading.cue("drop", "rise", "halved", "doubled")
        if moved:
            take_unsized_change(reading, draft, used)
        elif [m.name for m in free] == ["overdue_amount"] and not any(
            f.field == "overdue_amount" for f in draft.filters
        ):
            draft.add_filter("overdue_amount", "gt", 0)


def _define(reading: Reading, draft: Draft, used: Used) -> None:
    draft.calculation = draft.order = draft.limit = None
    if not draft.metrics and any(v.name == "nps_band" for v in reading.of("value")):
        draft.metrics, draft.filters = ["nps"], []


SLOT_FILLERS: dict[str, Callable[[Reading, Draft, Used], None]] = {
    "forecast": _forecast,
    "alert": _alert,
    "report": _report,
    "list": _list,
    "define": _define,
}
