"""Missingness: which other columns are associated with a value being missing."""

import numpy as np

from b2shift.identify.profile.contracts import ColumnProfile, Gap, Shape
from b2shift.identify.profile.encoding import EncodedTable
from b2shift.identify.profile.engine import Engine
from b2shift.identify.profile.labels import figure
from b2shift.identify.profile.relations import Counts, correlation_ratio, cramers_v
from b2shift.identify.profile.sufficient_statistics import Moments, Statistics
from b2shift.kernel.money import format_percent

_WEAK, _FEWEST_ROWS = 0.15, 30
_SUMMED = ("known", "total", "squares")
_TRUTH = {"true": "sim", "false": "não"}


def missingness(
    engine: Engine, encoded: EncodedTable, statistics: Statistics, profiles: tuple[ColumnProfile, ...]
) -> tuple[Gap, ...]:
    """Pairs of a missing indicator and another column associated by at least 0.15, the strongest first.

    Measures: Cramér's V with categories and with other missing indicators, correlation ratio with numbers.
    """
    shapes = {profile.name: profile.shape for profile in profiles}
    found = []
    for position, (name, i) in enumerate(encoded.gaps.items()):
        missing = int(statistics.both_missing[position, position])
        present = encoded.rows - missing
        if min(missing, present) < _FEWEST_ROWS:
            continue
        for other, (measure, strength) in _associations(encoded, statistics, name, position).items():
            typical = (
                _typical(engine, encoded, i, other, shapes[other])
                if measure != "both"
                else _joint_shares(engine, i, encoded, other)
            )
            found.append(
                Gap(missing=name, goes_with=other, measure="cramers_v" if measure == "both" else measure,
                    strength=strength, without=typical[0], within=typical[1], n_without=missing, n_within=present)
            )  # fmt: skip
    return tuple(sorted(found, key=lambda gap: (-gap.strength, gap.missing, gap.goes_with)))


def _associations(
    encoded: EncodedTable, statistics: Statistics, name: str, position: int
) -> dict[str, tuple[str, float]]:
    found = {}
    for nth, other in enumerate(encoded.categories):
        table = np.stack(
            [
                statistics.category_counts[nth] - statistics.missing_by_category[nth][:, position],
                statistics.missing_by_category[nth][:, position],
            ]
        )
        found[other] = ("cramers_v", cramers_v(_without_empty(table)) if other != name else 0.0)
    for nth, other in enumerate(encoded.numbers):
        missing = statistics.missing.of(position, nth)
        present = Moments(
            *(getattr(statistics.all, one) - getattr(statistics.missing, one)[position] for one in _SUMMED)
        ).of(0, nth)
        strength, n = correlation_ratio(np.concatenate([present, missing]))
        found[other] = ("correlation_ratio", strength if other != name and n >= _FEWEST_ROWS else 0.0)
    for nth, other in enumerate(encoded.gaps):
        both_missing = (
            cramers_v(_two_by_two(statistics.both_missing, position, nth, encoded.rows)) if other > name else 0.0
        )
        if both_missing > found.get(other, ("", 0.0))[1]:
            found[other] = ("both", both_missing)
    return {other: measured for other, measured in found.items() if measured[1] >= _WEAK}


def _two_by_two(both_missing: Counts, i: int, j: int, rows: int) -> Counts:
    both = both_missing[i, j]
    one, other = both_missing[i, i] - both, both_missing[j, j] - both
    return _without_empty(np.array([[rows - both - one - other, other], [one, both]]))


def _without_empty(table: Counts) -> Counts:
    """Without empty rows and columns."""
    return table[table.sum(1) > 0][:, table.sum(0) > 0]


def _typical(engine: Engine, encoded: EncodedTable, i: int, other: str, shape: Shape) -> tuple[str, str]:
    """The median of the other column, or the category whose share differs most, without and with the value."""
    if other in encoded.numbers:
        medians: dict[bool, float] = dict(
            engine.rows(f"SELECT m{i}, median(v{encoded.numbers[other]}) FROM encoded GROUP BY 1")
        )
        return f"mediana {figure(medians.get(True), shape)}", f"mediana {figure(medians.get(False), shape)}"
    codes = f"c{encoded.categories[other]}"
    category, without, within = _most_different(engine, i, codes)
    label = encoded.labels[other][category - 1] if category else "outros"
    label = _TRUTH.get(label, label)
    return f"{label}: {format_percent(without)}", f"{label}: {format_percent(within)}"


def _most_different(engine: Engine, i: int, codes: str) -> tuple[int, float, float]:
    category, without, within = engine.rows(
        f"SELECT {codes}, count(*) FILTER (WHERE m{i}) / sum(count(*) FILTER (WHERE m{i})) OVER () AS without, "
        f"count(*) FILTER (WHERE NOT m{i}) / sum(count(*) FILTER (WHERE NOT m{i})) OVER () AS within "
        f"FROM encoded WHERE {codes} IS NOT NULL GROUP BY {codes} ORDER BY abs(without - within) DESC, 1 LIMIT 1"
    )[0]
    return int(category), float(without), float(within)


def _joint_shares(engine: Engine, i: int, encoded: EncodedTable, other: str) -> tuple[str, str]:
    shares: dict[bool, float] = dict(
        engine.rows(f"SELECT m{i}, avg(CAST(m{encoded.gaps[other]} AS INTEGER)) FROM encoded GROUP BY 1")
    )
    return f"sem valor: {format_percent(shares[True])}", f"sem valor: {format_percent(shares[False])}"
