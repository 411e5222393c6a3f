"""The calculation on top of a metric: share of total, growth, percentiles, cumulative sum."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.phrasing import is_unit_percent
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Reading
from b2shift.metrics.api import load_dictionary

CALCULATIONS = {
    "growth": "growth", "share": "share_of_total", "cumulative": "cumulative", "median": "median", "p90": "p90", "p95": "p95",
    "p75": "p75", "p25": "p25", "p10": "p10", "moving_average": "moving_average", "standard_deviation": "standard_deviation",
}  # fmt: skip

GRAINS = {"grain_month": "month", "grain_quarter": "quarter", "grain_year": "year"}
"""Cue of a step → the step."""


def take_calculation(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill the calculation: the one named, else growth for a movement asked for by `how much`."""
    found = next((i for i in reading.of("cue") if i.name in CALCULATIONS and i not in used.mentions), None)
    verb = (
        found
        and found.name == "share"
        and draft.order
        and f"{reading.folded[found.start]} ".startswith(
            ("concentra ", "concentram", "concentrou", "respond", "parte", "fatia", "contrib", "pesa ", "pesam ")
        )
    )
    if found and found.name == "share" and is_unit_percent(reading, draft, found):
        return
    if found and found.name == "share" and pattern("by_what_percent").search(reading.text):
        draft.calculation = "growth"  # `quanto por cento cresceu`
        return
    apart = draft.comparison is not None and "diferenca percentual" in reading.text
    if (
        found
        and not verb
        and not (apart and found.name == "share")
        and not (draft.order and draft.order.by.endswith(".change") and found.name == "growth")
    ):
        draft.calculation = CALCULATIONS[found.name]
    elif _asked_in_percent(reading):
        draft.calculation = "share_of_total"
    elif _summed_in_steps(reading, draft):
        draft.calculation = "cumulative"
    elif (
        reading.cue("how_much")
        and reading.cue("rise", "drop", "moved")
        and not reading.cue("forecast", "alert")
        and not (draft.comparison and draft.comparison.type == "period" and any(p.parts for p in reading.periods))
    ):
        draft.calculation = "growth"


def _asked_in_percent(reading: Reading) -> bool:
    """`Quantos por cento são enterprise?`: a share of the whole, where nothing moves."""
    cue = reading.cue("how_much")
    percent = cue is not None and reading.folded[cue.end - 1] in {"cento", "%"}
    return percent and not reading.cue("rise", "drop", "moved", "growth", "forecast", "alert")


def _summed_in_steps(reading: Reading, draft: Draft) -> bool:
    """`Acumulado este ano, mês a mês`: a running total by month; without a grain it is the year to date."""
    summed = any(reading.folded[at].startswith("acumulad") for p in reading.periods for at in range(p.start, p.end))
    adds_up = all(load_dictionary().metrics[name].additivity == "additive" for name in draft.metrics)
    return summed and adds_up and reading.cue(*GRAINS) is not None
