"""Intent classification by rules."""

from datetime import timedelta

from b2shift.insight.planning.calculating import GRAINS, take_calculation
from b2shift.insight.planning.changes import goes_down
from b2shift.insight.planning.conditions import counted_people
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.each import take_each
from b2shift.insight.planning.phrasing import (
    PUSHES,
    asks_for_profile,
    asks_to_act,
    asks_what_is,
    asks_what_moves,
    asks_when,
    looks_forward,
    states_correlation,
    states_influence,
)
from b2shift.insight.planning.slot_filling import SCHEDULES, SLOT_FILLERS, are_debtors
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.periods import UNITS
from b2shift.metrics.api import counts_customers, load_dictionary
from b2shift.metrics.contracts import Filter, Intent, Order

FORMATS = {"format_pdf": "pdf", "format_xlsx": "xlsx", "format_csv": "csv"}
STEPWISE = frozenset({"members", "period", "previous_year"})
"""Comparisons that may be made month by month; with the period before, that would be a growth."""
LONGEST = {"month": timedelta(days=31), "quarter": timedelta(days=92), "year": timedelta(days=366)}
"""Days of a step at most: a period must be longer to have several."""


def take_intent(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill intent, calculation, grain, format, schedule, forecast and condition."""
    take_calculation(reading, draft, used)
    grain = reading.cue(*GRAINS)
    draft.grain = GRAINS[grain.name] if grain else _step_named(reading)
    draft.format = next((FORMATS[i.name] for i in reading.of("cue") if i.name in FORMATS), None)
    _count_groups(reading, draft, used)
    draft.intent = _intent(reading, draft, used)
    if draft.intent in {"compare", "relationship", "explain", "trend", "actions", "profile"}:
        draft.order, draft.limit, draft.ranked = None, None, None
    if draft.intent == "relationship" and draft.comparison and draft.comparison.type == "overall_average":
        draft.comparison = None  # `um influencia o outro`
    if draft.intent == "explain":
        draft.calculation = None
    if draft.intent == "actions":
        _advised(reading, draft)
    if draft.intent == "profile":
        _portrayed(draft)
    if draft.intent == "relationship" and len(set(draft.metrics)) > 1 and not reading.cue("by"):
        draft.dimensions = []
    finish = SLOT_FILLERS.get(draft.intent)
    if finish:
        finish(reading, draft, used)
    if draft.intent == "metric" and draft.order and not draft.dimensions:
        _who_is_ranked(reading, draft)
    if draft.intent == "metric" and _lists_customers(reading, draft):
        draft.intent = "list"
    if draft.intent == "metric" and _lists_groups(reading, draft, used):
        draft.intent, draft.metrics = "list", list(dict.fromkeys(one.field for one in _measured(draft)))
    elif draft.intent == "list" or (draft.intent == "rank" and draft.customers and not draft.dimensions):
        draft.dimensions = list(dict.fromkeys([*(d for d in draft.dimensions if d != "churn_reason"), "customer"]))
    _steps(reading, draft)
    _counted(reading, draft, used)
    take_each(reading, draft)


def _steps(reading: Reading, draft: Draft) -> None:
    """Fill the grain of series, of ranked months and of comparisons month by month."""
    when = asks_when(reading)
    if draft.intent in {"rank", "trend"} and draft.days and draft.grain is None and when:
        draft.grain = when
        draft.dimensions = [d for d in draft.dimensions if d != "customer"]
    if (
        draft.intent == "trend"
        and draft.grain is None
        and any(pattern("counted_quarters").search(said) for said in _periods_said(reading))
    ):
        draft.grain = "quarter"
    stepwise = draft.comparison is not None and draft.comparison.type in STEPWISE
    seen = draft.comparison is not None and draft.comparison.type == "members" and reading.cue("trend")
    long = draft.days is not None and draft.days[1] - draft.days[0] > LONGEST[draft.grain or "month"]
    if draft.intent == "compare" and draft.grain is None and seen and long:
        draft.grain = "month"
    stepped = draft.intent in {"trend", "forecast", "report"} or (draft.intent == "rank" and when)
    if not (stepped or (draft.intent == "compare" and stepwise and long)):
        draft.grain = None


def _periods_said(reading: Reading) -> list[str]:
    return [" ".join(reading.folded[period.start : period.end]) for period in reading.periods]


def _step_named(reading: Reading) -> str | None:
    """The grain of periods listed one by one: `em janeiro, fevereiro e março`."""
    for period in reading.periods:
        unit = pattern("counted_units").search(" ".join(reading.folded[period.start : period.end]))
        if unit and pattern("one_by_one").search(" ".join(reading.folded[: period.start])):
            return UNITS[unit[0]]
    several = next((p for p in reading.periods if p.several), None)
    if several is None:
        return None
    count = 1 + (several.end - several.start) // 2
    months = (several.days[1] - several.days[0]).days / 30 / count
    return "month" if months < 2 else "quarter" if months < 7 else "year"


def _advised(reading: Reading, draft: Draft) -> None:
    """`Que campanha devo fazer` splits by none; `o que fazer com os promotores para vender mais` counts no new customers."""
    draft.dimensions = [name for name in draft.dimensions if name != "campaign"]
    if draft.metrics == ["new_customers"] and not any(m.name == "new_customers" for m in reading.of("metric")):
        draft.metrics = []


def _portrayed(draft: Draft) -> None:
    """`Compare o perfil dos clusters 1 e 2`: a profile of those clusters only."""
    members = draft.comparison if draft.comparison and draft.comparison.type == "members" else None
    if members and members.field and members.values:
        draft.add_filter(members.field, "in", members.values)
        draft.dimensions = [name for name in draft.dimensions if name != members.field]
    draft.comparison = None


def _count_groups(reading: Reading, draft: Draft, used: Used) -> None:
    """`Que clusters têm mais de 50 promotores?`: groups by a count of customers."""
    grouped = (
        draft.metrics in ([], ["churned_customers"])
        and set(draft.dimensions) - {"customer"}
        and not reading.cue("alert")
    )
    if grouped and counted_people(reading, draft, used):
        draft.metrics, draft.customers = [draft.filters[-1].field], False


def _intent(reading: Reading, draft: Draft, used: Used) -> Intent:  # noqa: C901, PLR0911, PLR0912 - one decision per line
    metrics = draft.metrics = draft.metrics or _explained(reading)
    if reading.cue("alert"):
        return "alert"
    if (
        draft.format
        or (reading.cue("report") and (draft.format or reading.cue(*SCHEDULES) or _orders_a_report(reading)))
        or (reading.cue(*SCHEDULES) and pattern("sending").search(reading.text))
    ) and not (asks_to_act(reading) and not draft.format):  # `o que fazer para baixar o churn`
        return "report"
    define = reading.cue("define")
    told_apart = len(set(metrics)) > 1 and pattern("told_apart").search(reading.text)
    if told_apart and not (draft.filters or draft.days or draft.dimensions or draft.comparison or draft.customers):
        return "define"
    if (
        define
        and not draft.filters
        and not draft.days
        and not draft.order
        and not (reading.cue("explain") and reading.periods)
    ):
        return "define"
    if metrics and asks_what_is(reading) and not (draft.filters or draft.dimensions or draft.days):
        return "define"
    if reading.cue("actions") or asks_to_act(reading):
        return "actions"
    if states_influence(reading) and len(set(metrics)) == 2:
        return "relationship"
    if metrics and states_correlation(reading):
        if len(set(metrics)) == 1 and reading.cue("leave", "lose"):
            draft.metrics = [*metrics, "churn_rate"]
        if len(set(draft.metrics)) == 2:
            return "relationship"
    if (looks_forward(reading) or any(p.ahead for p in reading.periods)) and not used.periods:
        return "forecast"
    if draft.calculation == "moving_average":
        return "trend"
    if not metrics and reading.cue("profile", "explain") and [f.field for f in draft.filters] == ["cluster"]:
        return "profile"
    if _explains(reading):
        return "explain"
    beside = draft.dimensions or (draft.filters and draft.calculation != "share_of_total")
    if reading.cue("relationship") and (len(set(metrics)) >= 2 or (metrics and beside)):
        return "relationship"
    if not metrics and (reading.cue("profile") or asks_for_profile(reading, draft)):
        return "profile"
    if _ranks_change(reading, draft):
        return "rank"
    if draft.comparison is not None and not (draft.comparison.type == "overall_average" and draft.customers):
        return "compare"
    if _compares(reading) and (draft.dimensions or draft.customers) and metrics and not draft.order:
        return "compare"
    if (draft.order or draft.ranked) and (draft.dimensions or draft.customers or draft.limit or asks_when(reading)):
        return "rank"
    if draft.metrics == ["churned_customers"] and _why_they_left(reading, draft):
        return "metric"
    if draft.customers and _lists(reading, draft, used):
        return "list"
    if _moved_groups(reading, draft):
        return "rank"
    if reading.cue("trend") or draft.grain:
        return "trend"
    if metrics and not draft.dimensions and _follows(reading, draft):
        return "trend"
    if (draft.order or draft.ranked) and not draft.metrics:
        return "rank"
    return "metric"


def _compares(reading: Reading) -> bool:
    """Whether a comparison is asked for; `segmento x região` only crosses two dimensions."""
    ends = {mention.end for mention in reading.of("dimension")}
    starts = {mention.start for mention in reading.of("dimension")}
    return any(i.name == "compare" and not (i.start in ends and i.end in starts) for i in reading.of("cue"))


def _follows(reading: Reading, draft: Draft) -> bool:
    """Whether a metric is followed over time: `o MRR subiu ou caiu?`, `como vem o churn?`."""
    either = reading.cue("rise") and reading.cue("drop") and {"ou", "or"} & set(reading.folded)
    since = reading.cue("rise", "drop", "moved") and any(p.open_end for p in reading.periods) and not draft.calculation
    shown = any(p.open_end for p in reading.periods) and pattern("how_it_goes").search(reading.text)
    return bool(either or since or shown or pattern("going_on").search(reading.text))


def _why_they_left(reading: Reading, draft: Draft) -> bool:
    """`Motivos de cancelamento dos detratores`: churn reasons are asked for."""
    first = next((mention for mention in reading.mentions if mention.kind in {"dimension", "value"}), None)
    stepped = reading.cue(*GRAINS) is not None  # `monthly churned customers, by reason`
    return "churn_reason" in draft.dimensions and first is not None and first.name == "churn_reason" and not stepped


def _explains(reading: Reading) -> bool:
    """`O que derrubou o NPS?`; `entender a evolução` is a trend, the most common reason a ranking."""
    seen = "entend" in reading.text and reading.cue("trend") and not reading.cue("drop", "rise")
    asked = reading.cue("explain") is not None or asks_what_moves(reading)
    return asked and not seen and not pattern("most_common").search(reading.text)


def _explained(reading: Reading) -> list[str]:
    """The metric that the verb implies: `por que o varejo cancela mais?`."""
    leaving = reading.cue("explain") and reading.cue("leave", "lose") and not reading.cue("alert", "actions")
    return ["churn_rate"] if leaving else []


def _ranks_change(reading: Reading, draft: Draft) -> bool:
    """`Ranking de regiões por queda entre o 3º e o 4º trimestre`: groups ordered by a change."""
    changed = draft.order is not None and draft.order.by.endswith(".change") and bool(draft.dimensions)
    two = draft.comparison is not None and draft.comparison.type not in {"members", "overall_average"}
    return changed and two and reading.cue("ranking", "top", "bottom") is not None


def _moved_groups(reading: Reading, draft: Draft) -> bool:
    """`Em quais regiões o churn subiu?`: groups ordered by their change."""
    moves = [i for i in reading.of("cue") if i.name in {"drop", "rise"}]
    move = next((i for i in moves if not reading.folded[i.start].startswith(PUSHES)), moves[0] if moves else None)
    groups = [i for i in reading.of("dimension") if i.name in draft.dimensions]
    if (
        not (move and groups and draft.metrics)
        or reading.cue("how_much", "share", "trend", *GRAINS)
        or groups[0].start > move.start
    ):
        return False
    if draft.calculation not in {None, "growth"}:
        return False
    draft.calculation = None
    falls = goes_down(reading, move, draft.metrics[0])
    flows = load_dictionary().metrics[draft.metrics[0]].additivity == "additive"
    pushed = flows and reading.folded[move.start].startswith(PUSHES) and not falls
    by = draft.metrics[0] if pushed else f"{draft.metrics[0]}.change"  # `que linha puxou a expansão`: what makes it up
    draft.order = Order(by=by, dir="asc" if falls else "desc")
    return True


def _who_is_ranked(reading: Reading, draft: Draft) -> None:
    """`Maiores devedores`: a metric whose word means people ranks customers; a total has no order."""
    several = any(reading.folded[c.start] in {"maiores", "menores", "principais", "piores"} for c in reading.of("cue"))
    held = [
        m for m in reading.of("metric") if reading.words[m.start].lemma in words("debtors") | words("held_by_customers")
    ]
    if pattern("those_who").search(reading.text):
        draft.intent, draft.limit = "rank", None  # customers, or those of the turn before
    elif several or held:
        draft.intent, draft.dimensions = "rank", ["customer"]
        one = [m for m in held if reading.folded[m.start] == reading.words[m.start].lemma]
        draft.limit = draft.limit or (1 if one else None)  # `maior oportunidade de upsell`
    else:
        draft.order = draft.limit = None


def _measured(draft: Draft) -> list[Filter]:
    known = load_dictionary().metrics
    return [one for one in draft.filters if one.field in known]


def _lists_customers(reading: Reading, draft: Draft) -> bool:
    """`Entre os enterprise com health abaixo de 50, quais têm …?`: customers that match the filters."""
    limited = {one.field for one in _measured(draft)}
    if not (draft.dimensions or reading.cue("how_much", "count")) and are_debtors(reading, draft):
        return True  # `inadimplentes de Minas`
    cue = reading.cue("list")
    if cue is None or reading.cue("how_much", "count") or draft.dimensions or draft.calculation:
        return False
    several = reading.folded[cue.start] != "qual"  # `qual o total de clientes perdidos` wants the number
    listed = several and bool(draft.metrics) and all(map(counts_customers, draft.metrics))
    return listed or (bool(limited) and set(draft.metrics) <= limited)


def _lists_groups(reading: Reading, draft: Draft, used: Used) -> bool:
    """`Quais segmentos têm NPS acima de 50?`: groups that match a filter on a metric."""
    free = [m for m in reading.of("metric") if m not in used.mentions]
    return bool(draft.dimensions and _measured(draft)) and not (
        free or draft.customers or draft.order or draft.calculation
    )


def _orders_a_report(reading: Reading) -> bool:
    cue = reading.cue("report")
    if cue is None:
        return False
    word = reading.folded[cue.start]
    return word.startswith(
        (
            "relat",
            "export",
            "report",
            "baix",
            "agend",
            "program",
            "downl",
            "schedul",
            "apresent",
            "imprim",
            "print",
            "deck",
            "emit",
        )
    )


def _lists(reading: Reading, draft: Draft, used: Used) -> bool:
    free = [m for m in reading.of("metric") if m not in used.mentions]
    if (
        reading.cue("count")
        or draft.calculation == "share_of_total"
        or ((free or draft.metrics) and reading.cue("how_much"))
    ):
        return False
    customer = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    asked = reading.cue("list")
    if reading.cue("trend", *GRAINS) and free:
        return False
    if not free:
        return True
    if asked and customer is None:
        return True
    first = customer.start if customer else 0
    return all(m.start > first or m.end > first for m in free)


def _counted(reading: Reading, draft: Draft, used: Used) -> None:
    """`Quantos clientes…`, `percentual de clientes…`: a count of the customers that match."""
    wanted = draft.intent in {"metric", "trend", "compare", "rank", "forecast"} and not draft.ranked
    counting: object = (
        reading.cue("count", "share")
        or (draft.comparison and draft.comparison.field in {"nps_band", "risk_band"} and draft.dimensions)
        or (reading.cue("how_much") and not draft.metrics)
        or (draft.intent == "trend")
        or pattern("number_of").search(reading.text)
    )
    asked = (
        draft.customers
        or any(i.name == "customer" for i in reading.of("dimension"))
        or any(i.name in {"nps_band", "risk_band"} for i in reading.of("value"))
    )
    free = draft.metrics
    counting = bool(counting) and not (draft.intent == "trend" and free)
    spread = (
        free in ([], ["overdue_amount"])
        and asked
        and draft.intent in {"metric", "list"}
        and set(draft.dimensions) - {"customer"}
    )
    groups = [f for f in draft.filters if f.field in {"cluster", "nps_band", "risk_band"}]
    split_up = not free and draft.intent == "metric" and groups and set(draft.dimensions) - {"customer"}
    if split_up and not reading.of("metric"):  # `cluster 4 por região`
        wanted = counting = asked = True
    if spread and not draft.ranked and not draft.order:
        draft.intent, wanted, counting = "metric", True, True
    if not (wanted and counting and asked):
        return
    if not free or (free == ["overdue_amount"] and (spread or reading.cue("count", "share"))):
        if free:
            draft.add_filter("overdue_amount", "gt", 0)
        draft.metrics = ["active_customers"]
        draft.dimensions = [d for d in draft.dimensions if d != "customer"]
